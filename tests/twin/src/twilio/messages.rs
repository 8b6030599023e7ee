//! Messages: the create call with the refusals of the error dictionary, fetch, list, cancel and
//! delete. What becomes of an accepted message is `delivery`'s.

use axum::extract::{OriginalUri, Path, RawForm, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::StatusCode;
use serde_json::Value;

use super::model::Message;
use super::paging::{Query, page};
use super::{bare, content, delivery, e164, error, not_found};
use crate::faults::Vendor;
use crate::gate::Under;
use crate::hub::{Accepted, Shared, now, sid};

pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    pub(crate) fn parse(body: &[u8]) -> Self {
        Self(form_urlencoded::parse(body).into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, v)| v.as_str())
            .filter(|v| !v.is_empty())
    }

    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn owned(&self, name: &str) -> Option<String> {
        self.get(name).map(str::to_owned)
    }
}

pub(super) async fn create(
    State(hub): State<Shared>,
    Extension(under): Extension<Under>,
    RawForm(body): RawForm,
) -> Response {
    let form = Form::parse(&body);
    match accept(&hub, &form, &under) {
        Ok(message) => {
            let reply = message.json(&hub.config.twilio_account_sid);
            delivery::start(&hub, &message.sid);
            (StatusCode::CREATED, Json(reply)).into_response()
        }
        Err((code, text)) => error(400, code, &text),
    }
}

/// Checks in the order in which Twilio reports: addresses, sender, content, then what it knows of
/// the recipient.
fn accept(hub: &Shared, form: &Form, under: &Under) -> Result<Message, (u32, String)> {
    let refuse = |code: u32| Err((code, String::new()));
    let Some(to) = form.owned("To") else {
        return refuse(21604);
    };
    let from = form.owned("From");
    let service = form.owned("MessagingServiceSid");
    if from.is_none() && service.is_none() {
        return refuse(21603);
    }
    let digits = e164(&to).strip_prefix('+').unwrap_or_default();
    let plausible = (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if !plausible || from.as_deref() == Some(to.as_str()) {
        return Err((21211, format!("Invalid 'To' Phone Number: {}", masked(&to))));
    }
    let content_sid = form.owned("ContentSid");
    let body = form.get("Body").unwrap_or_default();
    if body.is_empty() && content_sid.is_none() && form.get("MediaUrl").is_none() {
        return refuse(21619);
    }
    if body.chars().count() > 1600 {
        return refuse(21617);
    }
    let variables = match form.get("ContentVariables") {
        None => Value::Null,
        Some(text) => match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(map)) if map.values().all(Value::is_string) => Value::Object(map),
            _ => return refuse(21656),
        },
    };
    let validity = form
        .get("ValidityPeriod")
        .and_then(|text| text.parse().ok());
    if validity.is_some_and(|secs: u32| !(1..=36_000).contains(&secs)) {
        return Err((
            21627,
            "ValidityPeriod must be between 1 and 36000".to_owned(),
        ));
    }

    let mut world = hub.world();
    if let Some(code) = delivery::refusal(&world.twilio, &to, from.as_deref()) {
        return Err((code, delivery::refusal_text(code, &masked(&to))));
    }
    let body = match &content_sid {
        Some(sid) => content::render(&world.twilio, sid, &variables),
        None => body.to_owned(),
    };
    let message = Message {
        sid: sid(if content_sid.is_some() { "MM" } else { "SM" }),
        from: if service.is_some() { None } else { from },
        status: if service.is_some() {
            "accepted"
        } else {
            "queued"
        }
        .to_owned(),
        messaging_service_sid: service,
        content_variables: variables,
        error_code: None,
        direction: "outbound-api".to_owned(),
        status_callback: form.owned("StatusCallback"),
        validity_secs: validity,
        created: now(),
        sent: None,
        price: None,
        fault: under.name(),
        to,
        body,
        content_sid,
    };
    world.ledger.push(Accepted {
        at: message.created,
        vendor: Vendor::Twilio,
        operation: "messages.create".to_owned(),
        id: message.sid.clone(),
        to: message.to.clone(),
        fault: under.name(),
    });
    world.twilio.messages.push(message.clone());
    Ok(message)
}

fn masked(address: &str) -> String {
    let keep = address.len().saturating_sub(4);
    format!("{}XXXX", address.get(..keep).unwrap_or_default())
}

pub(super) async fn fetch(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
) -> Response {
    let world = hub.world();
    match world
        .twilio
        .messages
        .iter()
        .find(|message| message.sid == bare(&sid))
    {
        Some(message) => Json(message.json(&hub.config.twilio_account_sid)).into_response(),
        None => not_found(uri.path()),
    }
}

/// Newest first, filtered by `To`, `From` and `DateSent` (a message not sent yet counts by its
/// creation, as Twilio shows it in the window in which it was made).
pub(super) async fn list(State(hub): State<Shared>, OriginalUri(uri): OriginalUri) -> Response {
    let query = Query::parse(uri.query());
    let world = hub.world();
    let rows: Vec<Value> = world
        .twilio
        .messages
        .iter()
        .rev()
        .filter(|m| query.allows("To", &m.to))
        .filter(|m| query.allows("From", m.from.as_deref().unwrap_or_default()))
        .filter(|m| query.allows_time("DateSent", Some(m.sent.unwrap_or(m.created))))
        .map(|m| m.json(&hub.config.twilio_account_sid))
        .collect();
    page(uri.path(), uri.query(), "messages", &rows)
}

pub(super) async fn update(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let form = Form::parse(&body);
    let mut world = hub.world();
    let Some(message) = world
        .twilio
        .messages
        .iter_mut()
        .find(|m| m.sid == bare(&sid))
    else {
        return not_found(uri.path());
    };
    if form.get("Status") == Some("canceled") {
        if message.status != "scheduled" {
            return error(
                400,
                30409,
                "Message cannot be canceled in its current status",
            );
        }
        message.status = "canceled".to_owned();
    } else {
        message.body = form.get("Body").unwrap_or_default().to_owned();
    }
    Json(message.json(&hub.config.twilio_account_sid)).into_response()
}

pub(super) async fn delete(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
) -> Response {
    let mut world = hub.world();
    let before = world.twilio.messages.len();
    world
        .twilio
        .messages
        .retain(|message| message.sid != bare(&sid));
    if world.twilio.messages.len() == before {
        return not_found(uri.path());
    }
    StatusCode::NO_CONTENT.into_response()
}
