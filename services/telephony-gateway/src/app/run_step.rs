//! One step of a scenario run, resumable from the database after any crash: prepare and start the
//! tests on the bench agent, or look whether they are done, and judge them.

use std::time::Duration;

use chassis::db::{self, Db, StoreError};
use chassis::telemetry;
use tracing::Instrument as _;
use uuid::Uuid;

use super::errand::{Errand, alone};
use super::lease::{LEASE, Renewal, while_held};
use super::vendor_agent::{ensure_bench, ensure_tool};
use super::vendor_test::{ensure_tests, ensure_tests_without_system};
use super::{Error, Telephony};
use crate::domain::configuration::Canonical;
use crate::domain::scenarios::MANDATORY;
use crate::domain::seal::{self, RunState, ScenarioResult};
use crate::domain::verdict::{self, Verdict};
use crate::provider::answer::VendorError;
use crate::provider::gate::{Invocation, TestRun};
use crate::store::{self, runs};

/// Takes one run that is due, if there is one.
pub(super) async fn step(telephony: &Telephony) -> anyhow::Result<bool> {
    let db = telephony.db.clone();
    let claimed = db::unit(async move {
        if !runs::is_due(&mut db.read().await?).await? {
            return Ok(None);
        }
        let mut tx = db.begin().await?;
        let claimed = runs::claim(&mut tx, LEASE).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(claimed)
    })
    .await?;
    let Some((run, late)) = claimed else {
        return Ok(false);
    };
    let span = tracing::info_span!("scenario run", run.id = %run.id);
    telemetry::resume(run.traceparent.as_deref(), &span);
    let (id, tries, db) = (run.id, run.tries, telephony.db.clone());
    let renew = move || -> Renewal { Box::pin(renew(db.clone(), id, tries)) };
    let work = Box::pin(advance(telephony, run, late).instrument(span));
    let step = while_held(renew, work).await;
    step.transpose()?;
    Ok(true)
}

async fn renew(db: Db, id: Uuid, tries: i64) -> Result<bool, StoreError> {
    db::unit(async move {
        let mut tx = db.begin().await?;
        let still = runs::renew(&mut tx, id, tries, LEASE).await?;
        tx.commit().await?;
        Ok(still)
    })
    .await
}

/// What a step came to.
enum Step {
    /// Noted on the run; look again after the pause.
    On(Duration),
    Done(RunState, Vec<ScenarioResult>),
}

async fn advance(telephony: &Telephony, mut run: runs::Run, late: bool) -> Result<(), StoreError> {
    let pause = telephony.pace.poll_run;
    let step = if late {
        invalid("the vendor did not finish the tests in time")
    } else {
        let outcome = match run.invocation_id.clone() {
            None => begin(telephony, &mut run).await,
            Some(id) => look(telephony, &run, &id).await,
        };
        outcome.unwrap_or_else(|error| after_error(&error, pause))
    };
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        match &step {
            Step::On(pause) => runs::progress(&mut tx, &run, *pause).await?,
            Step::Done(state, results) => {
                metrics::counter!("telephony_scenario_runs_total", "state" => state.name())
                    .increment(1);
                runs::end(&mut tx, &run, *state, results).await?
            }
        };
        tx.commit().await
    })
    .await
}

/// A passing failure is tried again until the run's time is over; a refusal makes it invalid.
fn after_error(error: &Error, pause: Duration) -> Step {
    match error {
        Error::Vendor(VendorError::Refused {
            operation,
            status,
            code,
        }) if (400..500).contains(status) && !matches!(status, 408 | 409 | 429) => {
            invalid(&format!("{operation} was refused with {status} {code}"))
        }
        Error::Refused { reason, .. } => invalid(reason),
        Error::NotFound(reason) => invalid(reason),
        _ => {
            tracing::warn!(error = %error, "a scenario run waits");
            Step::On(pause)
        }
    }
}

