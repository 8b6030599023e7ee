//! A call that got no answer: what its caller is told, and whether any service took it.

use h2::Reason;
use tonic::{Code, Status};

use super::retry::Recoverable;
use crate::fault::{self, Kind};

#[derive(Debug)]
pub(super) struct Failed {
    status: Status,
    /// The other side said that it did not take the call, whatever of it was on the way.
    declined: bool,
}

impl Failed {
    pub(super) fn late() -> Self {
        let text = "the deadline passed before the answer";
        Self {
            status: fault::plain(Kind::Deadline, "DEADLINE_EXCEEDED", text),
            declined: false,
        }
    }

    pub(super) fn unreachable() -> Self {
        let text = "the service cannot be reached";
        Self {
            status: fault::plain(Kind::Unavailable, "UNREACHABLE", text),
            declined: false,
        }
    }

    /// Names the code of a transport failure; tonic reports its own time limits as CANCELLED.
    pub(super) fn by(error: &tonic::transport::Error) -> Self {
        let mut declined = false;
        let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
        while let Some(this) = cause {
            if this.is::<tonic::TimeoutExpired>() {
                return Self::late();
            }
            declined |= this.downcast_ref().is_some_and(is_declined);
            cause = this.source();
        }
        tracing::debug!(causes = %fault::causes(error), declined, "call did not reach the service");
        Self {
            declined,
            ..Self::unreachable()
        }
    }

    /// True when no service can have acted on the call: the attempt asked for nothing of its body,
    /// so it was not sent, or the other side declined it.
    pub(super) fn may_be_repeated(&self, body: &Recoverable) -> bool {
        let unseen = body.is_untouched() || self.declined;
        self.status.code() == Code::Unavailable && unseen && body.is_whole()
    }
}

impl From<Failed> for Status {
    fn from(failed: Failed) -> Self {
        failed.status
    }
}

/// A server that stops says with GOAWAY which streams it took, and h2 tells the others so; the same
/// holds for a stream that it refuses (RFC 9113, 6.8 and 8.7). Requests that were on the way at
/// that moment would otherwise fail at each rolling update.
fn is_declined(error: &h2::Error) -> bool {
    let goodbye = error.is_go_away() && error.reason() == Some(Reason::NO_ERROR);
    let refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
    error.is_remote() && (goodbye || refused)
}
