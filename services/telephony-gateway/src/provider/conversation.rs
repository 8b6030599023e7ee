//! Reads the vendor's conversation object, in a webhook, in an answer or in a test run: every field
//! may be missing, null or of a newer kind, and the rest is still understood.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use chrono::DateTime;
use serde_json::Value;

use super::cost::usd_micros;
use crate::domain::conversation::{Conversation, ToolCall, Turn};

/// The conversation in `data`; nothing when it has no id.
#[must_use]
pub(crate) fn read(data: &Value) -> Option<Conversation> {
    let id = data["conversation_id"].as_str().filter(|id| is_id(id))?;
    let metadata = &data["metadata"];
    let variables = &data["conversation_initiation_client_data"]["dynamic_variables"];
    let phone = &metadata["phone_call"];
    let call_sid = [
        &variables["call_sid"],
        &phone["call_sid"],
        &variables["system__call_sid"],
    ]
    .into_iter()
    .find_map(|value| value.as_str().filter(|sid| is_id(sid) && *sid != "unknown"));
    let start = whole(&metadata["start_time_unix_secs"]).filter(|start| *start > 0);
    let seconds = whole(&metadata["call_duration_secs"]).and_then(|s| u64::try_from(s).ok());
    Some(Conversation {
        id: id.to_owned(),
        vendor_agent_id: words(&data["agent_id"]),
        call_sid: call_sid.map(str::to_owned),
        agent_number: some_words(&phone["agent_number"]),
        status: some_words(&data["status"]).unwrap_or_else(|| "unknown".to_owned()),
        start_time: start.and_then(|start| DateTime::from_timestamp(start, 0)),
        duration: seconds.map(Duration::from_secs),
        turns: turns(&data["transcript"]),
        cost_credits: whole(&metadata["cost"]),
        cost_usd_micros: usd_micros(&metadata["cost_fiat"]),
        collected: collected(&data["analysis"]["data_collection_results"]),
        termination_reason: reason(&words(&metadata["termination_reason"])),
        traceparent: some_words(&variables["traceparent"]).filter(|text| is_traceparent(text)),
        version_id: version(data),
        answering_models: models(&data["transcript"]),
    })
}

/// The version that answered: of the conversation, else of the agent's first turn that names one.
fn version(data: &Value) -> String {
    let turns = items(&data["transcript"]).map(|turn| &turn["agent_metadata"]["version_id"]);
    let mut versions = std::iter::once(&data["version_id"]).chain(turns);
    versions
        .find_map(|version| version.as_str().filter(|id| is_id(id)))
        .unwrap_or_default()
        .to_owned()
}

/// `producing_llm` of the agent's turns, each once: another model than the configured one may answer
/// without an error.
fn models(transcript: &Value) -> Vec<String> {
    let mut models: Vec<String> = Vec::new();
    let turns = items(transcript).filter(|turn| turn["role"] == "agent");
    for llm in turns.filter_map(|turn| turn["producing_llm"].as_str()) {
        if is_id(llm) && models.len() < 20 && !models.iter().any(|known| known == llm) {
            models.push(llm.to_owned());
        }
    }
    models
}

/// The turns of a transcript. A call finds its result by the request's id, in whichever turn.
#[must_use]
pub(crate) fn turns(transcript: &Value) -> Vec<Turn> {
    let list = transcript.as_array().map(Vec::as_slice).unwrap_or_default();
    let mut results: HashMap<&str, &Value> = HashMap::new();
    for result in list.iter().flat_map(|turn| items(&turn["tool_results"])) {
        if let Some(id) = result["request_id"].as_str() {
            results.insert(id, result);
        }
    }
    list.iter()
        .map(|turn| Turn {
            by_agent: turn["role"] == "agent",
            text: words(&turn["message"]),
            offset_s: whole(&turn["time_in_call_secs"]).unwrap_or(0),
            tool_calls: items(&turn["tool_calls"])
                .map(|call| tool_call(call, &results))
                .collect(),
        })
        .collect()
}

