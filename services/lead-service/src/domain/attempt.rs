//! An attempt: one provider's offer of a lead, from the assignment to its answer or release.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::deadline::AnswerRule;

/// Where an attempt stands; moved forward only. All but `Released` keep the lead from others (I4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptState {
    Offered,
    Confirmed,
    Completed,
    Releasing,
    Released,
}

/// Why an offer is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseCause {
    Silent,
    Declined,
    Undeliverable,
    Operator,
    Cancelled,
}

/// No state or cause has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("nothing has that name")]
pub struct InvalidName;

macro_rules! named {
    ($type:ident { $($variant:ident = $name:literal),+ }) => {
        impl $type {
            /// As the database and the events spell it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }
        }

        impl FromStr for $type {
            type Err = InvalidName;

            fn from_str(name: &str) -> Result<Self, InvalidName> {
                match name { $($name => Ok(Self::$variant),)+ _ => Err(InvalidName) }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named!(AttemptState {
    Offered = "offered",
    Confirmed = "confirmed",
    Completed = "completed",
    Releasing = "releasing",
    Released = "released"
});

named!(ReleaseCause {
    Silent = "silent",
    Declined = "declined",
    Undeliverable = "undeliverable",
    Operator = "operator",
    Cancelled = "cancelled"
});

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub lead_id: Uuid,
    pub attempt: i32,
    pub provider_id: String,
    pub provider_country: String,
    pub state: AttemptState,
    /// Set exactly while it is or will be released.
    pub cause: Option<ReleaseCause>,
    /// Who answered it or took it back.
    pub actor: Option<String>,
    /// In the provider's words; personal.
    pub reason: Option<String>,
    pub answer_rule: AnswerRule,
    /// When it was assigned, by the database's clock.
    pub offer_us: i64,
    pub offer_time: DateTime<Utc>,
    pub answer_time: Option<DateTime<Utc>>,
    pub release_time: Option<DateTime<Utc>>,
}

/// What came of a confirmed lead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeadResult {
    /// The billed amount in minor units, and its currency.
    Won { amount_minor: i64, currency: String },
    /// In the provider's words; personal.
    Lost { reason: String },
}

/// Whether an actor is the operator, who may do what providers may not.
#[must_use]
pub fn is_operator(actor: &str) -> bool {
    actor
        .strip_prefix("operator:")
        .is_some_and(|name| !name.is_empty())
}
