//! Mailgun's side of the twin: sending, the events API, signed event webhooks and the bounce list.

mod event;
mod events;
mod send;

use std::collections::{HashMap, HashSet};

use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http::{StatusCode, header};
use serde_json::json;

pub use events::MailBehaviour;
pub use send::Mail;

use crate::hub::Shared;

#[derive(Default)]
pub(crate) struct Store {
    pub(crate) mails: Vec<Mail>,
    pub(crate) events: Vec<events::Event>,
    pub(crate) behaviours: HashMap<String, MailBehaviour>,
    /// Addresses that bounced: Mailgun does not even try them again.
    pub(crate) bounces: HashSet<String>,
}

pub(crate) fn routes() -> Router<Shared> {
    Router::new()
        .route("/v3/{domain}/messages", post(send::create))
        .route("/v3/{domain}/events", get(events::list))
        .route("/v3/{domain}/events/{page}", get(events::page))
        .route("/v3/{domain}/bounces", get(events::bounces))
        .route(
            "/v3/{domain}/bounces/{address}",
            get(events::bounce).delete(events::delete_bounce),
        )
        .route("/v5/accounts/http_signing_key", get(send::signing_key))
}

/// Mailgun's errors: a bare word for 401, else a message.
pub(crate) fn error(status: u16, message: &str) -> Response {
    let code = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if status == 401 {
        return (code, "Forbidden").into_response();
    }
    let message = if message.is_empty() {
        "Internal Server Error"
    } else {
        message
    };
    let body = json!({"message": message}).to_string();
    (code, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
