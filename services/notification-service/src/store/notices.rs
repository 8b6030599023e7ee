//! Notices: one row for each business key. Whoever writes it first writes the whole plan, or closes
//! the key before a plan was written.

use chassis::on;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{StoreError, Tx};

/// What a new notice meets: the version of the rules and the database's time.
pub struct Opened {
    pub rules_version: i64,
    pub now_us: i64,
}

/// Writes the notice; nothing when the key stands already. A concurrent repeat waits for the
/// first one's commit and then finds it.
pub async fn open(
    tx: &mut Tx,
    key: &str,
    kind: &str,
    lead_id: Option<Uuid>,
    now: DateTime<Utc>,
) -> Result<Option<Opened>, StoreError> {
    let row: Option<(i64, i64)> = on!(tx, c => sqlx::query_as(
        "INSERT INTO notices (message_key, kind, lead_id, create_time)
         VALUES ($1, $2, $3, $4) ON CONFLICT (message_key) DO NOTHING
         RETURNING (SELECT version FROM rules WHERE id = 1), (SELECT us FROM clock)")
        .bind(key).bind(kind).bind(lead_id).bind(now)
        .fetch_optional(c).await?);
    Ok(row.map(|(rules_version, now_us)| Opened {
        rules_version,
        now_us,
    }))
}

/// Closes a key that has no notice yet, so that a notice that comes later writes nothing. Run
/// first in its transaction: it waits for a notice that is being written, which then stands.
pub async fn close(tx: &mut Tx, key: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO notices (message_key, kind, create_time) VALUES ($1, 'cancelled', $2)
         ON CONFLICT (message_key) DO NOTHING")
        .bind(key).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

/// Fixes the source country of a lead, or answers the one that it has.
pub async fn fix_country(tx: &mut Tx, lead_id: Uuid, country: &str) -> Result<String, StoreError> {
    // Without naming an index: whoever comes at the same moment may meet either of the two.
    let first = on!(tx, c => sqlx::query(
        "INSERT INTO lead_countries (lead_id, source_country) VALUES ($1, $2)
         ON CONFLICT DO NOTHING")
        .bind(lead_id).bind(country.to_owned()).execute(c).await?.rows_affected());
    if first == 1 {
        return Ok(country.to_owned());
    }
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT source_country FROM lead_countries WHERE lead_id = $1")
        .bind(lead_id).fetch_one(c).await?))
}

/// Whether a notice of that key exists.
pub async fn exists(tx: &mut Tx, key: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM notices WHERE message_key = $1 AND kind <> 'cancelled')")
        .bind(key).fetch_one(c).await?))
}
