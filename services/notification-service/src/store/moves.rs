//! Moves: the one statement that changes a delivery's state after its plan was written, and the
//! lock under which it is decided.

use std::time::Duration;

use chassis::on;
use chrono::{DateTime, Utc};
use sqlx::FromRow;
use uuid::Uuid;

use crate::domain::delivery::{Delivery, State, Task};

use super::claims::micros;
use super::deliveries::{Row, columns};
use super::{CorruptRow, StoreError, Tx};

/// A delivery as it stands, locked until the transaction ends.
pub struct Locked {
    pub state: State,
    pub fence: i64,
    /// Since the operator last had it sent again.
    pub attempts: i64,
    pub carrier_id: Option<String>,
    pub carrier_rank: i64,
    pub cancel_requested: bool,
    pub not_after_us: i64,
    pub attempt_start_us: i64,
    pub now_us: i64,
}

#[derive(FromRow)]
struct LockedRow {
    state: String,
    fence: i64,
    attempts: i64,
    carrier_id: Option<String>,
    carrier_rank: i64,
    cancel_requested: bool,
    not_after_us: i64,
    attempt_start_us: i64,
    now_us: i64,
}

macro_rules! lock {
    ($lock:literal) => {
        concat!(
            "SELECT state, fence, attempts - earlier_attempts AS attempts, carrier_id, carrier_rank, cancel_requested,
                    not_after_us, attempt_start_us, (SELECT us FROM clock) AS now_us
               FROM deliveries WHERE id = $1",
            $lock
        )
    };
}

/// Locks a delivery; nothing when there is none of that id.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<Option<Locked>, StoreError> {
    let sql = if tx.is_postgres() {
        lock!(" FOR UPDATE")
    } else {
        lock!("")
    };
    let row: Option<LockedRow> =
        on!(tx, c => sqlx::query_as(sql).bind(id).fetch_optional(c).await?);
    let Some(row) = row else { return Ok(None) };
    let state =
        State::parse(&row.state).ok_or_else(|| CorruptRow::new("deliveries", "state", id))?;
    Ok(Some(Locked {
        state,
        fence: row.fence,
        attempts: row.attempts,
        carrier_id: row.carrier_id,
        carrier_rank: row.carrier_rank,
        cancel_requested: row.cancel_requested,
        not_after_us: row.not_after_us,
        attempt_start_us: row.attempt_start_us,
        now_us: row.now_us,
    }))
}

/// What a delivery becomes.
pub struct Move {
    pub state: State,
    pub task: Option<Task>,
    /// When the task is due, from now; a send is due at `not_after` at the latest, so that it
    /// expires in time.
    pub wait: Duration,
    pub reason: String,
    pub error_class: &'static str,
    /// Replaces the carrier's id.
    pub carrier_id: Option<String>,
    pub carrier_rank: i64,
    pub now: DateTime<Utc>,
}

/// Moves a delivery if it is still in `from` under `fence`; nothing when somebody was first.
pub async fn settle(
    tx: &mut Tx,
    id: Uuid,
    fence: i64,
    from: State,
    to: &Move,
) -> Result<Option<Delivery>, StoreError> {
    let accepted = matches!(to.state, State::Accepted | State::Delivered);
    let row: Option<Row> = on!(tx, c => sqlx::query_as(concat!(
        "UPDATE deliveries
            SET state = $4, task = $5, reason = $6, error_class = $7,
                carrier_id = $8, carrier_rank = $9,
                due_us = CASE
                    WHEN $5 = 'send' AND not_after_us < (SELECT us FROM clock) + $10
                    THEN not_after_us ELSE (SELECT us FROM clock) + $10 END,
                accept_time = COALESCE(accept_time, $11),
                settle_time = $12
          WHERE id = $1 AND fence = $2 AND state = $3
         RETURNING ", columns!()))
        .bind(id).bind(fence).bind(from.name())
        .bind(to.state.name()).bind(to.task.map(Task::name))
        .bind(&to.reason).bind(to.error_class)
        .bind(&to.carrier_id).bind(to.carrier_rank)
        .bind(micros(to.wait))
        .bind(accepted.then_some(to.now))
        .bind(to.state.is_settled().then_some(to.now))
        .fetch_optional(c).await?);
    row.map(Delivery::try_from).transpose()
}

/// Counts a send whose outcome is unknown, if the worker still holds the delivery or a report was
/// quicker; false when another worker took it over, which counted it.
pub async fn count_ambiguous(tx: &mut Tx, id: Uuid, fence: i64) -> Result<bool, StoreError> {
    let counted = on!(tx, c => sqlx::query(
        "UPDATE deliveries SET ambiguous_attempts = ambiguous_attempts + 1
          WHERE id = $1 AND fence = $2")
        .bind(id).bind(fence).execute(c).await?.rows_affected());
    Ok(counted == 1)
}

/// Puts a delivery that ended without reaching anybody back into the queue, as if new, under its own
/// id: the operator's hand. What carriers said of earlier sends stays in the history.
pub async fn again(tx: &mut Tx, id: Uuid, not_after_us: i64) -> Result<Delivery, StoreError> {
    let row: Row = on!(tx, c => sqlx::query_as(concat!(
        "UPDATE deliveries
            SET state = 'queued', task = 'send', reason = '', error_class = '', carrier_id = NULL,
                carrier_rank = 0, cancel_requested = FALSE, retries = retries + 1,
                earlier_attempts = attempts, look_ups = 0, polls = 0, fence = fence + 1,
                due_us = (SELECT us FROM clock), not_after_us = $2,
                accept_time = NULL, settle_time = NULL
          WHERE id = $1
         RETURNING ", columns!()))
        .bind(id).bind(not_after_us).fetch_one(c).await?);
    row.try_into()
}

/// Notes who had a delivery sent again, and why.
pub async fn note_retry(
    tx: &mut Tx,
    id: Uuid,
    actor: &str,
    cause: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO retries (delivery_id, number, actor, cause, retry_time)
         SELECT id, retries, $2, $3, $4 FROM deliveries WHERE id = $1")
        .bind(id).bind(actor.to_owned()).bind(cause.to_owned()).bind(now)
        .execute(c).await?.rows_affected());
    Ok(())
}
