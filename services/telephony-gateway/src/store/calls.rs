//! Calls as rows, on the way in: claimed before they are registered, answered once, moved forward
//! only. Every write that adds an event goes through the call's row, so events keep their order.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use super::{json, micros, millis};
use crate::domain::call::{Call, Event, Handling, State};

/// After this time without an end the carrier is asked.
const CHECK_AFTER: Duration = Duration::from_secs(15 * 60);

/// Claims a call: true for the first, who then registers it; false where the row stands already.
pub(crate) async fn claim(tx: &mut Tx, call: &Call) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO call (call_sid, site_id, agent_name, called_number, caller, origin, handling,
                           state, receive_time, end_time, duration_ms, traceparent, check_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12,
                 CASE WHEN $10 IS NULL THEN (SELECT us FROM clock) + $13 END)
         ON CONFLICT (call_sid) DO NOTHING")
        .bind(&call.sid).bind(&call.site_id).bind(&call.agent_name).bind(&call.called_number)
        .bind(&call.caller).bind(call.origin.name()).bind(call.handling.name())
        .bind(call.state.name()).bind(call.receive_time).bind(call.end_time)
        .bind(call.duration.map(millis)).bind(&call.traceparent).bind(micros(CHECK_AFTER))
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// The document that a call was answered with. Outer `None`: no such call; inner: not yet.
pub(crate) async fn document(
    tx: &mut Tx,
    sid: &str,
) -> Result<Option<Option<(String, String)>>, StoreError> {
    let row: Option<(Option<String>, String)> = on!(tx, c => sqlx::query_as(
        "SELECT twiml, handling FROM call WHERE call_sid = $1")
        .bind(sid).fetch_optional(c).await?);
    Ok(row.map(|(twiml, handling)| twiml.map(|twiml| (twiml, handling))))
}

/// Answers a call with its document; false when it was answered already, whose bytes then stand.
/// A voicemail that was heard of before a late answer is written stays one (I15), and a caller who
/// was erased meanwhile is not written again (I26).
pub(crate) async fn answer(tx: &mut Tx, call: &Call) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE call SET twiml = $2, answer_ms = $5,
                handling = CASE WHEN handling = 'voicemail' THEN handling ELSE $3 END,
                fallback_reason = COALESCE(fallback_reason, $4),
                conversation_id = COALESCE(conversation_id, $6), site_id = COALESCE(site_id, $7),
                agent_name = COALESCE(agent_name, $8),
                caller = CASE WHEN erase_time IS NULL THEN COALESCE(caller, $9) END,
                origin = $10, traceparent = COALESCE(traceparent, $11),
                called_number = $12, receive_time = $13
          WHERE call_sid = $1 AND twiml IS NULL")
        .bind(&call.sid).bind(&call.twiml).bind(call.handling.name()).bind(&call.fallback_reason)
        .bind(call.answer_time.map(millis)).bind(&call.conversation_id).bind(&call.site_id)
        .bind(&call.agent_name).bind(&call.caller).bind(call.origin.name())
        .bind(&call.traceparent).bind(&call.called_number).bind(call.receive_time)
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Counts a registration at the vendor; the books show more than one as such.
pub(crate) async fn add_registration(tx: &mut Tx, sid: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE call SET registrations = registrations + 1 WHERE call_sid = $1")
        .bind(sid).execute(c).await?.rows_affected());
    Ok(())
}

/// Appends an event; nothing happens for a call that does not stand.
pub(crate) async fn add_event(tx: &mut Tx, sid: &str, event: &Event) -> Result<(), StoreError> {
    let seq: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "UPDATE call SET event_count = event_count + 1 WHERE call_sid = $1 RETURNING event_count")
        .bind(sid).fetch_optional(c).await?);
    let Some(seq) = seq else { return Ok(()) };
    on!(tx, c => sqlx::query(
        "INSERT INTO call_event (call_sid, seq, event_time, kind, attributes)
         VALUES ($1, $2, $3, $4, $5)")
        .bind(sid).bind(seq).bind(event.time).bind(&event.kind).bind(json(&event.attributes))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Sends a served call to the voicemail after all.
pub(crate) async fn fall_back(tx: &mut Tx, sid: &str, reason: &str) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE call SET handling = 'voicemail', fallback_reason = $2
          WHERE call_sid = $1 AND handling <> 'voicemail'")
        .bind(sid).bind(reason).execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Where and when a call ended.
pub(crate) struct End {
    pub(crate) time: DateTime<Utc>,
    pub(crate) duration: Option<Duration>,
}

/// Moves a call forward; false when it stands there already or beyond (I15). An erased one loses its
/// document at its end.
pub(crate) async fn advance(
    tx: &mut Tx,
    sid: &str,
    state: State,
    end: Option<&End>,
) -> Result<bool, StoreError> {
    let done = if state.is_final() {
        let time = end.map(|end| end.time);
        let duration = end.and_then(|end| end.duration).map(millis);
        on!(tx, c => sqlx::query(
            "UPDATE call SET state = $2, end_time = $3, duration_ms = $4, check_us = NULL,
                    twiml = CASE WHEN erase_time IS NULL THEN twiml ELSE '<Response/>' END
              WHERE call_sid = $1 AND state IN ('ringing', 'in_progress')")
            .bind(sid).bind(state.name()).bind(time).bind(duration)
            .execute(c).await?.rows_affected())
    } else {
        on!(tx, c => sqlx::query(
            "UPDATE call SET state = $2
              WHERE call_sid = $1 AND state = 'ringing' AND state <> $2")
            .bind(sid).bind(state.name()).execute(c).await?.rows_affected())
    };
    Ok(done == 1)
}

/// Joins a conversation with its call; the first one stays.
pub(crate) async fn join_conversation(
    tx: &mut Tx,
    sid: &str,
    conversation_id: &str,
    first_audio: Option<Duration>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE call SET conversation_id = COALESCE(conversation_id, $2),
                first_audio_ms = COALESCE(first_audio_ms, $3)
          WHERE call_sid = $1")
        .bind(sid).bind(conversation_id).bind(first_audio.map(millis))
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Calls that no webhook ended in time; each is asked about again after `again`.
pub(crate) async fn due_for_check(
    tx: &mut Tx,
    again: Duration,
    limit: i64,
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "UPDATE call SET check_us = (SELECT us FROM clock) + $1
          WHERE call_sid IN (SELECT call_sid FROM call
                              WHERE check_us <= (SELECT us FROM clock)
                              ORDER BY check_us LIMIT $2)
         RETURNING call_sid")
        .bind(micros(again)).bind(limit).fetch_all(c).await?))
}

/// Takes a call that the carrier does not know off the list of those to ask about.
pub(crate) async fn stop_checking(tx: &mut Tx, sid: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE call SET check_us = NULL WHERE call_sid = $1")
        .bind(sid).execute(c).await?.rows_affected());
    Ok(())
}

/// Whether a call was answered by us with the agent: what a conversation must have been (D5).
#[must_use]
pub(crate) fn is_served_by_agent(call: &Call) -> bool {
    call.handling == Handling::Agent || call.registrations > 0
}
