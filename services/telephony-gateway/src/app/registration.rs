//! The registration of a ringing call at ElevenLabs: what goes with it, once, and what is made of the
//! reply. Whatever stands in its way is a reason for the voicemail.

use std::time::{Duration, Instant};

use chassis::{clock, token};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::directory::{Route, RouteAgent};
use super::{CallClaims, ResumeClaims, Telephony};
use crate::domain::call::{Call, Event};
use crate::domain::{connect as vendors, speech, twiml};
use crate::provider::answer::VendorError;
use crate::provider::elevenlabs::Registration;

/// Why the agent does not take the call.
pub(super) enum Fallback {
    /// Meant so: paused.
    Meant(&'static str),
    /// Something failed, which the operator is told.
    Alarming(&'static str, &'static str),
}

/// Registers the call and makes the agent's document of the vendor's reply.
pub(super) async fn connect(
    telephony: &Telephony,
    call: &mut Call,
    route: &Route,
    by: Instant,
    registered: &mut bool,
) -> Result<String, Fallback> {
    if route.site_paused {
        return Err(Fallback::Meant("SITE_PAUSED"));
    }
    if route.number_paused {
        return Err(Fallback::Meant("NUMBER_PAUSED"));
    }
    let Some(agent) = &route.agent else {
        return Err(Fallback::Alarming(
            "NO_AGENT",
            "A site that rings has no agent.",
        ));
    };
    if agent.paused {
        return Err(Fallback::Meant("AGENT_PAUSED"));
    }
    let Some(vendor_agent_id) = &agent.vendor_agent_id else {
        return Err(Fallback::Alarming(
            "AGENT_NOT_RELEASED",
            "A site rings before its agent was released.",
        ));
    };
    let limit = by.saturating_duration_since(Instant::now());
    if limit < Duration::from_millis(100) {
        return Err(Fallback::Alarming(
            "REGISTER_TIMEOUT",
            "No time was left to register a call.",
        ));
    }
    let registration = Registration {
        agent_id: vendor_agent_id,
        from: call.caller.as_deref().unwrap_or("anonymous"),
        to: &call.called_number,
        variables: variables(telephony, call, route, agent),
    };
    crash(telephony, "telephony.before_register").await?;
    let reply = telephony
        .elevenlabs
        .register_call(registration, limit)
        .await;
    crash(telephony, "telephony.after_register").await?;
    let read = reply
        .map_err(|error| vendor_failure(&error))
        .and_then(|text| {
            *registered = true;
            vendors::read_connect(&text).map_err(|_| {
                Fallback::Alarming(
                    "REGISTER_NO_TWIML",
                    "ElevenLabs answered no document to a call.",
                )
            })
        })?;
    call.conversation_id.clone_from(&read.conversation_id);
    let joined = if read.conversation_id.is_some() {
        "by_id"
    } else {
        "by_call_sid"
    };
    call.events
        .push(Event::new(clock::now(), "registered").with("join", joined));
    let speech = speech::of_language(route.site.language());
    let url = after_agent_url(telephony, call);
    metrics::counter!("telephony_calls_total", "handling" => "agent").increment(1);
    Ok(twiml::agent(&route.site.disclosure, speech, &read, &url))
}

/// An armed point looks like a registration that failed.
async fn crash(telephony: &Telephony, point: &'static str) -> Result<(), Fallback> {
    let passed = telephony.points.pass(point).await;
    passed.map_err(|_| Fallback::Alarming("REGISTER_FAILED", "A call could not be registered."))
}

fn vendor_failure(error: &VendorError) -> Fallback {
    let is_timeout = match error {
        VendorError::Http(error) => error.is_timeout(),
        VendorError::Refused { status, .. } => *status == 504,
        VendorError::Unreadable { .. } => false,
    };
    tracing::warn!(error = %error, "a call could not be registered");
    if is_timeout {
        Fallback::Alarming(
            "REGISTER_TIMEOUT",
            "ElevenLabs did not register a call in time.",
        )
    } else {
        Fallback::Alarming(
            "REGISTER_FAILED",
            "ElevenLabs refused or failed to register a call.",
        )
    }
}

/// Every variable that a prompt or the tool may use; one that lacks would end the conversation.
fn variables(
    telephony: &Telephony,
    call: &Call,
    route: &Route,
    agent: &RouteAgent,
) -> Map<String, Value> {
    let now = clock::now();
    let exp = now + TimeDelta::milliseconds(agent.max_duration_ms) + TOKEN_MARGIN;
    let claims = CallClaims {
        call_sid: call.sid.clone(),
        site_id: route.site.id.clone(),
        called_number: call.called_number.clone(),
        country: route.site.country.clone(),
        caller: call.caller.clone().unwrap_or_default(),
        exp: exp.timestamp(),
    };
    let token = telephony.call_token_secrets.first().map_or_else(
        || "unknown".to_owned(),
        |secret| token::sign(secret, "call", &claims, exp),
    );
    let unknown = || "unknown".to_owned();
    [
        ("call_sid", json!(call.sid)),
        ("called_number", json!(call.called_number)),
        (
            "caller_id",
            json!(call.caller.clone().unwrap_or_else(unknown)),
        ),
        (
            "caller_known",
            json!(if call.caller.is_some() {
                "true"
            } else {
                "false"
            }),
        ),
        ("language", json!(agent.language)),
        ("secret__call_token", json!(token)),
        ("site_id", json!(route.site.id)),
        ("site_url", json!(route.site.url)),
        (
            "traceparent",
            json!(call.traceparent.clone().unwrap_or_else(unknown)),
        ),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// Where the caller goes when the agent's leg ends; the token carries the time of our answer.
fn after_agent_url(telephony: &Telephony, call: &Call) -> String {
    let now = clock::now();
    let claims = ResumeClaims {
        call_sid: call.sid.clone(),
        answered_us: now.timestamp_micros(),
        called_number: call.called_number.clone(),
    };
    let token = telephony
        .call_token_secrets
        .first()
        .map_or_else(String::new, |s| {
            token::sign(s, "resume", &claims, now + TimeDelta::hours(6))
        });
    telephony.public_url(&format!("/twilio/voice/after-agent?t={token}"))
}

/// The longest a token may be good beyond the longest call.
const TOKEN_MARGIN: TimeDelta = TimeDelta::minutes(15);
