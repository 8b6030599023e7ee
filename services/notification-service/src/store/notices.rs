//! Notices: one row for each business key. Whoever writes it first writes the whole plan.

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
