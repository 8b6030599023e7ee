//! Agents: created, read, patched (objects merge, arrays are replaced), listed, deleted. Every
//! save makes a version on a branch; a read shows the vendor's defaults where nothing was set.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::agent::{Agent, Branch, merge};
use super::{Query, access_info, error, missing, unprocessable};
use crate::hub::{Shared, eleven_id, now};

/// The parts of a request that a version holds.
pub(super) fn set_parts(request: &Value) -> Value {
    let parts = ["conversation_config", "platform_settings", "workflow"];
    let set: Map<String, Value> = parts
        .iter()
        .filter(|part| request[**part].is_object())
        .map(|part| ((*part).to_owned(), request[*part].clone()))
        .collect();
    Value::Object(set)
}

/// What the vendor refuses although the schema allows it.
pub(super) fn refused(set: &Value) -> Option<Response> {
    let turn = &set["conversation_config"]["turn"];
    if let Some(timeout) = turn["turn_timeout"].as_f64()
        && (timeout - -1.0).abs() > f64::EPSILON
        && !(1.0..=300.0).contains(&timeout)
    {
        return Some(error(
            400,
            0,
            "Turn timeout must be -1 or between 1 and 300 seconds",
        ));
    }
    if let Some(wait) = turn["initial_wait_time"].as_f64()
        && (wait - -1.0).abs() > f64::EPSILON
        && wait < 1.0
    {
        return Some(error(
            400,
            0,
            "Initial wait time must be -1 or at least 1 second",
        ));
    }
    None
}

pub(super) async fn create(State(hub): State<Shared>, Json(request): Json<Value>) -> Response {
    if !request["conversation_config"].is_object() {
        return unprocessable("conversation_config", "Field required");
    }
    let set = set_parts(&request);
    if let Some(refusal) = refused(&set) {
        return refusal;
    }
    let created = now().timestamp();
    let branch = Branch {
        id: eleven_id("agtbrch"),
        name: "Main".to_owned(),
        description: String::new(),
        head: String::new(),
        archived: false,
        traffic: 100,
        created,
    };
    let branch_id = branch.id.clone();
    let mut agent = Agent {
        id: eleven_id("agent"),
        name: request["name"].as_str().unwrap_or("New agent").to_owned(),
        tags: request["tags"]
            .as_array()
            .map_or_else(|| json!([]), |tags| json!(tags)),
        created,
        updated: created,
        branches: vec![branch],
        versions: Vec::new(),
        last_call: None,
    };
    agent.save(&branch_id, set, Value::Null);
    let id = agent.id.clone();
    hub.world().eleven.agents.push(agent);
    Json(json!({"agent_id": id})).into_response()
}

pub(super) async fn fetch(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Response {
    let query = Query::parse(raw.as_deref());
    let world = hub.world();
    let Some(agent) = world.eleven.agent(&id) else {
        return missing("agent");
    };
    match agent.version(query.get("version_id"), query.get("branch_id")) {
        Some(version) => Json(agent.json(version, &world.eleven.defaults)).into_response(),
        None => missing("version"),
    }
}

pub(super) async fn update(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
    Json(request): Json<Value>,
) -> Response {
    let query = Query::parse(raw.as_deref());
    let set = set_parts(&request);
    if let Some(refusal) = refused(&set) {
        return refusal;
    }
    let mut world = hub.world();
    let defaults = world.eleven.defaults.clone();
    let Some(agent) = world.eleven.agents.iter_mut().find(|agent| agent.id == id) else {
        return missing("agent");
    };
    let branch = query
        .get("branch_id")
        .unwrap_or(agent.main_branch())
        .to_owned();
    let Some(current) = agent.version(None, Some(&branch)) else {
        return missing("branch");
    };
    let merged = merge(current.set.clone(), &set);
    if let Some(name) = request["name"].as_str() {
        name.clone_into(&mut agent.name);
    }
    if request["tags"].is_array() {
        agent.tags = request["tags"].clone();
    }
    let version = agent.save(&branch, merged, request["version_description"].clone());
    match agent.version(Some(&version), Some(&branch)) {
        Some(version) => Json(agent.json(version, &defaults)).into_response(),
        None => missing("version"),
    }
}

pub(super) async fn list(State(hub): State<Shared>, RawQuery(raw): RawQuery) -> Response {
    let query = Query::parse(raw.as_deref());
    let search = query.get("search").unwrap_or_default().to_lowercase();
    let world = hub.world();
    let mut agents: Vec<&Agent> = world
        .eleven
        .agents
        .iter()
        .filter(|agent| agent.name.to_lowercase().contains(&search))
        .filter(|agent| {
            query.all("tags").all(|tag| {
                agent
                    .tags
                    .as_array()
                    .is_some_and(|t| t.contains(&json!(tag)))
            })
        })
        .collect();
    if query.get("sort_direction") != Some("asc") {
        agents.reverse();
    }
    let rows = agents
        .into_iter()
        .map(|agent| {
            let version = agent.version(None, None);
            let full = version.map(|version| agent.json(version, &world.eleven.defaults));
            json!({
                "agent_id": agent.id, "name": agent.name,
                "voice_id": full.map(|full| full["conversation_config"]["tts"]["voice_id"].clone()),
                "tags": agent.tags, "created_at_unix_secs": agent.created,
                "updated_at_unix_secs": agent.updated, "access_info": access_info(),
                "last_call_time_unix_secs": agent.last_call, "archived": false,
            })
        })
        .collect();
    query.page("agents", rows)
}

pub(super) async fn delete(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = hub.world();
    let before = world.eleven.agents.len();
    world.eleven.agents.retain(|agent| agent.id != id);
    if world.eleven.agents.len() == before {
        return missing("agent");
    }
    Json(json!({})).into_response()
}
