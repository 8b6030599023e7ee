//! The twin's judge, in place of the vendor's judging model: it reads a success condition clause by
//! clause and checks what it understands (the tool called or not, a date of birth asked, an address
//! given, a goodbye before the dispatch, the caller told what the site does). The rest passes.

use serde_json::{Map, Value, json};

use super::talk::Talk;
use super::{eval, shape};
use crate::caller::text::plain;

/// Whether a conversation meets a condition, and why not. Sentences that say when to judge
/// "failure" only repeat the others the other way round and are passed over.
pub(super) fn condition(text: &str, talk: &Talk) -> (bool, String) {
    let text = plain(text);
    let sentences = text
        .split(['.', ';'])
        .map(str::trim)
        .filter(|s| !s.starts_with("failure"));
    for clause in sentences
        .flat_map(|sentence| sentence.split(','))
        .flat_map(|part| part.split(" and "))
    {
        let (holds, why) = judged(clause, talk);
        if !holds {
            return (false, why);
        }
    }
    (
        true,
        "Nothing in the conversation speaks against it.".to_owned(),
    )
}

fn judged(clause: &str, talk: &Talk) -> (bool, String) {
    let has = |words: &[&str]| words.iter().any(|word| clause.contains(word));
    let negative = clause
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .any(|word| {
            matches!(
                word,
                "not" | "never" | "no" | "without" | "nothing" | "didn't"
            )
        });
    let calls = talk.dispatches.len();
    if has(&["date of birth", "birth date"]) {
        return (
            !talk.asked_birth,
            "The agent asked for the date of birth.".to_owned(),
        );
    }
    if has(&[
        "clinic address",
        "specific address",
        "clinic's address",
        "address of the clinic",
    ]) {
        return (
            !talk.gave_address,
            "The agent gave the clinic's address.".to_owned(),
        );
    }
    if has(&["before"]) && has(&["goodbye", "closing", "dispatch"]) {
        return (
            !talk.closed_first,
            "A closing phrase stood before the dispatch.".to_owned(),
        );
    }
    if has(&[
        "what the site does",
        "what this site does",
        "what the company does",
    ]) {
        return (
            talk.refused,
            "The caller was not told what the site does.".to_owned(),
        );
    }
    if has(&["dispatch_lead", "dispatched", "the tool"]) {
        if negative {
            return (calls == 0, "dispatch_lead was called.".to_owned());
        }
        let once = has(&["once", "one time", "exactly"]);
        let right = if once { calls == 1 } else { calls >= 1 };
        return (right, format!("dispatch_lead was called {calls} times."));
    }
    (true, String::new())
}

/// The verdict on one run.
#[derive(Clone)]
pub(super) struct Verdict {
    pub(super) passed: bool,
    pub(super) result: &'static str,
    pub(super) messages: Vec<String>,
    pub(super) responses: Vec<Value>,
}

impl Verdict {
    pub(super) fn broken(why: String) -> Self {
        Self {
            passed: false,
            result: "unknown",
            messages: vec![why],
            responses: Vec::new(),
        }
    }
}

/// Judges a run by its test: a tool test by the call's parameters, the others by their conditions.
pub(super) fn judge_run(test: &Value, talk: &Talk) -> Verdict {
    let responses: Vec<Value> = talk.turns.iter().map(shape::short_turn).collect();
    if let Some(why) = &talk.invalid {
        return Verdict {
            responses,
            ..Verdict::broken(why.clone())
        };
    }
    let mut messages = Vec::new();
    let mut passed = true;
    if test["type"] == "tool" {
        let wanted = &test["tool_call_parameters"];
        let call = talk.dispatches.first().map(|outcome| &outcome.call);
        let absent = wanted["verify_absence"] == json!(true);
        passed = call.is_some() != absent;
        if let (Some(call), false) = (call, absent) {
            let text = call["params_as_json"].as_str().unwrap_or_default();
            let given: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
            for parameter in wanted["parameters"].as_array().into_iter().flatten() {
                let value = eval::at(&given, &parameter["path"]);
                if !eval::holds(&parameter["eval"], value) {
                    passed = false;
                    let path = parameter["path"].as_str().unwrap_or_default();
                    messages.push(format!(
                        "{path}: got {}",
                        value.cloned().unwrap_or_default()
                    ));
                }
            }
        }
    } else {
        let many = test["success_conditions"].as_array();
        let conditions: Vec<&str> = match many {
            Some(list) => list.iter().filter_map(Value::as_str).collect(),
            None => test["success_condition"].as_str().into_iter().collect(),
        };
        for text in conditions {
            let (holds, why) = condition(text, talk);
            passed &= holds;
            messages.push(why);
        }
        if talk.cut {
            messages.push("The conversation reached simulation_max_turns.".to_owned());
        }
    }
    Verdict {
        passed,
        result: if passed { "success" } else { "failure" },
        messages,
        responses,
    }
}
