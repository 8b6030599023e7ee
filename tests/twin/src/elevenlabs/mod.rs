//! ElevenLabs' side of the twin: agents with versions and branches, webhook tools, secrets,
//! workspace webhooks, models, calls registered from Twilio, conversations and tests. Agents are
//! played by a script that heeds its prompt (see [`clauses`]).

mod agent;
mod agents;
mod analysis;
pub(crate) mod answer;
mod branches;
pub(crate) mod clauses;
mod conversations;
mod defaults;
mod eval;
mod judge;
pub(crate) mod live;
mod models;
pub(crate) mod port;
mod prepare;
mod register;
mod runs;
pub(crate) mod shape;
pub(crate) mod talk;
mod tests;
pub(crate) mod tool;
mod tools;
mod workspace;

use std::collections::HashMap;

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, patch, post};
use http::{StatusCode, header};
use serde_json::{Value, json};

pub use agent::AgentView;
pub(crate) use agent::{Agent, merge};
pub use conversations::Conversation;
pub(crate) use models::deprecate;
pub use workspace::WorkspaceWebhook;

use crate::config::TwinConfig;
use crate::hub::{Shared, random_text};
use tool::Tool;

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) agents: Vec<Agent>,
    pub(crate) tools: Vec<Tool>,
    /// Secret id → (name, value).
    pub(crate) secrets: HashMap<String, (String, String)>,
    pub(crate) settings: Value,
    pub(crate) webhooks: Vec<WorkspaceWebhook>,
    pub(crate) tests: Vec<(String, Value)>,
    pub(crate) invocations: Vec<runs::Invocation>,
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) executions: Vec<Value>,
    /// The vendor's defaults; they move (see `Twin::move_vendor_default`).
    pub(crate) defaults: Value,
    pub(crate) models: Vec<Value>,
}

impl Store {
    pub(crate) fn secret(&self, id: &str) -> Option<String> {
        self.secrets.get(id).map(|(_, value)| value.clone())
    }

    pub(crate) fn tool(&self, id: &str) -> Option<&Tool> {
        self.tools.iter().find(|tool| tool.id == id)
    }

    pub(crate) fn agent(&self, id: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.id == id)
    }
}

/// What a fresh workspace holds.
pub(crate) fn seed(store: &mut Store, config: &TwinConfig) {
    store.defaults = defaults::vendor_defaults();
    store.models = models::models();
    store.settings = json!({"webhooks": {}});
    if config.seed_post_call_webhook {
        workspace::seed(store, config);
    }
}

pub(crate) fn routes() -> Router<Shared> {
    let convai = Router::new()
        .route("/twilio/register-call", post(register::register))
        .route("/agents/create", post(agents::create))
        .route("/agents", get(agents::list))
        .route(
            "/agents/{id}",
            get(agents::fetch)
                .patch(agents::update)
                .delete(agents::delete),
        )
        .route(
            "/agents/{id}/branches",
            get(branches::list).post(branches::create),
        )
        .route(
            "/agents/{id}/branches/{branch}",
            get(branches::fetch).patch(branches::update),
        )
        .route(
            "/agents/{id}/branches/{branch}/merge",
            post(branches::merge_branch),
        )
        .route("/agents/{id}/versions/{version}", get(branches::version))
        .route("/agents/{id}/deployments", post(branches::deploy))
        .route("/agents/{id}/run-tests", post(runs::run))
        .route("/tools", get(tools::list).post(tools::create))
        .route(
            "/tools/{id}",
            get(tools::fetch).patch(tools::update).delete(tools::delete),
        )
        .route("/tools/{id}/dependent-agents", get(tools::dependents))
        .route("/tools/{id}/executions", get(tools::executions))
        .route(
            "/secrets",
            get(workspace::secrets).post(workspace::create_secret),
        )
        .route(
            "/secrets/{id}",
            get(workspace::secret)
                .patch(workspace::update_secret)
                .delete(workspace::delete_secret),
        )
        .route(
            "/settings",
            get(workspace::settings).patch(workspace::update_settings),
        )
        .route("/llm/list", get(models::list))
        .route("/agent-testing/create", post(tests::create))
        .route("/agent-testing", get(tests::list))
        .route(
            "/agent-testing/{id}",
            get(tests::fetch).put(tests::replace).delete(tests::delete),
        )
        .route("/test-invocations", get(runs::list))
        .route("/test-invocations/{id}", get(runs::fetch))
        .route("/conversations", get(conversations::list))
        .route(
            "/conversations/{id}",
            get(conversations::fetch).delete(conversations::delete),
        )
        .route("/conversations/{id}/audio", get(conversations::audio));
    Router::new()
        .nest("/v1/convai", convai)
        .route(
            "/v1/workspace/webhooks",
            get(workspace::webhooks).post(workspace::create_webhook),
        )
        .route(
            "/v1/workspace/webhooks/{id}",
            patch(workspace::update_webhook).delete(workspace::delete_webhook),
        )
}

