//! The queue of closed calls whose cost lead-service is still to be told of, by the database's clock.
//! A plan made anew fences whoever is telling, and waits for the end of that claim's lease, so that
//! what was known earlier never arrives after what is known now.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, TimeDelta, Utc};

use super::micros;

/// A report that is due and claimed, with its try.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Due {
    pub(crate) call_sid: String,
    pub(crate) tries: i64,
    pub(crate) failures: i64,
}

/// Reports that are due, as the metrics show them.
pub(crate) const BACKLOG: &str =
    chassis::backlog_of!("cost_report", "lease_until_us <= (SELECT us FROM clock)");

/// Plans what a call cost to be told, now: it was closed, or more became known of it. Nothing while
/// the call is open, since its close plans.
pub(crate) async fn plan(tx: &mut Tx, call_sid: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO cost_report (call_sid, due_us)
         SELECT call_sid, (SELECT us FROM clock) FROM call WHERE call_sid = $1 AND class <> 'open'
         ON CONFLICT (call_sid) DO UPDATE SET
             due_us = excluded.due_us, tries = cost_report.tries + 1, failures = 0, parked = ''")
        .bind(call_sid).execute(c).await?.rows_affected());
    Ok(())
}

/// Plans anew what may have been told since then: of every call that ended or was closed since, and of
/// those before whose figures were still asked for (`asked`). The ledger knows a repeat.
pub(crate) async fn plan_since(
    tx: &mut Tx,
    since: DateTime<Utc>,
    asked: TimeDelta,
) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "INSERT INTO cost_report (call_sid, due_us)
         SELECT call_sid, (SELECT us FROM clock) FROM call
          WHERE class <> 'open' AND (end_time >= $2 OR close_time >= $1)
         ON CONFLICT (call_sid) DO UPDATE SET
             due_us = excluded.due_us, tries = cost_report.tries + 1, failures = 0, parked = ''")
        .bind(since).bind(since - asked).execute(c).await?.rows_affected()))
}

/// Plans closed calls that have no plan, oldest first: a version before this one closed them. How many.
pub(crate) async fn plan_forgotten(tx: &mut Tx, limit: i64) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "INSERT INTO cost_report (call_sid, due_us)
         SELECT call_sid, (SELECT us FROM clock) FROM call
          WHERE class <> 'open'
            AND NOT EXISTS (SELECT 1 FROM cost_report r WHERE r.call_sid = call.call_sid)
          ORDER BY end_time, call_sid LIMIT $1
         ON CONFLICT (call_sid) DO NOTHING")
        .bind(limit).execute(c).await?.rows_affected()))
}

pub(crate) async fn any_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM cost_report WHERE due_us <= (SELECT us FROM clock)
                           AND lease_until_us <= (SELECT us FROM clock))")
        .fetch_one(c).await?))
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE cost_report SET lease_until_us = (SELECT us FROM clock) + $1, tries = tries + 1
              WHERE call_sid IN (
                    SELECT call_sid FROM cost_report
                     WHERE due_us <= (SELECT us FROM clock)
                       AND lease_until_us <= (SELECT us FROM clock)
                     ORDER BY due_us LIMIT $2",
            $lock,
            ") RETURNING call_sid, tries, failures"
        )
    };
}

pub(crate) async fn claim(
    tx: &mut Tx,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let sql = if tx.is_postgres() {
        claim!(" FOR UPDATE SKIP LOCKED")
    } else {
        claim!("")
    };
    Ok(on!(tx, c => sqlx::query_as(sql).bind(micros(lease)).bind(limit).fetch_all(c).await?))
}

/// It was told: again after `pause`, or never where there is none. A claim that was fenced changes
/// nothing.
pub(crate) async fn told(
    tx: &mut Tx,
    due: &Due,
    pause: Option<Duration>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE cost_report SET due_us = (SELECT us FROM clock) + $3, lease_until_us = 0, failures = 0
          WHERE call_sid = $1 AND tries = $2")
        .bind(&due.call_sid).bind(due.tries).bind(pause.map(micros))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// It was not told: due again after `pause`.
pub(crate) async fn again(tx: &mut Tx, due: &Due, pause: Duration) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE cost_report SET due_us = (SELECT us FROM clock) + $3, lease_until_us = 0,
                failures = failures + 1
          WHERE call_sid = $1 AND tries = $2")
        .bind(&due.call_sid).bind(due.tries).bind(micros(pause))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// It is refused whatever is done: parked with its reason until the call changes (I23).
pub(crate) async fn park(tx: &mut Tx, due: &Due, reason: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE cost_report SET due_us = NULL, lease_until_us = 0, parked = $3
          WHERE call_sid = $1 AND tries = $2")
        .bind(&due.call_sid).bind(due.tries).bind(reason)
        .execute(c).await?.rows_affected());
    Ok(())
}

pub(crate) async fn parked(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM cost_report WHERE parked <> ''")
        .fetch_one(c).await?),
    )
}
