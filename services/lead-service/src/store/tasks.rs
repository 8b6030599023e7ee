//! Tasks that run now and then, on one replica at a time: each has a row with its lease and the
//! time of its last good run.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use super::queue::micros;

/// Takes the task where it is due and nobody has it; the start of its last good run then.
///
/// `due` after its last run, by the database's clock (I18); `lease` keeps others away.
pub async fn claim(
    tx: &mut Tx,
    name: &str,
    owner: &str,
    lease: Duration,
) -> Result<Option<Option<DateTime<Utc>>>, StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO task (name, owner, due_us, lease_until_us) VALUES ($1, '', 0, 0)
         ON CONFLICT (name) DO NOTHING")
        .bind(name).execute(c).await?.rows_affected());
    Ok(on!(tx, c => sqlx::query_scalar(
        "UPDATE task SET owner = $2, lease_until_us = (SELECT us FROM clock) + $3
          WHERE name = $1 AND due_us <= (SELECT us FROM clock)
            AND lease_until_us <= (SELECT us FROM clock)
         RETURNING good_time")
        .bind(name).bind(owner).bind(micros(lease)).fetch_optional(c).await?))
}

/// Whether the task is due: asked first, since a claim takes SQLite's one writer.
pub async fn is_due(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT NOT EXISTS (SELECT 1 FROM task
                             WHERE name = $1 AND (due_us > (SELECT us FROM clock)
                                                  OR lease_until_us > (SELECT us FROM clock)))")
        .bind(name).fetch_one(c).await?))
}

/// The run went well and counted something, or not: due again in `again`. A lease that was taken over changes nothing.
pub async fn settle(
    tx: &mut Tx,
    name: &str,
    owner: &str,
    again: Duration,
    good: Option<(DateTime<Utc>, i64)>,
) -> Result<(), StoreError> {
    let (time, counted) = good.unzip();
    on!(tx, c => sqlx::query(
        "UPDATE task SET due_us = (SELECT us FROM clock) + $3, lease_until_us = 0,
                good_time = COALESCE($4, good_time), counted = COALESCE($5, counted)
          WHERE name = $1 AND owner = $2")
        .bind(name).bind(owner).bind(micros(again)).bind(time).bind(counted)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Makes a task due at once; a run that is under way is waited for, so that it has not ended before.
pub async fn hasten(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO task (name, owner, due_us, lease_until_us) VALUES ($1, '', 0, 0)
         ON CONFLICT (name) DO UPDATE SET due_us = 0")
        .bind(name).execute(c).await?.rows_affected());
    Ok(())
}

/// What the last good run counted: the same on every replica.
pub async fn counted(tx: &mut Tx, name: &str) -> Result<i64, StoreError> {
    let found: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "SELECT counted FROM task WHERE name = $1").bind(name).fetch_optional(c).await?);
    Ok(found.unwrap_or_default())
}
