//! Field sets of replies against the recorded samples, and the tool that the tests configure.

use serde_json::{Value, json};

use crate::support::PUBLIC;

pub(crate) fn dispatch_tool(secret_id: &Value) -> Value {
    let said = |text: &str| json!({"type": "string", "description": text});
    let filled = |name: &str| json!({"type": "string", "dynamic_variable": name});
    json!({"tool_config": {
        "type": "webhook", "name": "dispatch_lead", "description": "Passes the need on.",
        "response_timeout_secs": 10, "tool_error_handling_mode": "passthrough",
        "api_schema": {
            "url": format!("{PUBLIC}/elevenlabs/tools/dispatch_lead"), "method": "POST",
            "request_headers": {"X-Bord-Tool-Secret": {"secret_id": secret_id},
                "X-Bord-Call": {"variable_name": "secret__call_token"}},
            "request_body_schema": {"type": "object", "description": "The lead.", "properties": {
                "customer_name": said("Name."), "phone": said("Number."), "language": said("BCP 47."),
                "service": said("Need."), "location": said("Place."), "urgency": said("Urgency."),
                "another_need": said("true for a second need."),
                "conversation_id": filled("system__conversation_id"), "caller_id": filled("system__caller_id"),
                "called_number": filled("system__called_number"), "agent_id": filled("system__agent_id"),
                "call_sid": filled("call_sid")},
                "required": ["customer_name", "phone", "language", "service", "location"]},
        },
    }})
}

/// The names of an object's fields, at every depth, as dotted paths.
pub(crate) fn fields(value: &Value) -> Vec<String> {
    fn walk(value: &Value, at: &str, into: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                for (name, inner) in map {
                    let path = if at.is_empty() {
                        name.clone()
                    } else {
                        format!("{at}.{name}")
                    };
                    into.push(path.clone());
                    walk(inner, &path, into);
                }
            }
            Value::Array(items) => items
                .iter()
                .for_each(|item| walk(item, &format!("{at}[]"), into)),
            _ => {}
        }
    }
    let mut into = Vec::new();
    walk(value, "", &mut into);
    into.sort();
    into.dedup();
    into
}

/// Asserts that a reply has every field of a recorded sample, those below `except` apart.
pub(crate) fn has_fields_of(reply: &Value, sample: &Value, except: &[&str]) {
    let have = fields(reply);
    let lacking: Vec<String> = fields(sample)
        .into_iter()
        .filter(|field| !have.contains(field) && !except.iter().any(|e| field.starts_with(e)))
        .collect();
    assert!(
        lacking.is_empty(),
        "fields of the sample are missing: {lacking:?}"
    );
}

/// A recorded sample as JSON.
pub(crate) fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}
