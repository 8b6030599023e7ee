//! The one service that the roster calls: notification-service, for the proofs of channels.

pub mod notification;

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
}
