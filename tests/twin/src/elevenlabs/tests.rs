//! Tests as they are kept at the vendor: created, replaced whole (PUT; PATCH gives 405), listed and
//! deleted. Running them is `runs`' business.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::{Query, missing, unprocessable};
use crate::config::SystemVariables;
use crate::hub::{Shared, eleven_id};

fn fault(hub: &Shared, test: &Value) -> Option<Response> {
    if !test["name"].is_string() {
        return Some(unprocessable("name", "Field required"));
    }
    match test["type"].as_str() {
        Some("simulation") => {
            let turns = test["simulation_max_turns"].as_i64().unwrap_or(5);
            if !(1..=50).contains(&turns) {
                return Some(unprocessable(
                    "simulation_max_turns",
                    "Input should be between 1 and 50",
                ));
            }
            let conditions = test["success_conditions"].as_array().map_or(0, Vec::len);
            if conditions == 0 && !test["success_condition"].is_string() {
                return Some(unprocessable("success_conditions", "Field required"));
            }
            if conditions > 30 {
                return Some(unprocessable("success_conditions", "At most 30 conditions"));
            }
        }
        Some("tool") if !test["tool_call_parameters"].is_object() => {
            return Some(unprocessable("tool_call_parameters", "Field required"));
        }
        Some("llm") if !test["success_condition"].is_string() => {
            return Some(unprocessable("success_condition", "Field required"));
        }
        Some("tool" | "llm") => {}
        _ => {
            return Some(unprocessable(
                "type",
                "Input should be 'simulation', 'tool' or 'llm'",
            ));
        }
    }
    let mut names = test["dynamic_variables"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, _)| name);
    let refused = hub.config.system_variables_in_tests == SystemVariables::Refused;
    if refused && names.any(|name| name.starts_with("system__")) {
        return Some(unprocessable(
            "dynamic_variables",
            "Names starting with system__ are reserved",
        ));
    }
    None
}

pub(super) async fn create(State(hub): State<Shared>, Json(test): Json<Value>) -> Response {
    if let Some(refusal) = fault(&hub, &test) {
        return refusal;
    }
    let id = eleven_id("test");
    hub.world().eleven.tests.push((id.clone(), test));
    Json(json!({"id": id})).into_response()
}

fn body(id: &str, test: &Value) -> Value {
    let mut body = test.clone();
    body["id"] = json!(id);
    body
}

pub(super) async fn fetch(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let world = hub.world();
    let found = world.eleven.tests.iter().find(|(known, _)| known == &id);
    found.map_or_else(
        || missing("test"),
        |(id, test)| Json(body(id, test)).into_response(),
    )
}

pub(super) async fn replace(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    Json(test): Json<Value>,
) -> Response {
    if let Some(refusal) = fault(&hub, &test) {
        return refusal;
    }
    let mut world = hub.world();
    let Some((_, slot)) = world
        .eleven
        .tests
        .iter_mut()
        .find(|(known, _)| known == &id)
    else {
        return missing("test");
    };
    *slot = test;
    Json(body(&id, slot)).into_response()
}

pub(super) async fn delete(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = hub.world();
    let before = world.eleven.tests.len();
    world.eleven.tests.retain(|(known, _)| known != &id);
    if world.eleven.tests.len() == before {
        return missing("test");
    }
    Json(json!({})).into_response()
}

pub(super) async fn list(State(hub): State<Shared>, RawQuery(raw): RawQuery) -> Response {
    let query = Query::parse(raw.as_deref());
    let search = query.get("search").unwrap_or_default().to_lowercase();
    let world = hub.world();
    let rows = world
        .eleven
        .tests
        .iter()
        .filter(|(_, test)| test["name"].as_str().unwrap_or_default().to_lowercase().contains(&search))
        .filter(|(_, test)| query.get("types").is_none_or(|kind| test["type"] == kind))
        .map(|(id, test)| json!({"id": id, "name": test["name"], "type": test["type"],
            "access_info": super::access_info(), "created_at_unix_secs": 0, "last_updated_at_unix_secs": 0}))
        .collect();
    query.page("tests", rows)
}
