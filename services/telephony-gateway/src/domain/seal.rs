//! The outcome of a scenario run, and the seal that passing runs give to a configuration: all three
//! mandatory scenarios and the agent's own that were asked for, at least five repeats each, every one
//! passing, for exactly this hash and this version of the scenarios (R63, D14).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::case::Case;
use super::scenarios::{MANDATORY, MIN_REPEATS};
use super::verdict::Verdict;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunState {
    Running,
    Passed,
    Failed,
    Invalid,
}

impl RunState {
    const ALL: [Self; 4] = [Self::Running, Self::Passed, Self::Failed, Self::Invalid];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Invalid => "invalid",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What a configuration went live by (B5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    pub hash: String,
    /// Unknown for what was live before seals were kept.
    pub run_id: Option<Uuid>,
    pub scenarios_version: String,
    /// "operator:ana", "policy:standing".
    pub approved_by: String,
    pub release_time: DateTime<Utc>,
}

/// How one scenario of a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScenarioResult {
    pub scenario: String,
    pub dispatch_expected: bool,
    pub passed: i32,
    pub failed: i32,
    #[serde(default)]
    pub invalid: i32,
    pub reasons: Vec<String>,
}

impl ScenarioResult {
    #[must_use]
    pub fn of(scenario: &str, dispatch_expected: bool, verdicts: &[Verdict]) -> Self {
        let mut result = Self {
            scenario: scenario.to_owned(),
            dispatch_expected,
            passed: 0,
            failed: 0,
            invalid: 0,
            reasons: Vec::new(),
        };
        for verdict in verdicts {
            match verdict {
                Verdict::Passed => result.passed += 1,
                Verdict::Failed(reason) => {
                    result.failed += 1;
                    result.reasons.push(reason.clone());
                }
                Verdict::Invalid(reason) => {
                    result.invalid += 1;
                    result.reasons.push(reason.clone());
                }
            }
        }
        result
    }
}

/// The state of a run whose repeats are all judged. A failure of the prompt outweighs one of the
/// vendor's; missing repeats are never taken for passed ones.
#[must_use]
pub fn state_of(cases: &[Case], results: &[ScenarioResult], repeats: i32) -> RunState {
    let passed = |id: &str| {
        let mut mine = results.iter().filter(|result| result.scenario == id);
        mine.any(|result| result.passed >= repeats.max(MIN_REPEATS))
    };
    // The mandatory ones are never left out, whatever was run.
    let complete = MANDATORY.iter().all(|scenario| passed(scenario.id))
        && cases.iter().all(|case| passed(&case.id));
    if results.iter().any(|result| result.failed > 0) {
        RunState::Failed
    } else if complete && results.iter().all(|result| result.invalid == 0) {
        RunState::Passed
    } else {
        RunState::Invalid
    }
}

/// An own scenario that failed when it was last tried with a configuration: leaving it out of a later
/// run seals nothing (D14).
#[must_use]
pub fn failing_own(newest_first: &[Vec<ScenarioResult>]) -> Option<&str> {
    let mut judged = BTreeSet::new();
    let own = newest_first.iter().flatten().filter(|result| {
        let mandatory = MANDATORY
            .iter()
            .any(|scenario| scenario.id == result.scenario);
        !mandatory && result.passed + result.failed > 0
    });
    own.filter(|result| judged.insert(result.scenario.as_str()))
        .find(|result| result.failed > 0)
        .map(|result| result.scenario.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(scenario: &str, passed: i32, failed: i32, invalid: i32) -> ScenarioResult {
        let verdicts: Vec<Verdict> = std::iter::empty()
            .chain((0..passed).map(|_| Verdict::Passed))
            .chain((0..failed).map(|_| Verdict::Failed("f".to_owned())))
            .chain((0..invalid).map(|_| Verdict::Invalid("i".to_owned())))
            .collect();
        ScenarioResult::of(scenario, true, &verdicts)
    }

    #[test]
    fn only_three_scenarios_with_five_passing_repeats_each_pass_r63() {
        let with = |last: ScenarioResult| {
            vec![
                result("dental-urgency", 5, 0, 0),
                result("off-topic", 5, 0, 0),
                last,
            ]
        };
        assert_eq!(
            state_of(&[], &with(result("plumbing-french", 5, 0, 0)), 5),
            RunState::Passed
        );
        assert_eq!(
            state_of(&[], &with(result("plumbing-french", 4, 1, 0)), 5),
            RunState::Failed
        );
        assert_eq!(
            state_of(&[], &with(result("plumbing-french", 4, 0, 1)), 5),
            RunState::Invalid
        );
        assert_eq!(
            state_of(&[], &with(result("plumbing-french", 4, 0, 0)), 5),
            RunState::Invalid
        );
        assert_eq!(
            state_of(&[], &with(result("another", 5, 0, 0)), 5),
            RunState::Invalid
        );
        assert_eq!(
            state_of(&[], &with(result("plumbing-french", 3, 1, 1)), 5),
            RunState::Failed
        );
        assert_eq!(
            state_of(&[], &with(result("plumbing-french", 3, 0, 0)), 3),
            RunState::Invalid
        );
    }

    #[test]
    fn an_own_scenario_that_fails_or_is_missing_keeps_a_run_from_passing_d14() {
        let cases: Vec<Case> = MANDATORY
            .iter()
            .map(|scenario| scenario.case(&[]))
            .chain([crate::domain::own_scenario::tests::own("own-1").case()])
            .collect();
        let state = |own: Option<ScenarioResult>| {
            let mandatory = MANDATORY
                .iter()
                .map(|scenario| result(scenario.id, 5, 0, 0));
            let results: Vec<ScenarioResult> = mandatory.chain(own).collect();
            state_of(&cases, &results, 5)
        };
        assert_eq!(state(Some(result("own-1", 5, 0, 0))), RunState::Passed);
        assert_eq!(state(Some(result("own-1", 4, 1, 0))), RunState::Failed);
        assert_eq!(state(None), RunState::Invalid);
        let runs = |newest: (i32, i32), older: (i32, i32)| {
            let run = |(passed, failed)| {
                vec![
                    result("off-topic", 4, 1, 0),
                    result("own-1", passed, failed, 0),
                ]
            };
            [vec![result("off-topic", 5, 0, 0)], run(newest), run(older)]
        };
        assert_eq!(failing_own(&runs((4, 1), (5, 0))), Some("own-1"));
        assert_eq!(failing_own(&runs((5, 0), (4, 1))), None);
    }
}
