//! The workspace: secrets (never readable again), its settings, and its webhooks, which the vendor
//! switches off by itself after ten failures in a row without a success.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

use super::agent::merge;
use super::{Store, missing, unprocessable};
use crate::config::TwinConfig;
use crate::hub::{Shared, eleven_id, now, random_text};

/// A webhook of the workspace.
#[derive(Clone, Debug, Serialize)]
pub struct WorkspaceWebhook {
    pub webhook_id: String,
    pub name: String,
    /// Empty: bord's own `/elevenlabs/post-call`, wherever bord is.
    pub webhook_url: String,
    #[serde(skip)]
    pub secret: String,
    pub is_disabled: bool,
    pub is_auto_disabled: bool,
    pub retry_enabled: bool,
    pub created_at_unix: i64,
    pub failures_in_a_row: u32,
    pub last_success: Option<i64>,
    pub most_recent_failure_error_code: Option<u16>,
    pub most_recent_failure_timestamp: Option<i64>,
}

impl WorkspaceWebhook {
    fn new(name: &str, url: &str, secret: &str) -> Self {
        Self {
            webhook_id: random_text(32, b"0123456789abcdef"),
            name: name.to_owned(),
            webhook_url: url.to_owned(),
            secret: secret.to_owned(),
            is_disabled: false,
            is_auto_disabled: false,
            retry_enabled: false,
            created_at_unix: now().timestamp(),
            failures_in_a_row: 0,
            last_success: None,
            most_recent_failure_error_code: None,
            most_recent_failure_timestamp: None,
        }
    }

    /// Books a delivery: only 200 is a success.
    pub(super) fn book(&mut self, status: Option<u16>) {
        let at = now().timestamp();
        if status == Some(200) {
            self.failures_in_a_row = 0;
            self.last_success = Some(at);
            return;
        }
        self.failures_in_a_row += 1;
        self.most_recent_failure_error_code = status;
        self.most_recent_failure_timestamp = Some(at);
        let stale = self
            .last_success
            .is_none_or(|success| at - success > 7 * 86_400);
        if self.failures_in_a_row >= 10 && stale {
            self.is_auto_disabled = true;
        }
    }
}

/// The webhook that a workspace in use has: attached to all agents, with retries.
pub(super) fn seed(store: &mut Store, config: &TwinConfig) {
    let mut webhook = WorkspaceWebhook::new("post-call", "", &config.elevenlabs_webhook_secret);
    webhook.retry_enabled = true;
    store.settings = json!({"webhooks": {
        "post_call_webhook_id": webhook.webhook_id,
        "events": ["transcript", "call_initiation_failure"],
        "transcript_format": "json",
    }});
    store.webhooks.push(webhook);
}

pub(super) async fn webhooks(State(hub): State<Shared>) -> Response {
    let base = hub.public_base().unwrap_or_default();
    let world = hub.world();
    let attached = &world.eleven.settings["webhooks"]["post_call_webhook_id"];
    let rows: Vec<Value> = world
        .eleven
        .webhooks
        .iter()
        .map(|webhook| {
            let used = attached == &json!(webhook.webhook_id);
            let usage = if used {
                json!([{"usage_type": "ConvAI Settings"}])
            } else {
                json!([])
            };
            let own = format!("{base}/elevenlabs/post-call");
            let url = if webhook.webhook_url.is_empty() {
                &own
            } else {
                &webhook.webhook_url
            };
            json!({
                "name": webhook.name, "webhook_id": webhook.webhook_id, "webhook_url": url,
                "is_disabled": webhook.is_disabled, "is_auto_disabled": webhook.is_auto_disabled,
                "retry_enabled": webhook.retry_enabled,
                "created_at_unix": webhook.created_at_unix, "auth_type": "hmac", "usage": usage,
                "most_recent_failure_error_code": webhook.most_recent_failure_error_code,
                "most_recent_failure_timestamp": webhook.most_recent_failure_timestamp,
            })
        })
        .collect();
    Json(json!({"webhooks": rows})).into_response()
}

