//! What deliveries say and to whom: the personal half of a delivery.

use chassis::on;
use serde_json::Value;
use sqlx::QueryBuilder;
use uuid::Uuid;

use super::{StoreError, Tx};

/// The content of one delivery.
#[derive(Clone, sqlx::FromRow)]
pub struct Message {
    pub delivery_id: Uuid,
    pub address: String,
    pub subject: String,
    pub body: String,
    pub html: String,
    pub content_sid: String,
    pub variables: Value,
}

/// Writes the contents of a plan in one statement.
pub async fn insert(tx: &mut Tx, messages: &[Message]) -> Result<(), StoreError> {
    on!(tx, c => {
        let mut query = QueryBuilder::new(
            "INSERT INTO messages
             (delivery_id, address, subject, body, html, content_sid, variables, create_us) ",
        );
        query.push_values(messages, |mut row, message| {
            row.push_bind(message.delivery_id)
                .push_bind(message.address.clone())
                .push_bind(message.subject.clone())
                .push_bind(message.body.clone())
                .push_bind(message.html.clone())
                .push_bind(message.content_sid.clone())
                .push_bind(message.variables.clone())
                .push("(SELECT us FROM clock)");
        });
        query.build().execute(c).await?.rows_affected()
    });
    Ok(())
}

/// What one delivery says; nothing when it was emptied.
pub async fn of_delivery(tx: &mut Tx, id: Uuid) -> Result<Option<Message>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT delivery_id, address, subject, body, html, content_sid, variables
           FROM messages WHERE delivery_id = $1 AND emptied = ''")
        .bind(id).fetch_optional(c).await?))
}

/// What all deliveries of a notice say.
pub async fn of_notice(tx: &mut Tx, key: &str) -> Result<Vec<Message>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT m.delivery_id, m.address, m.subject, m.body, m.html, m.content_sid, m.variables
           FROM messages m JOIN deliveries d ON d.id = m.delivery_id
          WHERE d.message_key = $1")
        .bind(key).fetch_all(c).await?))
}

/// Settled messages that the rules keep no longer, the oldest first.
pub async fn too_old(tx: &mut Tx, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT m.delivery_id FROM messages m JOIN deliveries d ON d.id = m.delivery_id
          WHERE m.emptied = '' AND d.state NOT IN ('queued', 'sending')
            AND m.create_us < (SELECT us FROM clock)
                - (SELECT message_retention_days FROM rules WHERE id = 1) * 86400000000
          ORDER BY m.create_us LIMIT $1")
        .bind(limit).fetch_all(c).await?))
}

/// Carrier ids of messages to this address that are spoken for: those of other deliveries, and
/// those of earlier tries of any.
pub async fn claimed_carrier_ids(
    tx: &mut Tx,
    address: &str,
    except: Uuid,
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT d.carrier_id FROM deliveries d JOIN messages m ON m.delivery_id = d.id
          WHERE m.address = $1 AND d.carrier_id IS NOT NULL AND d.id <> $2
         UNION
         SELECT a.carrier_id FROM attempts a JOIN messages m ON m.delivery_id = a.delivery_id
          WHERE m.address = $1 AND a.carrier_id IS NOT NULL")
        .bind(address).bind(except).fetch_all(c).await?))
}

/// What other deliveries say to this address under the same reference.
pub async fn other_texts(
    tx: &mut Tx,
    address: &str,
    reference: &str,
    except: Uuid,
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT m.body FROM messages m JOIN deliveries d ON d.id = m.delivery_id
          WHERE m.address = $1 AND d.reference = $2 AND d.id <> $3 AND m.body <> ''")
        .bind(address).bind(reference).bind(except).fetch_all(c).await?))
}

/// Notes whose call a message tells of, so that an erasure by number finds it (B10).
pub async fn note_caller(tx: &mut Tx, key: &str, caller: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE messages SET caller = $2 WHERE delivery_id IN (
           SELECT id FROM deliveries WHERE message_key = $1)")
        .bind(key).bind(caller).execute(c).await?.rows_affected());
    Ok(())
}

/// Notes that the operator got a full copy of a health-related lead (D10).
pub async fn note_full_health_copy(
    tx: &mut Tx,
    delivery_id: Uuid,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO full_health_copies (delivery_id, use_time) VALUES ($1, $2)")
        .bind(delivery_id).bind(now).execute(c).await?.rows_affected());
    Ok(())
}
