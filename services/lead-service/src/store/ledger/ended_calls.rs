//! Calls that quality-service closed (R76).

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use crate::domain::ledger::economics::{Call, Class};
use crate::domain::ledger::month::Period;

#[derive(sqlx::FromRow)]
pub(super) struct Row {
    call_sid: String,
    site_id: String,
    agent_name: String,
    class: String,
    heard: bool,
    start_time: DateTime<Utc>,
    seconds: Option<i64>,
}

impl TryFrom<Row> for Call {
    type Error = CorruptRow;

    fn try_from(row: Row) -> Result<Self, CorruptRow> {
        let corrupt = |column| CorruptRow::new("ended_call", column, &row.call_sid);
        let seconds = row.seconds.map(u32::try_from).transpose();
        Ok(Self {
            class: class(&row.class).ok_or_else(|| corrupt("class"))?,
            seconds: seconds.map_err(|_| corrupt("seconds"))?,
            heard: row.heard,
            id: row.call_sid,
            site: row.site_id,
            agent: row.agent_name,
            at: row.start_time,
        })
    }
}

/// Stores a call, and keeps others from it until the transaction ends; false where nothing differs.
/// The latest telling counts.
pub async fn put(tx: &mut Tx, call: &Call, end_time: DateTime<Utc>) -> Result<bool, StoreError> {
    let written = on!(tx, c => sqlx::query(
        "INSERT INTO ended_call (call_sid, site_id, agent_name, class, start_time, end_time, seconds,
                heard)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (call_sid) DO UPDATE
            SET site_id = excluded.site_id, agent_name = excluded.agent_name,
                class = excluded.class, start_time = excluded.start_time,
                end_time = excluded.end_time, seconds = excluded.seconds,
                heard = excluded.heard
          WHERE ended_call.site_id <> excluded.site_id
             OR ended_call.agent_name <> excluded.agent_name
             OR ended_call.class <> excluded.class
             OR ended_call.start_time <> excluded.start_time
             OR ended_call.end_time <> excluded.end_time
             OR ended_call.heard <> excluded.heard
             OR ended_call.seconds IS DISTINCT FROM excluded.seconds")
        .bind(&call.id).bind(&call.site).bind(&call.agent).bind(name(call.class)).bind(call.at)
        .bind(end_time).bind(call.seconds.map(i64::from)).bind(call.heard)
        .execute(c).await?.rows_affected());
    Ok(written > 0)
}

pub async fn find(tx: &mut Tx, call_sid: &str) -> Result<Option<Call>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        "SELECT call_sid, site_id, agent_name, class, heard, start_time, seconds FROM ended_call
          WHERE call_sid = $1").bind(call_sid).fetch_optional(c).await?);
    Ok(row.map(Call::try_from).transpose()?)
}

/// Those that rang in a period, of one site or (empty) of all.
pub async fn of_period(
    tx: &mut Tx,
    period: &Period,
    site_id: &str,
) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT call_sid, site_id, agent_name, class, heard, start_time, seconds FROM ended_call
          WHERE start_time >= $1 AND start_time < $2 AND ($3 = '' OR site_id = $3)
          ORDER BY start_time, call_sid")
        .bind(period.from).bind(period.until).bind(site_id).fetch_all(c).await?);
    rows.into_iter()
        .map(|row| Ok(Call::try_from(row)?))
        .collect()
}

const CLASSES: [(Class, &str); 6] = [
    (Class::Lead, "lead"),
    (Class::Recovered, "recovered"),
    (Class::OffTopic, "off_topic"),
    (Class::Flagged, "flagged"),
    (Class::Spam, "spam"),
    (Class::HangUp, "hang_up"),
];

fn name(class: Class) -> &'static str {
    let found = CLASSES.iter().find(|(known, _)| *known == class);
    found.map_or("flagged", |(_, name)| name)
}

fn class(name: &str) -> Option<Class> {
    let found = CLASSES.iter().find(|(_, known)| *known == name);
    found.map(|(class, _)| *class)
}
