//! Test runs really depend on the configuration under test: prompt, override, mocks, variables.

use serde_json::{Value, json};

use crate::shapes::has_fields_of;
use crate::support::{Bord, GOOD_PROMPT, dental_prompt};

pub(crate) const LEAK: &str = "You are Claire Dubois and you speak French. You have a leak under the sink in Carouge. \
    Your number is +41 79 555 01 42, given only when asked.";

pub(crate) struct Run {
    pub(crate) test: Value,
    pub(crate) over: Value,
}

pub(crate) fn test(scenario: &str, condition: &str, tool: &str) -> Value {
    json!({
        "type": "simulation", "name": "leak", "simulation_scenario": scenario,
        "success_conditions": [condition], "simulation_max_turns": 20,
        "tool_mock_config": {"mocking_strategy": "all", "fallback_strategy": "raise_error"},
        "tool_mock_overrides": {tool: [{"parameter_conditions": [],
            "mock_result": "{\"ok\":true,\"say\":\"C'est noté.\"}", "is_error": false}]},
        "dynamic_variables": {"call_sid": "CA-test", "secret__call_token": "t",
            "system__conversation_id": "conv_x", "system__caller_id": "+41790000042",
            "system__called_number": "+41225394512", "system__agent_id": "agent_x"},
    })
}

