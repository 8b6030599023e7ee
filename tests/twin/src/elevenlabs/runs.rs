//! Test runs: an invocation plays each of its tests, with mocked tools or real ones, against an
//! agent's version or a whole configuration given instead. It stays pending for some polls.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::judge::{Verdict, judge_run};
use super::port::Port;
use super::prepare::{brain, configuration, missing_variables};
use super::talk::talk;
use super::{Query, merge, missing, unprocessable};
use crate::caller::persona::persona;
use crate::config::SystemVariables;
use crate::faults::Vendor;
use crate::hub::{Shared, eleven_id, now};

/// One `run-tests` call. `body` shows pending runs until they are ready and polled often enough.
pub(crate) struct Invocation {
    pub(crate) id: String,
    body: Value,
    results: Vec<Option<Verdict>>,
    polls_left: u32,
}

pub(super) async fn run(
    State(hub): State<Shared>,
    Path(agent_id): Path<String>,
    Json(request): Json<Value>,
) -> Response {
    let Some(tests) = request["tests"]
        .as_array()
        .filter(|tests| !tests.is_empty())
    else {
        return unprocessable("tests", "Field required");
    };
    let repeats = request["repeat_count"].as_u64().unwrap_or(1);
    if !(1..=50).contains(&repeats) {
        return unprocessable("repeat_count", "Input should be between 1 and 50");
    }
    let over = &request["agent_config_override"];
    if over.is_object()
        && !(over["conversation_config"].is_object() && over["platform_settings"].is_object())
    {
        return unprocessable("agent_config_override", "Field required");
    }
    let mut world = hub.world();
    let store = &mut world.eleven;
    let Some(agent) = store.agent(&agent_id).cloned() else {
        return missing("agent");
    };
    let Some(version) = agent.version(None, request["branch_id"].as_str()) else {
        return missing("branch");
    };
    let full = if over.is_object() {
        merge(store.defaults.clone(), over)
    } else {
        let Some(full) = configuration(store, &agent, &version.id, &Value::Null) else {
            return missing("version");
        };
        full
    };
    let id = eleven_id("suite");
    let at = now().timestamp();
    let mut runs = Vec::new();
    let mut jobs = Vec::new();
    for wanted in tests {
        let test_id = wanted["test_id"].as_str().unwrap_or_default();
        let Some((_, test)) = store.tests.iter().find(|(known, _)| known == test_id) else {
            return missing("test");
        };
        for _ in 0..repeats {
            runs.push(json!({
                "test_run_id": eleven_id("trun"), "test_invocation_id": id, "agent_id": agent_id,
                "branch_id": version.branch_id, "version_id": version.id, "ran_against_draft": over.is_object(),
                "workflow_node_id": null, "status": "pending", "agent_responses": null,
                "test_id": test_id, "test_name": test["name"], "condition_result": null,
                "last_updated_at_unix": at,
                "metadata": {"workspace_id": "ws_1", "test_name": test["name"],
                    "ran_by_user_email": "ops@example.com", "test_type": test["type"]},
            }));
            jobs.push(test.clone());
        }
    }
    let name = request["name"]
        .as_str()
        .map_or_else(|| json!("Test run"), |name| json!(name));
    let body = json!({
        "id": id, "name": name, "agent_id": agent_id, "branch_id": version.branch_id,
        "version_id": version.id, "ran_against_draft": over.is_object(), "created_at": at,
        "repeat_count": repeats, "cancelled": false, "test_runs": runs,
    });
    store.invocations.push(Invocation {
        id: id.clone(),
        body: body.clone(),
        results: vec![None; jobs.len()],
        polls_left: hub.config.test_polls,
    });
    drop(world);
    let shared = hub.clone();
    hub.spawn(async move {
        for (index, test) in jobs.iter().enumerate() {
            let verdict = one(&shared, &agent_id, &full, test).await;
            let mut world = shared.world();
            if let Some(invocation) = world.eleven.invocations.iter_mut().find(|i| i.id == id) {
                invocation.results[index] = Some(verdict);
            }
        }
    });
    Json(body).into_response()
}

