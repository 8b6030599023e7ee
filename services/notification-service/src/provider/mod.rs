//! The carriers: thin clients over their HTTP, each a struct with a base URL. They translate a
//! vendor's answer into our words and decide nothing.

pub mod mailgun;
pub mod twilio;

use crate::domain::carrier::SendOutcome;

/// Why a question (not a send) got no answer. Asking again does no harm.
#[derive(Debug, thiserror::Error)]
#[error("carrier did not answer: {reason}")]
pub struct Unanswered {
    /// Stable, without personal data.
    pub reason: String,
    /// Our credentials were refused.
    pub credentials: bool,
}

impl Unanswered {
    fn new(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            credentials: false,
        }
    }
}

/// What a send that got no answer means: certainly not sent, or perhaps (B7).
fn unsent(vendor: &str, error: &chassis::http::Error) -> SendOutcome {
    use crate::domain::carrier::{ErrorClass, Refusal};
    use chassis::http::Error;
    match error {
        Error::Plain { .. } => SendOutcome::Refused(Refusal::new(
            ErrorClass::Config,
            format!("{vendor}_PLAIN_HTTP"),
        )),
        error if error.is_unknown() => {
            let what = if error.is_timeout() {
                "TIMEOUT"
            } else {
                "CONNECTION_LOST"
            };
            SendOutcome::Ambiguous {
                reason: format!("{vendor}_{what}"),
            }
        }
        _ => SendOutcome::Refused(Refusal::new(
            ErrorClass::Retry,
            format!("{vendor}_UNREACHABLE"),
        )),
    }
}
