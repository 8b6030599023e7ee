//! Calls as rows, on the way out.

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{duration, shape, word};
use crate::domain::call::{Call, Event, Handling, State};
use crate::domain::origin::Origin;

#[derive(sqlx::FromRow)]
struct Row {
    call_sid: String,
    site_id: Option<String>,
    agent_name: Option<String>,
    called_number: String,
    caller: Option<String>,
    origin: String,
    handling: String,
    state: String,
    conversation_id: Option<String>,
    answer_ms: Option<i64>,
    first_audio_ms: Option<i64>,
    receive_time: DateTime<Utc>,
    end_time: Option<DateTime<Utc>>,
    duration_ms: Option<i64>,
    twiml: Option<String>,
    fallback_reason: Option<String>,
    registrations: i64,
    traceparent: Option<String>,
}

impl TryFrom<Row> for Call {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let sid = row.call_sid;
        Ok(Self {
            site_id: row.site_id,
            agent_name: row.agent_name,
            called_number: row.called_number,
            caller: row.caller,
            origin: word("call", "origin", &sid, Origin::from_name(&row.origin))?,
            handling: word("call", "handling", &sid, Handling::from_name(&row.handling))?,
            state: word("call", "state", &sid, State::from_name(&row.state))?,
            conversation_id: row.conversation_id,
            answer_time: row.answer_ms.map(duration),
            first_audio_time: row.first_audio_ms.map(duration),
            receive_time: row.receive_time,
            end_time: row.end_time,
            duration: row.duration_ms.map(duration),
            twiml: row.twiml,
            fallback_reason: row.fallback_reason,
            registrations: i32::try_from(row.registrations).unwrap_or(i32::MAX),
            events: Vec::new(),
            traceparent: row.traceparent,
            sid,
        })
    }
}

/// A call without its events.
pub(crate) async fn find(tx: &mut Tx, sid: &str) -> Result<Option<Call>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT call_sid, site_id, agent_name, called_number, caller, origin, handling, state,
                conversation_id, answer_ms, first_audio_ms, receive_time, end_time, duration_ms,
                twiml, fallback_reason, registrations, traceparent
           FROM call WHERE call_sid = $1")
        .bind(sid).fetch_optional(c).await?);
    row.map(Call::try_from).transpose()
}

/// The trace of its ring.
pub(crate) async fn traceparent(tx: &mut Tx, sid: &str) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> = on!(tx, c => sqlx::query_scalar(
        "SELECT traceparent FROM call WHERE call_sid = $1")
        .bind(sid).fetch_optional(c).await?);
    Ok(found.flatten())
}

pub(crate) async fn events(tx: &mut Tx, sid: &str) -> Result<Vec<Event>, StoreError> {
    let rows: Vec<(DateTime<Utc>, String, Value)> = on!(tx, c => sqlx::query_as(
        "SELECT event_time, kind, attributes FROM call_event WHERE call_sid = $1 ORDER BY seq")
        .bind(sid).fetch_all(c).await?);
    rows.into_iter()
        .map(|(time, kind, attributes)| {
            let attributes = shape("call_event", "attributes", sid, attributes)?;
            Ok(Event {
                time,
                kind,
                attributes,
            })
        })
        .collect()
}

/// Calls before (time, sid), newest first, that rang within `span` (at or after, before); of one
/// site, or of all when `site_id` is empty.
pub(crate) async fn page(
    tx: &mut Tx,
    site_id: &str,
    span: (DateTime<Utc>, DateTime<Utc>),
    before: (DateTime<Utc>, &str),
    limit: i64,
) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT call_sid, site_id, agent_name, called_number, caller, origin, handling, state,
                conversation_id, answer_ms, first_audio_ms, receive_time, end_time, duration_ms,
                twiml, fallback_reason, registrations, traceparent
           FROM call
          WHERE (receive_time < $1 OR (receive_time = $1 AND call_sid < $2))
            AND ($3 = '' OR site_id = $3) AND receive_time >= $4 AND receive_time < $5
          ORDER BY receive_time DESC, call_sid DESC LIMIT $6")
        .bind(before.0).bind(before.1).bind(site_id).bind(span.0).bind(span.1).bind(limit)
        .fetch_all(c).await?);
    rows.into_iter().map(Call::try_from).collect()
}
