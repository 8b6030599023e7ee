//! Erasure as SQL: what belongs to a caller, emptied; ids stay, so that nothing comes back (I26).

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use super::json;
use crate::domain::call::Handling;
use crate::domain::conversation::Turn;

/// What of a call decides about its traces elsewhere.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Trace {
    pub(crate) conversation_id: Option<String>,
    pub(crate) registrations: i64,
    pub(crate) handling: String,
    pub(crate) is_erased: bool,
    pub(crate) is_recording_erased: bool,
}

impl Trace {
    /// Whether the carrier may hold a recording: the agent's leg is not recorded there.
    pub(crate) fn may_be_recorded(&self) -> bool {
        ![Handling::Agent.name(), Handling::Rejected.name()].contains(&self.handling.as_str())
    }
}

pub(crate) async fn calls_of(tx: &mut Tx, phone: &str) -> Result<Vec<String>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT call_sid FROM call WHERE caller = $1")
        .bind(phone).fetch_all(c).await?),
    )
}

pub(crate) async fn trace(tx: &mut Tx, sid: &str) -> Result<Option<Trace>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT conversation_id, registrations, handling, erase_time IS NOT NULL AS is_erased,
                recording_erase_time IS NOT NULL AS is_recording_erased
           FROM call WHERE call_sid = $1")
        .bind(sid).fetch_optional(c).await?))
}

/// The conversations that name a call.
pub(crate) async fn conversations_of(tx: &mut Tx, sid: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT conversation_id FROM conversation WHERE call_sid = $1")
        .bind(sid).fetch_all(c).await?))
}

/// The call that a conversation names.
pub(crate) async fn call_of(tx: &mut Tx, conversation: &str) -> Result<Option<String>, StoreError> {
    let found: Option<Option<String>> = on!(tx, c => sqlx::query_scalar(
        "SELECT call_sid FROM conversation WHERE conversation_id = $1")
        .bind(conversation).fetch_optional(c).await?);
    Ok(found.flatten())
}

pub(crate) async fn has_voicemail(tx: &mut Tx, sid: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM voicemail WHERE call_sid = $1)")
        .bind(sid).fetch_one(c).await?))
}

/// Empties a call. A call that goes on keeps its document, which is what its caller hears; that is
/// emptied at its end.
pub(crate) async fn erase_call(
    tx: &mut Tx,
    sid: &str,
    now: DateTime<Utc>,
    document: &str,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE call SET caller = NULL, erase_time = COALESCE(erase_time, $2),
                recording_erase_time = COALESCE(recording_erase_time, $2),
                twiml = CASE WHEN state IN ('ringing', 'in_progress') THEN twiml ELSE $3 END
          WHERE call_sid = $1")
        .bind(sid).bind(now).bind(document).execute(c).await?.rows_affected());
    Ok(())
}

/// The tombstone of a call that does not stand here, so that no poll brings it in. One that still
/// goes on is asked about until it ends.
pub(crate) async fn bury_call(
    tx: &mut Tx,
    sid: &str,
    now: DateTime<Utc>,
    goes_on: bool,
) -> Result<(), StoreError> {
    let (state, end) = if goes_on {
        ("ringing", None)
    } else {
        ("completed", Some(now))
    };
    on!(tx, c => sqlx::query(
        "INSERT INTO call (call_sid, called_number, origin, handling, state, receive_time, end_time,
                           check_us, erase_time, recording_erase_time)
         VALUES ($1, '', 'unknown', 'unknown', $2, $3, $4,
                 CASE WHEN $4 IS NULL THEN (SELECT us FROM clock) END, $3, $3)
         ON CONFLICT DO NOTHING")
        .bind(sid).bind(state).bind(now).bind(end).execute(c).await?.rows_affected());
    Ok(())
}

/// Empties a conversation; false when it was empty already or does not stand.
pub(crate) async fn erase_conversation(
    tx: &mut Tx,
    id: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE conversation SET turns = $3, collected = $4, erase_time = $2
          WHERE conversation_id = $1 AND erase_time IS NULL")
        .bind(id).bind(now).bind(json(&Vec::<Turn>::new())).bind(serde_json::json!({}))
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// The tombstone of a conversation that does not stand here.
pub(crate) async fn bury_conversation(
    tx: &mut Tx,
    id: &str,
    call_sid: Option<&str>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO conversation (conversation_id, vendor_agent_id, call_sid, status, is_final,
                verified, turns, collected, termination_reason, store_time, end_time, erase_time)
         VALUES ($1, '', $2, 'erased', $3, $4, $5, $6, '', $7, $7, $7)
         ON CONFLICT DO NOTHING")
        .bind(id).bind(call_sid).bind(true).bind(false).bind(json(&Vec::<Turn>::new()))
        .bind(serde_json::json!({})).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Whether a conversation is a tombstone, or names a call that is one.
pub(crate) async fn is_buried(
    tx: &mut Tx,
    conversation: &str,
    call_sid: Option<&str>,
) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM conversation
                         WHERE conversation_id = $1 AND erase_time IS NOT NULL)
             OR EXISTS (SELECT 1 FROM call WHERE call_sid = $2 AND erase_time IS NOT NULL)")
        .bind(conversation).bind(call_sid.unwrap_or_default()).fetch_one(c).await?))
}
