//! Regression scenarios as rows: what flagged calls added to their agent (D14).

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use serde_json::Value;
use uuid::Uuid;

use super::{json, shape};
use crate::domain::scenario::Scenario;

/// The agent's own scenarios, oldest first; telephony takes at most 20.
pub(crate) async fn of_agent(tx: &mut Tx, agent_name: &str) -> Result<Vec<Scenario>, StoreError> {
    let rows: Vec<(String, Value)> = on!(tx, c => sqlx::query_as(
        "SELECT scenario_id, content FROM scenario WHERE agent_name = $1
          ORDER BY create_time, scenario_id LIMIT 20")
        .bind(agent_name).fetch_all(c).await?);
    rows.into_iter()
        .map(|(id, content)| shape("scenario", "content", &id, content))
        .collect()
}

/// Whether the flag added one already: it adds one at the most.
pub(crate) async fn is_added_by(tx: &mut Tx, flag_id: Uuid) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM scenario WHERE flag_id = $1)")
        .bind(flag_id).fetch_one(c).await?))
}

/// Adds one; where it stands already it stays.
pub(crate) async fn add(
    tx: &mut Tx,
    agent_name: &str,
    scenario: &Scenario,
    flag_id: Uuid,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO scenario (agent_name, scenario_id, content, flag_id, create_time)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (agent_name, scenario_id) DO NOTHING")
        .bind(agent_name).bind(&scenario.id).bind(json(scenario)).bind(flag_id).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(())
}
