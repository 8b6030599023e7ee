//! Leads of the same customer's same need with the same provider, of which one is charged (D13).

use chassis::db::{StoreError, Tx};
use chassis::on;
use uuid::Uuid;

use crate::domain::lead::Lead;

/// Keeps others out who decide on the same customer and provider, until the transaction ends:
/// SQLite has one writer anyway.
pub async fn hold(tx: &mut Tx, lead: &Lead, provider: &str) -> Result<(), StoreError> {
    if tx.is_postgres() {
        on!(tx, c => sqlx::query(
            "SELECT pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 13))")
            .bind(provider).bind(&lead.phone).execute(c).await?.rows_affected());
    }
    Ok(())
}

/// Attempts of other leads by which the provider got the same need within the days of D13, before
/// or after; oldest first.
pub async fn others(
    tx: &mut Tx,
    lead: &Lead,
    provider: &str,
) -> Result<Vec<(Uuid, i32)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT l.id, e.attempt FROM lead l
           JOIN income_event e ON e.lead_id = l.id AND e.kind = 'assigned' AND e.provider_id = $1
          WHERE l.id <> $2
            AND (l.id = $3
                 OR (l.phone_e164 = $4 AND l.phone_e164 <> '' AND l.category = $5 AND l.city = $6
                     AND ABS(l.create_us - $7)
                         <= (SELECT repeat_days FROM lead_rules) * CAST(86400000000 AS BIGINT)))
          ORDER BY l.create_us, l.id, e.attempt")
        .bind(provider).bind(lead.id).bind(lead.repeat_of).bind(&lead.phone).bind(&lead.category)
        .bind(&lead.city).bind(lead.create_us)
        .fetch_all(c).await?))
}

/// Attempts that are waived although something happened since to the charge that they lean on.
pub async fn to_look_at(tx: &mut Tx, limit: i64) -> Result<Vec<(Uuid, i32)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT w.lead_id, w.attempt FROM income_event w
          WHERE w.kind = 'waived'
            AND NOT EXISTS (SELECT 1 FROM income_event d
                             WHERE d.lead_id = w.lead_id AND d.attempt = w.attempt
                               AND d.kind IN ('charged', 'released', 'cancelled'))
            AND EXISTS (SELECT 1 FROM income_event o
                         WHERE o.lead_id = w.repeat_of AND o.event_time >= w.event_time
                           AND o.kind IN ('lost', 'released', 'cancelled', 'credited'))
          ORDER BY w.lead_id, w.attempt LIMIT $1")
        .bind(limit).fetch_all(c).await?))
}
