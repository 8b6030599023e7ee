//! Retention as rows: how long things are kept, and the batches that are past it.

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use super::json;
use crate::domain::conversation::Turn;
use crate::domain::retention::Retention;

/// What stands; the defaults where nothing was declared.
pub(crate) async fn find(tx: &mut Tx) -> Result<Retention, StoreError> {
    let row: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT recording_days, transcript_days FROM retention WHERE id = 1")
        .fetch_optional(c).await?);
    Ok(
        row.map_or_else(Retention::default, |(recording_days, transcript_days)| {
            Retention {
                recording_days,
                transcript_days,
            }
        }),
    )
}

pub(crate) async fn put(tx: &mut Tx, retention: Retention) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO retention (id, recording_days, transcript_days, change_time)
         VALUES (1, $1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET recording_days = excluded.recording_days,
             transcript_days = excluded.transcript_days, change_time = excluded.change_time")
        .bind(retention.recording_days).bind(retention.transcript_days).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Ends the keeping of recordings of calls that ended before `before`; their calls.
pub(crate) async fn end_recordings(
    tx: &mut Tx,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "UPDATE call SET recording_erase_time = $2
          WHERE recording_erase_time IS NULL
            AND call_sid IN (SELECT call_sid FROM call
                              WHERE recording_erase_time IS NULL AND handling = 'voicemail'
                                AND receive_time < $1 AND COALESCE(end_time, receive_time) < $1
                              ORDER BY receive_time LIMIT $3)
         RETURNING call_sid")
        .bind(before).bind(now).bind(limit).fetch_all(c).await?))
}

/// Empties conversations that ended before `before`; their ids.
pub(crate) async fn end_conversations(
    tx: &mut Tx,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "UPDATE conversation SET turns = $4, collected = $5, erase_time = $2
          WHERE erase_time IS NULL
            AND conversation_id IN (SELECT conversation_id FROM conversation
                                     WHERE erase_time IS NULL AND end_time < $1
                                     ORDER BY end_time LIMIT $3)
         RETURNING conversation_id")
        .bind(before).bind(now).bind(limit).bind(json(&Vec::<Turn>::new()))
        .bind(serde_json::json!({})).fetch_all(c).await?))
}

/// Empties what calls that ended before `before` say of their callers; how many.
pub(crate) async fn end_calls(
    tx: &mut Tx,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
    document: &str,
    limit: i64,
) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "UPDATE call SET caller = NULL, twiml = $4, erase_time = $2
          WHERE erase_time IS NULL
            AND call_sid IN (SELECT call_sid FROM call
                              WHERE erase_time IS NULL
                                AND receive_time < $1 AND COALESCE(end_time, receive_time) < $1
                              ORDER BY receive_time LIMIT $3)")
        .bind(before).bind(now).bind(limit).bind(document).execute(c).await?.rows_affected()))
}
