//! What waits for a person, counted.

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

/// Leads that the operator owns, and offers whose deadline is over.
pub async fn waiting(tx: &mut Tx) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM lead
                  WHERE operator_owned AND state NOT IN ('won', 'lost', 'cancelled')),
                (SELECT COUNT(*) FROM lead WHERE deadline_us <= (SELECT us FROM clock))")
        .fetch_one(c).await?))
}

/// When the oldest lead came that nobody has.
pub async fn oldest_unmatched(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT create_time FROM lead WHERE state = 'unmatched' ORDER BY create_us LIMIT 1")
        .fetch_optional(c).await?))
}