/// The vendor's three body shapes, by status.
pub(crate) fn error(status: u16, _code: u32, message: &str) -> Response {
    let request_id = random_text(32, b"0123456789abcdef");
    let text = |fallback: &str| {
        if message.is_empty() {
            fallback.to_owned()
        } else {
            message.to_owned()
        }
    };
    let form = |kind: &str, code: &str, status: &str, message: String| {
        json!({"detail": {"type": kind, "code": code, "message": message, "status": status,
            "request_id": request_id.clone()}})
    };
    let body = match status {
        400 => form(
            "validation_error",
            "invalid_parameters",
            "invalid_parameters",
            text("Invalid parameters"),
        ),
        401 => json!({"detail": {"status": "invalid_api_key", "message": "Invalid API key"}}),
        404 => form("not_found", "not_found", "not_found", text("Not found.")),
        409 => json!({"detail": {"status": "conflict", "message": text("Conflict")}}),
        422 => {
            json!({"detail": [{"type": "missing", "loc": ["body"], "msg": text("Field required")}]})
        }
        429 => form(
            "rate_limit_error",
            "concurrent_limit_exceeded",
            "too_many_concurrent_requests",
            "Too many concurrent requests.".to_owned(),
        ),
        _ => form(
            "internal_error",
            "internal_error",
            "internal_error",
            text("Internal server error"),
        ),
    };
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (
        code,
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

/// 404 for one kind of thing, with the vendor's code for it.
fn missing(kind: &str) -> Response {
    let request_id = random_text(32, b"0123456789abcdef");
    let code = format!("{kind}_not_found");
    let name = format!("{}{}", kind[..1].to_uppercase(), &kind[1..]);
    let body = json!({"detail": {"type": "not_found", "code": code, "message": format!("{name} not found."),
        "status": code, "request_id": request_id}});
    (
        StatusCode::NOT_FOUND,
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

/// 422 for a field that is missing or wrong.
fn unprocessable(field: &str, message: &str) -> Response {
    let kind = if message == "Field required" {
        "missing"
    } else {
        "value_error"
    };
    let body = json!({"detail": [{"type": kind, "loc": ["body", field], "msg": message}]});
    (
        StatusCode::UNPROCESSABLE_ENTITY,
        [(header::CONTENT_TYPE, "application/json")],
        body.to_string(),
    )
        .into_response()
}

/// Query parameters, repeated ones kept.
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    fn parse(raw: Option<&str>) -> Self {
        Self(
            form_urlencoded::parse(raw.unwrap_or_default().as_bytes())
                .into_owned()
                .collect(),
        )
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next().filter(|value| !value.is_empty())
    }

    fn all<'a, 'b>(&'a self, name: &'b str) -> impl Iterator<Item = &'a str> + use<'a, 'b> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    fn number(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// One page of rows under `key`; the cursor is the offset. Over 100 rows a page: 422.
    fn page(&self, key: &str, rows: Vec<Value>) -> Response {
        let size = self.number("page_size").unwrap_or(30);
        if !(1..=100).contains(&size) {
            return unprocessable("page_size", "Input should be less than or equal to 100");
        }
        let size = usize::try_from(size).unwrap_or(30);
        let start: usize = self
            .get("cursor")
            .and_then(|c| c.strip_prefix("at-")?.parse().ok())
            .unwrap_or(0);
        let total = rows.len();
        let page: Vec<Value> = rows.into_iter().skip(start).take(size).collect();
        let more = start + size < total;
        let next = if more {
            json!(format!("at-{}", start + size))
        } else {
            Value::Null
        };
        axum::Json(json!({key: page, "next_cursor": next, "has_more": more})).into_response()
    }
}

/// Who the twin's objects belong to.
fn access_info() -> Value {
    json!({"is_creator": true, "creator_name": "Ops", "creator_email": "ops@example.com", "role": "admin"})
}
