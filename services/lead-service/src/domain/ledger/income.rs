//! Income lines: what one attempt of a lead brings in, made from its events.
//!
//! A line depends on which events there were, not on how often or in which order they were told.
//! Flat terms are due when the provider confirms (R79), a percentage when the lead is won (R80),
//! and nothing when the need repeats one already charged (D13). A confirmed lead that is taken back
//! or cancelled is credited whole by itself; other credits are the operator's, within a window.

use chrono::{DateTime, Days, Utc};
use uuid::Uuid;

use super::account::Account;
use super::money::Amount;
use super::terms::Terms;
use super::transfer::{Posting, Wanted};

/// How long a lead can be credited, where the catalogue does not say.
pub const CREDIT_DAYS: u32 = 14;

/// The credit of a lead that was taken back or cancelled: its id and its reason.
pub const RETURNED: &str = "returned";

/// Something that happened to one attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Assigned {
        provider: String,
        terms: Terms,
        /// The lead that this one repeats, charged there and not again.
        repeat_of: Option<Uuid>,
    },
    Confirmed,
    Won {
        billed: Amount,
    },
    Lost,
    Released,
    Cancelled,
    /// A credit that was granted, named by its request.
    Credited {
        id: String,
        amount: Amount,
        reason: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomeLine {
    pub lead: Uuid,
    pub attempt: i32,
    pub provider: String,
    pub terms: Terms,
    pub state: State,
    /// What the provider billed the customer.
    pub billed: Option<Amount>,
    /// In order of time; together never more than was due.
    pub credits: Vec<Credit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Assigned and not yet answered.
    Open,
    /// Confirmed on a percentage and not yet closed: how much is unknown.
    Expected {
        since: DateTime<Utc>,
    },
    Due {
        at: DateTime<Utc>,
        amount: Amount,
    },
    /// Confirmed, and charged with the lead that it repeats.
    Waived {
        at: DateTime<Utc>,
        repeat_of: Uuid,
    },
    /// Over, and nothing was ever due.
    Nothing,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    pub id: String,
    pub at: DateTime<Utc>,
    pub amount: Amount,
    pub reason: String,
}

/// The line of an attempt; none before it was assigned.
#[must_use]
pub fn line(lead: Uuid, attempt: i32, events: &[Event]) -> Option<IncomeLine> {
    let mut events: Vec<_> = events.iter().collect();
    events.sort_by_key(|event| (event.at, event.what.credit_id()));
    let first = |of: fn(&What) -> bool| events.iter().find(|event| of(&event.what)).map(|e| e.at);
    let (provider, terms, repeat_of) = events.iter().find_map(|event| match &event.what {
        What::Assigned {
            provider,
            terms,
            repeat_of,
        } => Some((provider, *terms, *repeat_of)),
        _ => None,
    })?;
    let won = events.iter().find_map(|event| match event.what {
        What::Won { billed } => Some((event.at, billed)),
        _ => None,
    });
    let confirmed = first(|what| *what == What::Confirmed);
    let taken_back = first(|what| matches!(what, What::Released | What::Cancelled));
    let over = taken_back
        .or_else(|| first(|what| *what == What::Lost))
        .is_some();

    let state = match (confirmed, repeat_of, terms, won) {
        (Some(at), Some(repeat_of), ..) => State::Waived { at, repeat_of },
        (Some(at), None, Terms::Flat(amount), _) => State::Due { at, amount },
        (Some(_), None, Terms::Percent(percent), Some((at, billed))) => State::Due {
            at,
            amount: percent.of(billed),
        },
        (Some(since), None, Terms::Percent(_), None) if !over => State::Expected { since },
        (None, ..) if !over => State::Open,
        _ => State::Nothing,
    };
    let mut line = IncomeLine {
        lead,
        attempt,
        provider: provider.clone(),
        terms,
        state,
        billed: won.map(|(_, billed)| billed),
        credits: Vec::new(),
    };
    for event in &events {
        if let What::Credited { id, amount, reason } = &event.what {
            line.take(id, event.at, *amount, reason);
        }
    }
    if let (Some(at), Some(amount)) = (taken_back, line.left().filter(|left| left.micros > 0)) {
        let [id, reason] = [RETURNED.to_owned(), RETURNED.to_owned()];
        line.credits.push(Credit {
            id,
            at,
            amount,
            reason,
        });
    }
    Some(line)
}

impl IncomeLine {
    /// What was charged and not credited.
    #[must_use]
    pub fn left(&self) -> Option<Amount> {
        let State::Due { amount, .. } = self.state else {
            return None;
        };
        let credited: i64 = self.credits.iter().map(|credit| credit.amount.micros).sum();
        Some(Amount {
            micros: amount.micros - credited,
            ..amount
        })
    }

    /// Each credit once, and only of what is there to be credited.
    fn take(&mut self, id: &str, at: DateTime<Utc>, amount: Amount, reason: &str) {
        let told = self.credits.iter().any(|credit| credit.id == id);
        if told || self.may_take(amount).is_err() {
            return;
        }
        self.credits.push(Credit {
            id: id.to_owned(),
            at,
            amount,
            reason: reason.to_owned(),
        });
    }

    fn may_take(&self, amount: Amount) -> Result<(), CreditRefused> {
        let left = self.left().ok_or(CreditRefused::Exceeds)?;
        if amount.currency != left.currency || amount.micros <= 0 || amount.minor().is_none() {
            return Err(CreditRefused::Invalid);
        }
        if amount.micros > left.micros {
            return Err(CreditRefused::Exceeds);
        }
        Ok(())
    }

    /// What is to stand for it in the books: the charge, and each credit.
    ///
    /// The automatic credit's base is always named, so that it goes when it is no longer due.
    #[must_use]
    pub fn wanted(&self) -> Vec<Wanted> {
        let Self { lead, attempt, .. } = self;
        let receivable = || Account::Receivable(self.provider.clone());
        let (at, charge) = match self.state {
            State::Due { at, amount } => {
                (at, Posting::new(receivable(), self.terms.account(), amount))
            }
            State::Expected { since: at } | State::Waived { at, .. } => (at, None),
            State::Open | State::Nothing => (DateTime::UNIX_EPOCH, None),
        };
        let mut wanted = vec![Wanted {
            base: format!("income:{lead}:{attempt}"),
            at,
            posting: charge,
        }];
        let base = |id: &str| format!("credit:{lead}:{attempt}:{id}");
        if self.credits.iter().all(|credit| credit.id != RETURNED) {
            wanted.push(Wanted {
                base: base(RETURNED),
                at,
                posting: None,
            });
        }
        wanted.extend(self.credits.iter().map(|credit| Wanted {
            base: base(&credit.id),
            at: credit.at,
            posting: Posting::new(Account::Credit, receivable(), credit.amount),
        }));
        wanted
    }
}

impl What {
    fn credit_id(&self) -> Option<&str> {
        match self {
            Self::Credited { id, .. } => Some(id),
            _ => None,
        }
    }
}

impl Terms {
    fn account(self) -> Account {
        match self {
            Self::Flat(_) => Account::Flat,
            Self::Percent(_) => Account::Commission,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CreditRefused {
    #[error("the days in which a lead can be credited are over")]
    WindowOver,
    #[error("more than was charged and is not yet credited")]
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
