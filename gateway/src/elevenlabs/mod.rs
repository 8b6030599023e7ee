//! ElevenLabs' webhooks: the agent's tool call, and the conversation after the call.

pub mod post_call;
pub mod say;
pub mod signature;
pub mod tool_call;

use axum::http::HeaderMap;

/// The header's value where it was sent exactly once; empty otherwise.
fn header(headers: &HeaderMap, name: &str) -> String {
    let mut values = headers.get_all(name).iter();
    let value = values
        .next()
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    if values.next().is_some() {
        String::new()
    } else {
        value.trim().to_owned()
    }
}
