//! The conversation object, the same in the API's answer and in the post-call webhook, with the
//! fields of the recorded samples; and the analysis that stands in it once a call is done.

use serde_json::{Map, Value, json};

use super::conversations::Conversation;
use super::talk::{Talk, Turn};
use crate::hub::random_text;

/// A turn of a transcript, whole.
fn turn(conversation: &Conversation, turn: &Turn) -> Value {
    let agent = turn.role == "agent";
    let metadata = json!({
        "agent_id": conversation.agent_id, "branch_id": conversation.branch_id,
        "workflow_node_id": null, "version_id": conversation.version_id,
    });
    let metrics = json!({"metrics": {
        "convai_llm_service_ttfb": {"elapsed_time": 0.38},
        "convai_tts_service_ttfb": {"elapsed_time": 0.21},
    }});
    json!({
        "role": turn.role, "agent_metadata": agent.then_some(metadata), "message": turn.message,
        "multivoice_message": null, "tool_calls": turn.tool_calls, "tool_results": turn.tool_results,
        "feedback": null, "llm_override": null, "time_in_call_secs": turn.time_in_call_secs,
        "conversation_turn_metrics": agent.then_some(metrics), "rag_retrieval_info": null,
        "llm_usage": null, "producing_llm": agent.then_some(&conversation.llm),
        "interrupted": false, "original_message": null, "source_medium": (!agent).then_some("audio"),
    })
}

/// A turn as test runs show it.
pub(super) fn short_turn(turn: &Turn) -> Value {
    json!({
        "role": turn.role, "message": turn.message, "tool_calls": turn.tool_calls,
        "tool_results": turn.tool_results, "time_in_call_secs": turn.time_in_call_secs,
        "interrupted": false,
    })
}

/// What a minute costs, and credits for it: about four cents for half a minute.
const USD_PER_MINUTE: f64 = 0.08;
const CREDITS_PER_MINUTE: f64 = 110.0;

/// The conversation as GET answers it and as the webhook's `data` carries it.
pub(crate) fn conversation(conversation: &Conversation) -> Value {
    let talked = !conversation.turns.is_empty();
    let started = conversation.started.map(|at| at.timestamp());
    let start = started.unwrap_or(conversation.registered.timestamp());
    let minutes = f64::from(conversation.duration_secs) / 60.0;
    let llm_price = minutes * 0.0017;
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a call costs some hundred credits"
    )]
    let credits = (minutes * CREDITS_PER_MINUTE).round() as i64;
    let usage = json!({"model_usage": {conversation.llm.as_str(): {
        "input": {"tokens": 5200, "price": 0.00078}, "input_cache_read": {"tokens": 0, "price": 0},
        "input_cache_write": {"tokens": 0, "price": 0}, "output_total": {"tokens": 140, "price": 8.4e-05},
    }}});
    let over = matches!(
        conversation.status.as_str(),
        "processing" | "done" | "failed"
    );
    let phone_call = json!({
        "type": "twilio", "direction": "inbound", "phone_number_id": "",
        "agent_number": conversation.to, "external_number": conversation.from,
        "stream_sid": format!("MZ{}", &random_text(32, b"0")),
        "call_sid": conversation.call_sid.as_deref().unwrap_or_default(),
    });
    let redacted: Map<String, Value> = conversation
        .variables
        .iter()
        .map(|(name, value)| {
            let shown = if name.starts_with("secret__") {
                json!("<REDACTED>")
            } else {
                value.clone()
            };
            (name.clone(), shown)
        })
        .collect();
    let transcript: Vec<Value> = conversation
        .turns
        .iter()
        .map(|one| turn(conversation, one))
        .collect();
    json!({
        "agent_id": conversation.agent_id,
        "agent_name": conversation.agent_name,
        "conversation_id": conversation.conversation_id,
        "status": conversation.status,
        "user_id": conversation.client_data["user_id"],
        "branch_id": conversation.branch_id,
        "version_id": conversation.version_id,
        "environment": "production",
        "transcript": transcript,
        "metadata": {
            "start_time_unix_secs": start,
            "accepted_time_unix_secs": started,
            "call_duration_secs": conversation.duration_secs,
            "cost": credits,
            "cost_fiat": if over && talked && !conversation.unpriced { json!(minutes * USD_PER_MINUTE + llm_price) } else { Value::Null },
            "deletion_settings": {"deletion_time_unix_secs": null, "deleted_logs_at_time_unix_secs": null,
                "deleted_audio_at_time_unix_secs": null, "deleted_transcript_at_time_unix_secs": null,
                "delete_transcript_and_pii": false, "delete_audio": false},
            "feedback": {"type": null, "overall_score": null, "likes": 0, "dislikes": 0, "rating": null, "comment": null},
            "authorization_method": "authorization_header",
            "charging": {"dev_discount": false, "is_burst": false, "tier": "pro",
                "llm_usage": {"initiated_generation": usage, "irreversible_generation": usage},
                "llm_price": llm_price, "llm_charge": 2, "call_charge": credits},
            "phone_call": if conversation.status == "failed" && !talked { Value::Null } else { phone_call },
            "batch_call": null,
            "termination_reason": if over { conversation.termination_reason.as_str() } else { "" },
            "error": conversation.error.as_ref().map(|(code, reason)| json!({"code": code, "reason": reason})),
            "warnings": [],
            "main_language": conversation.language,
            "text_only": false,
            "conversation_initiation_source": "twilio",
            "conversation_initiation_source_version": null,
            "timezone": null,
        },
        "analysis": conversation.analysis,
        "conversation_initiation_client_data": {
            "conversation_config_override": conversation.client_data["conversation_config_override"],
            "custom_llm_extra_body": {},
            "user_id": conversation.client_data["user_id"],
            "source_info": {"source": "twilio", "version": null},
            "dynamic_variables": redacted,
        },
        "has_audio": talked && over,
        "has_user_audio": talked && over,
        "has_response_audio": talked && over,
        "has_auxiliary_audio": false,
    })
}

