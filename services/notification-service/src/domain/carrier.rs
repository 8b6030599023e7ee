//! What a carrier answers and reports, in our own words: outcomes of a send, of a look-up, and the
//! statuses that come later. The tables that translate vendors' codes stand beside it.

use std::time::Duration;

use super::delivery::Event;

/// Whose fault an error is, and so what follows from it (fact sheet Twilio 3.8).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// The address is wrong or unusable for this channel, for good.
    Address,
    /// Suspicion against the address; counted, not proven.
    Suspect,
    /// The recipient does not want it.
    OptedOut,
    /// Passing: try again later.
    Retry,
    /// Our configuration or content; no try helps until it is put right.
    Config,
    /// Our credentials: nothing of this channel can go out, so the channel pauses.
    Credentials,
    /// The carrier may have it or not.
    Ambiguous,
}

impl ErrorClass {
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Suspect => "suspect",
            Self::OptedOut => "opted_out",
            Self::Retry => "retry",
            Self::Config => "config",
            Self::Credentials => "credentials",
            Self::Ambiguous => "ambiguous",
        }
    }
}

/// A carrier's refusal, by a stable reason such as `TWILIO_21211`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub class: ErrorClass,
    pub reason: String,
    /// How long the carrier asks to wait.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    #[must_use]
    pub fn new(class: ErrorClass, reason: impl Into<String>) -> Self {
        Self {
            class,
            reason: reason.into(),
            retry_after: None,
        }
    }
}

/// How a send ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    Accepted {
        carrier_id: String,
    },
    /// Certainly not accepted.
    Refused(Refusal),
    /// Time-out, reset or server error after the request may have been read (B7).
    Ambiguous {
        reason: String,
    },
}

/// A status in our words: how far it is, for the order of reports, and what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Grows with progress; a report below what was seen says nothing new.
    pub rank: i64,
    pub meaning: Meaning,
}

/// What a status means for a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// Accepted, queued, on its way.
    Accepted,
    /// On its way, with a delay or a remark worth keeping.
    Remark(Refusal),
    Delivered,
    /// Delivered, and the recipient does not want it.
    Objected(Refusal),
    Failed(Refusal),
    /// A status that says nothing to us.
    Nothing,
}

impl Meaning {
    /// The event for the state machine. `may_repeat`: tries and time are left.
    #[must_use]
    pub fn event(&self, may_repeat: bool) -> Option<Event> {
        match self {
            Self::Accepted | Self::Remark(_) => Some(Event::CarrierHasIt),
            Self::Delivered | Self::Objected(_) => Some(Event::ReachedRecipient),
            Self::Failed(refusal) if refusal.class == ErrorClass::Retry && may_repeat => {
                Some(Event::FailedForNow)
            }
            Self::Failed(_) => Some(Event::Refused),
            Self::Nothing => None,
        }
    }
}
