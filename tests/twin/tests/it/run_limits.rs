//! The edges of test runs: variables nobody set, too few turns, a judge that errs, tool tests.

use serde_json::{Value, json};
use vendor_twin::{Fault, FaultKind, SystemVariables, TwinConfig, Vendor};

use crate::runs::{LEAK, Run, calls, play, test};
use crate::support::{Bord, GOOD_PROMPT};

#[tokio::test]
async fn a_missing_variable_kills_a_run_and_system_variables_follow_the_switch() {
    for (mode, given, created, passes) in [
        (SystemVariables::Accepted, true, 200, true),
        (SystemVariables::Accepted, false, 200, false),
        (SystemVariables::Provided, false, 200, true),
        (SystemVariables::Refused, true, 422, false),
        (SystemVariables::Refused, false, 200, true),
    ] {
        let bord = Bord::start(TwinConfig {
            system_variables_in_tests: mode,
            ..TwinConfig::default()
        })
        .await;
        bord.agent(GOOD_PROMPT, "fr").await;
        let tool = bord.twin.agents()[0].tool_ids[0].clone();
        let mut test = test(LEAK, "dispatch_lead was called.", &tool);
        if !given {
            test["dynamic_variables"]
                .as_object_mut()
                .unwrap()
                .retain(|name, _| !name.starts_with("system__"));
        }
        if created != 200 {
            let status = bord
                .eleven("POST", "/v1/convai/agent-testing/create", test)
                .await
                .0;
            assert_eq!(status, created, "{mode:?}");
            continue;
        }
        let polled = play(
            &bord,
            Run {
                test,
                over: Value::Null,
            },
        )
        .await;
        assert_eq!(
            polled["test_runs"][0]["status"] == "passed",
            passes,
            "{mode:?} {polled}"
        );
        if !passes {
            assert!(
                polled
                    .to_string()
                    .contains("Missing required dynamic variables in tools")
            );
        }
    }
}

#[tokio::test]
async fn too_few_turns_and_a_flaky_judge_fail_a_good_prompt() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let tool = bord.twin.agents()[0].tool_ids[0].clone();
    let mut short = test(LEAK, "dispatch_lead was called.", &tool);
    short
        .as_object_mut()
        .unwrap()
        .remove("simulation_max_turns");
    let polled = play(
        &bord,
        Run {
            test: short,
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(
        polled["test_runs"][0]["status"], "failed",
        "five turns are too few for a lead"
    );
    bord.twin.fault(Fault::once(
        Vendor::Elevenlabs,
        "test_run",
        FaultKind::FailRun,
    ));
    let good = test(LEAK, "dispatch_lead was called.", &tool);
    let polled = play(
        &bord,
        Run {
            test: good,
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(polled["test_runs"][0]["status"], "failed");
    assert_eq!(calls(&polled).len(), 1);
}

#[tokio::test]
async fn a_tool_test_checks_the_parameters_of_the_call_and_makes_none() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let tool = bord.twin.agents()[0].tool_ids[0].clone();
    let make = |pattern: &str| {
        json!({"type": "tool", "name": "params",
            "chat_history": [{"role": "user", "message": "J'ai une fuite à Carouge.", "time_in_call_secs": 0}],
            "tool_call_parameters": {"referenced_tool": {"id": tool, "type": "webhook"},
                "parameters": [{"path": "location", "eval": {"type": "regex", "pattern": pattern}}]},
            "dynamic_variables": test("", "", "")["dynamic_variables"]})
    };
    let right = play(
        &bord,
        Run {
            test: make("^Carouge$"),
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(right["test_runs"][0]["status"], "passed", "{right}");
    let wrong = play(
        &bord,
        Run {
            test: make("^Lancy$"),
            over: Value::Null,
        },
    )
    .await;
    assert_eq!(wrong["test_runs"][0]["status"], "failed");
    assert!(bord.got("/elevenlabs").is_empty());
}
