//! `POST /elevenlabs/tools/dispatch_lead`: the agent's tool call becomes a stored lead.
//!
//! The agent sees nothing of an HTTP error, so everything but a bad secret is answered 200 with a
//! sentence; `ok:true` comes from lead-service alone (I1).

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chassis::config::Secret;
use contracts::lead::v1::{DispatchLeadRequest, DispatchLeadResponse};
use serde::Serialize;
use serde_json::{Map, Value};

use super::header;
use super::say::{self, Trouble};
use crate::Gateway;
use crate::body::{self, Pieces};
use crate::clients;
use crate::edge;
use crate::language::Language;
use crate::problem::Problem;

const SECRET: &str = "x-bord-tool-secret";
const CALL_TOKEN: &str = "x-bord-call";
/// lead-service answers within 1 s; the rest is for the way there and back.
const DISPATCH_LIMIT: Duration = Duration::from_millis(1800);
/// Calls that a test of the agent places carry ids like this.
const TEST_CALL: &str = "CA-test";

/// What the agent reads.
#[derive(Debug, Serialize)]
struct Reply {
    ok: bool,
    lead_id: Option<String>,
    status: String,
    say: String,
}

/// Serves the tool call.
pub async fn dispatch_lead(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    if !secret_is_good(&gateway.dispatch_tool_secrets, &parts.headers) {
        return Err(Problem::unproven(
            StatusCode::UNAUTHORIZED,
            "TOOL_SECRET_WRONG",
        ));
    }
    let call_token = header(&parts.headers, CALL_TOKEN);
    edge::resume(&header(&parts.headers, "traceparent"));
    let read = async {
        gateway.crash_points.pass("gateway.after_verify").await?;
        let body = Pieces::of(&parts.headers, body, body::TOOL)?.all().await?;
        gateway.crash_points.pass("gateway.after_read").await?;
        Ok(body)
    };
    let asked = match read.await.and_then(|body| body::json::<Value>(&body)) {
        Ok(value) => understand(value, call_token),
        Err(problem) => Err(Refused::unreadable(problem)),
    };
    Ok(match asked {
        Ok(asked) => dispatch(&gateway, asked).await,
        Err(refused) => refused.into_response(),
    })
}

async fn dispatch(gateway: &Gateway, asked: DispatchLeadRequest) -> Response {
    let language = language(&asked.language, &asked.called_number);
    if asked.call_sid.starts_with(TEST_CALL) {
        return Refused::new("test_call", "TEST_CALL", Trouble::Test, language).into_response();
    }
    match stored(gateway, asked).await {
        Ok(DispatchLeadResponse {
            ok,
            lead_id,
            status,
            say,
        }) => {
            let lead_id = (!lead_id.is_empty()).then_some(lead_id);
            Json(Reply {
                ok,
                lead_id,
                status,
                say,
            })
            .into_response()
        }
        Err(problem) => {
            // Refused as it stands: the same words would be refused again, other ones may not be.
            let (status, trouble) = if problem.status == StatusCode::BAD_REQUEST {
                ("invalid_request", Trouble::NotUnderstood)
            } else {
                ("try_again", Trouble::TryAgain)
            };
            let reason = problem.reason.into_owned();
            tracing::warn!(
                reason,
                "a tool call was not served, the agent is asked to try again"
            );
            Refused {
                status,
                reason,
                trouble,
                language,
            }
            .into_response()
        }
    }
}

async fn stored(
    gateway: &Gateway,
    asked: DispatchLeadRequest,
) -> Result<DispatchLeadResponse, Problem> {
    let mut leads = gateway.clients.leads.clone();
    gateway.crash_points.pass("gateway.before_rpc").await?;
    let answer = clients::within(DISPATCH_LIMIT, leads.dispatch_lead(asked)).await?;
    gateway.crash_points.pass("gateway.after_rpc").await?;
    Ok(answer)
}

/// A tool call that stores nothing.
struct Refused {
    status: &'static str,
    reason: String,
    trouble: Trouble,
    language: Language,
}

impl Refused {
    fn new(
        status: &'static str,
        reason: &'static str,
        trouble: Trouble,
        language: Language,
    ) -> Self {
        Self {
            status,
            reason: reason.to_owned(),
            trouble,
            language,
        }
    }

