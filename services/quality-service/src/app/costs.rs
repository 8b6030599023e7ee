//! Tells the ledger what each closed call cost (R74 to R78). The plan commits with the call's close;
//! here it is carried out until lead-service takes it, which knows a repeat by the call. What the
//! vendor has not priced yet is asked for again, once an hour for three days.

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{self, StoreError};
use chassis::run::Life;
use chassis::{client, clock, ids, telemetry, worker};
use tracing::Instrument as _;

use super::scan::Scanner;
use crate::domain::call::Class;
use crate::domain::cost::{CallCost, Carried};
use crate::outbound::{Failed, Ledger};
use crate::store::cost_reports::{self, Due};
use crate::store::{calls, conversations, tasks, verdicts};

const LEASE: Duration = Duration::from_secs(30);
const TRY_LIMIT: Duration = Duration::from_secs(10);
const AT_ONCE: usize = 4;
/// While a neighbour is away: what waited is told within a minute of its return.
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// What is refused so often in a row is no passing state of a neighbour.
const MOST_REFUSALS: i64 = 20;
/// How often a price is asked for that the vendor has not named.
const PRICE_PAUSE: Duration = Duration::from_secs(3_600);
/// How often calls are looked for that an earlier version closed.
const FORGOTTEN_EVERY: Duration = Duration::from_secs(3_600);
const FORGOTTEN_LOOK: Duration = Duration::from_secs(60);
const PAGE: i64 = 200;

/// What telling came to.
enum Done {
    /// With what is known; whether something of it is still to come.
    Told { awaited: bool },
    /// It is open again: its close plans anew.
    Open,
    /// Telephony does not know the call yet.
    NotYet,
}

/// Tells until `life` stops.
pub(crate) async fn run(scanner: Scanner, ledger: Ledger, life: Life) {
    let every = scanner.settings.poll;
    let claims = async move |free| {
        let claimed = claim(&scanner, free).await?;
        let work = claimed
            .into_iter()
            .map(|due| Box::pin(one(scanner.clone(), ledger.clone(), due)));
        Ok(work.collect())
    };
    let work = worker::side_by_side("costs", life, Arc::default(), every, AT_ONCE, claims);
    Box::pin(work).await;
}

async fn claim(scanner: &Scanner, free: usize) -> Result<Vec<Due>, StoreError> {
    let db = scanner.db.clone();
    db::unit(async move {
        if !cost_reports::any_due(&mut db.read().await?).await? {
            return Ok(Vec::new());
        }
        let mut tx = db.begin().await?;
        let limit = i64::try_from(free).unwrap_or(1);
        let claimed = cost_reports::claim(&mut tx, LEASE, limit).await?;
        tx.commit().await?;
        Ok(claimed)
    })
    .await
}

async fn one(scanner: Scanner, ledger: Ledger, due: Due) {
    let span = tracing::info_span!("cost.tell", call.sid = %due.call_sid);
    // One call is one trace, to the line in the books (B8).
    telemetry::resume(traceparent(&scanner, &due.call_sid).await.as_deref(), &span);
    let told = Box::pin(tell(&scanner, &ledger, &due.call_sid));
    let done = client::with_timeout(TRY_LIMIT, told.instrument(span)).await;
    let db = scanner.db.clone();
    let settled = db::unit(async move {
        let mut tx = db.begin().await?;
        match done {
            Ok(Done::Told { awaited }) => {
                cost_reports::told(&mut tx, &due, awaited.then_some(PRICE_PAUSE)).await?;
            }
            Ok(Done::Open) => cost_reports::told(&mut tx, &due, None).await?,
            Ok(Done::NotYet) => cost_reports::told(&mut tx, &due, Some(LONGEST_PAUSE)).await?,
            Err(error) if is_poison(&error, &due) => {
                tracing::error!(error = %error, "a call's cost is refused and parked");
                cost_reports::park(&mut tx, &due, &error.to_string()).await?;
            }
            Err(error) => {
                tracing::warn!(error = %error, failures = due.failures, "a call's cost waits");
                cost_reports::again(&mut tx, &due, pause(due.failures)).await?;
            }
        }
        tx.commit().await
    })
    .await;
    if let Err(error) = settled {
        // Its lease ends, and the ledger knows a repeat by the call.
        tracing::warn!(error = %error, "a call's cost could not be settled");
    }
}

