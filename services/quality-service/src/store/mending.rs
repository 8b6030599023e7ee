//! What the mending of prompts asks of the database beside the revisions: what is due, what the day
//! has used up, how an agent's calls went, and flags that are given back.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::revisions;
use crate::domain::revision::Revision;

/// After every time that is stored.
const FAR: DateTime<Utc> = DateTime::from_timestamp(253_402_300_799, 0).expect("the year 9999");

/// Whether a revision is due: asked first, since a look costs no write.
pub(crate) async fn is_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM revision
                         WHERE due_us <= (SELECT us FROM clock)
                           AND lease_until_us <= (SELECT us FROM clock))")
        .fetch_one(c).await?))
}

/// Takes one revision that is due, under a lease; `tries` fences whoever had it before.
pub(crate) async fn claim(tx: &mut Tx, lease: Duration) -> Result<Option<Revision>, StoreError> {
    let lease = i64::try_from(lease.as_micros()).unwrap_or(i64::MAX);
    let claimed: Option<Uuid> = on!(tx, c => sqlx::query_scalar(
        "UPDATE revision SET lease_until_us = (SELECT us FROM clock) + $1, tries = tries + 1
          WHERE revision_id = (SELECT revision_id FROM revision
                                WHERE due_us <= (SELECT us FROM clock)
                                  AND lease_until_us <= (SELECT us FROM clock)
                                ORDER BY due_us LIMIT 1)
            AND due_us <= (SELECT us FROM clock) AND lease_until_us <= (SELECT us FROM clock)
         RETURNING revision_id")
        .bind(lease).fetch_optional(c).await?);
    match claimed {
        Some(id) => revisions::find(tx, id).await,
        None => Ok(None),
    }
}

/// Releases of an agent by this approver since, of what the machine made.
pub(crate) async fn automatic_releases(
    tx: &mut Tx,
    agent_name: &str,
    approver: &str,
    since: DateTime<Utc>,
) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM revision
          WHERE agent_name = $1 AND origin IN ('mend', 'put_back') AND approved_by = $2
            AND release_time > $3")
        .bind(agent_name).bind(approver).bind(since).fetch_one(c).await?))
}

/// Credits that the gate used for revisions made since.
pub(crate) async fn credits_used(tx: &mut Tx, since: DateTime<Utc>) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT CAST(COALESCE(SUM(credits_used), 0) AS BIGINT) FROM revision WHERE create_time > $1")
        .bind(since).fetch_one(c).await?))
}

/// A real call of an agent, as it was judged last.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Call {
    pub(crate) conversation_id: String,
    pub(crate) configuration_hash: String,
    pub(crate) dispatched: bool,
}

/// An agent's real calls, oldest first, of the newest `limit`.
pub(crate) async fn calls(
    tx: &mut Tx,
    agent_name: &str,
    limit: i64,
) -> Result<Vec<Call>, StoreError> {
    let mut rows: Vec<Call> = on!(tx, c => sqlx::query_as(
        "SELECT conversation_id, configuration_hash, dispatched FROM verdict
          WHERE agent_name = $1 AND class = 'real'
          ORDER BY start_time DESC, conversation_id DESC, judge_time DESC LIMIT $2")
        .bind(agent_name).bind(limit).fetch_all(c).await?);
    // The newest version of the rules speaks for a call.
    rows.dedup_by(|later, kept| later.conversation_id == kept.conversation_id);
    rows.reverse();
    Ok(rows)
}

/// Real calls that a revision answered while it was live, and those of them that were dispatched.
pub(crate) async fn counts(tx: &mut Tx, revision: &Revision) -> Result<(i64, i64), StoreError> {
    let Some(from) = revision.release_time else {
        return Ok((0, 0));
    };
    let until = revision.end_time.unwrap_or(FAR);
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT COUNT(DISTINCT conversation_id),
                COUNT(DISTINCT CASE WHEN dispatched THEN conversation_id END)
           FROM verdict
          WHERE agent_name = $1 AND configuration_hash = $2 AND class = 'real'
            AND start_time >= $3 AND start_time < $4")
        .bind(&revision.agent_name).bind(&revision.configuration_hash).bind(from)
        .bind(until).fetch_one(c).await?))
}

/// When a judged call began.
pub(crate) async fn call_start(
    tx: &mut Tx,
    conversation_id: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT start_time FROM verdict WHERE conversation_id = $1 ORDER BY start_time LIMIT 1")
        .bind(conversation_id).fetch_optional(c).await?))
}

/// Gives the flags that a revision was to mend back to the machine.
pub(crate) async fn reopen_flags(tx: &mut Tx, revision_id: Uuid) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE flag SET state = 'open', revision_id = NULL
          WHERE revision_id = $1 AND state = 'mending'")
        .bind(revision_id).execute(c).await?.rows_affected());
    Ok(())
}

/// Ids of the flags that a revision mends or mended.
pub(crate) async fn flag_ids(tx: &mut Tx, revision_id: Uuid) -> Result<Vec<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT flag_id FROM flag WHERE revision_id = $1 ORDER BY raise_time, flag_id")
        .bind(revision_id).fetch_all(c).await?))
}
