//! Templates: the Content API with its approval for WhatsApp. A ContentSid that the twin never saw
//! is rendered plainly from its variables, so that a catalogue may name sids of its own.

use axum::Json;
use axum::extract::{OriginalUri, Path, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use http::StatusCode;
use serde_json::{Value, json};

use super::{Store, error, not_found};
use crate::hub::{Shared, now, sid};

#[derive(Clone)]
pub(crate) struct Content {
    sid: String,
    pub(crate) fields: Value,
    approval: Option<Value>,
    created: DateTime<Utc>,
}

const BASE: &str = "https://content.twilio.com/v1/Content";

impl Content {
    fn json(&self, account: &str) -> Value {
        let sid = &self.sid;
        let at = self.created.to_rfc3339_opts(SecondsFormat::Secs, true);
        json!({
            "sid": sid,
            "account_sid": account,
            "friendly_name": self.fields["friendly_name"],
            "language": self.fields["language"],
            "variables": self.fields["variables"],
            "types": self.fields["types"],
            "url": format!("{BASE}/{sid}"),
            "date_created": at,
            "date_updated": at,
            "links": {
                "approval_create": format!("{BASE}/{sid}/ApprovalRequests/whatsapp"),
                "approval_fetch": format!("{BASE}/{sid}/ApprovalRequests"),
            },
        })
    }

    /// The text that a recipient sees: the first type with a body.
    fn body(&self) -> String {
        let types = self.fields["types"].as_object();
        types
            .and_then(|types| types.values().find_map(|kind| kind["body"].as_str()))
            .unwrap_or_default()
            .to_owned()
    }

    /// The quick-reply button at `index`: its title and its payload template.
    pub(crate) fn button(&self, index: usize) -> Option<(String, String)> {
        let types = self.fields["types"].as_object()?;
        let action = types.values().find_map(|kind| kind["actions"].get(index))?;
        Some((
            action["title"].as_str()?.to_owned(),
            action["id"].as_str()?.to_owned(),
        ))
    }
}

/// Fills `{{1}}`, `{{2}}`, … .
pub(crate) fn fill(template: &str, variables: &Value) -> String {
    let mut text = template.to_owned();
    for (name, value) in variables.as_object().into_iter().flatten() {
        text = text.replace(
            &format!("{{{{{name}}}}}"),
            value.as_str().unwrap_or_default(),
        );
    }
    text
}

pub(super) fn render(store: &Store, sid: &str, variables: &Value) -> String {
    if let Some(content) = store.contents.get(sid) {
        return fill(&content.body(), variables);
    }
    let values: Vec<&str> = variables
        .as_object()
        .into_iter()
        .flatten()
        .filter_map(|(_, v)| v.as_str())
        .collect();
    format!("[{sid}] {}", values.join(" | "))
}

pub(super) async fn create(State(hub): State<Shared>, Json(fields): Json<Value>) -> Response {
    if !fields["types"].is_object() || !fields["language"].is_string() {
        return error(400, 20001, "Parameters 'language' and 'types' are required");
    }
    let content = Content {
        sid: sid("HX"),
        fields,
        approval: None,
        created: now(),
    };
    let reply = content.json(&hub.config.twilio_account_sid);
    hub.world()
        .twilio
        .contents
        .insert(content.sid.clone(), content);
    (StatusCode::CREATED, Json(reply)).into_response()
}

pub(super) async fn fetch(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path(sid): Path<String>,
) -> Response {
    match hub.world().twilio.contents.get(&sid) {
        Some(content) => Json(content.json(&hub.config.twilio_account_sid)).into_response(),
        None => not_found(uri.path()),
    }
}

pub(super) async fn delete(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path(sid): Path<String>,
) -> Response {
    match hub.world().twilio.contents.remove(&sid) {
        Some(_) => StatusCode::NO_CONTENT.into_response(),
        None => not_found(uri.path()),
    }
}

fn rows(hub: &Shared, approvals: bool) -> Response {
    let world = hub.world();
    let contents: Vec<Value> = world
        .twilio
        .contents
        .values()
        .map(|content| {
            let mut row = content.json(&hub.config.twilio_account_sid);
            if approvals {
                row["approval_requests"] = content.approval.clone().unwrap_or_default();
            }
            row
        })
        .collect();
    let meta = json!({"page": 0, "page_size": 50, "next_page_url": null, "key": "contents"});
    Json(json!({"contents": contents, "meta": meta})).into_response()
}

pub(super) async fn list(State(hub): State<Shared>) -> Response {
    rows(&hub, false)
}

pub(super) async fn list_with_approvals(State(hub): State<Shared>) -> Response {
    rows(&hub, true)
}

/// Hands a template in for WhatsApp. The first fetch afterwards finds it approved.
pub(super) async fn submit(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path(sid): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    let mut world = hub.world();
    let Some(content) = world.twilio.contents.get_mut(&sid) else {
        return not_found(uri.path());
    };
    let kind = content.fields["types"]
        .as_object()
        .and_then(|types| types.keys().next().cloned());
    let approval = json!({
        "name": request["name"],
        "category": request["category"],
        "content_type": kind,
        "status": "unsubmitted",
        "rejection_reason": "",
        "allow_category_change": true,
    });
    content.approval = Some(approval.clone());
    (StatusCode::CREATED, Json(approval)).into_response()
}

/// The state of the approval. A sid that the twin never saw counts as approved.
pub(super) async fn approval(State(hub): State<Shared>, Path(sid): Path<String>) -> Response {
    let mut world = hub.world();
    let known = world.twilio.contents.get_mut(&sid);
    let mut whatsapp = known
        .and_then(|content| content.approval.as_mut())
        .map_or_else(
            || {
                json!({"name": "", "category": "UTILITY", "content_type": "twilio/quick-reply",
                "rejection_reason": "", "allow_category_change": true})
            },
            |approval| approval.clone(),
        );
    whatsapp["type"] = json!("whatsapp");
    whatsapp["status"] = json!("approved");
    whatsapp["flows"] = Value::Null;
    Json(json!({
        "sid": sid,
        "account_sid": hub.config.twilio_account_sid,
        "whatsapp": whatsapp,
        "url": format!("{BASE}/{sid}/ApprovalRequests"),
    }))
    .into_response()
}
