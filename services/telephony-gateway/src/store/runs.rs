//! Scenario runs as rows: started at once, worked on under a lease, resumed after a crash, and
//! asked for a seal.

use std::collections::BTreeMap;
use std::time::Duration;

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{json, micros, shape, word};
use crate::domain::own_scenario::OwnScenario;
use crate::domain::seal::{RunState, ScenarioResult};

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Run {
    pub(crate) id: Uuid,
    pub(crate) agent_name: String,
    pub(crate) hash: String,
    pub(crate) scenarios_version: String,
    pub(crate) repeats: i32,
    pub(crate) state: RunState,
    pub(crate) results: Vec<ScenarioResult>,
    /// The agent's own scenarios that run beside the mandatory ones.
    pub(crate) own: Vec<OwnScenario>,
    pub(crate) credits_used: Option<i64>,
    /// Test id at the vendor by scenario.
    pub(crate) tests: BTreeMap<String, String>,
    pub(crate) bench_agent_id: Option<String>,
    pub(crate) invocation_id: Option<String>,
    pub(crate) tries: i64,
    pub(crate) start_time: DateTime<Utc>,
    pub(crate) end_time: Option<DateTime<Utc>>,
    pub(crate) traceparent: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    run_id: Uuid,
    agent_name: String,
    hash: String,
    scenarios_version: String,
    repeats: i64,
    state: String,
    results: Value,
    own: Value,
    credits_used: Option<i64>,
    tests: Value,
    bench_agent_id: Option<String>,
    invocation_id: Option<String>,
    tries: i64,
    start_time: DateTime<Utc>,
    end_time: Option<DateTime<Utc>>,
    traceparent: Option<String>,
}

impl TryFrom<Row> for Run {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.run_id.to_string();
        Ok(Self {
            id: row.run_id,
            agent_name: row.agent_name,
            hash: row.hash,
            scenarios_version: row.scenarios_version,
            repeats: i32::try_from(row.repeats).unwrap_or(i32::MAX),
            state: word(
                "scenario_run",
                "state",
                &id,
                RunState::from_name(&row.state),
            )?,
            results: shape("scenario_run", "results", &id, row.results)?,
            own: shape("scenario_run", "own", &id, row.own)?,
            credits_used: row.credits_used,
            tests: shape("scenario_run", "tests", &id, row.tests)?,
            bench_agent_id: row.bench_agent_id,
            invocation_id: row.invocation_id,
            tries: row.tries,
            start_time: row.start_time,
            end_time: row.end_time,
            traceparent: row.traceparent,
        })
    }
}

/// Starts a run; false while one for the hash is running.
pub(crate) async fn start(tx: &mut Tx, run: &Run, limit: Duration) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO scenario_run (run_id, agent_name, hash, scenarios_version, repeats, state,
                results, tests, due_us, not_after_us, start_time, traceparent, own)
         VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, (SELECT us FROM clock),
                 (SELECT us FROM clock) + $8, $9, $10, $11)
         ON CONFLICT DO NOTHING")
        .bind(run.id).bind(&run.agent_name).bind(&run.hash).bind(&run.scenarios_version)
        .bind(i64::from(run.repeats)).bind(json(&run.results)).bind(json(&run.tests))
        .bind(micros(limit)).bind(run.start_time).bind(&run.traceparent).bind(json(&run.own))
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

pub(crate) async fn running(tx: &mut Tx, hash: &str) -> Result<Option<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT run_id FROM scenario_run WHERE hash = $1 AND state = 'running'")
        .bind(hash).fetch_optional(c).await?))
}

pub(crate) async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Run>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT run_id, agent_name, hash, scenarios_version, repeats, state, results, own,
                credits_used, tests, bench_agent_id, invocation_id, tries, start_time, end_time, traceparent
           FROM scenario_run WHERE run_id = $1")
        .bind(id).fetch_optional(c).await?);
    row.map(Run::try_from).transpose()
}