    fn unreadable(problem: Problem) -> Self {
        let reason = problem.reason.into_owned();
        let (status, language) = ("invalid_request", Language::English);
        Self {
            status,
            reason,
            trouble: Trouble::NotUnderstood,
            language,
        }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self {
            status,
            reason,
            trouble,
            language,
        } = self;
        metrics::counter!("http_refusals_total",
            "route" => "/elevenlabs/tools/dispatch_lead", "reason" => reason)
        .increment(1);
        let say = say::sentence(trouble, language).to_owned();
        let reply = Reply {
            ok: false,
            lead_id: None,
            status: status.to_owned(),
            say,
        };
        Json(reply).into_response()
    }
}

fn secret_is_good(secrets: &[Secret], headers: &HeaderMap) -> bool {
    let given = header(headers, SECRET);
    // Every value is compared, so that the time does not tell which one was near.
    let good = secrets
        .iter()
        .fold(false, |good, secret| good | secret.matches(&given));
    good && !given.is_empty()
}

/// Reads the flat object of strings that the tool's schema declares. Numbers and booleans are taken
/// as their text, null and absent as empty, unknown members are left alone.
fn understand(value: Value, call_token: String) -> Result<DispatchLeadRequest, Refused> {
    let Value::Object(mut members) = value else {
        let trouble = Trouble::NotUnderstood;
        return Err(Refused::new(
            "invalid_request",
            "NOT_AN_OBJECT",
            trouble,
            Language::English,
        ));
    };
    if is_envelope(&members) {
        // One of the vendor's own pages shows this shape; no agent sends it (elevenlabs.md 3.3).
        tracing::warn!("a tool call came in an envelope, which is not the documented shape");
        let trouble = Trouble::NotUnderstood;
        return Err(Refused::new(
            "invalid_request",
            "ENVELOPE",
            trouble,
            Language::English,
        ));
    }
    let mut wrong = false;
    let mut text = |name: &str| match members.remove(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Bool(is_true)) => is_true.to_string(),
        Some(Value::Array(_) | Value::Object(_)) => {
            wrong = true;
            String::new()
        }
    };
    let asked = DispatchLeadRequest {
        customer_name: text("customer_name"),
        phone: text("phone"),
        language: text("language"),
        service: text("service"),
        location: text("location"),
        urgency: text("urgency"),
        another_need: text("another_need"),
        conversation_id: text("conversation_id"),
        caller_id: text("caller_id"),
        called_number: text("called_number"),
        agent_id: text("agent_id"),
        call_sid: text("call_sid"),
        call_token,
    };
    if wrong {
        let language = language(&asked.language, &asked.called_number);
        let trouble = Trouble::NotUnderstood;
        return Err(Refused::new(
            "invalid_request",
            "WRONG_TYPE",
            trouble,
            language,
        ));
    }
    Ok(asked)
}

fn is_envelope(members: &Map<String, Value>) -> bool {
    const FIELDS: [&str; 5] = ["customer_name", "phone", "language", "service", "location"];
    members.get("parameters").is_some_and(Value::is_object)
        && !FIELDS.iter().any(|field| members.contains_key(*field))
}

fn language(tag: &str, called_number: &str) -> Language {
    Language::of_tag(tag).unwrap_or_else(|| Language::of_number(called_number))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn members_of_any_plain_type_are_taken_as_text() {
        let body = json!({"phone": 791234567, "another_need": true, "urgency": null,
            "schema_version": {"unknown": []}, "customer_name": "</Say><Dial>"});
        let asked = understand(body, "token".to_owned()).ok().unwrap();
        assert_eq!(asked.phone, "791234567");
        assert_eq!(asked.another_need, "true");
        assert_eq!(asked.urgency, "");
        assert_eq!(asked.customer_name, "</Say><Dial>");
        assert_eq!(asked.call_token, "token");
    }

    #[test]
    fn shapes_that_no_agent_sends_are_refused() {
        for (body, reason) in [
            (json!([1]), "NOT_AN_OBJECT"),
            (
                json!({"tool_call_id": "x", "parameters": {"phone": "1"}}),
                "ENVELOPE",
            ),
            (json!({"phone": ["1"]}), "WRONG_TYPE"),
        ] {
            let refused = understand(body, String::new()).err().unwrap();
            assert_eq!(refused.reason, reason);
        }
    }
}
