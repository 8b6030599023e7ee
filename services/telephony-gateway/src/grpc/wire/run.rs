//! Scenario runs, and an agent's own scenarios, between wire and domain.

use contracts::telephony::v1 as wire;

use super::timestamp;
use crate::domain::own_scenario::OwnScenario;
use crate::domain::seal::{RunState, ScenarioResult};
use crate::store::runs::Run;

pub(crate) fn own_scenario(own: wire::OwnScenario) -> OwnScenario {
    let wire::OwnScenario {
        scenario_id,
        need,
        manner,
        language,
        dispatch_expected,
        forbidden,
        service_words,
    } = own;
    OwnScenario {
        id: scenario_id,
        need,
        manner,
        language,
        dispatch_expected,
        forbidden,
        service_words,
    }
}

pub(crate) fn of_run(run: Run) -> wire::ScenarioRun {
    let state = match run.state {
        RunState::Running => wire::ScenarioRunState::Running,
        RunState::Passed => wire::ScenarioRunState::Passed,
        RunState::Failed => wire::ScenarioRunState::Failed,
        RunState::Invalid => wire::ScenarioRunState::Invalid,
    };
    wire::ScenarioRun {
        run_id: run.id.to_string(),
        agent_name: run.agent_name,
        configuration_hash: run.hash,
        scenarios_version: run.scenarios_version,
        state: state.into(),
        results: run.results.into_iter().map(of_result).collect(),
        start_time: Some(timestamp(run.start_time)),
        end_time: run.end_time.map(timestamp),
        credits_used: run.credits_used,
    }
}

fn of_result(result: ScenarioResult) -> wire::ScenarioResult {
    let ScenarioResult {
        scenario,
        dispatch_expected,
        passed,
        failed,
        invalid,
        reasons,
    } = result;
    wire::ScenarioResult {
        scenario,
        dispatch_expected,
        passed,
        failed,
        reasons,
        invalid,
    }
}