/// Whether a run is due: asked first, since a look costs no write.
pub(crate) async fn is_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM scenario_run
                         WHERE state = 'running' AND due_us <= (SELECT us FROM clock)
                           AND lease_until_us <= (SELECT us FROM clock))")
        .fetch_one(c).await?))
}

/// Holds a run for longer; false when another worker has it.
pub(crate) async fn renew(
    tx: &mut Tx,
    id: Uuid,
    tries: i64,
    lease: Duration,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE scenario_run SET lease_until_us = (SELECT us FROM clock) + $3
          WHERE run_id = $1 AND tries = $2 AND state = 'running'")
        .bind(id).bind(tries).bind(micros(lease)).execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Takes one run that is due, with its lease and whether its time is over. `tries` is the fencing
/// number under which its outcome is written.
pub(crate) async fn claim(tx: &mut Tx, lease: Duration) -> Result<Option<(Run, bool)>, StoreError> {
    let claimed: Option<(Uuid, bool)> = on!(tx, c => sqlx::query_as(
        "UPDATE scenario_run
            SET lease_until_us = (SELECT us FROM clock) + $1, tries = tries + 1
          WHERE run_id = (SELECT run_id FROM scenario_run
                           WHERE state = 'running' AND due_us <= (SELECT us FROM clock)
                             AND lease_until_us <= (SELECT us FROM clock)
                           ORDER BY due_us LIMIT 1)
            AND state = 'running' AND lease_until_us <= (SELECT us FROM clock)
         RETURNING run_id, not_after_us <= (SELECT us FROM clock)")
        .bind(micros(lease)).fetch_optional(c).await?);
    let Some((id, late)) = claimed else {
        return Ok(None);
    };
    Ok(find(tx, id).await?.map(|run| (run, late)))
}

/// Notes how far a run got, and when it is looked at again. A worker that lost its lease writes
/// nothing.
pub(crate) async fn progress(tx: &mut Tx, run: &Run, pause: Duration) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE scenario_run SET tests = $3, bench_agent_id = $4, invocation_id = $5,
                due_us = (SELECT us FROM clock) + $6, lease_until_us = 0
          WHERE run_id = $1 AND tries = $2 AND state = 'running'")
        .bind(run.id).bind(run.tries).bind(json(&run.tests)).bind(&run.bench_agent_id)
        .bind(&run.invocation_id).bind(micros(pause))
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Ends a run for good.
pub(crate) async fn end(
    tx: &mut Tx,
    run: &Run,
    state: RunState,
    results: &[ScenarioResult],
    credits_used: Option<i64>,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE scenario_run SET state = $3, results = $4, end_time = $5, credits_used = $6
          WHERE run_id = $1 AND tries = $2 AND state = 'running'")
        .bind(run.id).bind(run.tries).bind(state.name()).bind(json(&results)).bind(clock::now())
        .bind(credits_used).execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// The newest passing run of this version for the hash of this agent: what seals it.
pub(crate) async fn sealing(
    tx: &mut Tx,
    agent_name: &str,
    hash: &str,
    version: &str,
) -> Result<Option<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT run_id FROM scenario_run
          WHERE agent_name = $1 AND hash = $2 AND scenarios_version = $3 AND state = 'passed'
          ORDER BY end_time DESC, run_id LIMIT 1")
        .bind(agent_name).bind(hash).bind(version).fetch_optional(c).await?))
}

/// Results of the hash's runs that ended with a verdict on the prompt, newest first.
pub(crate) async fn verdicts(
    tx: &mut Tx,
    agent_name: &str,
    hash: &str,
) -> Result<Vec<Vec<ScenarioResult>>, StoreError> {
    let rows: Vec<(Uuid, Value)> = on!(tx, c => sqlx::query_as(
        "SELECT run_id, results FROM scenario_run
          WHERE agent_name = $1 AND hash = $2 AND state IN ('passed', 'failed')
          ORDER BY end_time DESC, run_id LIMIT 200")
        .bind(agent_name).bind(hash).fetch_all(c).await?);
    rows.into_iter()
        .map(|(id, results)| shape("scenario_run", "results", &id.to_string(), results))
        .collect()
}