/// Refusals only: a neighbour that is away, or too old to know the question, is waited for.
fn is_poison(error: &anyhow::Error, due: &Due) -> bool {
    let refused = error.downcast_ref::<Failed>();
    due.failures >= MOST_REFUSALS && refused.is_some_and(Failed::is_final)
}

/// One second doubled for each failure in a row, up to a minute.
fn pause(failures: i64) -> Duration {
    let exponent = u32::try_from(failures.clamp(0, 10)).unwrap_or(0);
    (Duration::from_secs(1) * 2u32.pow(exponent)).min(LONGEST_PAUSE)
}

/// Without the trace the cost is told all the same.
async fn traceparent(scanner: &Scanner, call_sid: &str) -> Option<String> {
    let mut tx = scanner.db.read().await.ok()?;
    let found = conversations::traceparent_of(&mut tx, call_sid).await;
    found.ok().flatten()
}

async fn tell(scanner: &Scanner, ledger: &Ledger, call_sid: &str) -> anyhow::Result<Done> {
    let mut tx = scanner.db.read().await?;
    let Some((call, class)) = calls::closed(&mut tx, call_sid).await? else {
        return Ok(Done::Open);
    };
    let mut ids = conversations::of_call(&mut tx, call_sid).await?;
    if !call.conversation_id.is_empty() && !ids.contains(&call.conversation_id) {
        ids.push(call.conversation_id.clone());
    }
    // A lead was told by somebody, if only to the voicemail.
    let mut heard = matches!(class, Class::Lead | Class::Recovered);
    for id in &ids {
        heard = heard || verdicts::somebody_spoke(&mut tx, id).await?;
    }
    drop(tx);
    let mut found = Vec::with_capacity(ids.len());
    for id in &ids {
        found.extend(scanner.conversations.read(id).await?);
    }
    let now = clock::now();
    let is_conversation = ids.iter().any(|id| id == call_sid);
    let carried = match scanner.telephony.detail(call_sid).await? {
        Some(detail) => Some(detail.carried),
        None => Carried::untold(&call, is_conversation, now),
    };
    let Some(carried) = carried else {
        return Ok(Done::NotYet);
    };
    let cost = CallCost::of(call, class, carried, heard, &found);
    let awaited = cost.is_awaited(now);
    scanner.points.pass("quality.before_cost").await?;
    ledger.record(cost).await?;
    scanner.points.pass("quality.after_cost").await?;
    metrics::counter!("bord_call_costs_told_total").increment(1);
    Ok(Done::Told { awaited })
}

/// Plans what an earlier version closed, until `life` stops.
pub(crate) async fn plan_forgotten(scanner: Scanner, life: Life) {
    let round = async move || {
        let owner = ids::random().to_string();
        let db = scanner.db.clone();
        let taken = db::unit(async move {
            let mut tx = db.begin().await?;
            let taken = tasks::take(&mut tx, "costs", &owner, FORGOTTEN_EVERY).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(taken)
        });
        if !taken.await? {
            return Ok(false);
        }
        loop {
            let db = scanner.db.clone();
            let planned = db::unit(async move {
                let mut tx = db.begin().await?;
                let planned = cost_reports::plan_forgotten(&mut tx, PAGE).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(planned)
            });
            if planned.await? == 0 {
                return Ok(false);
            }
        }
    };
    worker::run(
        "forgotten costs",
        life,
        Arc::default(),
        FORGOTTEN_LOOK,
        round,
    )
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_between_tries_grows_to_a_minute() {
        assert_eq!(pause(0), Duration::from_secs(1));
        assert_eq!(pause(3), Duration::from_secs(8));
        assert_eq!(pause(100), LONGEST_PAUSE);
    }
}
