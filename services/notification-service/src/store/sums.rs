//! Sums that must be zero, recounted from the rows by statements of their own, apart from the code
//! that plans and sends (B1).

use chassis::on;
use uuid::Uuid;

use super::{StoreError, Tx};

/// Planned messages that neither ended nor wait for anything: without a task, or unsettled an hour
/// beyond the time after which they are not sent, which no message of more than a day escapes.
pub async fn not_ended(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM deliveries
                  WHERE state IN ('queued', 'sending')
                    AND (task IS NULL OR not_after_us + 3600000000 < (SELECT us FROM clock)))
              + (SELECT count(*) FROM notices n
                  WHERE n.kind <> 'cancelled'
                    AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_key = n.message_key))")
        .fetch_one(c).await?))
}

/// Messages that went, or would go, to another country than the lead's, as the rows say.
pub async fn across_border(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT count(*) FROM deliveries d LEFT JOIN lead_countries l ON l.lead_id = d.lead_id
          WHERE d.state NOT IN ('withheld', 'not_possible')
            AND ((d.channel <> 'email'
                  AND (d.source_country IS NULL OR d.address_country <> d.source_country)
                  AND NOT (d.recipient = 'customer' AND l.lead_id IS NOT NULL
                           AND replace(l.allowed_countries, ' ' || d.address_country || ' ', '')
                               <> l.allowed_countries))
              OR (d.recipient = 'provider' AND d.recipient_country <> d.source_country)
              OR (l.lead_id IS NOT NULL AND l.source_country <> d.source_country))")
        .fetch_one(c).await?))
}

/// A message that left or may leave, with the number itself.
#[derive(sqlx::FromRow)]
pub struct Sent {
    pub id: Uuid,
    pub recipient: String,
    pub address: String,
    /// The lead's, or of a provider's channel the row's own.
    pub source: String,
    pub allowed: String,
}

/// Messages to numbers of the last day, in pages by id.
pub async fn sent(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Sent>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT d.id, d.recipient, m.address,
                COALESCE(l.source_country, d.source_country, '') AS source,
                COALESCE(l.allowed_countries, '') AS allowed
           FROM messages m JOIN deliveries d ON d.id = m.delivery_id
           LEFT JOIN lead_countries l ON l.lead_id = d.lead_id
          WHERE m.create_us > (SELECT us FROM clock) - 86400000000 AND m.emptied = ''
            AND d.channel <> 'email' AND d.state NOT IN ('withheld', 'not_possible') AND d.id > $1
          ORDER BY d.id LIMIT $2")
        .bind(after).bind(limit).fetch_all(c).await?))
}
