//! Prompt revisions as rows: one candidate and one live revision for each agent, by unique indexes;
//! worked on under a lease by the database's clock.

use std::time::Duration;

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{json, shape};
use crate::domain::revision::{Configuration, Origin, Revision, State};

/// Revisions whose next step is due, as the metrics show them.
pub(crate) const BACKLOG: &str =
    chassis::backlog_of!("revision", "lease_until_us <= (SELECT us FROM clock)");

#[derive(sqlx::FromRow)]
struct Row {
    revision_id: Uuid,
    agent_name: String,
    configuration_hash: String,
    configuration: Value,
    site_id: String,
    served_categories: Value,
    state: String,
    origin: String,
    cause: String,
    clauses: Value,
    run_id: String,
    reasons: Value,
    approved_by: String,
    create_time: DateTime<Utc>,
    release_time: Option<DateTime<Utc>>,
    end_time: Option<DateTime<Utc>>,
    due_us: Option<i64>,
    tries: i64,
    traceparent: Option<String>,
}

impl TryFrom<Row> for Revision {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.revision_id.to_string();
        let word = |column| CorruptRow::new("revision", column, &id);
        let is_known = row
            .configuration
            .as_object()
            .is_none_or(|map| !map.is_empty());
        let configuration: Option<Configuration> = is_known
            .then(|| shape("revision", "configuration", &id, row.configuration))
            .transpose()?;
        Ok(Self {
            id: row.revision_id,
            agent_name: row.agent_name,
            configuration_hash: row.configuration_hash,
            configuration,
            site_id: row.site_id,
            served_categories: shape("revision", "served_categories", &id, row.served_categories)?,
            state: State::from_name(&row.state).ok_or_else(|| word("state"))?,
            origin: Origin::from_name(&row.origin).ok_or_else(|| word("origin"))?,
            cause: row.cause,
            clauses: shape("revision", "clauses", &id, row.clauses)?,
            run_id: row.run_id,
            reasons: shape("revision", "reasons", &id, row.reasons)?,
            approved_by: row.approved_by,
            create_time: row.create_time,
            release_time: row.release_time,
            end_time: row.end_time,
            is_due: row.due_us.is_some(),
            tries: row.tries,
            traceparent: row.traceparent,
        })
    }
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT revision_id, agent_name, configuration_hash, configuration, site_id,
                    served_categories, state, origin, cause, clauses, run_id, reasons, approved_by,
                    create_time, release_time, end_time, due_us, tries, traceparent
               FROM revision ",
            $rest
        )
    };
}

/// Stores a revision; false where its agent has one in that state already.
pub(crate) async fn insert(tx: &mut Tx, revision: &Revision) -> Result<bool, StoreError> {
    let configuration = match &revision.configuration {
        Some(known) => json(known),
        None => Value::Object(serde_json::Map::new()),
    };
    let done = on!(tx, c => sqlx::query(
        "INSERT INTO revision (revision_id, agent_name, configuration_hash, configuration, site_id,
                served_categories, state, origin, cause, clauses, run_id, reasons, approved_by,
                create_time, release_time, end_time, credits_used, due_us, traceparent)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, 0,
                 CASE WHEN $17 THEN (SELECT us FROM clock) END, $18)
         ON CONFLICT DO NOTHING")
        .bind(revision.id).bind(&revision.agent_name).bind(&revision.configuration_hash)
        .bind(&configuration).bind(&revision.site_id).bind(json(&revision.served_categories))
        .bind(revision.state.name()).bind(revision.origin.name()).bind(&revision.cause)
        .bind(json(&revision.clauses)).bind(&revision.run_id).bind(json(&revision.reasons))
        .bind(&revision.approved_by).bind(revision.create_time).bind(revision.release_time)
        .bind(revision.end_time).bind(revision.is_due).bind(&revision.traceparent)
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Writes what became of a revision, where it still stands in `from` and nobody took it over; it is
/// due again after `due`, or not any more.
pub(crate) async fn save(
    tx: &mut Tx,
    revision: &Revision,
    from: State,
    due: Option<Duration>,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE revision
            SET state = $4, run_id = $5, reasons = $6, approved_by = $7, release_time = $8,
                end_time = $9, cause = $10, lease_until_us = 0,
                due_us = (SELECT us FROM clock) + $11
          WHERE revision_id = $1 AND tries = $2 AND state = $3")
        .bind(revision.id).bind(revision.tries).bind(from.name()).bind(revision.state.name())
        .bind(&revision.run_id).bind(json(&revision.reasons)).bind(&revision.approved_by)
        .bind(revision.release_time).bind(revision.end_time).bind(&revision.cause)
        .bind(due.map(us))
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Books what a run cost.
pub(crate) async fn spend(tx: &mut Tx, id: Uuid, credits: i64) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE revision SET credits_used = COALESCE(credits_used, 0) + $2 WHERE revision_id = $1")
        .bind(id).bind(credits).execute(c).await?.rows_affected());
    Ok(())
}

