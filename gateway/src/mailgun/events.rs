//! `POST /mailgun/events`: one event of a mail's life, with its signature in the body.
//!
//! Only the signature is read before it is checked; the event is parsed afterwards (I16).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chassis::clock;
use contracts::notification::v1::record_delivery_report_request::Report;
use contracts::notification::v1::{MailgunReport, RecordDeliveryReportRequest};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::signature::{self, Signature};
use crate::Gateway;
use crate::body::{self, Pieces};
use crate::clients::{self, CALLBACK_LIMIT};
use crate::edge;
use crate::problem::{FieldError, Problem};

/// Both members unparsed.
#[derive(Debug, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    signature: Option<&'a RawValue>,
    #[serde(borrow, default, rename = "event-data")]
    event: Option<&'a RawValue>,
}

/// Serves the webhook: 200 when taken, 406 when the token came with another event before.
pub async fn events(State(gateway): State<Gateway>, request: Request) -> Result<Response, Problem> {
    let (parts, body) = request.into_parts();
    let refused = |reason| Problem::unproven(StatusCode::UNAUTHORIZED, reason);
    let body = Pieces::of(&parts.headers, body, body::EVENT)?.all().await?;
    let Envelope { signature, event } = body::json(&body)?;
    let signed = signature.ok_or_else(|| refused("SIGNATURE_MISSING"))?;
    let signed: Signature =
        serde_json::from_str(signed.get()).map_err(|_| refused("SIGNATURE_MALFORMED"))?;
    signature::verify(&gateway.mailgun_signing_keys, &signed, clock::now())
        .map_err(|refusal| refused(refusal.reason()))?;

    let event: Value = match event {
        Some(event) => body::json(event.get().as_bytes())?,
        None => Value::Null,
    };
    let report = understand(signed.token, &event)?;
    edge::resume(&variable(&event, "traceparent"));
    let request = RecordDeliveryReportRequest {
        report: Some(Report::Mailgun(report)),
    };
    let mut notifications = gateway.clients.notifications.clone();
    clients::within(
        CALLBACK_LIMIT,
        notifications.record_delivery_report(request),
    )
    .await?;
    // Mailgun takes 200 as done and asks again after any other success.
    Ok(StatusCode::OK.into_response())
}

fn understand(token: String, event: &Value) -> Result<MailgunReport, Problem> {
    let mut errors = Vec::new();
    let mut required = |name: &str, value: Option<String>| {
        value.filter(|value| !value.is_empty()).unwrap_or_else(|| {
            let remedy = "send the event as Mailgun documents it";
            errors.push(FieldError::new(
                format!("event-data.{name}"),
                "is required",
                remedy,
            ));
            String::new()
        })
    };
    let name = required("event", text(event.get("event")));
    let id = required("id", text(event.get("id")));
    // The id is unique within a day only, so the event's own time belongs to its key.
    let time = event
        .get("timestamp")
        .filter(|time| time.is_number())
        .map(ToString::to_string);
    let time = required("timestamp", time.or_else(|| text(event.get("timestamp"))));
    if !errors.is_empty() {
        return Err(Problem::invalid_fields(errors));
    }
    Ok(MailgunReport {
        token,
        event_key: format!("{id}@{time}"),
        event: name,
        severity: text(event.get("severity")).unwrap_or_default(),
        reason: text(event.get("reason")).unwrap_or_default(),
        code: event
            .pointer("/delivery-status/code")
            .and_then(Value::as_i64)
            .and_then(|code| i32::try_from(code).ok())
            .unwrap_or(0),
        message_id: text(event.pointer("/message/headers/message-id"))
            .map(|id| id.trim_matches(['<', '>']).to_owned())
            .unwrap_or_default(),
        delivery_id: variable(event, "delivery_id"),
    })
}

/// A variable of ours. Mailgun sends one sentence in place of all when it could not load them.
fn variable(event: &Value, name: &str) -> String {
    text(event.get("user-variables").and_then(|all| all.get(name))).unwrap_or_default()
}

fn text(value: Option<&Value>) -> Option<String> {
    value.and_then(Value::as_str).map(str::to_owned)
}
