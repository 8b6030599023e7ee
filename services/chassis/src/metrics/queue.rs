//! The queues of a service, as its metrics show them: how much is due that nobody holds, and since
//! when the oldest of it has been. Read now and then, never for each piece of work, and bounded: a
//! backlog of a million costs no more than one of ten thousand.

use ::metrics::gauge;

use crate::db::{StoreError, Tx};
use crate::on;

/// The statement for a table whose index begins with `due_us`, or is found by the condition.
#[macro_export]
macro_rules! backlog_of {
    ($table:literal, $waiting:literal) => {
        concat!(
            "SELECT COUNT(*), MIN(due_us), (SELECT us FROM clock)
               FROM (SELECT due_us FROM ",
            $table,
            " WHERE due_us <= (SELECT us FROM clock) AND ",
            $waiting,
            " ORDER BY due_us LIMIT 10000) AS due"
        )
    };
}

/// Reads a backlog by the database's clock and shows it under the queue's name.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
pub async fn show(
    tx: &mut Tx,
    queue: &'static str,
    statement: &'static str,
) -> Result<(), StoreError> {
    let (due, oldest_us, now_us): (i64, Option<i64>, i64) =
        on!(tx, c => sqlx::query_as(statement).fetch_one(c).await?);
    let age_us = oldest_us.map_or(0, |oldest| (now_us - oldest).max(0));
    gauge!("queue_due", "queue" => queue).set(due as f64);
    gauge!("queue_oldest_seconds", "queue" => queue).set(age_us as f64 / 1e6);
    Ok(())
}