pub(super) async fn create_webhook(
    State(hub): State<Shared>,
    Json(request): Json<Value>,
) -> Response {
    let settings = &request["settings"];
    let (Some(name), Some(url)) = (settings["name"].as_str(), settings["webhook_url"].as_str())
    else {
        return unprocessable("settings", "Field required");
    };
    let webhook = WorkspaceWebhook::new(name, url, &hub.config.elevenlabs_webhook_secret);
    let reply = json!({"webhook_id": webhook.webhook_id, "webhook_secret": webhook.secret});
    hub.world().eleven.webhooks.push(webhook);
    Json(reply).into_response()
}

/// Also turns a disabled webhook on again.
pub(super) async fn update_webhook(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    let (Some(disabled), Some(name)) = (request["is_disabled"].as_bool(), request["name"].as_str())
    else {
        return unprocessable("is_disabled", "Field required");
    };
    let mut world = hub.world();
    let Some(webhook) = world
        .eleven
        .webhooks
        .iter_mut()
        .find(|w| w.webhook_id == id)
    else {
        return missing("webhook");
    };
    webhook.is_disabled = disabled;
    name.clone_into(&mut webhook.name);
    if let Some(retry) = request["retry_enabled"].as_bool() {
        webhook.retry_enabled = retry;
    }
    if !disabled {
        webhook.is_auto_disabled = false;
        webhook.failures_in_a_row = 0;
    }
    Json(json!({"status": "ok"})).into_response()
}

pub(super) async fn delete_webhook(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = hub.world();
    let before = world.eleven.webhooks.len();
    world
        .eleven
        .webhooks
        .retain(|webhook| webhook.webhook_id != id);
    if world.eleven.webhooks.len() == before {
        return missing("webhook");
    }
    Json(json!({"status": "ok"})).into_response()
}

pub(super) async fn settings(State(hub): State<Shared>) -> Response {
    Json(hub.world().eleven.settings.clone()).into_response()
}

pub(super) async fn update_settings(
    State(hub): State<Shared>,
    Json(request): Json<Value>,
) -> Response {
    let mut world = hub.world();
    let current = std::mem::take(&mut world.eleven.settings);
    world.eleven.settings = merge(current, &request);
    Json(world.eleven.settings.clone()).into_response()
}

fn stored(id: &str, name: &str) -> Value {
    json!({"type": "stored", "secret_id": id, "name": name})
}

pub(super) async fn secrets(State(hub): State<Shared>) -> Response {
    let world = hub.world();
    let rows: Vec<Value> = world
        .eleven
        .secrets
        .iter()
        .map(|(id, (name, _))| {
            let mut row = stored(id, name);
            row["used_by"] = json!({"tools": [], "agents": [], "others": [], "phone_numbers": []});
            row
        })
        .collect();
    Json(json!({"secrets": rows, "next_cursor": null, "has_more": false})).into_response()
}

pub(super) async fn create_secret(
    State(hub): State<Shared>,
    Json(request): Json<Value>,
) -> Response {
    let (Some(name), Some(value)) = (request["name"].as_str(), request["value"].as_str()) else {
        return unprocessable("name", "Field required");
    };
    let id = eleven_id("sec");
    let reply = stored(&id, name);
    hub.world()
        .eleven
        .secrets
        .insert(id, (name.to_owned(), value.to_owned()));
    Json(reply).into_response()
}

pub(super) async fn secret(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let world = hub.world();
    world.eleven.secrets.get(&id).map_or_else(
        || missing("secret"),
        |(name, _)| Json(stored(&id, name)).into_response(),
    )
}

pub(super) async fn update_secret(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    let mut world = hub.world();
    let Some((name, value)) = world.eleven.secrets.get_mut(&id) else {
        return missing("secret");
    };
    if let Some(new) = request["name"].as_str() {
        new.clone_into(name);
    }
    if let Some(new) = request["value"].as_str() {
        new.clone_into(value);
    }
    Json(stored(&id, name)).into_response()
}

pub(super) async fn delete_secret(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    match hub.world().eleven.secrets.remove(&id) {
        Some(_) => Json(json!({})).into_response(),
        None => missing("secret"),
    }
}