pub(crate) async fn play(bord: &Bord, run: Run) -> Value {
    let (status, created) = bord
        .eleven("POST", "/v1/convai/agent-testing/create", run.test)
        .await;
    assert_eq!(status, 200, "{created}");
    let agent = bord.twin.agents()[0].agent_id.clone();
    let mut request =
        json!({"tests": [{"test_id": created["id"]}], "repeat_count": 1, "name": "gate"});
    if run.over.is_object() {
        request["agent_config_override"] = run.over;
    }
    let (status, suite) = bord
        .eleven(
            "POST",
            &format!("/v1/convai/agents/{agent}/run-tests"),
            request,
        )
        .await;
    assert_eq!(status, 200, "{suite}");
    assert_eq!(suite["test_runs"][0]["status"], "pending");
    let path = format!(
        "/v1/convai/test-invocations/{}",
        suite["id"].as_str().unwrap()
    );
    for _ in 0..100 {
        let polled = bord.eleven("GET", &path, Value::Null).await.1;
        if polled["test_runs"][0]["status"] != "pending" {
            return polled;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("the run stayed pending");
}

pub(crate) fn calls(polled: &Value) -> Vec<Value> {
    let turns = polled["test_runs"][0]["agent_responses"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    turns
        .iter()
        .flat_map(|turn| turn["tool_calls"].as_array().cloned().unwrap_or_default())
        .filter(|call| call["tool_name"] == "dispatch_lead")
        .collect()
}

#[tokio::test]
async fn a_run_with_a_good_prompt_calls_the_mocked_tool_with_the_persona_of_the_scenario() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let tool = bord.twin.agents()[0].tool_ids[0].clone();
    let condition = "dispatch_lead was called exactly once and no closing phrase came before.";
    let polled = play(
        &bord,
        Run {
            test: test(LEAK, condition, &tool),
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(polled["test_runs"][0]["status"], "passed", "{polled}");
    let calls = calls(&polled);
    assert_eq!(calls.len(), 1);
    let given: Value = serde_json::from_str(calls[0]["params_as_json"].as_str().unwrap()).unwrap();
    assert_eq!(given["customer_name"], "Claire Dubois");
    assert_eq!(given["phone"], "+41 79 555 01 42");
    assert_eq!(given["location"], "Carouge");
    assert!(
        given.get("conversation_id").is_none(),
        "the model does not see what the platform fills"
    );
    let body: Value =
        serde_json::from_str(calls[0]["tool_details"]["body"].as_str().unwrap()).unwrap();
    assert_eq!(body["call_sid"], "CA-test");
    assert!(
        bord.got("/elevenlabs").is_empty(),
        "a mocked tool calls nobody"
    );
    let recorded: Value = serde_json::from_str(include_str!(
        "../../fixtures/eleven_test_invocation_get.response.json"
    ))
    .unwrap();
    has_fields_of(&polled, &recorded, &[]);
}

#[tokio::test]
async fn softening_emptying_or_swapping_the_prompt_by_override_flips_the_run() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let tool = bord.twin.agents()[0].tool_ids[0].clone();
    let softened = GOOD_PROMPT.replace(
        "TOUJOURS dispatch_lead AVANT",
        "si possible dispatch_lead avant",
    );
    for (prompt, passes) in [
        (GOOD_PROMPT.to_owned(), true),
        (softened, false),
        (String::new(), false),
        (dental_prompt(), false),
    ] {
        let over = json!({"platform_settings": {}, "conversation_config": {"agent": {"language": "fr",
            "prompt": {"prompt": prompt, "tool_ids": [tool]}}}});
        let test = test(LEAK, "dispatch_lead was called exactly once.", &tool);
        let polled = play(&bord, Run { test, over }).await;
        assert_eq!(
            polled["test_runs"][0]["status"] == "passed",
            passes,
            "{prompt:?}"
        );
        assert_eq!(calls(&polled).len(), usize::from(passes), "{prompt:?}");
    }
}

#[tokio::test]
async fn a_dental_run_shows_whether_the_birth_date_clause_stands() {
    let bord = Bord::with_agent(&dental_prompt(), "fr").await;
    let tool = bord.twin.agents()[0].tool_ids[0].clone();
    let scenario = "You are Marc Favre. You have a terrible toothache in Geneva. You speak French.";
    let condition = "The agent never asked for a date of birth.";
    let good = play(
        &bord,
        Run {
            test: test(scenario, condition, &tool),
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(good["test_runs"][0]["status"], "passed", "{good}");
    let careless = dental_prompt().replace("Ne demande jamais la date de naissance.", "");
    let over = json!({"platform_settings": {}, "conversation_config": {"agent": {"language": "fr",
        "prompt": {"prompt": careless, "tool_ids": [tool]}}}});
    let bad = play(
        &bord,
        Run {
            test: test(scenario, condition, &tool),
            over,
        },
    )
    .await;
    assert_eq!(bad["test_runs"][0]["status"], "failed");
    assert!(bad.to_string().contains("date de naissance"));
}

#[tokio::test]
async fn an_off_topic_persona_is_told_what_the_site_does_and_nothing_is_dispatched() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let tool = bord.twin.agents()[0].tool_ids[0].clone();
    let scenario = "You call to order a pizza for tonight.";
    let condition = "The caller was told what the site does; dispatch_lead was not called.";
    let polled = play(
        &bord,
        Run {
            test: test(scenario, condition, &tool),
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(polled["test_runs"][0]["status"], "passed", "{polled}");
    assert!(calls(&polled).is_empty());
    assert!(polled.to_string().contains("plomberie"));
}

#[tokio::test]
async fn a_tool_without_a_mock_makes_the_run_fail_and_no_mocking_calls_the_real_one() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let tool = bord.twin.agents()[0].tool_ids[0].clone();
    let unmocked = test(LEAK, "dispatch_lead was called.", "dispatch_lead");
    let polled = play(
        &bord,
        Run {
            test: unmocked,
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(polled["test_runs"][0]["status"], "failed");
    assert!(polled.to_string().contains("no mock matched for tool"));
    assert!(bord.got("/elevenlabs").is_empty());
    let mut real = test(LEAK, "dispatch_lead was called.", &tool);
    real["tool_mock_config"] = json!({"mocking_strategy": "none"});
    play(
        &bord,
        Run {
            test: real,
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(bord.got("/elevenlabs/tools/dispatch_lead").len(), 1);
}
