//! The neighbours as this service asks them: telephony for calls, lead-service for what follows.

mod leads;
mod telephony;

use chassis::fault;
use tonic::{Code, Status};

pub(crate) use leads::{Alarm, CallEnd, Leads, Voicemail};
pub(crate) use telephony::Telephony;

/// A neighbour did not do what was asked. It names code and reason only, never a message, which
/// may quote what was sent (I25).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{asked} failed with {code:?} {reason}")]
pub(crate) struct Failed {
    asked: &'static str,
    code: Code,
    reason: String,
}

impl Failed {
    fn new(asked: &'static str, status: &Status) -> Self {
        let reason = fault::reason(status).unwrap_or_default();
        Self {
            asked,
            code: status.code(),
            reason,
        }
    }

    /// True while the neighbour, not the entry, is at fault: nothing of this counts against it.
    pub(crate) fn is_unreachable(&self) -> bool {
        matches!(
            self.code,
            Code::Unavailable | Code::DeadlineExceeded | Code::Cancelled | Code::ResourceExhausted
        )
    }
}
