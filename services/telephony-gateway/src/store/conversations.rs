//! Conversations as rows, by the vendor's id: the webhook and the poll meet in one row, and a final
//! one is never changed again, but for a cost that the vendor names later.

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{duration, json, millis, shape};
use crate::domain::conversation::{Conversation, Kept};

#[derive(sqlx::FromRow)]
struct Row {
    conversation_id: String,
    vendor_agent_id: String,
    call_sid: Option<String>,
    agent_number: Option<String>,
    site_id: Option<String>,
    status: String,
    verified: bool,
    start_time: Option<DateTime<Utc>>,
    duration_ms: Option<i64>,
    turns: Value,
    cost_credits: Option<i64>,
    cost_usd_micros: Option<i64>,
    collected: Value,
    termination_reason: String,
    traceparent: Option<String>,
    version_id: String,
    answering_models: Value,
    agent_name: Option<String>,
    store_time: DateTime<Utc>,
    end_time: DateTime<Utc>,
    is_erased: bool,
}

impl TryFrom<Row> for Kept {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.conversation_id;
        let turns = shape("conversation", "turns", &id, row.turns)?;
        let collected = shape("conversation", "collected", &id, row.collected)?;
        let models = row.answering_models;
        let answering_models = shape("conversation", "answering_models", &id, models)?;
        let conversation = Conversation {
            vendor_agent_id: row.vendor_agent_id,
            call_sid: row.call_sid,
            agent_number: row.agent_number,
            status: row.status,
            start_time: row.start_time,
            duration: row.duration_ms.map(duration),
            turns,
            cost_credits: row.cost_credits,
            cost_usd_micros: row.cost_usd_micros,
            collected,
            termination_reason: row.termination_reason,
            traceparent: row.traceparent,
            version_id: row.version_id,
            answering_models,
            id,
        };
        Ok(Self {
            conversation,
            site_id: row.site_id,
            agent_name: row.agent_name,
            verified: row.verified,
            store_time: row.store_time,
            end_time: row.end_time,
            is_erased: row.is_erased,
        })
    }
}