/// The analysis after a call, by the criteria and the data collection of its agent.
pub(super) fn analysis(platform: &Value, talk: &Talk, facts_caller_id: &str) -> Value {
    let dispatched = talk.dispatches.iter().any(|outcome| !outcome.is_error);
    let mut criteria = Map::new();
    for criterion in platform["evaluation"]["criteria"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let id = criterion["id"].as_str().unwrap_or_default();
        let goal = criterion["conversation_goal_prompt"]
            .as_str()
            .unwrap_or_default();
        let (holds, why) = super::judge::condition(goal, talk);
        criteria.insert(id.to_owned(), json!({
            "criteria_id": id, "result": if holds { "success" } else { "failure" }, "rationale": why,
        }));
    }
    let mut collected = Map::new();
    for (id, schema) in platform["data_collection"]
        .as_object()
        .into_iter()
        .flatten()
    {
        let value = super::analysis::value(id, talk, facts_caller_id);
        let typed = match (schema["type"].as_str(), value) {
            (Some("boolean"), Some(text)) => json!(text == "true"),
            (_, Some(text)) => json!(text),
            (_, None) => Value::Null,
        };
        let rationale = if typed.is_null() {
            "Not discussed."
        } else {
            "Stated by the caller."
        };
        collected.insert(id.clone(), json!({
            "data_collection_id": id, "value": typed, "json_schema": schema, "rationale": rationale,
        }));
    }
    let successful = if talk.messages("user") < 2 {
        "unknown"
    } else if dispatched || talk.refused {
        "success"
    } else {
        "failure"
    };
    let (title, summary) = match (&talk.facts, dispatched) {
        (Some(facts), true) => (
            "Request passed on",
            format!(
                "The caller asked for: {}. The request was passed on.",
                facts.service
            ),
        ),
        (Some(facts), false) => (
            "Request not passed on",
            format!(
                "The caller asked for: {}. Nothing was passed on.",
                facts.service
            ),
        ),
        (None, _) if talk.refused => (
            "Off-topic call",
            "The caller wanted something else and was told what the site does.".to_owned(),
        ),
        (None, _) => ("Early hang-up", "The caller hung up early.".to_owned()),
    };
    json!({
        "evaluation_criteria_results": criteria, "data_collection_results": collected,
        "call_successful": successful, "transcript_summary": summary, "call_summary_title": title,
    })
}
