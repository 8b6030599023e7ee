//! Webhook tools: created, searched by the start of their name, replaced whole by a patch, refused
//! deletion while an agent uses them, and the log of their executions.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::tool::Tool;
use super::{Query, Store, access_info, error, missing, unprocessable};
use crate::hub::{Shared, eleven_id};

fn body(store: &Store, tool: &Tool) -> Value {
    let calls: Vec<f64> = store
        .executions
        .iter()
        .filter(|execution| execution["tool_id"] == json!(tool.id))
        .filter_map(|execution| execution["latency_secs"].as_f64())
        .collect();
    let count = u32::try_from(calls.len()).unwrap_or(u32::MAX);
    let average = if count == 0 {
        0.0
    } else {
        calls.iter().sum::<f64>() / f64::from(count)
    };
    json!({
        "id": tool.id, "tool_config": tool.config, "access_info": access_info(),
        "usage_stats": {"total_calls": count, "avg_latency_secs": average},
        "response_mocks": tool.response_mocks,
    })
}

/// What the schema of a tool refuses.
fn fault(config: &Value) -> Option<Response> {
    let name = config["name"].as_str().unwrap_or_default();
    let plain = name
        .chars()
        .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if name.is_empty() || name.len() > 64 || !plain {
        return Some(unprocessable(
            "name",
            "String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
        ));
    }
    if !config["description"].is_string() {
        return Some(unprocessable("description", "Field required"));
    }
    if config["type"] == "webhook" && !config["api_schema"]["url"].is_string() {
        return Some(unprocessable("api_schema", "Field required"));
    }
    if let Some(limit) = config["response_timeout_secs"].as_i64()
        && !(5..=300).contains(&limit)
    {
        return Some(unprocessable(
            "response_timeout_secs",
            "Input should be between 5 and 300",
        ));
    }
    let properties = config["api_schema"]["request_body_schema"]["properties"].as_object();
    for (name, property) in properties.into_iter().flatten() {
        let sources = [
            "description",
            "dynamic_variable",
            "constant_value",
            "is_omitted",
        ];
        let given = sources.iter().filter(|source| {
            !property[**source].is_null()
                && property[**source] != json!("")
                && property[**source] != json!(false)
        });
        if !matches!(property["type"].as_str(), Some("object" | "array")) && given.count() != 1 {
            return Some(unprocessable(
                name,
                "A literal has exactly one value source",
            ));
        }
    }
    None
}

pub(super) async fn create(State(hub): State<Shared>, Json(request): Json<Value>) -> Response {
    let config = &request["tool_config"];
    if !config.is_object() {
        return unprocessable("tool_config", "Field required");
    }
    if let Some(refusal) = fault(config) {
        return refusal;
    }
    let mocks = &request["response_mocks"];
    let tool = Tool {
        id: eleven_id("tool"),
        config: config.clone(),
        response_mocks: if mocks.is_array() {
            mocks.clone()
        } else {
            json!([])
        },
    };
    let mut world = hub.world();
    let reply = body(&world.eleven, &tool);
    world.eleven.tools.push(tool);
    Json(reply).into_response()
}

pub(super) async fn list(State(hub): State<Shared>, RawQuery(raw): RawQuery) -> Response {
    let query = Query::parse(raw.as_deref());
    let search = query.get("search").unwrap_or_default();
    let world = hub.world();
    let rows = world
        .eleven
        .tools
        .iter()
        .filter(|tool| tool.name().starts_with(search))
        .filter(|tool| {
            query
                .get("types")
                .is_none_or(|kind| tool.config["type"] == kind)
        })
        .filter(|tool| {
            query
                .get("used_by_agent_id")
                .is_none_or(|id| users(&world.eleven, &tool.id).contains(&id.to_owned()))
        })
        .map(|tool| body(&world.eleven, tool))
        .collect();
    query.page("tools", rows)
}

pub(super) async fn fetch(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let world = hub.world();
    world.eleven.tool(&id).map_or_else(
        || missing("tool"),
        |tool| Json(body(&world.eleven, tool)).into_response(),
    )
}

pub(super) async fn update(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    let config = &request["tool_config"];
    if let Some(refusal) = fault(config) {
        return refusal;
    }
    let mut world = hub.world();
    let Some(tool) = world.eleven.tools.iter_mut().find(|tool| tool.id == id) else {
        return missing("tool");
    };
    tool.config = config.clone();
    if request["response_mocks"].is_array() {
        tool.response_mocks = request["response_mocks"].clone();
    }
    let tool = tool.clone();
    Json(body(&world.eleven, &tool)).into_response()
}

/// The agents whose head of any branch holds the tool.
fn users(store: &Store, tool: &str) -> Vec<String> {
    store
        .agents
        .iter()
        .filter(|agent| {
            agent.branches.iter().any(|branch| {
                agent
                    .version(None, Some(&branch.id))
                    .is_some_and(|version| {
                        version.set["conversation_config"]["agent"]["prompt"]["tool_ids"]
                            .as_array()
                            .is_some_and(|ids| ids.contains(&json!(tool)))
                    })
            })
        })
        .map(|agent| agent.id.clone())
        .collect()
}

pub(super) async fn dependents(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Response {
    let query = Query::parse(raw.as_deref());
    let world = hub.world();
    if world.eleven.tool(&id).is_none() {
        return missing("tool");
    }
    let rows = users(&world.eleven, &id)
        .into_iter()
        .filter_map(|id| world.eleven.agent(&id))
        .map(|agent| json!({"type": "available", "id": agent.id, "name": agent.name, "access_level": "admin"}))
        .collect();
    query.page("agents", rows)
}

pub(super) async fn delete(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Response {
    let query = Query::parse(raw.as_deref());
    let mut world = hub.world();
    if world.eleven.tool(&id).is_none() {
        return missing("tool");
    }
    let users = users(&world.eleven, &id);
    if !users.is_empty() && query.get("force") != Some("true") {
        return error(
            409,
            0,
            &format!("Tool is still in use by {} agents or branches", users.len()),
        );
    }
    world.eleven.tools.retain(|tool| tool.id != id);
    Json(json!({})).into_response()
}

pub(super) async fn executions(
    State(hub): State<Shared>,
    Path(id): Path<String>,
    RawQuery(raw): RawQuery,
) -> Response {
    let query = Query::parse(raw.as_deref());
    let world = hub.world();
    let rows = world
        .eleven
        .executions
        .iter()
        .rev()
        .filter(|e| e["tool_id"] == json!(id))
        .filter(|e| {
            query
                .get("agent_id")
                .is_none_or(|agent| e["agent_id"] == agent)
        })
        .filter(|e| {
            query
                .get("branch_id")
                .is_none_or(|branch| e["branch_id"] == branch)
        })
        .filter(|e| {
            query
                .get("is_error")
                .is_none_or(|wanted| e["is_error"] == json!(wanted == "true"))
        })
        .filter(|e| {
            let at = e["timestamp"].as_f64().unwrap_or_default();
            let bound = |name: &str| query.get(name).and_then(|text| text.parse::<f64>().ok());
            bound("start_time").is_none_or(|start| at >= start)
                && bound("end_time").is_none_or(|end| at <= end)
        })
        .cloned()
        .collect();
    query.page("executions", rows)
}
