//! Flags as rows. The id is of kind, subject and slot, so that the same finding is one flag.

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{json, shape};
use crate::domain::flag::{Finding, Flag};

#[derive(sqlx::FromRow)]
struct Row {
    flag_id: Uuid,
    kind: String,
    severity: i64,
    state: String,
    subject: String,
    agent_name: String,
    conversation_id: String,
    call_sid: String,
    lead_id: String,
    text: String,
    evidence: Value,
    owner: String,
    raise_time: DateTime<Utc>,
    times: i64,
    revision_id: Option<Uuid>,
    resolve_time: Option<DateTime<Utc>>,
    resolved_by: String,
    resolution: String,
}

impl TryFrom<Row> for Flag {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let evidence = shape("flag", "evidence", &row.flag_id.to_string(), row.evidence)?;
        Ok(Self {
            id: row.flag_id,
            kind: row.kind,
            severity: row.severity,
            state: row.state,
            subject: row.subject,
            agent_name: row.agent_name,
            conversation_id: row.conversation_id,
            call_sid: row.call_sid,
            lead_id: row.lead_id,
            text: row.text,
            evidence,
            owner: row.owner,
            raise_time: row.raise_time,
            times: row.times,
            revision_id: row.revision_id,
            resolve_time: row.resolve_time,
            resolved_by: row.resolved_by,
            resolution: row.resolution,
        })
    }
}

/// Raises a finding; true when it is new, or was resolved and is found again. One that stands is
/// counted once more.
pub(crate) async fn raise(tx: &mut Tx, found: &Finding) -> Result<bool, StoreError> {
    let id = found.id();
    let evidence = json(&found.evidence);
    let now = clock::now();
    let new = on!(tx, c => sqlx::query(
        "INSERT INTO flag (flag_id, kind, severity, state, subject, agent_name, conversation_id,
                call_sid, lead_id, text, evidence, owner, raise_time, times, resolved_by, resolution)
         VALUES ($1, $2, $3, 'open', $4, $5, $6, $7, $8, $9, $10, $11, $12, 1, '', '')
         ON CONFLICT (flag_id) DO NOTHING")
        .bind(id).bind(found.kind.name()).bind(found.kind.severity().number())
        .bind(&found.subject).bind(&found.agent_name).bind(&found.conversation_id)
        .bind(&found.call_sid).bind(&found.lead_id).bind(&found.text).bind(&evidence)
        .bind(found.owner.name()).bind(now)
        .execute(c).await?.rows_affected());
    if new == 1 {
        return Ok(true);
    }
    let again = on!(tx, c => sqlx::query(
        "UPDATE flag SET state = 'open', raise_time = $2, times = times + 1, text = $3, evidence = $4,
                resolve_time = NULL, resolved_by = '', resolution = '', revision_id = NULL
          WHERE flag_id = $1 AND state = 'resolved'")
        .bind(id).bind(now).bind(&found.text).bind(&evidence)
        .execute(c).await?.rows_affected());
    if again == 1 {
        return Ok(true);
    }
    on!(tx, c => sqlx::query("UPDATE flag SET times = times + 1 WHERE flag_id = $1")
        .bind(id).execute(c).await?.rows_affected());
    Ok(false)
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT flag_id, kind, severity, state, subject, agent_name, conversation_id, call_sid,
                    lead_id, text, evidence, owner, raise_time, times, revision_id, resolve_time,
                    resolved_by, resolution
               FROM flag ",
            $rest
        )
    };
}

/// Which flags a list shows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted {
    /// Empty: open and mending.
    pub(crate) state: String,
    pub(crate) agent_name: String,
    pub(crate) kind: String,
}

pub(crate) async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Flag>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select!("WHERE flag_id = $1"))
        .bind(id).fetch_optional(c).await?);
    row.map(Flag::try_from).transpose()
}

/// The worst first, and of the same severity the oldest. `after` is the last one of the page before.
pub(crate) async fn page(
    tx: &mut Tx,
    wanted: &Wanted,
    after: (i64, DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<Flag>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE ((state = $1) OR ($1 = '' AND state <> 'resolved'))
           AND ($2 = '' OR agent_name = $2) AND ($3 = '' OR kind = $3)
           AND (severity < $4 OR (severity = $4
                AND (raise_time > $5 OR (raise_time = $5 AND flag_id > $6))))
         ORDER BY severity DESC, raise_time, flag_id LIMIT $7"))
        .bind(&wanted.state).bind(&wanted.agent_name).bind(&wanted.kind)
        .bind(after.0).bind(after.1).bind(after.2).bind(limit)
        .fetch_all(c).await?);
    rows.into_iter().map(Flag::try_from).collect()
}

/// Open flags of agents that the machine owns, oldest first: what the mending starts from.
pub(crate) async fn to_mend(tx: &mut Tx) -> Result<Vec<Flag>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE state = 'open' AND owner = 'machine' AND agent_name <> ''
         ORDER BY raise_time, flag_id LIMIT 200"))
        .fetch_all(c).await?);
    rows.into_iter().map(Flag::try_from).collect()
}

/// Flags that a candidate is to mend.
pub(crate) async fn of_revision(tx: &mut Tx, revision_id: Uuid) -> Result<Vec<Flag>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(select!(
        "WHERE revision_id = $1 ORDER BY raise_time, flag_id"))
        .bind(revision_id).fetch_all(c).await?);
    rows.into_iter().map(Flag::try_from).collect()
}

/// A candidate is on its way; a flag that is resolved stays so.
pub(crate) async fn mending(tx: &mut Tx, id: Uuid, revision_id: Uuid) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE flag SET state = 'mending', revision_id = $2
          WHERE flag_id = $1 AND state <> 'resolved'")
        .bind(id).bind(revision_id).execute(c).await?.rows_affected());
    Ok(())
}

/// Nothing of the machine's mends it: the operator must.
pub(crate) async fn hand_over(tx: &mut Tx, id: Uuid, text: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE flag SET state = 'open', owner = 'operator', text = $2, revision_id = NULL
          WHERE flag_id = $1 AND state <> 'resolved'")
        .bind(id).bind(text).execute(c).await?.rows_affected());
    Ok(())
}

/// Closes a flag; false when it was closed already.
pub(crate) async fn resolve(
    tx: &mut Tx,
    id: Uuid,
    by: &str,
    resolution: &str,
) -> Result<bool, StoreError> {
    let done = on!(tx, c => sqlx::query(
        "UPDATE flag SET state = 'resolved', resolve_time = $2, resolved_by = $3, resolution = $4
          WHERE flag_id = $1 AND state <> 'resolved'")
        .bind(id).bind(clock::now()).bind(by).bind(resolution)
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}

/// Open and mending flags by kind.
pub(crate) async fn open_by_kind(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT kind, COUNT(*) FROM flag WHERE state <> 'resolved' GROUP BY kind ORDER BY kind")
        .fetch_all(c).await?))
}
