//! The dispatch of a test run, read from the tool's call: made once, before any goodbye, with the five
//! fields that the simulated caller said (R27, R30).

use std::collections::BTreeSet;

use serde_json::Value;

use super::case::{CALLER_NAME, CALLER_PHONE, Case};
use super::conversation::Turn;
use super::vendor_fields::TOOL_NAME;
use super::{closing, speech};

/// One call of the tool with what the caller said, and no goodbye before it; else why not.
pub fn once(case: &Case, language: &str, turns: &[Turn]) -> Result<(), String> {
    let mut calls = Vec::new();
    // A call shows in the turn that makes it and again in the one that brings its result.
    let mut seen = BTreeSet::new();
    for (index, turn) in turns.iter().enumerate() {
        for call in turn
            .tool_calls
            .iter()
            .filter(|call| call.tool_name == TOOL_NAME)
        {
            if call.request_id.is_empty() || seen.insert(call.request_id.as_str()) {
                calls.push((index, call));
            }
        }
    }
    let (at, call) = match calls.as_slice() {
        [] => return Err("dispatch_lead was not called".to_owned()),
        [only] => *only,
        more => return Err(format!("dispatch_lead was called {} times", more.len())),
    };
    // What the calling turn says is spoken before the call.
    let spoken = turns[..=at].iter().filter(|turn| turn.by_agent);
    if let Some(phrase) = spoken.filter_map(|turn| closing::phrase(&turn.text)).next() {
        return Err(format!("\"{phrase}\" was said before dispatch_lead (R27)"));
    }
    let Ok(arguments) = serde_json::from_str::<Value>(&call.arguments) else {
        return Err("the tool call carries no JSON".to_owned());
    };
    let wrong = wrong_fields(case, language, &arguments);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("wrong in the tool call: {}", wrong.join(", ")))
    }
}

/// The five fields (R30) against what the caller said.
fn wrong_fields(case: &Case, language: &str, arguments: &Value) -> Vec<&'static str> {
    let field = |name: &str| {
        arguments[name]
            .as_str()
            .unwrap_or_default()
            .trim()
            .to_owned()
    };
    let folded = |text: &str| closing::fold(text).trim().to_owned();
    let mut wrong = Vec::new();
    let surname = folded(CALLER_NAME.rsplit(' ').next().unwrap_or_default());
    if !folded(&field("customer_name")).contains(&surname) {
        wrong.push("customer_name");
    }
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let national = &CALLER_PHONE[3..];
    if !digits(&field("phone")).ends_with(national) {
        wrong.push("phone");
    }
    if speech::primary(&field("language")) != language {
        wrong.push("language");
    }
    let service = folded(&field("service"));
    let words = &case.service_words;
    let meant = words.is_empty() || words.iter().any(|word| service.contains(word.as_str()));
    if service.is_empty() || !meant {
        wrong.push("service");
    }
    if field("location").is_empty() {
        wrong.push("location");
    }
    wrong
}
