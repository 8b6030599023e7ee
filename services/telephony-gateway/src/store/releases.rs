//! Releases as rows: every time that another configuration of an agent went live, and by what. Rows are
//! only ever added.

use chassis::db::{StoreError, Tx};
use chassis::on;
use uuid::Uuid;

use super::agents::Released;

/// Notes that a configuration went live; nothing where it was live already.
pub(crate) async fn add(
    tx: &mut Tx,
    released: &Released<'_>,
    run_id: Uuid,
    version: &str,
    approved_by: &str,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO agent_release (agent_name, number, hash, run_id, scenarios_version, approved_by,
                                    vendor_agent_id, tool_id, release_time)
         SELECT name, (SELECT COALESCE(MAX(number), 0) + 1 FROM agent_release
                        WHERE agent_name = agent.name), $2, $3, $4, $5, $6, $7, $8
           FROM agent
          WHERE name = $1 AND (released_hash IS NULL OR released_hash <> $2)")
        .bind(released.name).bind(released.hash).bind(run_id).bind(version).bind(approved_by)
        .bind(released.vendor_agent_id).bind(released.tool_id).bind(released.time)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Whether a configuration of an agent was ever live.
pub(crate) async fn was_live(tx: &mut Tx, agent: &str, hash: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM agent_release WHERE agent_name = $1 AND hash = $2)")
        .bind(agent).bind(hash).fetch_one(c).await?))
}

/// The tools that released agents have, or had.
pub(crate) async fn tools(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT tool_id FROM agent_release WHERE tool_id IS NOT NULL
          UNION SELECT tool_id FROM agent WHERE tool_id IS NOT NULL
          ORDER BY 1")
        .fetch_all(c).await?))
}
