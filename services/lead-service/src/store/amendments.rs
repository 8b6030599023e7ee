//! Amendments: what later tool calls said differently, kept and never dispatched again (I3).

use chassis::db::{StoreError, Tx};
use chassis::{clock, on};
use uuid::Uuid;

use crate::domain::need::Need;

/// False when these arguments are known already.
pub async fn insert(
    tx: &mut Tx,
    lead_id: Uuid,
    arguments: Uuid,
    need: &Need,
) -> Result<bool, StoreError> {
    let stored = on!(tx, c => sqlx::query(
        "INSERT INTO amendment (lead_id, arguments, customer_name, phone_said, language_said,
                                service, location, urgency_said, create_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING")
        .bind(lead_id).bind(arguments).bind(&need.customer_name).bind(&need.phone)
        .bind(&need.language).bind(&need.service).bind(&need.location).bind(&need.urgency)
        .bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(stored == 1)
}
