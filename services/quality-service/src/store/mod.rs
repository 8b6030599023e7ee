//! The only SQL of the service: what was carried and the chassis' own tables of the follower here, each
//! other noun in a file of its own.

pub(crate) mod calls;
pub(crate) mod conversations;
pub(crate) mod cost_reports;
pub(crate) mod delivery_checks;
pub(crate) mod flags;
pub(crate) mod mending;
pub mod personal;
pub(crate) mod revisions;
pub(crate) mod scans;
pub(crate) mod scenarios;
pub(crate) mod tasks;
pub(crate) mod verdicts;

use std::time::Duration;

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::feed::Position;
use chassis::on;
use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::domain::books::Parked;

/// Parked entries that the books show.
const MOST_PARKED: i64 = 200;

/// Counts an entry as carried on; a repeat counts once.
pub async fn count(
    tx: &mut Tx,
    position: &Position,
    kind: &str,
    call_sid: &str,
    carry_time: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO carried (epoch, number, kind, call_sid, carry_time)
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (epoch, number) DO NOTHING")
        .bind(&position.epoch).bind(position.number).bind(kind).bind(call_sid).bind(carry_time)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Where the follower stands; before everything when it never ran.
pub async fn position(tx: &mut Tx, follower: &str) -> Result<(String, i64), StoreError> {
    let found: Option<(String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT epoch, number FROM follower WHERE name = $1")
        .bind(follower).fetch_optional(c).await?);
    Ok(found.unwrap_or_default())
}

/// Kinds with their counts in one epoch, by kind.
pub async fn carried_by_kind(tx: &mut Tx, epoch: &str) -> Result<Vec<(String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT kind, COUNT(*) FROM carried WHERE epoch = $1 GROUP BY kind ORDER BY kind")
        .bind(epoch).fetch_all(c).await?))
}

/// When the newest entry of an epoch was carried on.
pub async fn last_carry_time(
    tx: &mut Tx,
    epoch: &str,
) -> Result<Option<DateTime<Utc>>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT carry_time FROM carried WHERE epoch = $1 ORDER BY number DESC LIMIT 1")
        .bind(epoch).fetch_optional(c).await?))
}

/// Parked entries, oldest first.
pub async fn parked(tx: &mut Tx, follower: &str) -> Result<Vec<Parked>, StoreError> {
    type Row = (i64, String, String, String, DateTime<Utc>);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT number, kind, subject, reason, park_time FROM parked
          WHERE follower = $1 ORDER BY park_time, number LIMIT $2")
        .bind(follower).bind(MOST_PARKED).fetch_all(c).await?);
    let entry = |(number, kind, call_sid, reason, park_time)| Parked {
        number,
        kind,
        call_sid,
        reason,
        park_time,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// A stored JSON value of a known shape.
fn shape<T: serde::de::DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    row: &str,
    value: Value,
) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|_| CorruptRow::new(table, column, row).into())
}

/// JSON of our own plain types.
fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("plain data with string keys")
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
