//! Branches and versions of an agent: created from a version, changed on their own, merged, and
//! given a share of the traffic.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::agent::{Branch, merge};
use super::agents::{refused, set_parts};
use super::{Query, error, missing, unprocessable};
use crate::hub::{Shared, eleven_id, now};

fn row(branch: &Branch) -> Value {
    json!({
        "id": branch.id, "name": branch.name, "description": branch.description,
        "is_archived": branch.archived, "current_live_percentage": branch.traffic,
        "head_version_id": branch.head, "created_at": branch.created,
    })
}

pub(super) async fn create(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    for field in ["parent_version_id", "name", "description"] {
        if !request[field].is_string() {
            return unprocessable(field, "Field required");
        }
    }
    let set = set_parts(&request);
    if let Some(refusal) = refused(&set) {
        return refusal;
    }
    let mut world = hub.world();
    let Some(agent) = world.eleven.agents.iter_mut().find(|agent| agent.id == id) else {
        return missing("agent");
    };
    let name = request["name"].as_str().unwrap_or_default();
    if agent.branches.iter().any(|branch| branch.name == name) {
        return error(400, 0, "A branch with this name already exists");
    }
    let Some(parent) = agent.version(request["parent_version_id"].as_str(), None) else {
        return missing("version");
    };
    let merged = merge(parent.set.clone(), &set);
    let branch_id = eleven_id("agtbrch");
    agent.branches.push(Branch {
        id: branch_id.clone(),
        name: name.to_owned(),
        description: request["description"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        head: String::new(),
        archived: false,
        traffic: 0,
        created: now().timestamp(),
    });
    let version = agent.save(&branch_id, merged, request["description"].clone());
    Json(json!({"created_branch_id": branch_id, "created_version_id": version})).into_response()
}

pub(super) async fn list(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let world = hub.world();
    let Some(agent) = world.eleven.agent(&id) else {
        return missing("agent");
    };
    let rows: Vec<Value> = agent.branches.iter().map(row).collect();
    Json(json!({"branches": rows})).into_response()
}

pub(super) async fn fetch(
    State(hub): State<Shared>,
    Path((id, branch)): Path<(String, String)>,
) -> Response {
    let world = hub.world();
    let found = world
        .eleven
        .agent(&id)
        .and_then(|agent| agent.branches.iter().find(|b| b.id == branch));
    found.map_or_else(
        || missing("branch"),
        |branch| Json(row(branch)).into_response(),
    )
}

pub(super) async fn update(
    State(hub): State<Shared>,
    Path((id, branch)): Path<(String, String)>,
    Json(request): Json<Value>,
) -> Response {
    let mut world = hub.world();
    let agent = world.eleven.agents.iter_mut().find(|agent| agent.id == id);
    let Some(branch) = agent.and_then(|agent| agent.branches.iter_mut().find(|b| b.id == branch))
    else {
        return missing("branch");
    };
    if let Some(name) = request["name"].as_str() {
        name.clone_into(&mut branch.name);
    }
    if let Some(archived) = request["is_archived"].as_bool() {
        branch.archived = archived;
    }
    Json(row(branch)).into_response()
}

pub(super) async fn merge_branch(
    State(hub): State<Shared>,
    Path((id, source)): Path<(String, String)>,
    RawQuery(raw): RawQuery,
    Json(request): Json<Value>,
) -> Response {
    let query = Query::parse(raw.as_deref());
    let mut world = hub.world();
    let Some(agent) = world.eleven.agents.iter_mut().find(|agent| agent.id == id) else {
        return missing("agent");
    };
    let target = query
        .get("target_branch_id")
        .unwrap_or(agent.main_branch())
        .to_owned();
    let Some(set) = agent
        .version(None, Some(&source))
        .map(|version| version.set.clone())
    else {
        return missing("branch");
    };
    agent.save(&target, set, json!(format!("merge of {source}")));
    if request["archive_source_branch"] == json!(true)
        && let Some(branch) = agent.branches.iter_mut().find(|branch| branch.id == source)
    {
        branch.archived = true;
    }
    Json(json!({})).into_response()
}

pub(super) async fn version(
    State(hub): State<Shared>,
    Path((id, version)): Path<(String, String)>,
) -> Response {
    let world = hub.world();
    let Some(agent) = world.eleven.agent(&id) else {
        return missing("agent");
    };
    let Some(version) = agent.version(Some(&version), None) else {
        return missing("version");
    };
    let mut body = agent.json(version, &world.eleven.defaults);
    body["version_description"] = version.description.clone();
    body["version_created_at_unix_secs"] = json!(version.created);
    Json(body).into_response()
}

pub(super) async fn deploy(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    let shares: Vec<(String, u64)> = request["deployment_request"]["requests"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|share| {
            let branch = share["branch_id"].as_str()?.to_owned();
            Some((
                branch,
                share["deployment_strategy"]["traffic_percentage"].as_u64()?,
            ))
        })
        .collect();
    if shares.iter().map(|(_, share)| share).sum::<u64>() != 100 {
        return error(400, 0, "Traffic percentages must add up to 100");
    }
    let mut world = hub.world();
    let Some(agent) = world.eleven.agents.iter_mut().find(|agent| agent.id == id) else {
        return missing("agent");
    };
    for branch in &mut agent.branches {
        branch.traffic = shares
            .iter()
            .find(|(id, _)| id == &branch.id)
            .map_or(0, |(_, share)| *share);
    }
    let map: serde_json::Map<String, Value> = shares
        .into_iter()
        .map(|(id, share)| (id, json!(share)))
        .collect();
    Json(json!({"traffic_percentage_branch_id_map": map})).into_response()
}
