//! Duties: what one replica of all does at a time. Whoever moves a duty's due time does it; should
//! it die meanwhile, the duty falls due again.

use std::time::Duration;

use chassis::on;

use super::claims::micros;
use super::{StoreError, Tx};

/// Takes a duty that is due; the next time is `every` from now, by the database's clock (I18).
pub async fn take(tx: &mut Tx, duty: &str, every: Duration) -> Result<bool, StoreError> {
    let taken = on!(tx, c => sqlx::query(
        "INSERT INTO duties (duty, due_us) VALUES ($1, (SELECT us FROM clock) + $2)
         ON CONFLICT (duty) DO UPDATE SET due_us = excluded.due_us
          WHERE duties.due_us <= (SELECT us FROM clock)")
        .bind(duty.to_owned()).bind(micros(every)).execute(c).await?.rows_affected());
    Ok(taken == 1)
}

/// Whether a duty is due: a look, without a write.
pub async fn is_due(tx: &mut Tx, duty: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT NOT EXISTS (SELECT 1 FROM duties
          WHERE duty = $1 AND due_us > (SELECT us FROM clock))")
        .bind(duty.to_owned()).fetch_one(c).await?))
}

/// Makes a duty due at once again: it was not finished.
pub async fn leave(tx: &mut Tx, duty: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE duties SET due_us = 0 WHERE duty = $1")
        .bind(duty.to_owned()).execute(c).await?.rows_affected());
    Ok(())
}

/// Stores what was counted, for every replica to show.
pub async fn note(tx: &mut Tx, measure: &str, value: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO measures (measure, value) VALUES ($1, $2)
         ON CONFLICT (measure) DO UPDATE SET value = excluded.value")
        .bind(measure.to_owned()).bind(value).execute(c).await?.rows_affected());
    Ok(())
}

/// What was counted last.
pub async fn noted(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as("SELECT measure, value FROM measures").fetch_all(c).await?))
}
