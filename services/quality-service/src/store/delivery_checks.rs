//! Dispatched leads whose delivery is still to be looked at (D2).

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Check {
    pub(crate) lead_id: String,
    pub(crate) conversation_id: String,
    pub(crate) agent_name: String,
    pub(crate) create_time: DateTime<Utc>,
}

/// Plans a check; a repeat changes nothing.
pub(crate) async fn plan(tx: &mut Tx, check: &Check) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO delivery_check (lead_id, conversation_id, agent_name, create_time, state)
         VALUES ($1, $2, $3, $4, 'due') ON CONFLICT (lead_id) DO NOTHING")
        .bind(&check.lead_id).bind(&check.conversation_id).bind(&check.agent_name)
        .bind(check.create_time).execute(c).await?.rows_affected());
    Ok(())
}

/// Checks that are due, made before `before`, after (time, id), oldest first.
pub(crate) async fn due(
    tx: &mut Tx,
    before: DateTime<Utc>,
    after: (DateTime<Utc>, &str),
    limit: i64,
) -> Result<Vec<Check>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT lead_id, conversation_id, agent_name, create_time FROM delivery_check
          WHERE state = 'due' AND create_time < $1
            AND (create_time > $2 OR (create_time = $2 AND lead_id > $3))
          ORDER BY create_time, lead_id LIMIT $4")
        .bind(before).bind(after.0).bind(after.1).bind(limit).fetch_all(c).await?))
}

/// Ends a check as "delivered", "flagged" or "ended".
pub(crate) async fn end(tx: &mut Tx, lead_id: &str, state: &str) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE delivery_check SET state = $2 WHERE lead_id = $1 AND state = 'due'")
        .bind(lead_id).bind(state).execute(c).await?.rows_affected());
    Ok(done == 1)
}
