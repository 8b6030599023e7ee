//! Calls as the books keep them: open until everything that belongs to one is known.

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use crate::domain::call::{Call, Class};

/// Notes that a call ended; a repeat fills in what was not known yet.
pub(crate) async fn ended(tx: &mut Tx, call: &Call) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO call (call_sid, site_id, conversation_id, state, duration_ms, end_time, class,
                reason)
         VALUES ($1, $2, $3, $4, $5, $6, 'open', '')
         ON CONFLICT (call_sid) DO UPDATE SET
             site_id = CASE WHEN call.site_id = '' THEN excluded.site_id ELSE call.site_id END,
             conversation_id = CASE WHEN call.conversation_id = '' THEN excluded.conversation_id
                                    ELSE call.conversation_id END,
             state = CASE WHEN call.state = 'unknown' THEN excluded.state ELSE call.state END,
             duration_ms = COALESCE(call.duration_ms, excluded.duration_ms)")
        .bind(&call.call_sid).bind(&call.site_id).bind(&call.conversation_id).bind(&call.state)
        .bind(call.duration_ms).bind(call.end_time)
        .execute(c).await?.rows_affected());
    Ok(())
}

type Row = (String, String, String, String, Option<i64>, DateTime<Utc>);

fn read((call_sid, site_id, conversation_id, state, duration_ms, end_time): Row) -> Call {
    Call {
        call_sid,
        site_id,
        conversation_id,
        state,
        duration_ms,
        end_time,
    }
}

/// Open calls after (end, sid), oldest first.
pub(crate) async fn open(
    tx: &mut Tx,
    after: (DateTime<Utc>, &str),
    limit: i64,
) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT call_sid, site_id, conversation_id, state, duration_ms, end_time FROM call
          WHERE class = 'open' AND (end_time > $1 OR (end_time = $1 AND call_sid > $2))
          ORDER BY end_time, call_sid LIMIT $3")
        .bind(after.0).bind(after.1).bind(limit).fetch_all(c).await?);
    Ok(rows.into_iter().map(read).collect())
}

/// Closes a call; false when another scan closed it.
pub(crate) async fn close(
    tx: &mut Tx,
    call_sid: &str,
    class: Class,
    reason: &str,
    registrations: i64,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE call SET class = $2, reason = $3, close_time = $4, registrations = $5
          WHERE call_sid = $1 AND class = 'open'")
        .bind(call_sid).bind(class.name()).bind(reason).bind(clock::now()).bind(registrations)
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// A call that is closed, with its class; nothing while it is open, or not known.
pub(crate) async fn closed(
    tx: &mut Tx,
    call_sid: &str,
) -> Result<Option<(Call, Class)>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT call_sid, site_id, conversation_id, state, duration_ms, end_time FROM call
          WHERE call_sid = $1")
        .bind(call_sid).fetch_optional(c).await?);
    let class: Option<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT class FROM call WHERE call_sid = $1")
        .bind(call_sid).fetch_optional(c).await?);
    let class = class.as_deref().and_then(Class::from_name);
    Ok(row.map(read).zip(class))
}

/// Opens again what ended since: whether its lead still exists must be looked at (B3).
pub(crate) async fn open_again(tx: &mut Tx, since: DateTime<Utc>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE call SET class = 'open', close_time = NULL, reason = ''
          WHERE end_time >= $1 AND class <> 'open'")
        .bind(since).execute(c).await?.rows_affected());
    Ok(())
}

/// Calls that ended since, and those of them that are closed.
pub(crate) async fn coverage(tx: &mut Tx, since: DateTime<Utc>) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT COUNT(*), COUNT(close_time) FROM call WHERE end_time >= $1")
        .bind(since).fetch_one(c).await?))
}

/// Calls by class.
pub(crate) async fn by_class(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT class, COUNT(*) FROM call GROUP BY class ORDER BY class").fetch_all(c).await?))
}

pub(crate) async fn double_registrations(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM call WHERE registrations > 1")
        .fetch_one(c).await?),
    )
}
