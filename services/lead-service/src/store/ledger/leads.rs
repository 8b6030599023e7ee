//! Leads as economics look at them, with the calls that they came by: whatever was made in a period,
//! or bears a cost or an income of it.

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::ended_calls;
use crate::domain::ledger::economics::{Call, Lead};
use crate::domain::ledger::month::Period;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    site_id: String,
    call_sid: String,
    city: String,
    category: String,
    provider_id: Option<String>,
    create_time: DateTime<Utc>,
}

impl From<Row> for Lead {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            site: row.site_id,
            call: (!row.call_sid.is_empty()).then_some(row.call_sid),
            city: row.city,
            category: row.category,
            provider: row.provider_id,
            // Its call's.
            agent: None,
            at: row.create_time,
        }
    }
}

macro_rules! select_lead {
    ($($tail:expr),+) => {
        concat!(
            "SELECT id, COALESCE(site_id, '') AS site_id, call_sid, COALESCE(city, '') AS city,
                    category, provider_id, create_time FROM lead ",
            $($tail),+
        )
    };
}

/// Of the period from $1 to $2: made in it, or with costs, incomes or a call in it.
macro_rules! of_period {
    () => {
        "(SELECT lead_id FROM conversion WHERE create_time >= $1 AND create_time < $2
          UNION SELECT lead_id FROM cost_line
                 WHERE cost_time >= $1 AND cost_time < $2 AND lead_id IS NOT NULL
          UNION SELECT lead_id FROM income_event WHERE event_time >= $1 AND event_time < $2
          UNION SELECT l.id FROM cost_line k JOIN lead l ON l.call_sid = k.call_sid
                 WHERE k.cost_time >= $1 AND k.cost_time < $2
                   AND k.lead_id IS NULL AND k.call_sid <> ''
          UNION SELECT l.id FROM ended_call e JOIN lead l ON l.call_sid = e.call_sid
                 WHERE e.start_time >= $1 AND e.start_time < $2)"
    };
}

/// Of one site or (empty) of all.
pub async fn of_period(
    tx: &mut Tx,
    period: &Period,
    site_id: &str,
) -> Result<Vec<Lead>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_lead!("WHERE ($3 = '' OR site_id = $3) AND id IN ", of_period!(), " ORDER BY id"))
        .bind(period.from).bind(period.until).bind(site_id).fetch_all(c).await?);
    Ok(rows.into_iter().map(Lead::from).collect())
}

/// All leads of a call, in order of id.
pub async fn of_call(tx: &mut Tx, call_sid: &str) -> Result<Vec<Lead>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_lead!("WHERE call_sid = $1 AND call_sid <> '' ORDER BY id"))
        .bind(call_sid).fetch_all(c).await?);
    Ok(rows.into_iter().map(Lead::from).collect())
}

pub async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Lead>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select_lead!("WHERE id = $1"))
        .bind(id).fetch_optional(c).await?);
    Ok(row.map(Lead::from))
}

/// The calls that rang in the period, and those by which its leads came.
pub async fn calls_of_period(
    tx: &mut Tx,
    period: &Period,
    site_id: &str,
) -> Result<Vec<Call>, StoreError> {
    let rows: Vec<ended_calls::Row> = on!(tx, c => sqlx::query_as(concat!(
        "SELECT call_sid, site_id, agent_name, class, heard, start_time, seconds FROM ended_call
          WHERE start_time >= $1 AND start_time < $2 AND ($3 = '' OR site_id = $3)
         UNION
         SELECT call_sid, site_id, agent_name, class, heard, start_time, seconds FROM ended_call
          WHERE call_sid IN (SELECT call_sid FROM lead
                              WHERE ($3 = '' OR site_id = $3) AND id IN ", of_period!(), ")
          ORDER BY start_time, call_sid"))
        .bind(period.from).bind(period.until).bind(site_id).fetch_all(c).await?);
    rows.into_iter()
        .map(|row| Ok(Call::try_from(row)?))
        .collect()
}
