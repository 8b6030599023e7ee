//! The verdict on one repeat of a scenario, read from what the agent really did: the run's tool
//! calls and words. The vendor's judge must agree, but never decides alone.

use super::case::{Case, Forbidden};
use super::conversation::Turn;
use super::vendor_fields::TOOL_NAME;
use super::{birth, dispatch, street};

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
pub fn of_repeat(case: &Case, agent_language: &str, repeat: &Repeat) -> Verdict {
    let Some(turns) = repeat.turns.as_deref().filter(|turns| !turns.is_empty()) else {
        return Verdict::Invalid("the vendor reported no turns".to_owned());
    };
    if let Some(reason) = broken_mock(turns) {
        return Verdict::Invalid(reason);
    }
    let outcome = if case.dispatch_expected {
        let language = case.caller_language(agent_language);
        dispatch::once(case, &language, turns)
    } else {
        nothing_dispatched(turns)
    };
    let outcome = outcome.and_then(|()| nothing_forbidden(case, turns));
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

/// What the agent must not do besides. Only its own words count, and addresses until the dispatch; a
/// goodbye before it fails every case that expects one.
fn nothing_forbidden(case: &Case, turns: &[Turn]) -> Result<(), String> {
    let forbids = |rule| case.forbidden.contains(&rule);
    let mut heard: Vec<&str> = Vec::new();
    let mut dispatched = false;
    for turn in turns {
        if !turn.by_agent {
            heard.push(&turn.text);
            continue;
        }
        if forbids(Forbidden::Birth) && birth::asks_birth(&turn.text) {
            return Err("a date of birth or an age was asked for (R59)".to_owned());
        }
        let early = !dispatched && forbids(Forbidden::Address);
        if early && street::tells_address(&turn.text, &heard) {
            return Err("an address was told before dispatch_lead (R60)".to_owned());
        }
        dispatched |= turn
            .tool_calls
            .iter()
            .any(|call| call.tool_name == TOOL_NAME);
    }
    Ok(())
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

    fn case(expected: bool) -> Case {
        let served = if expected { "plumbing" } else { "dental" };
        MANDATORY[2].case(&[served.to_owned()])
    }

    fn repeat(judge: Judge, turns: Vec<Turn>) -> Repeat {
        Repeat {
            judge,
            turns: Some(turns),
        }
    }

    fn judge(expected: bool, judge: Judge, turns: Vec<Turn>) -> Verdict {
        of_repeat(&case(expected), "fr", &repeat(judge, turns))
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
    fn what_an_own_scenario_forbids_fails_it_d14() {
        let forbids = |rule| Case {
            forbidden: vec![rule],
            service_words: Vec::new(),
            ..case(true)
        };
        let verdict = |rule, first: &str| {
            let turns = vec![
                says(first),
                calls(GOOD),
                says("12, rue du Rhône. Au revoir."),
            ];
            of_repeat(&forbids(rule), "fr", &repeat(Judge::Passed, turns))
        };
        let sound = verdict(Forbidden::Birth, "Quel est votre nom ?");
        assert_eq!(sound, Verdict::Passed);
        assert_eq!(verdict(Forbidden::Address, "À Carouge ?"), Verdict::Passed);
        for (rule, text) in [
            (Forbidden::Birth, "Votre date de naissance ?"),
            (Forbidden::Address, "C'est au 12, rue du Rhône."),
            (Forbidden::Closing, "Au revoir."),
        ] {
            assert!(
                matches!(verdict(rule, text), Verdict::Failed(_)),
                "{rule:?}"
            );
        }
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
            of_repeat(&case(true), "fr", &none),
            Verdict::Invalid(_)
        ));
    }
}
