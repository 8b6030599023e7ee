//! Conversations that telephony told of, and the queue of their summaries.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use super::micros;

/// A conversation that was told of, by ids alone.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Told {
    pub(crate) conversation_id: String,
    pub(crate) call_sid: String,
    pub(crate) site_id: String,
    pub(crate) status: String,
    pub(crate) tell_time: DateTime<Utc>,
    /// The trace of its call.
    pub(crate) traceparent: Option<String>,
}

impl Told {
    /// The call that it belongs to in the books: where no call is named it is one of its own.
    pub(crate) fn call_key(&self) -> &str {
        if self.call_sid.is_empty() {
            &self.conversation_id
        } else {
            &self.call_sid
        }
    }
}

/// Keeps a conversation; a repeat changes nothing. True when it is new.
pub(crate) async fn keep(tx: &mut Tx, told: &Told) -> Result<bool, StoreError> {
    let new = on!(tx, c => sqlx::query(
        "INSERT INTO conversation (conversation_id, call_sid, site_id, status, tell_time,
                traceparent, summary, due_us)
         VALUES ($1, $2, $3, $4, $5, $6, 'due', (SELECT us FROM clock))
         ON CONFLICT (conversation_id) DO NOTHING")
        .bind(&told.conversation_id).bind(&told.call_sid).bind(&told.site_id).bind(&told.status)
        .bind(told.tell_time).bind(&told.traceparent)
        .execute(c).await?.rows_affected());
    Ok(new == 1)
}

/// Conversations after (time, id) without a verdict of this version, oldest first.
pub(crate) async fn unjudged(
    tx: &mut Tx,
    rules_version: &str,
    after: (DateTime<Utc>, &str),
    limit: i64,
) -> Result<Vec<Told>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT conversation_id, call_sid, site_id, status, tell_time, traceparent
           FROM conversation n
          WHERE (tell_time > $1 OR (tell_time = $1 AND conversation_id > $2))
            AND NOT EXISTS (SELECT 1 FROM verdict v
                             WHERE v.conversation_id = n.conversation_id AND v.rules_version = $3)
          ORDER BY tell_time, conversation_id LIMIT $4")
        .bind(after.0).bind(after.1).bind(rules_version).bind(limit)
        .fetch_all(c).await?))
}

/// Conversations that no call in the books belongs to, told before `before`.
pub(crate) async fn without_call(
    tx: &mut Tx,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Told>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT conversation_id, call_sid, site_id, status, tell_time, traceparent
           FROM conversation n
          WHERE tell_time < $1
            AND NOT EXISTS (SELECT 1 FROM call c WHERE c.call_sid =
                    CASE WHEN n.call_sid = '' THEN n.conversation_id ELSE n.call_sid END)
          ORDER BY tell_time, conversation_id LIMIT $2")
        .bind(before).bind(limit).fetch_all(c).await?))
}

/// The conversations of a call, oldest first: more than one where it was registered twice.
pub(crate) async fn of_call(tx: &mut Tx, call_sid: &str) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT conversation_id FROM conversation WHERE call_sid = $1 OR conversation_id = $1
          ORDER BY tell_time, conversation_id")
        .bind(call_sid).fetch_all(c).await?))
}

/// The trace that a call carried into its conversation.
pub(crate) async fn traceparent_of(
    tx: &mut Tx,
    call_sid: &str,
) -> Result<Option<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT traceparent FROM conversation
          WHERE (call_sid = $1 OR conversation_id = $1) AND traceparent IS NOT NULL
          ORDER BY tell_time, conversation_id LIMIT 1")
        .bind(call_sid).fetch_optional(c).await?))
}

/// How many are known, and how many of them this version of the rules judged.
pub(crate) async fn counts(tx: &mut Tx, rules_version: &str) -> Result<(i64, i64), StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM conversation),
                (SELECT COUNT(*) FROM verdict WHERE rules_version = $1)")
        .bind(rules_version).fetch_one(c).await?))
}

/// A summary that is due and claimed, with its try.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Due {
    pub(crate) conversation_id: String,
    pub(crate) traceparent: Option<String>,
    pub(crate) tries: i64,
}

/// Summaries that are due, as the metrics show them.
pub(crate) const BACKLOG: &str =
    chassis::backlog_of!("conversation", "lease_until_us <= (SELECT us FROM clock)");

pub(crate) async fn any_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM conversation WHERE due_us <= (SELECT us FROM clock)
                           AND lease_until_us <= (SELECT us FROM clock))")
        .fetch_one(c).await?))
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE conversation SET lease_until_us = (SELECT us FROM clock) + $1, tries = tries + 1
              WHERE conversation_id IN (
                    SELECT conversation_id FROM conversation
                     WHERE due_us <= (SELECT us FROM clock)
                       AND lease_until_us <= (SELECT us FROM clock)
                     ORDER BY due_us LIMIT $2",
            $lock,
            ") RETURNING conversation_id, traceparent, tries"
        )
    };
}

pub(crate) async fn claim(
    tx: &mut Tx,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Due>, StoreError> {
    let sql = if tx.is_postgres() {
        claim!(" FOR UPDATE SKIP LOCKED")
    } else {
        claim!("")
    };
    Ok(on!(tx, c => sqlx::query_as(sql).bind(micros(lease)).bind(limit).fetch_all(c).await?))
}

/// Ends a summary as "sent", "not_due" or "given_up"; a claim that was taken over changes nothing.
pub(crate) async fn end(tx: &mut Tx, due: &Due, summary: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE conversation SET summary = $3, due_us = NULL, lease_until_us = 0
          WHERE conversation_id = $1 AND tries = $2 AND summary = 'due'")
        .bind(&due.conversation_id).bind(due.tries).bind(summary)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Due again after `pause`.
pub(crate) async fn again(tx: &mut Tx, due: &Due, pause: Duration) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE conversation SET due_us = (SELECT us FROM clock) + $3, lease_until_us = 0
          WHERE conversation_id = $1 AND tries = $2 AND summary = 'due'")
        .bind(&due.conversation_id).bind(due.tries).bind(micros(pause))
        .execute(c).await?.rows_affected());
    Ok(())
}