/// The variables of a test run: the test's own, then the placeholders (which the vendor describes
/// as values for testing), then the platform's where it fills them.
fn variables(hub: &Shared, agent_id: &str, full: &Value, test: &Value) -> Map<String, Value> {
    let mut variables = Map::new();
    if hub.config.system_variables_in_tests != SystemVariables::Accepted {
        for (name, value) in [
            ("system__agent_id", agent_id),
            ("system__conversation_id", "conv_test"),
            ("system__caller_id", "+15555550142"),
            ("system__called_number", "+15555550100"),
            ("system__time_utc", "2026-11-21T09:30:00+00:00"),
            ("system__timezone", "UTC"),
        ] {
            variables.insert(name.to_owned(), json!(value));
        }
    }
    let held =
        &full["conversation_config"]["agent"]["dynamic_variables"]["dynamic_variable_placeholders"];
    for source in [held, &test["dynamic_variables"]] {
        for (name, value) in source.as_object().into_iter().flatten() {
            variables.insert(name.clone(), value.clone());
        }
    }
    variables
}

async fn one(hub: &Shared, agent_id: &str, full: &Value, test: &Value) -> Verdict {
    let variables = variables(hub, agent_id, full, test);
    let (mut brain, tool) = brain(&hub.world().eleven, full, &variables);
    if let Some(why) = missing_variables(full, tool.as_ref(), &variables) {
        return Verdict::broken(why);
    }
    let simulation = test["type"] == "simulation";
    let history: Vec<&str> = test["chat_history"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|turn| turn["role"] == "user")
        .filter_map(|turn| turn["message"].as_str())
        .collect();
    let text = match test["simulation_scenario"].as_str() {
        Some(text) if simulation => text.to_owned(),
        _ => history.join(" "),
    };
    if simulation {
        let turns = test["simulation_max_turns"].as_u64().unwrap_or(5);
        brain.max_turns = usize::try_from(turns).unwrap_or(5);
    }
    let caller = persona(&text, &brain.prompt, brain.lang);
    let caller_id = ["system__caller_id", "caller_id", "caller_number"]
        .iter()
        .find_map(|name| variables.get(*name)?.as_str().map(str::to_owned));
    // A tool or llm test judges one turn and makes no call.
    let mocks = if simulation {
        (
            test["tool_mock_config"].clone(),
            test["tool_mock_overrides"].clone(),
        )
    } else {
        let answer = json!([{"parameter_conditions": [], "mock_result": "{\"ok\":true}"}]);
        let id = tool
            .as_ref()
            .map(|tool| tool.id.clone())
            .unwrap_or_default();
        (json!({"mocking_strategy": "all"}), json!({id: answer}))
    };
    let mut port = Port {
        hub,
        tool,
        variables,
        agent_id: agent_id.to_owned(),
        branch_id: String::new(),
        conversation_id: eleven_id("conv"),
        caller_id,
        severed: false,
        mocks: Some(mocks),
    };
    let talk = talk(&brain, &caller, &mut port).await;
    let mut verdict = judge_run(test, &talk);
    let name = test["name"].as_str().unwrap_or_default();
    if hub
        .faults
        .take(Vendor::Elevenlabs, "test_run", name)
        .is_some()
    {
        verdict.passed = false;
        verdict.result = "failure";
        verdict
            .messages
            .push("The judging model found a fault.".to_owned());
    }
    verdict
}

pub(super) async fn fetch(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = hub.world();
    let Some(invocation) = world.eleven.invocations.iter_mut().find(|i| i.id == id) else {
        return missing("test_invocation");
    };
    if invocation.polls_left > 0 {
        invocation.polls_left -= 1;
        return Json(invocation.body.clone()).into_response();
    }
    let mut body = invocation.body.clone();
    for (run, result) in body["test_runs"]
        .as_array_mut()
        .into_iter()
        .flatten()
        .zip(&invocation.results)
    {
        let Some(verdict) = result else { continue };
        let passed = verdict.passed;
        run["status"] = json!(if passed { "passed" } else { "failed" });
        run["agent_responses"] = json!(verdict.responses);
        run["credits_used"] = json!(10 + 2 * verdict.responses.len());
        let summary = if passed {
            "All conditions met.".to_owned()
        } else {
            verdict.messages.join(" ")
        };
        run["condition_result"] = json!({
            "result": verdict.result,
            "rationale": {"messages": verdict.messages, "summary": summary},
        });
        run["last_updated_at_unix"] = json!(now().timestamp());
    }
    Json(body).into_response()
}

pub(super) async fn list(State(hub): State<Shared>, RawQuery(raw): RawQuery) -> Response {
    let query = Query::parse(raw.as_deref());
    let world = hub.world();
    let rows = world
        .eleven
        .invocations
        .iter()
        .rev()
        .filter(|i| query.get("agent_id").is_none_or(|agent| i.body["agent_id"] == agent))
        .map(|i| json!({"id": i.id, "agent_id": i.body["agent_id"], "created_at_unix_secs": i.body["created_at"]}))
        .collect();
    query.page("results", rows)
}
