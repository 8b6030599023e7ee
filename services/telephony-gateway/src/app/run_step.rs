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
use crate::domain::case::Case;
use crate::domain::configuration::Canonical;
use crate::domain::own_scenario::OwnScenario;
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
    let span = tracing::info_span!("scenario.run", run.id = %run.id);
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
    Done(Outcome),
}

/// How a run ended, and what the vendor charged for it.
struct Outcome {
    state: RunState,
    results: Vec<ScenarioResult>,
    credits_used: Option<i64>,
}

async fn advance(telephony: &Telephony, mut run: runs::Run, late: bool) -> Result<(), StoreError> {
    let pause = telephony.pace.poll_run;
    let step = if late {
        invalid(&run, "the vendor did not finish the tests in time")
    } else {
        let outcome = match run.invocation_id.clone() {
            None => begin(telephony, &mut run).await,
            Some(id) => look(telephony, &run, &id).await,
        };
        outcome.unwrap_or_else(|error| after_error(&run, &error, pause))
    };
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        match &step {
            Step::On(pause) => runs::progress(&mut tx, &run, *pause).await?,
            Step::Done(Outcome {
                state,
                results,
                credits_used,
            }) => {
                metrics::counter!("telephony_scenario_runs_total", "state" => state.name())
                    .increment(1);
                runs::end(&mut tx, &run, *state, results, *credits_used).await?
            }
        };
        tx.commit().await
    })
    .await
}

/// A passing failure is tried again until the run's time is over; a refusal makes it invalid.
fn after_error(run: &runs::Run, error: &Error, pause: Duration) -> Step {
    match error {
        Error::Vendor(VendorError::Refused {
            operation,
            status,
            code,
        }) if (400..500).contains(status) && !matches!(status, 408 | 409 | 429) => invalid(
            run,
            &format!("{operation} was refused with {status} {code}"),
        ),
        Error::Refused { reason, .. } => invalid(run, reason),
        Error::NotFound(reason) => invalid(run, reason),
        _ => {
            tracing::warn!(error = %error, "a scenario run waits");
            Step::On(pause)
        }
    }
}

fn invalid(run: &runs::Run, reason: &str) -> Step {
    let ids = MANDATORY.iter().map(|scenario| scenario.id);
    let ids = ids.chain(run.own.iter().map(|own| own.id.as_str()));
    let verdict = [Verdict::Invalid(reason.to_owned())];
    Step::Done(Outcome {
        state: RunState::Invalid,
        results: ids
            .map(|id| ScenarioResult::of(id, false, &verdict))
            .collect(),
        credits_used: None,
    })
}

/// The mandatory scenarios, then the agent's own, as they are played with this candidate.
fn cases(run: &runs::Run, canonical: &Canonical) -> Vec<Case> {
    let served = canonical.served_categories();
    let mandatory = MANDATORY.iter().map(|scenario| scenario.case(&served));
    mandatory
        .chain(run.own.iter().map(OwnScenario::case))
        .collect()
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
    let cases = cases(run, &canonical);
    let prepared = async {
        let tool = ensure_tool(telephony, &canonical).await?;
        let bench = ensure_bench(telephony).await?;
        let tests = ensure_tests(telephony, &canonical, &cases, &tool).await?;
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
                    let plain = ensure_tests_without_system;
                    run.tests = plain(telephony, &canonical, &cases, &tool).await?;
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
        return Ok(invalid(run, "the vendor no longer knows the tests' run"));
    };
    let wanted = run.tests.len() * usize::try_from(run.repeats).unwrap_or(usize::MAX);
    let pending = invocation.runs.iter().any(|run| run.is_pending);
    if pending || invocation.runs.is_empty() && wanted > 0 {
        return Ok(Step::On(telephony.pace.poll_run));
    }
    let canonical = canonical(telephony, run).await?;
    let cases = cases(run, &canonical);
    let results = judge(run, &cases, canonical.language(), &invocation);
    Ok(Step::Done(Outcome {
        state: seal::state_of(&cases, &results, run.repeats),
        results,
        credits_used: invocation.credits_used(),
    }))
}

/// Our own verdict on every repeat of every scenario.
fn judge(
    run: &runs::Run,
    cases: &[Case],
    language: &str,
    invocation: &Invocation,
) -> Vec<ScenarioResult> {
    let of_case = |case: &Case| {
        let test = run.tests.get(&case.id);
        let mine = |ran: &&TestRun| Some(&ran.test_id) == test;
        let repeats = invocation.runs.iter().filter(mine);
        let verdicts: Vec<Verdict> = repeats
            .map(|ran| verdict::of_repeat(case, language, &ran.repeat))
            .collect();
        ScenarioResult::of(&case.id, case.dispatch_expected, &verdicts)
    };
    cases.iter().map(of_case).collect()
}
