//! `register-call`: turns a Twilio call into a conversation and answers TwiML as text/html. The
//! registration is good for a while; after that its stream is refused.

use axum::Extension;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::Value;

use super::conversations::Conversation;
use super::{missing, unprocessable};
use crate::faults::{FaultKind, Vendor};
use crate::gate::Under;
use crate::hub::{Accepted, Shared, now};

pub(super) async fn register(
    State(hub): State<Shared>,
    Extension(under): Extension<Under>,
    body: Bytes,
) -> Response {
    if under.0 == Some(FaultKind::Unprocessable) {
        return unprocessable("agent_id", "Field required");
    }
    let Ok(request) = serde_json::from_slice::<Value>(&body) else {
        return unprocessable("body", "JSON decode error");
    };
    let mut given = Vec::new();
    for field in ["agent_id", "from_number", "to_number"] {
        match request[field].as_str() {
            Some(value) => given.push(value.to_owned()),
            None => return unprocessable(field, "Field required"),
        }
    }
    let data = &request["conversation_initiation_client_data"];
    let reserved = data["dynamic_variables"].as_object().into_iter().flatten();
    if reserved
        .map(|(name, _)| name)
        .any(|name| name.starts_with("system__"))
    {
        return unprocessable(
            "dynamic_variables",
            "Names starting with system__ are reserved",
        );
    }
    let mut world = hub.world();
    let Some(agent) = world.eleven.agent(&given[0]) else {
        return missing("agent");
    };
    let branch = data["branch_id"].as_str();
    let Some(version) = agent.version(None, branch) else {
        return missing("branch");
    };
    let mut conversation = Conversation::registered(agent, version, &given[1], &given[2], data);
    conversation.expired = under.0 == Some(FaultKind::ExpiredRegistration);
    conversation.unpriced = under.0 == Some(FaultKind::Unpriced);
    let id = conversation.conversation_id.clone();
    world.eleven.conversations.push(conversation);
    world.ledger.push(Accepted {
        at: now(),
        vendor: Vendor::Elevenlabs,
        operation: "register_call".to_owned(),
        id: id.clone(),
        to: given[2].clone(),
        fault: under.name(),
    });
    drop(world);

    let parameter = match under.0 {
        Some(FaultKind::NoConversationId) => String::new(),
        _ => format!("<Parameter name=\"conversation_id\" value=\"{id}\" />"),
    };
    let twiml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Connect><Stream url=\"wss://api.elevenlabs.io/v1/convai/conversation\">{parameter}</Stream></Connect></Response>"
    );
    let body = match under.0 {
        Some(FaultKind::JsonString) => Value::String(twiml).to_string(),
        _ => twiml,
    };
    (
        StatusCode::OK,
        [(header::CONTENT_TYPE, "text/html; charset=utf-8")],
        body,
    )
        .into_response()
}
