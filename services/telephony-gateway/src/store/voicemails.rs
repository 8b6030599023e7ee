//! Voicemails as rows: one for a call, whichever webhook or poll tells of it first (B12).

use std::time::Duration;

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;

use super::millis;

/// Stores a voicemail once; false for a repeat.
pub(crate) async fn keep(
    tx: &mut Tx,
    call_sid: &str,
    recording_sid: &str,
    duration: Duration,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO voicemail (call_sid, recording_sid, duration_ms, store_time)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(call_sid).bind(recording_sid).bind(millis(duration)).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// The recording of a call, as long as it is kept.
pub(crate) async fn recording_of(
    tx: &mut Tx,
    call_sid: &str,
) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT v.recording_sid FROM voicemail v JOIN call c ON c.call_sid = v.call_sid
          WHERE v.call_sid = $1 AND c.recording_erase_time IS NULL")
        .bind(call_sid).fetch_optional(c).await?))
}
