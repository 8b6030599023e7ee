//! The admin endpoints: faults, what was accepted, calls and replies on demand, for people and for
//! tests that reach the twin only by HTTP. They need no credentials; the twin is a test double.
//!
//! | route | does |
//! |---|---|
//! | `GET /admin/faults` | faults set, with how often each fired, and every firing |
//! | `POST /admin/faults` | sets one fault or a list of them (see [`crate::Fault`]) |
//! | `DELETE /admin/faults` | clears all |
//! | `GET /admin/state` | ledger, messages, mails, calls, conversations, webhooks, requests |
//! | `POST /admin/reset` | forgets state and faults |
//! | `POST /admin/point` | `{"bord_base_url": …}` |
//! | `POST /admin/calls` | places a call (see [`crate::PlaceCall`]); answers its outcome |
//! | `POST /admin/replies` | an inbound message (see [`crate::Reply`]) or a tap `{"message_sid", "button"}` |
//! | `POST /admin/numbers` | `{"number", "behaviour"}`; `POST /admin/addresses`: `{"address", "behaviour"}` |
//! | `POST /admin/refuse` | `{"refuse": bool}`: closes or opens the port |
//! | `POST /admin/prompts` | `{"agent_name", "prompt"}`: somebody edits an agent's prompt |
//! | `POST /admin/models` | `{"llm", "replacement", "percentage"}`: the vendor ends a model |
//! | `POST /admin/webhooks` | `{"auto_disable": true}`, `{"disabled": bool}`, `{"retries": bool}` |
//! | `POST /admin/pages` | `{"host"}` with `html`, `number` or `status`; with none of them as made anew |

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use http::StatusCode;
use serde_json::{Value, json};

use crate::Twin;
use crate::caller::PlaceCall;
use crate::faults::Fault;
use crate::twilio::Reply;

pub(crate) fn routes(twin: Twin) -> Router {
    Router::new()
        .route(
            "/admin/faults",
            get(faults).post(set_faults).delete(clear_faults),
        )
        .route("/admin/state", get(state))
        .route("/admin/reset", post(reset))
        .route("/admin/point", post(point))
        .route("/admin/calls", post(call))
        .route("/admin/replies", post(reply))
        .route("/admin/{what}", post(behave))
        .route("/healthz", get(async || "ok"))
        .with_state(twin)
}

fn bad(why: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({"error": why}))).into_response()
}

async fn faults(State(twin): State<Twin>) -> Response {
    let set: Vec<Value> = twin
        .faults_set()
        .into_iter()
        .map(|(number, fault, fired)| {
            let mut row = serde_json::to_value(fault).unwrap_or_default();
            row["id"] = json!(number);
            row["fired"] = json!(fired);
            row
        })
        .collect();
    Json(json!({"faults": set, "fired": twin.faults_fired()})).into_response()
}

async fn set_faults(State(twin): State<Twin>, Json(request): Json<Value>) -> Response {
    let list = match request {
        Value::Array(list) => list,
        one => vec![one],
    };
    let parsed: Result<Vec<Fault>, _> = list.into_iter().map(serde_json::from_value).collect();
    match parsed {
        Ok(faults) => Json(json!({"ids": twin.faults(faults)})).into_response(),
        Err(error) => bad(&error.to_string()),
    }
}

async fn clear_faults(State(twin): State<Twin>) -> Response {
    twin.clear_faults();
    Json(json!({})).into_response()
}

async fn state(State(twin): State<Twin>) -> Response {
    Json(twin.state()).into_response()
}

async fn reset(State(twin): State<Twin>) -> Response {
    twin.reset();
    Json(json!({})).into_response()
}

async fn point(State(twin): State<Twin>, Json(request): Json<Value>) -> Response {
    let Some(url) = request["bord_base_url"].as_str() else {
        return bad("bord_base_url is missing");
    };
    twin.point_at(url);
    Json(json!({})).into_response()
}

async fn call(State(twin): State<Twin>, Json(ask): Json<PlaceCall>) -> Response {
    Json(twin.place_call(ask).await).into_response()
}

async fn reply(State(twin): State<Twin>, Json(request): Json<Value>) -> Response {
    if let (Some(sid), Some(button)) = (request["message_sid"].as_str(), request["button"].as_u64())
    {
        let index = usize::try_from(button).unwrap_or(usize::MAX);
        return match twin.press_button(sid, index).await {
            Some(receipt) => Json(receipt).into_response(),
            None => bad("no such message, or its template has no such button"),
        };
    }
    match serde_json::from_value::<Reply>(request) {
        Ok(reply) => Json(twin.reply(reply).await).into_response(),
        Err(error) => bad(&error.to_string()),
    }
}

async fn behave(
    State(twin): State<Twin>,
    Path(what): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    let behaviour = request["behaviour"].clone();
    let done = match what.as_str() {
        "numbers" => request["number"].as_str().and_then(|number| {
            twin.number_behaviour(number, serde_json::from_value(behaviour).ok()?);
            Some(())
        }),
        "addresses" => request["address"].as_str().and_then(|address| {
            twin.mail_behaviour(address, serde_json::from_value(behaviour).ok()?);
            Some(())
        }),
        "refuse" => request["refuse"]
            .as_bool()
            .map(|refuse| twin.refuse_connections(refuse)),
        "prompts" | "models" | "webhooks" | "pages" => meddle(&twin, &what, &request),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match done {
        Some(()) => Json(json!({})).into_response(),
        None => bad("unknown or missing value"),
    }
}

/// What people and the vendor do behind bord's back; nothing where a value is missing.
fn meddle(twin: &Twin, what: &str, request: &Value) -> Option<()> {
    let text = |name: &str| request[name].as_str();
    match what {
        "prompts" => twin
            .edit_prompt(text("agent_name")?, |_| {
                text("prompt").unwrap_or_default().to_owned()
            })
            .map(|_| ()),
        "models" => {
            let percentage = request["percentage"].as_f64().unwrap_or(0.0);
            twin.deprecate_model(text("llm")?, text("replacement")?, percentage);
            Some(())
        }
        "webhooks" => {
            let flag = |name: &str| request[name].as_bool();
            if flag("auto_disable") == Some(true) {
                twin.auto_disable_webhooks();
            }
            flag("disabled")
                .into_iter()
                .for_each(|off| twin.disable_webhooks(off));
            flag("retries")
                .into_iter()
                .for_each(|on| twin.webhook_retries(on));
            Some(())
        }
        _ => {
            let host = text("host")?;
            match (text("html"), text("number"), request["status"].as_u64()) {
                (Some(html), ..) => twin.set_page(host, html),
                (_, Some(number), _) => twin.set_page_number(host, number),
                (.., Some(status)) => twin.set_page_status(host, u16::try_from(status).ok()?),
                _ => twin.forget_page(host),
            }
            Some(())
        }
    }
}
