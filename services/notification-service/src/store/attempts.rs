//! Attempts: the history of a delivery, one row for each send, look-up and poll.

use chassis::on;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::delivery::Task;

use super::{StoreError, Tx};

/// One entry of the history.
pub struct Attempt<'a> {
    pub delivery_id: Uuid,
    pub fence: i64,
    pub task: Task,
    pub start_us: i64,
    pub end_time: DateTime<Utc>,
    /// "accepted", "refused", "ambiguous", "found", "failed"…
    pub outcome: &'a str,
    pub error_class: &'a str,
    pub reason: &'a str,
    pub carrier_id: Option<&'a str>,
}

/// Writes an entry. A report that came before the worker's own word has written it already.
pub async fn record(tx: &mut Tx, attempt: &Attempt<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO attempts (delivery_id, fence, task, start_us, end_time, outcome, error_class,
                               reason, carrier_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (delivery_id, fence) DO NOTHING")
        .bind(attempt.delivery_id).bind(attempt.fence).bind(attempt.task.name())
        .bind(attempt.start_us).bind(attempt.end_time)
        .bind(attempt.outcome.to_owned()).bind(attempt.error_class.to_owned())
        .bind(attempt.reason.to_owned()).bind(attempt.carrier_id.map(str::to_owned))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Notes that the carrier failed with a message: later words about it change nothing.
pub async fn record_failure(tx: &mut Tx, attempt: &Attempt<'_>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO attempts (delivery_id, fence, task, start_us, end_time, outcome, error_class,
                               reason, carrier_id)
         VALUES ($1, $2, $3, $4, $5, 'failed', $6, $7, $8)
         ON CONFLICT (delivery_id, fence) DO UPDATE
            SET outcome = 'failed', error_class = excluded.error_class,
                reason = excluded.reason, carrier_id = excluded.carrier_id")
        .bind(attempt.delivery_id).bind(attempt.fence).bind(attempt.task.name())
        .bind(attempt.start_us).bind(attempt.end_time)
        .bind(attempt.error_class.to_owned()).bind(attempt.reason.to_owned())
        .bind(attempt.carrier_id.map(str::to_owned))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Whether the carrier already failed with that message of this delivery.
pub async fn has_failed(tx: &mut Tx, id: Uuid, carrier_id: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM attempts
          WHERE carrier_id = $2 AND delivery_id = $1 AND outcome = 'failed')")
        .bind(id).bind(carrier_id.to_owned()).fetch_one(c).await?))
}
