//! What is kept for 90 days and no longer: evidence, proofs, and contacts that were replaced while
//! nothing was held against them. In batches, so that no transaction grows long.

use chassis::db::{StoreError, Tx};
use chassis::on;

const BATCH: i64 = 500;
const KEPT_US: i64 = 90 * 24 * 3600 * 1_000_000;

/// Deletes one batch of each and tells how many rows went.
pub async fn sweep(tx: &mut Tx) -> Result<u64, StoreError> {
    const TEXTS: [&str; 3] = [
        "DELETE FROM evidence WHERE evidence_key IN (
             SELECT evidence_key FROM evidence
              WHERE record_us <= (SELECT us FROM clock) - $1 ORDER BY record_us LIMIT $2)",
        "DELETE FROM proof WHERE proof_id IN (
             SELECT proof_id FROM proof
              WHERE create_us <= (SELECT us FROM clock) - $1 ORDER BY create_us LIMIT $2)",
        "DELETE FROM channel WHERE (provider_id, kind, address) IN (
             SELECT provider_id, kind, address FROM channel
              WHERE replace_us <= (SELECT us FROM clock) - $1
                AND health IN ('unproven', 'proven') ORDER BY replace_us LIMIT $2)",
    ];
    // Whoever writes a channel holds its provider first.
    const HOLD: &str = "SELECT provider_id FROM provider WHERE provider_id IN (
             SELECT provider_id FROM channel
              WHERE replace_us <= (SELECT us FROM clock) - $1
                AND health IN ('unproven', 'proven') ORDER BY replace_us LIMIT $2)
          ORDER BY provider_id FOR NO KEY UPDATE";
    if tx.is_postgres() {
        on!(tx, c => sqlx::query(HOLD).bind(KEPT_US).bind(BATCH).fetch_all(c).await?.len());
    }
    let mut gone = 0;
    for text in TEXTS {
        gone += on!(tx, c => sqlx::query(text)
            .bind(KEPT_US).bind(BATCH).execute(c).await?.rows_affected());
    }
    Ok(gone)
}
