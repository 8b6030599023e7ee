//! What a tool call came to: the answer as it arrived (or failed to), and the outcome in the shapes
//! of a transcript.

use std::time::Duration;

use serde::Serialize;
use serde_json::Value;

/// A tool call with its result, in the shapes of a transcript.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ToolOutcome {
    /// The `tool_calls` entry.
    pub(crate) call: Value,
    /// The `tool_results` entry.
    pub(crate) result: Value,
    /// The body that was sent (or would have been).
    pub(crate) request: Value,
    pub(crate) status: Option<u16>,
    /// The reply's text.
    pub(crate) text: String,
    pub(crate) is_error: bool,
    pub(crate) latency_ms: u64,
}

/// The answer of a tool's endpoint or of a mock.
#[derive(Default)]
pub(super) struct Answer {
    pub(super) text: String,
    pub(super) status: Option<u16>,
    pub(super) is_error: bool,
    pub(super) error_type: &'static str,
    pub(super) error: String,
    pub(super) latency: Duration,
    pub(super) real: bool,
}

impl Answer {
    pub(super) fn failed(error_type: &'static str, error: &str, latency: Duration) -> Self {
        Self {
            is_error: true,
            error_type,
            error: error.to_owned(),
            latency,
            real: true,
            ..Self::default()
        }
    }
}
