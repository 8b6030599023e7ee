//! Conversations: the lock under which needs are told apart, and what came before any lead.

use chassis::db::{StoreError, Tx};
use chassis::on;

/// What is known of a conversation's call.
#[derive(Debug, Clone, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Conversation {
    /// The site that telephony proved.
    pub verified_site_id: Option<String>,
    pub call_end_us: Option<i64>,
}

/// Locks the conversation until the transaction ends, and makes it where it is new.
pub async fn lock(tx: &mut Tx, key: &str) -> Result<Conversation, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "INSERT INTO conversation (conversation_key) VALUES ($1)
         ON CONFLICT (conversation_key) DO UPDATE SET conversation_key = excluded.conversation_key
         RETURNING verified_site_id, call_end_us")
        .bind(key).fetch_one(c).await?))
}

/// What is known under another key of the same call; no lock.
pub async fn peek(tx: &mut Tx, key: &str) -> Result<Conversation, StoreError> {
    let found: Option<Conversation> = on!(tx, c => sqlx::query_as(
        "SELECT verified_site_id, call_end_us FROM conversation WHERE conversation_key = $1")
        .bind(key).fetch_optional(c).await?);
    Ok(found.unwrap_or_default())
}

/// Telephony knows the conversation as a call to a number of `site_id`.
pub async fn set_verified(tx: &mut Tx, key: &str, site_id: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE conversation SET verified_site_id = $2
          WHERE conversation_key = $1 AND verified_site_id IS NULL")
        .bind(key).bind(site_id).execute(c).await?.rows_affected());
    Ok(())
}

/// The call ended; the first word stands.
pub async fn set_ended(tx: &mut Tx, key: &str, end_us: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE conversation SET call_end_us = $2
          WHERE conversation_key = $1 AND call_end_us IS NULL")
        .bind(key).bind(end_us).execute(c).await?.rows_affected());
    Ok(())
}
