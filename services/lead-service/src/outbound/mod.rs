//! The services that lead-service calls; the only wire types on the way out.

pub mod answer;
pub mod assignment;
pub mod evidence;
pub mod facts;
mod keys;
pub mod links;
pub mod notices;
pub mod notification;
pub mod outcomes;
pub mod ownership;
pub mod recovery;
pub mod roster;
pub mod senders;

use chassis::fault;
use tonic::{Code, Status};

/// A call that failed. The other side's text is dropped, for it may quote what was sent (I25).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{rpc} failed: {code:?} {reason}")]
pub struct CallFailed {
    pub rpc: &'static str,
    pub code: Code,
    pub reason: String,
}

impl CallFailed {
    fn new(rpc: &'static str, status: &Status) -> Self {
        Self {
            rpc,
            code: status.code(),
            reason: fault::reason(status).unwrap_or_default(),
        }
    }

    /// The request itself is refused; a repeat would be too.
    #[must_use]
    pub fn is_for_good(&self) -> bool {
        matches!(
            self.code,
            Code::InvalidArgument | Code::NotFound | Code::FailedPrecondition
        )
    }

    fn empty(rpc: &'static str) -> Self {
        Self {
            rpc,
            code: Code::Internal,
            reason: "EMPTY_ANSWER".to_owned(),
        }
    }
}

fn timestamp(time: chrono::DateTime<chrono::Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.timestamp(),
        nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

fn instant(time: prost_types::Timestamp) -> Option<chrono::DateTime<chrono::Utc>> {
    chrono::DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?)
}
