//! Duties: what one replica does for all at a time, by the database's clock, and the sums whose only
//! good value is 0. They are counted from the rows, apart from the triggers that keep the promises.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;

use super::proofs::micros;

/// Takes a duty that is due; it is due again after `every`. False when it is not, or another
/// replica has it.
pub async fn take(tx: &mut Tx, name: &str, every: Duration) -> Result<bool, StoreError> {
    let taken = on!(tx, c => sqlx::query(
        "UPDATE duty SET due_us = (SELECT us FROM clock) + $2
          WHERE name = $1 AND due_us <= (SELECT us FROM clock)")
        .bind(name).bind(micros(every)).execute(c).await?.rows_affected());
    Ok(taken == 1)
}

/// Makes a duty due at once: there is more to do.
pub async fn hurry(tx: &mut Tx, name: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE duty SET due_us = 0 WHERE name = $1")
        .bind(name).execute(c).await?.rows_affected());
    Ok(())
}

/// Names of the duties that are due.
pub async fn due(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT name FROM duty WHERE due_us <= (SELECT us FROM clock)")
        .fetch_all(c).await?))
}

/// Keeps what was found, for every replica's metrics.
pub async fn keep(tx: &mut Tx, name: &str, found: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE duty SET found = $2 WHERE name = $1")
        .bind(name).bind(found).execute(c).await?.rows_affected());
    Ok(())
}

/// What each duty found last.
pub async fn found(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as("SELECT name, found FROM duty").fetch_all(c).await?))
}

/// I5: providers whose counter is not what their assignments hold, or who hold too many.
pub async fn capacity_not_conserved(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT count(*)
           FROM provider p
           LEFT JOIN (SELECT provider_id, count(*) AS slots FROM assignment
                       WHERE state IN ('reserved', 'confirmed') AND free_time IS NULL
                       GROUP BY provider_id) a ON a.provider_id = p.provider_id
          WHERE p.held <> COALESCE(a.slots, 0) OR COALESCE(a.slots, 0) > p.slot_limit
             OR p.slot_limit > CASE WHEN p.held > p.capacity THEN p.held ELSE p.capacity END")
        .fetch_one(c).await?))
}

/// I7: assignments whose lead or provider belongs to another country.
pub async fn assignments_across_border(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT count(*)
           FROM assignment a
           JOIN provider p ON p.provider_id = a.provider_id
           JOIN lead l ON l.lead_id = a.lead_id
          WHERE a.country <> p.country OR l.country IS NULL OR a.country <> l.country")
        .fetch_one(c).await?))
}
