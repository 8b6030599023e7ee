//! Configurations in canonical form, by agent and hash: written once, never changed, so that what
//! was sealed is what a release writes, today or in a roll-back.

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;

use crate::domain::configuration::Canonical;

pub(crate) async fn keep(
    tx: &mut Tx,
    agent: &str,
    canonical: &Canonical,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO configuration (agent_name, hash, canonical, create_time)
         VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING")
        .bind(agent).bind(&canonical.hash).bind(&canonical.text).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The canonical text under a hash.
pub(crate) async fn find(
    tx: &mut Tx,
    agent: &str,
    hash: &str,
) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT canonical FROM configuration WHERE agent_name = $1 AND hash = $2")
        .bind(agent).bind(hash).fetch_optional(c).await?))
}
