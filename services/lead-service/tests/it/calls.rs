//! Calls of these tests: their numbers, their tokens, and the tool calls made in them.

use chassis::config::Secret;
use chassis::{clock, token};
use contracts::lead::v1 as wire;
use serde::Serialize;
use tonic::{Code, Status};

pub(crate) const GENEVA_DID: &str = "+41225394512";
pub(crate) const GENEVA_MOBILE: &str = "+41779503412";
pub(crate) const ZURICH_DID: &str = "+41435081212";
pub(crate) const CALLER: &str = "+41791234567";
pub(crate) const SECRET: &str = "call-token-secret";

#[derive(Serialize)]
struct Claims<'a> {
    call_sid: &'a str,
    site_id: &'a str,
    called_number: &'a str,
    country: &'a str,
    caller: &'a str,
    exp: i64,
}

/// A call token as telephony-gateway makes it.
pub(crate) fn call_token(
    secret: &str,
    call_sid: &str,
    site_id: &str,
    did: &str,
    minutes: i64,
) -> String {
    let until = clock::now() + chrono::TimeDelta::minutes(minutes);
    let claims = Claims {
        call_sid,
        site_id,
        called_number: did,
        country: "CH",
        caller: "",
        exp: until.timestamp(),
    };
    token::sign(&Secret::new(secret), "call", &claims, until)
}

pub(crate) fn good_token(call_sid: &str) -> String {
    call_token(SECRET, call_sid, "plombiersgeneve", GENEVA_DID, 25)
}

/// A complete, proven tool call of a caller in Geneva.
pub(crate) fn tool_call(n: u32) -> wire::DispatchLeadRequest {
    let call_sid = format!("CA{n:032x}");
    wire::DispatchLeadRequest {
        customer_name: "Léa Rochat".to_owned(),
        phone: "079 123 45 67".to_owned(),
        language: "fr".to_owned(),
        service: "plombier".to_owned(),
        location: "à Carouge près de l'église".to_owned(),
        urgency: "emergency".to_owned(),
        another_need: String::new(),
        conversation_id: format!("conv_{n}"),
        caller_id: CALLER.to_owned(),
        called_number: GENEVA_DID.to_owned(),
        agent_id: "agent_1".to_owned(),
        call_token: good_token(&call_sid),
        call_sid,
    }
}

/// The code and the reason of a refusal.
pub(crate) fn refusal(status: &Status) -> (Code, String) {
    (
        status.code(),
        chassis::fault::reason(status).unwrap_or_default(),
    )
}
