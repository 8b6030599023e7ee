//! Income lines: what one attempt of a lead brings in, made from its events.
//!
//! A line depends on which events there were, not on how often or in which order they were told.
//! Flat terms are due when the provider confirms (R79), a percentage when the lead is won (R80),
//! and nothing while a charge for the same customer's same need stands (D13). A confirmed lead that is
//! taken back or cancelled is credited whole by itself; other credits are the operator's.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::account::Account;
pub use super::credit::{CreditRefused, credit};
use super::money::Amount;
use super::terms::Terms;
use super::transfer::{Posting, Wanted};

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
    },
    Confirmed,
    /// When it was confirmed a charge for the same need stood, at this lead.
    Waived {
        repeat_of: Uuid,
    },
    /// That charge fell away.
    Charged,
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
    let (provider, terms) = events.iter().find_map(|event| match &event.what {
        What::Assigned { provider, terms } => Some((provider, *terms)),
        _ => None,
    })?;
    let waived = events.iter().find_map(|event| match event.what {
        What::Waived { repeat_of } => Some(repeat_of),
        _ => None,
    });
    let won = events.iter().find_map(|event| match event.what {
        What::Won { billed } => Some((event.at, billed)),
        _ => None,
    });
    let confirmed = first(|what| *what == What::Confirmed);
    let taken_back = first(|what| matches!(what, What::Released | What::Cancelled));
    let over = taken_back
        .or_else(|| first(|what| *what == What::Lost))
        .is_some();

    let charged = first(|what| *what == What::Charged);
    let charged = charged.filter(|at| taken_back.is_none_or(|back| *at <= back));
    // What was waived is due when the other charge fell away, at the earliest.
    let since = |at: DateTime<Utc>| charged.map_or(at, |charged| charged.max(at));
    let state = match (confirmed, waived.filter(|_| charged.is_none()), terms, won) {
        (Some(at), Some(repeat_of), ..) => State::Waived { at, repeat_of },
        (Some(at), None, Terms::Flat(amount), _) => State::Due {
            at: since(at),
            amount,
        },
        (Some(_), None, Terms::Percent(percent), Some((at, billed))) => State::Due {
            at: since(at),
            amount: percent.of(billed),
        },
        (Some(at), None, Terms::Percent(_), None) if !over => State::Expected { since: since(at) },
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

    /// It is charged, or may come to be: a repeat of the same need is not charged beside it (D13).
    #[must_use]
    pub fn stands(&self) -> bool {
        let left = self.left().is_some_and(|left| left.micros > 0);
        left || matches!(self.state, State::Expected { .. })
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

    pub(super) fn may_take(&self, amount: Amount) -> Result<(), CreditRefused> {
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
