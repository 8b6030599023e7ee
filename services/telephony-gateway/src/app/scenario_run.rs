//! StartScenarioRun: starts the three mandatory scenarios, and the agent's own, for a stored candidate
//! and returns at once; `run_step.rs` does the work, in whichever replica holds the lease.

use std::collections::BTreeMap;

use chassis::db;
use chassis::fault::Violations;
use chassis::{clock, ids, telemetry};
use uuid::Uuid;

use super::{Error, Telephony};
use crate::domain::own_scenario::{self, OwnScenario};
use crate::domain::scenarios::{self, MAX_REPEATS, MIN_REPEATS};
use crate::domain::seal::RunState;
use crate::store::{self, runs};

pub(crate) async fn start_run(
    telephony: &Telephony,
    agent_name: String,
    hash: String,
    repeats: i32,
    own: Vec<OwnScenario>,
) -> Result<Uuid, Error> {
    let mut found = Violations::new();
    own_scenario::check(&own, &mut found);
    found.finish()?;
    let limit = telephony.pace.run_limit;
    let db = telephony.db.clone();
    let wake = std::sync::Arc::clone(&telephony.runs_wake);
    db::unit(async move {
        let mut tx = db.begin().await?;
        if store::configurations::find(&mut tx, &agent_name, &hash)
            .await?
            .is_none()
        {
            return Err(Error::NotFound("UNKNOWN_CONFIGURATION"));
        }
        let run = runs::Run {
            id: ids::random(),
            agent_name,
            hash,
            scenarios_version: scenarios::VERSION.to_owned(),
            repeats: repeats.clamp(MIN_REPEATS, MAX_REPEATS),
            state: RunState::Running,
            results: Vec::new(),
            own,
            credits_used: None,
            tests: BTreeMap::new(),
            bench_agent_id: None,
            invocation_id: None,
            tries: 0,
            start_time: clock::now(),
            end_time: None,
            traceparent: telemetry::current_traceparent(),
        };
        if runs::start(&mut tx, &run, limit).await? {
            tx.wake_after_commit(&wake);
            tx.commit().await?;
            return Ok(run.id);
        }
        // Running already: its id is the answer. It may also have ended this very moment.
        let running = runs::running(&mut tx, &run.hash).await?;
        running.ok_or(Error::Busy)
    })
    .await
}
