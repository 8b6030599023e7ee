//! The event log of leads; append-only by trigger.

use std::collections::BTreeMap;

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::{clock, feed, on};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::lead::Event;
use crate::domain::state::LeadState;

/// Adds one entry. The lead's row is locked by then, so numbers have no gaps and no twins.
pub async fn append(tx: &mut Tx, lead_id: Uuid, event: &Event) -> Result<(), StoreError> {
    let attributes: BTreeMap<&str, &String> = event
        .attributes
        .iter()
        .map(|(name, value)| (*name, value))
        .collect();
    let time = clock::now();
    let number: i32 = on!(tx, c => sqlx::query_scalar(
        "INSERT INTO lead_event (lead_id, number, event_time, kind, from_state, to_state, actor,
                                 cause, attributes)
         SELECT $1, COALESCE(MAX(number), 0) + 1, $2, $3, $4, $5, $6, $7, $8
           FROM lead_event WHERE lead_id = $1
         RETURNING number")
        .bind(lead_id).bind(time).bind(event.kind).bind(event.from.map(LeadState::name))
        .bind(event.to.name()).bind(&event.actor).bind(&event.cause).bind(Json(&attributes))
        .fetch_one(c).await?);
    let body = Published {
        number,
        event_time: time,
        from_state: event.from.map(|state| state.name().to_owned()),
        to_state: event.to.name().to_owned(),
        actor: event.actor.clone(),
        cause: event.cause.clone(),
        attributes: attributes
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value.clone()))
            .collect(),
    };
    let body = serde_json::to_value(body).unwrap_or_default();
    // Boxed, for every step of the saga holds this future.
    Box::pin(feed::publish(tx, event.kind, &lead_id.to_string(), body)).await
}

/// An entry as it is told on the feed; as free of personal data as the log (I25).
#[derive(serde::Serialize, serde::Deserialize)]
struct Published {
    number: i32,
    event_time: DateTime<Utc>,
    from_state: Option<String>,
    to_state: String,
    actor: String,
    cause: String,
    attributes: BTreeMap<String, String>,
}

/// The entry of the log that an entry of the feed tells; none that this version understands.
#[must_use]
pub fn from_feed(entry: &feed::Entry) -> Option<Recorded> {
    let told: Published = serde_json::from_value(entry.body.clone()).ok()?;
    Some(Recorded {
        number: told.number,
        event_time: told.event_time,
        kind: entry.kind.clone(),
        from: told.from_state.map(|s| s.parse()).transpose().ok()?,
        to: told.to_state.parse().ok()?,
        actor: told.actor,
        cause: told.cause,
        attributes: told.attributes,
    })
}

/// An entry as it was read.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub number: i32,
    pub event_time: DateTime<Utc>,
    pub kind: String,
    pub from: Option<LeadState>,
    pub to: LeadState,
    pub actor: String,
    pub cause: String,
    pub attributes: BTreeMap<String, String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    number: i32,
    event_time: DateTime<Utc>,
    kind: String,
    from_state: Option<String>,
    to_state: String,
    actor: String,
    cause: String,
    attributes: Json<BTreeMap<String, String>>,
}

/// Entries after `after`, oldest first.
pub async fn list(
    tx: &mut Tx,
    lead_id: Uuid,
    after: i32,
    limit: i64,
) -> Result<Vec<Recorded>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT number, event_time, kind, from_state, to_state, actor, cause, attributes
           FROM lead_event WHERE lead_id = $1 AND number > $2 ORDER BY number LIMIT $3")
        .bind(lead_id).bind(after).bind(limit).fetch_all(c).await?);
    let corrupt = |_| CorruptRow::new("lead_event", "state", lead_id);
    rows.into_iter()
        .map(|row| {
            Ok(Recorded {
                number: row.number,
                event_time: row.event_time,
                kind: row.kind,
                from: row
                    .from_state
                    .map(|s| s.parse())
                    .transpose()
                    .map_err(corrupt)?,
                to: row.to_state.parse().map_err(corrupt)?,
                actor: row.actor,
                cause: row.cause,
                attributes: row.attributes.0,
            })
        })
        .collect()
}
