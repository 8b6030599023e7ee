//! The scan's last word: when a scan last went well, by the database's clock (R72).

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

/// A scan of `slot` went well just now.
pub async fn record(tx: &mut Tx, slot: DateTime<Utc>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO scan_ping (id, first_us, last_us, slot_time)
         SELECT 1, us, us, $1 FROM clock WHERE TRUE
         ON CONFLICT (id) DO UPDATE
            SET last_us = excluded.last_us,
                slot_time = CASE WHEN scan_ping.slot_time > excluded.slot_time
                                 THEN scan_ping.slot_time ELSE excluded.slot_time END")
        .bind(slot).execute(c).await?.rows_affected());
    Ok(())
}

/// From now on a scan is waited for, unless it was before.
pub async fn wait_for(tx: &mut Tx) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO scan_ping (id, first_us) SELECT 1, us FROM clock WHERE TRUE
         ON CONFLICT (id) DO NOTHING")
        .execute(c).await?.rows_affected());
    Ok(())
}

/// How long ago the last one went well, or how long the first one has been waited for.
pub async fn age_us(tx: &mut Tx) -> Result<Option<i64>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT (SELECT us FROM clock) - COALESCE(last_us, first_us) FROM scan_ping WHERE id = 1")
        .fetch_optional(c).await?))
}