/// Stores a conversation; false when a final one or a tombstone stands already. Whether it is one of our calls is
/// written by `verify` alone: of two tellers at once only one changes that.
pub(crate) async fn keep(
    tx: &mut Tx,
    conversation: &Conversation,
    site_id: Option<&str>,
    agent_name: Option<&str>,
) -> Result<bool, StoreError> {
    let now = clock::now();
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO conversation (conversation_id, vendor_agent_id, call_sid, agent_number,
                site_id, status, is_final, verified, start_time, duration_ms, turns, cost_credits,
                collected, termination_reason, traceparent, store_time, end_time, agent_name,
                version_id, answering_models, cost_usd_micros)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
                 $19, $20, $21)
         ON CONFLICT (conversation_id) DO UPDATE SET
             vendor_agent_id = excluded.vendor_agent_id,
             call_sid = COALESCE(excluded.call_sid, conversation.call_sid),
             agent_number = COALESCE(excluded.agent_number, conversation.agent_number),
             site_id = COALESCE(excluded.site_id, conversation.site_id),
             status = excluded.status, is_final = excluded.is_final,
             start_time = COALESCE(excluded.start_time, conversation.start_time),
             duration_ms = excluded.duration_ms, turns = excluded.turns,
             cost_credits = excluded.cost_credits,
             cost_usd_micros = excluded.cost_usd_micros, collected = excluded.collected,
             termination_reason = excluded.termination_reason,
             traceparent = COALESCE(excluded.traceparent, conversation.traceparent),
             store_time = excluded.store_time, end_time = excluded.end_time,
             agent_name = COALESCE(excluded.agent_name, conversation.agent_name),
             version_id = excluded.version_id, answering_models = excluded.answering_models
           WHERE NOT conversation.is_final AND conversation.erase_time IS NULL")
        .bind(&conversation.id).bind(&conversation.vendor_agent_id).bind(&conversation.call_sid)
        .bind(&conversation.agent_number).bind(site_id).bind(&conversation.status)
        .bind(conversation.is_final()).bind(false).bind(conversation.start_time)
        .bind(conversation.duration.map(millis)).bind(json(&conversation.turns))
        .bind(conversation.cost_credits).bind(json(&conversation.collected))
        .bind(&conversation.termination_reason).bind(&conversation.traceparent)
        .bind(now).bind(conversation.end_time().unwrap_or(now)).bind(agent_name)
        .bind(&conversation.version_id).bind(json(&conversation.answering_models))
        .bind(conversation.cost_usd_micros)
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Adds the cost to a final conversation that stands without one; whether it was added. The one thing
/// that is told later: the vendor prices a call after its analysis.
pub(crate) async fn price(tx: &mut Tx, conversation: &Conversation) -> Result<bool, StoreError> {
    let Some(cost) = conversation.cost_usd_micros else {
        return Ok(false);
    };
    let done = on!(tx, c => sqlx::query(
        "UPDATE conversation SET cost_usd_micros = $2, cost_credits = COALESCE($3, cost_credits)
          WHERE conversation_id = $1 AND is_final AND cost_usd_micros IS NULL
            AND erase_time IS NULL")
        .bind(&conversation.id).bind(cost).bind(conversation.cost_credits)
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Marks a stored conversation as one of our calls; false when it was so marked already.
pub(crate) async fn verify(tx: &mut Tx, id: &str, site_id: &str) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE conversation SET verified = $2, site_id = COALESCE(site_id, $3)
          WHERE conversation_id = $1 AND NOT verified")
        .bind(id).bind(true).bind(site_id).execute(c).await?.rows_affected());
    Ok(done == 1)
}

pub(crate) async fn find(tx: &mut Tx, id: &str) -> Result<Option<Kept>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT conversation_id, vendor_agent_id, call_sid, agent_number, site_id, status, verified,
                start_time, duration_ms, turns, cost_credits, cost_usd_micros, collected,
                termination_reason, traceparent, version_id, answering_models, agent_name, store_time, end_time,
                erase_time IS NOT NULL AS is_erased
           FROM conversation WHERE conversation_id = $1")
        .bind(id).fetch_optional(c).await?);
    row.map(Kept::try_from).transpose()
}

/// Which conversations a list is about.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    /// Empty: of any call.
    pub(crate) call_sid: String,
    /// Ended at or after, and before.
    pub(crate) span: (DateTime<Utc>, DateTime<Utc>),
    pub(crate) only_final: bool,
}

/// Conversations that ended before (time, id), newest first. The end of a final one never changes,
/// so that none slips from one page to another.
pub(crate) async fn page(
    tx: &mut Tx,
    wanted: &Wanted,
    before: (DateTime<Utc>, &str),
    limit: i64,
) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<String> = on!(tx, c => sqlx::query_scalar(
        "SELECT conversation_id FROM conversation
          WHERE (end_time < $1 OR (end_time = $1 AND conversation_id < $2))
            AND ($3 = '' OR call_sid = $3) AND end_time >= $4 AND end_time < $5
            AND (is_final OR NOT $6)
          ORDER BY end_time DESC, conversation_id DESC LIMIT $7")
        .bind(before.0).bind(before.1).bind(&wanted.call_sid).bind(wanted.span.0)
        .bind(wanted.span.1).bind(wanted.only_final).bind(limit).fetch_all(c).await?);
    let mut found = Vec::with_capacity(rows.len());
    for id in rows {
        found.extend(find(tx, &id).await?);
    }
    Ok(found)
}

/// Conversations that belong to no call of ours yet, newest first: their call may be written late.
pub(crate) async fn unverified(tx: &mut Tx, limit: i64) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT conversation_id FROM conversation WHERE NOT verified AND erase_time IS NULL
          ORDER BY store_time DESC LIMIT $1")
        .bind(limit).fetch_all(c).await?))
}