fn invalid(reason: &str) -> Step {
    let results = MANDATORY
        .iter()
        .map(|scenario| {
            ScenarioResult::of(scenario.id, false, &[Verdict::Invalid(reason.to_owned())])
        })
        .collect();
    Step::Done(RunState::Invalid, results)
}

async fn canonical(telephony: &Telephony, run: &runs::Run) -> Result<Canonical, Error> {
    let mut tx = telephony.db.read().await?;
    let text = store::configurations::find(&mut tx, &run.agent_name, &run.hash).await?;
    let text = text.ok_or(Error::NotFound("UNKNOWN_CONFIGURATION"))?;
    Canonical::stored(&text, &run.hash).map_err(|_| {
        Error::refused(
            "CONFIGURATION_CHANGED",
            "the stored configuration was changed",
        )
    })
}

/// Prepares tool, bench and tests, and starts the tests with the candidate's whole configuration.
async fn begin(telephony: &Telephony, run: &mut runs::Run) -> Result<Step, Error> {
    let canonical = canonical(telephony, run).await?;
    let prepared = async {
        let tool = ensure_tool(telephony, &canonical).await?;
        let bench = ensure_bench(telephony).await?;
        let tests = ensure_tests(telephony, &canonical, &tool).await?;
        Ok((tool, bench, tests))
    };
    let (tool, bench, tests) = alone(telephony, Errand::Agents, Box::pin(prepared)).await?;
    let name = format!("bord {}", run.id);
    let vendor = &telephony.elevenlabs;
    // An earlier worker may have started it and died before it could say so.
    let earlier = if run.tries > 1 {
        vendor.invocation_named(&bench, &name).await?
    } else {
        None
    };
    run.tests = tests;
    let id = match earlier {
        Some(id) => id,
        None => {
            let configuration = canonical.agent_body(&tool);
            let repeats = i64::from(run.repeats);
            let ids = |run: &runs::Run| run.tests.values().cloned().collect::<Vec<_>>();
            let started = vendor
                .run_tests(&bench, &name, &ids(run), repeats, &configuration)
                .await;
            match started {
                Err(error) if error.is_validation() => {
                    run.tests = ensure_tests_without_system(telephony, &canonical, &tool).await?;
                    vendor
                        .run_tests(&bench, &name, &ids(run), repeats, &configuration)
                        .await?
                }
                other => other?,
            }
        }
    };
    run.bench_agent_id = Some(bench);
    run.invocation_id = Some(id);
    Ok(Step::On(telephony.pace.poll_run))
}

async fn look(telephony: &Telephony, run: &runs::Run, id: &str) -> Result<Step, Error> {
    let Some(invocation) = telephony.elevenlabs.invocation(id).await? else {
        return Ok(invalid("the vendor no longer knows the tests' run"));
    };
    let wanted = run.tests.len() * usize::try_from(run.repeats).unwrap_or(usize::MAX);
    let pending = invocation.runs.iter().any(|run| run.is_pending);
    if pending || invocation.runs.is_empty() && wanted > 0 {
        return Ok(Step::On(telephony.pace.poll_run));
    }
    let canonical = canonical(telephony, run).await?;
    let results = judge(run, &canonical, &invocation);
    Ok(Step::Done(seal::state_of(&results, run.repeats), results))
}

/// Our own verdict on every repeat of every scenario.
fn judge(run: &runs::Run, canonical: &Canonical, invocation: &Invocation) -> Vec<ScenarioResult> {
    let (served, language) = (canonical.served_categories(), canonical.language());
    MANDATORY
        .iter()
        .map(|scenario| {
            let expected = scenario.dispatch_expected(&served);
            let test = run.tests.get(scenario.id);
            let mine = |ran: &&TestRun| Some(&ran.test_id) == test;
            let verdicts: Vec<Verdict> = invocation
                .runs
                .iter()
                .filter(mine)
                .map(|ran| verdict::of_repeat(scenario, expected, language, &ran.repeat))
                .collect();
            ScenarioResult::of(scenario.id, expected, &verdicts)
        })
        .collect()
}
