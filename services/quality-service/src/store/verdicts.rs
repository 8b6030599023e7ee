//! Verdicts: one for each conversation and version of the rules, whoever scans (I19).

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::json;

/// A verdict that is to be stored.
#[derive(Debug, Clone)]
pub(crate) struct Verdict<'a> {
    pub(crate) conversation_id: &'a str,
    pub(crate) rules_version: &'a str,
    pub(crate) scan_id: Uuid,
    /// "real", "off_topic", "spam", "hang_up" or "erased".
    pub(crate) class: &'a str,
    pub(crate) dispatched: bool,
    pub(crate) broken: &'a [&'static str],
    pub(crate) agent_name: &'a str,
    pub(crate) start_time: DateTime<Utc>,
}

/// Stores a verdict; false when one stands. The configuration is the one that was live when the
/// call began.
pub(crate) async fn keep(tx: &mut Tx, verdict: &Verdict<'_>) -> Result<bool, StoreError> {
    let new = on!(tx, c => sqlx::query(
        "INSERT INTO verdict (conversation_id, rules_version, scan_id, class, dispatched, broken,
                agent_name, configuration_hash, start_time, judge_time)
         VALUES ($1, $2, $3, $4, $5, $6, $7,
                COALESCE((SELECT configuration_hash FROM revision
                           WHERE agent_name = $7 AND release_time <= $8
                           ORDER BY release_time DESC LIMIT 1), ''),
                $8, $9)
         ON CONFLICT (conversation_id, rules_version) DO NOTHING")
        .bind(verdict.conversation_id).bind(verdict.rules_version).bind(verdict.scan_id)
        .bind(verdict.class).bind(verdict.dispatched).bind(json(&verdict.broken))
        .bind(verdict.agent_name).bind(verdict.start_time).bind(clock::now())
        .execute(c).await?.rows_affected());
    Ok(new == 1)
}

/// Whether in a conversation of a call somebody spoke, by any version of the rules.
pub(crate) async fn somebody_spoke(tx: &mut Tx, conversation_id: &str) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM verdict WHERE conversation_id = $1
                           AND class IN ('real', 'off_topic', 'spam'))")
        .bind(conversation_id).fetch_one(c).await?))
}

/// The class of a conversation by this version of the rules.
pub(crate) async fn class(
    tx: &mut Tx,
    conversation_id: &str,
    rules_version: &str,
) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT class FROM verdict WHERE conversation_id = $1 AND rules_version = $2")
        .bind(conversation_id).bind(rules_version).fetch_optional(c).await?))
}
