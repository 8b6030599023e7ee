//! What the ownership check reads of the event log and of the leads: SQL of its own, sharing
//! nothing with the statements that move a lead (B1).

use std::collections::BTreeMap;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::ownership::{Logged, Row};

/// Ids of leads after `after`, in order: those with an event since `since`.
pub async fn changed(
    tx: &mut Tx,
    after: Uuid,
    since: DateTime<Utc>,
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT lead_id FROM lead_event
          WHERE lead_id > $1 AND event_time >= $2 ORDER BY lead_id LIMIT $3")
        .bind(after).bind(since).bind(limit).fetch_all(c).await?))
}

/// Ids of all leads after `after`, in order; a lead without an event is among them.
pub async fn all(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<Uuid>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT id FROM lead WHERE id > $1 ORDER BY id LIMIT $2")
        .bind(after).bind(limit).fetch_all(c).await?))
}

#[derive(sqlx::FromRow)]
struct EventRow {
    event_time: DateTime<Utc>,
    to_state: String,
    attributes: Json<BTreeMap<String, String>>,
}

/// A lead's log, oldest first, and the number of its last entry.
pub async fn log(tx: &mut Tx, lead_id: Uuid) -> Result<Vec<Logged>, StoreError> {
    let rows: Vec<EventRow> = on!(tx, c => sqlx::query_as(
        "SELECT event_time, to_state, attributes FROM lead_event
          WHERE lead_id = $1 ORDER BY number")
        .bind(lead_id).fetch_all(c).await?);
    let logged = |row: EventRow| Logged {
        time: row.event_time,
        to_state: row.to_state,
        attempt: row.attributes.get("attempt").and_then(|n| n.parse().ok()),
        provider_id: row.attributes.get("provider_id").cloned(),
    };
    Ok(rows.into_iter().map(logged).collect())
}

/// The lead's row, and the version by which a move meanwhile is noticed.
pub async fn row(tx: &mut Tx, lead_id: Uuid) -> Result<Option<(i64, Row)>, StoreError> {
    type Columns = (i64, String, Option<String>, bool, bool, Option<i64>);
    let row: Option<Columns> = on!(tx, c => sqlx::query_as(
        "SELECT version, state, source_country, operator_owned, (tries > 0 OR NOT settled), due_us
           FROM lead WHERE id = $1")
        .bind(lead_id).fetch_optional(c).await?);
    Ok(
        row.map(|(version, state, country, operator_owned, busy, due)| {
            let row = Row {
                state,
                source_country: country.unwrap_or_default(),
                operator_owned,
                busy,
                due_time: due.and_then(DateTime::from_timestamp_micros),
            };
            (version, row)
        }),
    )
}

pub async fn version(tx: &mut Tx, lead_id: Uuid) -> Result<Option<i64>, StoreError> {
    Ok(
        on!(tx, c => sqlx::query_scalar("SELECT version FROM lead WHERE id = $1")
        .bind(lead_id).fetch_optional(c).await?),
    )
}

/// Leads with two attempts that are not released, and open leads that are due to nobody.
///
/// The first is held by an index and the second by a constraint: the counts tell when a database
/// lost either.
pub async fn sums(tx: &mut Tx, overdue_us: i64) -> Result<(i64, i64), StoreError> {
    let two: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM (SELECT lead_id FROM lead_attempt WHERE state <> 'released'
                                GROUP BY lead_id HAVING COUNT(*) > 1) AS doubled")
        .fetch_one(c).await?);
    let limbo: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM lead
          WHERE (due_us IS NULL AND NOT operator_owned
                 AND state NOT IN ('won', 'lost', 'cancelled'))
             OR due_us < (SELECT us FROM clock) - $1")
        .bind(overdue_us).fetch_one(c).await?);
    Ok((two, limbo))
}
