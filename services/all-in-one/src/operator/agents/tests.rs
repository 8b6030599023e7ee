//! An agent as a row: what is known, what differs, and what cannot be asked.

use super::*;

fn row() -> Row {
    let seal = telephony::Seal {
        approved_by: "operator:ana".into(),
        release_time: Some(prost_types::Timestamp {
            seconds: 1_795_253_436,
            nanos: 0,
        }),
        ..Default::default()
    };
    Row {
        agent: telephony::Agent {
            name: "bord-geneva-plumbing".into(),
            site_id: "geneva-plumbing".into(),
            configuration: Some(telephony::AgentConfiguration {
                voice_name: "Eric".into(),
                llm: "gpt-4o".into(),
                initial_wait_time: Some(prost_types::Duration {
                    seconds: 3,
                    nanos: 0,
                }),
                ..Default::default()
            }),
            configuration_hash: "bbbbbbbbbb".into(),
            released_hash: "aaaaaaaaaa".into(),
            seal: Some(seal),
            ..Default::default()
        },
        drift: Ok(Some(telephony::CompareAgentResponse::default())),
        revisions: Ok(vec![
            quality::PromptRevision {
                configuration_hash: "bbbbbbbbbb".into(),
                state: quality::RevisionState::Failed.into(),
                ..Default::default()
            },
            quality::PromptRevision {
                configuration_hash: "aaaaaaaaaa".into(),
                state: quality::RevisionState::Live.into(),
                real_calls: 14,
                dispatched_calls: 12,
                ..Default::default()
            },
        ]),
    }
}

/// R18, R19, B5, B13.
#[test]
fn an_agent_is_a_row_with_voice_model_wait_seal_drift_rate_and_candidate() {
    let shown = lines(&[row()]);
    assert_eq!(shown.len(), 2, "{shown:?}");
    for part in [
        "Eric",
        "gpt-4o",
        "3 s",
        "aaaaaaaa by operator:ana, 2026-11-21T09:30:36Z",
        "none",
        "12/14 85 %",
        "bbbbbbbb failed",
    ] {
        assert!(shown[1].contains(part), "{part} is missing in {}", shown[1]);
    }
    let json = as_json(&row());
    assert_eq!(
        (&json["real_calls"], &json["drift"]),
        (&json!(14), &json!([]))
    );
}

#[test]
fn what_differs_and_what_cannot_be_asked_is_named_and_never_guessed() {
    let mut edited = row();
    let drift = telephony::Drift {
        path: "conversation_config.agent.prompt.prompt".into(),
        ..Default::default()
    };
    edited.drift = Ok(Some(telephony::CompareAgentResponse {
        drifts: vec![drift],
        ..Default::default()
    }));
    let shown = lines(&[edited]).join("\n");
    assert!(
        shown.contains("1 fields") && shown.contains("agent.prompt.prompt"),
        "{shown}"
    );
    let mut silent = row();
    silent.drift = Err("the vendor does not answer".into());
    silent.revisions = Err("quality-service does not answer".into());
    assert_eq!(as_json(&silent)["drift"], Value::Null);
    assert_eq!(as_json(&silent)["real_calls"], Value::Null);
    let shown = lines(&[silent]).join("\n");
    assert!(shown.matches("unknown").count() == 3, "{shown}");
    assert!(shown.contains("quality-service does not answer"), "{shown}");
    let mut new = row();
    new.agent.released_hash.clear();
    new.drift = Ok(None);
    let shown = lines(&[new]).join("\n");
    assert!(
        shown.contains("not live") && shown.contains("no real call"),
        "{shown}"
    );
}
