//! The neighbours as this service asks them: telephony for calls, lead-service for what follows, all
//! of them for an erasure.

mod addresses;
mod agents;
mod agents_wire;
mod calls;
mod conversations;
mod erasers;
mod leads;
mod ledger;
mod messages;
mod recovery;
mod sites;
mod telephony;
mod wire;

use chassis::fault;
use tonic::{Code, Status};

pub(crate) use agents::Agents;
pub(crate) use calls::Detail;
pub(crate) use conversations::Conversations;
pub(crate) use erasers::{Notification, Roster};
pub(crate) use leads::{Alarm, CallEnd, Leads, Voicemail};
pub(crate) use ledger::Ledger;
pub(crate) use recovery::Recovered;
pub(crate) use sites::Sites;
pub(crate) use telephony::Telephony;

/// A neighbour did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// It cannot be reached or is too busy. The follower finds the status among the causes, waits,
    /// and counts nothing against the entry.
    #[error("{asked} was not answered")]
    Unanswered {
        asked: &'static str,
        #[source]
        status: Status,
    },
    /// It refused. Code and reason only, never the message, which may quote what was sent (I25).
    #[error("{asked} failed with {code:?} {reason}")]
    Refused {
        asked: &'static str,
        code: Code,
        reason: String,
    },
}

impl Failed {
    fn new(asked: &'static str, status: Status) -> Self {
        match status.code() {
            Code::Unavailable
            | Code::DeadlineExceeded
            | Code::Cancelled
            | Code::Aborted
            | Code::ResourceExhausted => Self::Unanswered { asked, status },
            code => {
                let reason = fault::reason(&status).unwrap_or_default();
                Self::Refused {
                    asked,
                    code,
                    reason,
                }
            }
        }
    }

    /// Understood and not done, so that a repeat would not help.
    pub(crate) fn is_refusal(&self) -> bool {
        matches!(self, Self::Refused { .. })
    }

    /// Refused for what was asked, so that no later state of the neighbour takes it.
    pub(crate) fn is_final(&self) -> bool {
        use Code::{AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, OutOfRange};
        let finals = [
            AlreadyExists,
            FailedPrecondition,
            InvalidArgument,
            NotFound,
            OutOfRange,
        ];
        matches!(self, Self::Refused { code, .. } if finals.contains(code))
    }

    /// The request itself was wrong.
    pub(crate) fn is_invalid(&self) -> bool {
        matches!(self, Self::Refused { code, .. } if *code == Code::InvalidArgument)
    }

    /// It answered for something else than it was asked for before.
    pub(crate) fn changed(asked: &'static str) -> Self {
        Self::Refused {
            asked,
            code: Code::FailedPrecondition,
            reason: "CONFIGURATION_CHANGED".to_owned(),
        }
    }
}
