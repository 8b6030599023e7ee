//! Cost lines by what they belong to, and what a line must know of others: a lead's place, the call
//! of a conversation.

use chassis::db::{StoreError, Tx};
use chassis::on;
use uuid::Uuid;

/// Keys of the agent's lines of a call.
pub async fn agent_lines(tx: &mut Tx, call_sid: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT cost_key FROM cost_line WHERE call_sid = $1 AND call_sid <> '' AND part = 'agent'
          ORDER BY cost_key")
        .bind(call_sid).fetch_all(c).await?))
}

/// Keys of messages about a conversation whose call was not known.
pub async fn without_call(tx: &mut Tx, conversation_id: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT cost_key FROM cost_line
          WHERE conversation_id = $1 AND conversation_id <> '' AND call_sid = ''
          ORDER BY cost_key")
        .bind(conversation_id).fetch_all(c).await?))
}

/// Conversations of messages without a call, of which a call is known by now.
pub async fn found_meanwhile(tx: &mut Tx, limit: i64) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT m.conversation_id
           FROM cost_line m
           JOIN cost_line a ON a.cost_key = 'conversation:' || m.conversation_id || ':agent'
          WHERE m.conversation_id <> '' AND m.call_sid = '' AND a.call_sid <> ''
          ORDER BY m.conversation_id LIMIT $1")
        .bind(limit).fetch_all(c).await?))
}

/// Whether anything is told of a key.
pub async fn is_there(tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM cost_line WHERE cost_key = $1)")
        .bind(key).fetch_one(c).await?))
}

/// Removes a line; what stands for it in the books is taken back first.
pub async fn remove(tx: &mut Tx, key: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM cost_line WHERE cost_key = $1")
        .bind(key).execute(c).await?.rows_affected());
    Ok(())
}

/// Site and source country of a lead, where they are known.
pub async fn place_of_lead(
    tx: &mut Tx,
    id: Uuid,
) -> Result<(Option<String>, Option<String>), StoreError> {
    let place: Option<(Option<String>, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT site_id, source_country FROM lead WHERE id = $1")
        .bind(id).fetch_optional(c).await?);
    Ok(place.unwrap_or_default())
}

/// Lines whose amount is not known (D4).
pub async fn count_unknown(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM cost_line WHERE unknown IS NOT NULL").fetch_one(c).await?))
}