pub(crate) async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Revision>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select!("WHERE revision_id = $1"))
        .bind(id).fetch_optional(c).await?);
    row.map(Revision::try_from).transpose()
}

/// Every revision of a hash, newest first.
pub(crate) async fn of_hash(
    tx: &mut Tx,
    agent_name: &str,
    hash: &str,
) -> Result<Vec<Revision>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE agent_name = $1 AND configuration_hash = $2
         ORDER BY create_time DESC, revision_id DESC LIMIT 50"))
        .bind(agent_name).bind(hash).fetch_all(c).await?);
    rows.into_iter().map(Revision::try_from).collect()
}

/// What is live, or on its way: the one revision of the agent in one of these states.
pub(crate) async fn live(tx: &mut Tx, agent_name: &str) -> Result<Option<Revision>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE agent_name = $1 AND state = 'live'"))
        .bind(agent_name).fetch_optional(c).await?);
    row.map(Revision::try_from).transpose()
}

pub(crate) async fn all_live(tx: &mut Tx) -> Result<Vec<Revision>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE state = 'live' ORDER BY agent_name LIMIT 1000"))
        .fetch_all(c).await?);
    rows.into_iter().map(Revision::try_from).collect()
}

pub(crate) async fn candidate(
    tx: &mut Tx,
    agent_name: &str,
) -> Result<Option<Revision>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE agent_name = $1 AND state IN ('candidate', 'evaluating', 'passed')"))
        .bind(agent_name).fetch_optional(c).await?);
    row.map(Revision::try_from).transpose()
}

/// The one that is being taken back, until the one before it is live again.
pub(crate) async fn rolling_back(
    tx: &mut Tx,
    agent_name: &str,
) -> Result<Option<Revision>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE agent_name = $1 AND state = 'rolled_back' AND due_us IS NOT NULL
         ORDER BY end_time DESC LIMIT 1"))
        .bind(agent_name).fetch_optional(c).await?);
    row.map(Revision::try_from).transpose()
}

/// What was live before `revision` and was not taken back itself.
pub(crate) async fn before(
    tx: &mut Tx,
    revision: &Revision,
) -> Result<Option<Revision>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE agent_name = $1 AND state = 'superseded' AND release_time IS NOT NULL
           AND release_time <= $2 AND configuration_hash <> $3
         ORDER BY release_time DESC, create_time DESC LIMIT 1"))
        .bind(&revision.agent_name).bind(revision.release_time)
        .bind(&revision.configuration_hash).fetch_optional(c).await?);
    row.map(Revision::try_from).transpose()
}

/// The newest that a catalogue declared: its prompt's length is what others are measured by.
pub(crate) async fn declared(
    tx: &mut Tx,
    agent_name: &str,
) -> Result<Option<Revision>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE agent_name = $1 AND origin = 'catalog'
         ORDER BY create_time DESC, revision_id DESC LIMIT 1"))
        .bind(agent_name).fetch_optional(c).await?);
    row.map(Revision::try_from).transpose()
}

/// Newest first; `before` is the last one of the page before.
pub(crate) async fn page(
    tx: &mut Tx,
    agent_name: &str,
    before: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<Revision>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE ($1 = '' OR agent_name = $1)
           AND (create_time < $2 OR (create_time = $2 AND revision_id < $3))
         ORDER BY create_time DESC, revision_id DESC LIMIT $4"))
        .bind(agent_name).bind(before.0).bind(before.1).bind(limit).fetch_all(c).await?);
    rows.into_iter().map(Revision::try_from).collect()
}

/// Makes way for a new candidate: a declared one that nobody took up, and one that lies idle since
/// `idle_since`, are overtaken.
pub(crate) async fn overtake(
    tx: &mut Tx,
    agent_name: &str,
    now: DateTime<Utc>,
    idle_since: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE revision SET state = 'superseded', end_time = $2
          WHERE agent_name = $1 AND due_us IS NULL
            AND ((state = 'candidate' AND origin = 'catalog' AND run_id = '')
                 OR (state IN ('candidate', 'passed') AND create_time < $3))")
        .bind(agent_name).bind(now).bind(idle_since).execute(c).await?.rows_affected());
    Ok(())
}

/// Takes whatever is live out of production, in favour of another.
pub(crate) async fn supersede(
    tx: &mut Tx,
    agent_name: &str,
    by: Uuid,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE revision SET state = 'superseded', end_time = $3, due_us = NULL
          WHERE agent_name = $1 AND state = 'live' AND revision_id <> $2")
        .bind(agent_name).bind(by).bind(now).execute(c).await?.rows_affected());
    Ok(())
}

fn us(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
