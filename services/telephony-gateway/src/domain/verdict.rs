//! The verdict on one repeat of a scenario, read from what the agent really did: the run's tool
//! calls and words. The vendor's judge must agree, but never decides alone.

use std::collections::BTreeSet;

use serde_json::Value;

use super::closing;
use super::conversation::Turn;
use super::scenarios::{CALLER_NAME, CALLER_PHONE, Scenario};
use super::speech;
use super::vendor_fields::TOOL_NAME;

/// One repeat as the vendor reports it.
#[derive(Debug, Clone, PartialEq)]
pub struct Repeat {
    pub judge: Judge,
    /// Absent where the vendor reports none, which makes the repeat worthless.
    pub turns: Option<Vec<Turn>>,
}

/// What the vendor's own judge says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judge {
    Passed,
    Failed,
    /// Cancelled, or a result of "unknown".
    NoVerdict,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Passed,
    Failed(String),
    /// The vendor or a mock failed: it says nothing about the prompt.
    Invalid(String),
}

#[must_use]
pub fn of_repeat(
    scenario: &Scenario,
    dispatch_expected: bool,
    agent_language: &str,
    repeat: &Repeat,
) -> Verdict {
    let Some(turns) = repeat.turns.as_deref().filter(|turns| !turns.is_empty()) else {
        return Verdict::Invalid("the vendor reported no turns".to_owned());
    };
    if let Some(reason) = broken_mock(turns) {
        return Verdict::Invalid(reason);
    }
    let outcome = if dispatch_expected {
        let language = scenario.caller_language(agent_language);
        dispatched_once(scenario, &language, turns)
    } else {
        nothing_dispatched(turns)
    };
    match (outcome, repeat.judge) {
        (Err(reason), _) => Verdict::Failed(reason),
        (Ok(()), Judge::Passed) => Verdict::Passed,
        (Ok(()), Judge::Failed) => {
            Verdict::Failed("the vendor's judge found a success condition unmet".to_owned())
        }
        (Ok(()), Judge::NoVerdict) => Verdict::Invalid("the vendor gave no verdict".to_owned()),
    }
}

/// Every tool is mocked with a result that is no error, so an error is the mock's. `end_call` has no
/// id to be mocked by; whether the vendor lets it pass is not documented, and nothing hangs on it.
fn broken_mock(turns: &[Turn]) -> Option<String> {
    let mut calls = turns.iter().flat_map(|turn| &turn.tool_calls);
    let broken = calls.find(|call| call.failed && call.tool_name != "end_call")?;
    Some(format!(
        "the mock of {} failed",
        plain_name(&broken.tool_name)
    ))
}

fn plain_name(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
        .take(64)
        .collect()
}

fn nothing_dispatched(turns: &[Turn]) -> Result<(), String> {
    let calls = turns.iter().flat_map(|turn| &turn.tool_calls);
    if calls.filter(|call| call.tool_name == TOOL_NAME).count() > 0 {
        return Err("dispatch_lead was called although nothing is to be dispatched".to_owned());
    }
    if !turns
        .iter()
        .any(|turn| turn.by_agent && !turn.text.trim().is_empty())
    {
        return Err("the agent said nothing".to_owned());
    }
    Ok(())
}

fn dispatched_once(scenario: &Scenario, language: &str, turns: &[Turn]) -> Result<(), String> {
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
    let wrong = wrong_fields(scenario, language, &arguments);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("wrong in the tool call: {}", wrong.join(", ")))
    }
}