fn tool_call(call: &Value, results: &HashMap<&str, &Value>) -> ToolCall {
    let request_id = words(&call["request_id"]);
    let result = results
        .get(request_id.as_str())
        .copied()
        .unwrap_or(&Value::Null);
    // What was really sent, where the vendor says; else what the model filled.
    let arguments = call["tool_details"]["body"]
        .as_str()
        .or(call["params_as_json"].as_str());
    ToolCall {
        tool_name: words(&call["tool_name"]),
        arguments: arguments.map_or_else(
            || words(&call["params_as_json"]),
            |text| text.replace('\0', ""),
        ),
        result: words(&result["result_value"]),
        failed: result["is_error"] == true,
        request_id,
    }
}

fn collected(results: &Value) -> BTreeMap<String, String> {
    let Some(map) = results.as_object() else {
        return BTreeMap::new();
    };
    map.iter()
        .filter_map(|(id, result)| {
            let value = match &result["value"] {
                Value::Null => return None,
                Value::String(text) => text.replace('\0', ""),
                other => other.to_string(),
            };
            Some((id.replace('\0', ""), value))
        })
        .collect()
}

/// The vendor writes values into some of its reasons ("Missing required dynamic variables in …:
/// {…}"); what follows the colon stays out.
fn reason(text: &str) -> String {
    text.split(": {")
        .next()
        .unwrap_or_default()
        .chars()
        .take(200)
        .collect()
}

fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
        .iter()
}

/// Whoever opens a conversation sets its variables: what is no id is none of ours, and must not
/// keep the conversation from being stored.
fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_traceparent(text: &str) -> bool {
    text.len() == 55 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-')
}

fn some_words(value: &Value) -> Option<String> {
    value.as_str().map(|text| text.replace('\0', ""))
}

fn words(value: &Value) -> String {
    match value {
        // PostgreSQL takes no NUL in a text.
        Value::String(text) => text.replace('\0', ""),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "seconds and credits fit")]
pub(super) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => number
            .as_i64()
            .or_else(|| number.as_f64().map(|f| f as i64)),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_conversation_of_which_only_the_id_is_known_is_still_read() {
        let read_one = |text: &str| read(&serde_json::from_str(text).unwrap());
        let lean =
            read_one(r#"{"conversation_id":"conv_1","transcript":null,"metadata":5}"#).unwrap();
        assert_eq!((lean.status.as_str(), lean.turns.len()), ("unknown", 0));
        assert!(!lean.is_final());
        assert!(read_one(r#"{"status":"done"}"#).is_none());
        assert!(read_one("[]").is_none());
    }

    #[test]
    fn the_samples_of_what_the_vendor_answers_are_understood() {
        macro_rules! sample {
            ($name:literal) => {
                include_str!(concat!("../../tests/it/fixtures/", $name, ".response.json"))
            };
        }
        let of = |text: &str| read(&serde_json::from_str(text).unwrap()).unwrap();
        let done = of(sample!("conversation_get"));
        assert!(done.is_final() && done.agent_spoke() && done.cost_credits == Some(58));
        assert_eq!(done.cost_usd_micros, Some(43_500));
        assert_eq!(done.version_id, "agtvrsn_2201k9p6a8c0e2g4j6m8p0r2t4vx");
        assert!(
            done.turns
                .iter()
                .flat_map(|turn| &turn.tool_calls)
                .any(|call| !call.failed)
        );
        assert!(!done.collected.is_empty());
        let failed = of(sample!("conversation_get_failed"));
        assert!(failed.is_final() && failed.turns.is_empty() && failed.answering_models.is_empty());
        assert!(!failed.termination_reason.contains("caller_number"));
        assert_eq!(
            (failed.cost_credits, failed.cost_usd_micros),
            (Some(0), None)
        );
    }

    #[test]
    fn version_and_models_are_those_of_the_agents_turns() {
        let data = serde_json::json!({ "conversation_id": "conv_1", "version_id": null, "transcript": [
            { "role": "agent", "producing_llm": null },
            { "role": "agent", "producing_llm": "gpt-4o", "agent_metadata": { "version_id": "agtvrsn_1" } },
            { "role": "user", "producing_llm": "whisper" },
            { "role": "agent", "producing_llm": "gpt-4o" },
            { "role": "agent", "producing_llm": "gpt-4.1" },
            { "role": "agent", "producing_llm": 4 }, 7 ] });
        let read = read(&data).unwrap();
        assert_eq!(read.answering_models, ["gpt-4o", "gpt-4.1"]);
        assert_eq!(read.version_id, "agtvrsn_1");
    }
}
