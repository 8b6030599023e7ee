//! What the operator may credit of an income line, and why not more.

use chrono::{DateTime, Days, Utc};

use super::income::{IncomeLine, State};
use super::money::Amount;

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CreditRefused {
    #[error(
        "the days in which a lead can be credited are over; agree with the provider, and book what \
         you give back as a payment below zero"
    )]
    WindowOver,
    #[error(
        "more than was charged and is not yet credited; the lead's economics show what is left"
    )]
    Exceeds,
    #[error("a credit is above zero, in the currency charged and in whole minor units of it")]
    Invalid,
}

impl CreditRefused {
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::WindowOver => "CREDIT_WINDOW_OVER",
            Self::Exceeds => "CREDIT_EXCEEDS",
            Self::Invalid => "CREDIT_INVALID",
        }
    }
}

/// What the operator may credit now: the amount asked for, or all that is left.
///
/// Days are UTC: due on the 1st with 14 days, the 15th is the last.
pub fn credit(
    line: &IncomeLine,
    asked: Option<Amount>,
    now: DateTime<Utc>,
    credit_days: u32,
) -> Result<Amount, CreditRefused> {
    let (State::Due { at, .. }, Some(left)) = (line.state, line.left()) else {
        return Err(CreditRefused::Exceeds);
    };
    let last_day = at
        .date_naive()
        .checked_add_days(Days::new(credit_days.into()));
    if last_day.is_some_and(|last_day| now.date_naive() > last_day) {
        return Err(CreditRefused::WindowOver);
    }
    if left.micros == 0 {
        return Err(CreditRefused::Exceeds);
    }
    let amount = asked.unwrap_or(left);
    line.may_take(amount).map(|()| amount)
}