/// The five fields (R30) against what the caller said.
fn wrong_fields(scenario: &Scenario, language: &str, arguments: &Value) -> Vec<&'static str> {
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
    if !scenario
        .service_words
        .iter()
        .any(|word| service.contains(word))
    {
        wrong.push("service");
    }
    if field("location").is_empty() {
        wrong.push("location");
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::conversation::ToolCall;
    use crate::domain::scenarios::MANDATORY;

    fn says(text: &str) -> Turn {
        Turn {
            by_agent: true,
            text: text.to_owned(),
            offset_s: 0,
            tool_calls: Vec::new(),
        }
    }

    fn calls(arguments: &str) -> Turn {
        let call = ToolCall {
            tool_name: TOOL_NAME.to_owned(),
            request_id: format!("call_{}", arguments.len()),
            arguments: arguments.to_owned(),
            ..ToolCall::default()
        };
        Turn {
            by_agent: true,
            text: "Un instant.".to_owned(),
            offset_s: 1,
            tool_calls: vec![call],
        }
    }

    const GOOD: &str = r#"{"customer_name":"Mme Rochat","phone":"079 123 45 67","language":"fr-CH","service":"Fuite d'eau sous l'évier","location":"Carouge"}"#;

    fn judge(expected: bool, judge: Judge, turns: Vec<Turn>) -> Verdict {
        of_repeat(
            &MANDATORY[2],
            expected,
            "fr",
            &Repeat {
                judge,
                turns: Some(turns),
            },
        )
    }

    #[test]
    fn one_good_call_before_any_goodbye_passes_r66() {
        let turns = vec![
            says("Bonjour"),
            calls(GOOD),
            says("C'est transmis, au revoir."),
        ];
        assert_eq!(judge(true, Judge::Passed, turns), Verdict::Passed);
    }

    #[test]
    fn a_goodbye_before_the_call_fails_whatever_the_judge_says_r27() {
        let turns = vec![says("Merci et au revoir."), calls(GOOD)];
        assert!(
            matches!(judge(true, Judge::Passed, turns), Verdict::Failed(reason) if reason.contains("au revoir"))
        );
    }

    #[test]
    fn no_call_two_calls_and_wrong_fields_fail() {
        let twice = vec![calls(GOOD), calls(&format!("{GOOD} "))];
        let wrong = r#"{"customer_name":"Rochat","phone":"","language":"de","service":"Pizza","location":""}"#;
        for turns in [
            vec![says("Bonjour")],
            twice,
            vec![calls(wrong)],
            vec![calls("no json")],
        ] {
            assert!(matches!(
                judge(true, Judge::Passed, turns),
                Verdict::Failed(_)
            ));
        }
    }

    #[test]
    fn nothing_is_dispatched_for_what_is_not_served_r65() {
        let told = vec![says("Nous ne faisons que la plomberie.")];
        assert_eq!(judge(false, Judge::Passed, told.clone()), Verdict::Passed);
        assert!(matches!(
            judge(false, Judge::Failed, told),
            Verdict::Failed(_)
        ));
        assert!(matches!(
            judge(false, Judge::Passed, vec![calls(GOOD)]),
            Verdict::Failed(_)
        ));
    }

    #[test]
    fn a_broken_mock_or_a_missing_verdict_says_nothing_about_the_prompt() {
        let mut broken = calls(GOOD);
        broken.tool_calls[0].failed = true;
        assert!(matches!(
            judge(true, Judge::Passed, vec![broken]),
            Verdict::Invalid(_)
        ));
        assert!(matches!(
            judge(true, Judge::NoVerdict, vec![calls(GOOD)]),
            Verdict::Invalid(_)
        ));
        let hang_up = ToolCall {
            tool_name: "end_call".to_owned(),
            failed: true,
            ..ToolCall::default()
        };
        let mut last = says("C'est transmis, au revoir.");
        last.tool_calls.push(hang_up);
        let verdict = judge(true, Judge::Passed, vec![calls(GOOD), last]);
        assert_eq!(verdict, Verdict::Passed);
        let none = Repeat {
            judge: Judge::Passed,
            turns: None,
        };
        assert!(matches!(
            of_repeat(&MANDATORY[2], true, "fr", &none),
            Verdict::Invalid(_)
        ));
    }
}
