//! The models that the vendor serves, with what it says of their deprecation.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use crate::hub::Shared;

pub(super) fn models() -> Vec<Value> {
    [
        "gpt-4o", "gpt-4o-mini", "gpt-4o-2024-11-20", "gpt-4.1", "gpt-4.1-mini", "gpt-5", "gpt-5-mini",
        "gpt-5.2", "gemini-2.5-flash", "gemini-3.5-flash", "claude-sonnet-4-5", "claude-sonnet-4-6",
        "qwen35-397b-a17b", "custom-llm",
    ]
    .into_iter()
    .map(|llm| {
        json!({
            "llm": llm, "is_checkpoint": false, "max_tokens_limit": 16384, "max_context_limit": 128_000,
            "supports_image_input": false, "supports_document_input": false,
            "supports_parallel_tool_calls": true, "available_reasoning_efforts": null,
            "deprecation_info": null,
        })
    })
    .collect()
}

/// Marks a model as deprecated, as the vendor does before it moves the traffic away.
pub(crate) fn deprecate(models: &mut [Value], llm: &str, replacement: &str, percentage: f64) {
    for model in models.iter_mut().filter(|model| model["llm"] == llm) {
        model["deprecation_info"] = json!({
            "is_deprecated": true, "is_in_warning_period": percentage == 0.0,
            "is_in_fallback_period": percentage > 0.0, "fallback_percentage": percentage,
            "provider_deprecation_date": "2027-01-31", "replacement_model": replacement,
        });
    }
}

/// The model that answers the `nth` conversation in place of a deprecated one: the vendor moves that
/// percentage of the traffic without an error.
pub(super) fn answering(models: &[Value], llm: &str, nth: usize) -> String {
    let info = models
        .iter()
        .find(|model| model["llm"] == llm)
        .map(|model| &model["deprecation_info"]);
    let percent = info.and_then(|info| info["fallback_percentage"].as_f64());
    let replacement = info.and_then(|info| info["replacement_model"].as_str());
    let turn = u32::try_from(nth % 100).map_or(0.0, f64::from);
    match (percent, replacement) {
        (Some(percent), Some(replacement)) if turn < percent => replacement.to_owned(),
        _ => llm.to_owned(),
    }
}

pub(super) async fn list(State(hub): State<Shared>) -> Response {
    let world = hub.world();
    Json(
        json!({"llms": world.eleven.models, "default_deprecation_config": {
            "warning_start_days": 30, "fallback_start_days": 14, "fallback_complete_days": 0,
        }}),
    )
    .into_response()
}
