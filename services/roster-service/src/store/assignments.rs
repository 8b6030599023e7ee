//! Assignments: the claim that reserves a slot, their moves, and what was looked at when each was
//! made. The database counts the slot with the row itself.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use uuid::Uuid;

use super::rows::AssignmentRow;
use crate::domain::assignment::{Assignment, State};
use crate::domain::ids::{Attempt, LeadId, ProviderId};
use crate::domain::matching::{Looked, Rule};

macro_rules! assignment_columns {
    () => {
        "lead_id, attempt, assignment_id, country, provider_id, category, city, state,
         assign_time, confirm_time, free_time, complete_time, release_time, release_cause"
    };
}

/// Id, rank, rule, priority, held, capacity, last lead.
type Kept = (String, u32, String, i32, i32, i32, Option<i64>);

/// Candidates as kept with an assignment.
#[derive(Serialize, Deserialize)]
struct Explanation {
    omitted: i64,
    looked: Vec<Kept>,
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "INSERT INTO assignment (lead_id, attempt, assignment_id, country, provider_id,
                 category, city, state, holds_slot, local_day, assign_time, explanation)
             SELECT $1, $2, $3, $4, p.provider_id, $6, $7, 'reserved', TRUE, $8, $9, $10
               FROM provider p
              WHERE p.provider_id = $5 AND p.country = $4
                AND NOT p.paused AND p.serving > 0 AND p.held < p.capacity
                AND (p.max_per_day = 0 OR p.day IS NULL OR p.day <> $8
                     OR p.day_taken < p.max_per_day)",
            $lock
        )
    };
}

/// Reserves a slot if the provider can still take the lead; false when somebody else took the last
/// one since it was looked at. It waits for whoever moves the provider and then decides by what
/// stands: the lock goes with the row, never around it (I6).
pub async fn claim(
    tx: &mut Tx,
    new: &Assignment,
    local_day: &str,
    looked: &[Looked],
    omitted: i64,
) -> Result<bool, StoreError> {
    const POSTGRES: &str = claim!(" FOR NO KEY UPDATE OF p");
    const SQLITE: &str = claim!("");
    let explanation = Explanation {
        omitted,
        looked: looked.iter().map(stored).collect(),
    };
    let text = if tx.is_postgres() { POSTGRES } else { SQLITE };
    let claimed = on!(tx, c => sqlx::query(text)
        .bind(new.lead_id.0).bind(new.attempt.number()).bind(new.assignment_id)
        .bind(new.country.as_str()).bind(new.provider_id.as_str())
        .bind(new.category.as_str()).bind(new.city.as_str())
        .bind(local_day).bind(new.assign_time).bind(Json(explanation))
        .execute(c).await?.rows_affected());
    Ok(claimed == 1)
}

fn stored(looked: &Looked) -> Kept {
    (
        looked.provider_id.to_string(),
        looked.rank.unwrap_or(0),
        looked.removed_by.map_or("", Rule::name).to_owned(),
        looked.priority,
        looked.held,
        looked.capacity,
        looked.last_assign_time.map(|at| at.timestamp_micros()),
    )
}

/// What was looked at when the attempt was assigned, and how many more there were.
pub async fn explanation(
    tx: &mut Tx,
    lead: LeadId,
    attempt: Attempt,
) -> Result<(Vec<Looked>, i64), StoreError> {
    let Json(kept): Json<Explanation> = on!(tx, c => sqlx::query_scalar(
        "SELECT explanation FROM assignment WHERE lead_id = $1 AND attempt = $2")
        .bind(lead.0).bind(attempt.number()).fetch_one(c).await?);
    let corrupt = || CorruptRow::new("assignment", "explanation", lead);
    let looked = kept
        .looked
        .into_iter()
        .map(|(id, rank, rule, priority, held, capacity, last)| {
            Ok(Looked {
                provider_id: id.parse().map_err(|_| corrupt())?,
                rank: (rank > 0).then_some(rank),
                removed_by: Rule::named(&rule),
                priority,
                held,
                capacity,
                last_assign_time: last.and_then(DateTime::from_timestamp_micros),
            })
        })
        .collect::<Result<_, CorruptRow>>()?;
    Ok((looked, kept.omitted))
}

/// What a lead has: its assignment of this attempt, and the one that stands, in either order.
pub async fn of_lead(
    tx: &mut Tx,
    lead: LeadId,
    attempt: Attempt,
) -> Result<Vec<Assignment>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignment WHERE lead_id = $1 AND (attempt = $2 OR state <> 'released')"
    );
    let rows: Vec<AssignmentRow> = on!(tx, c => sqlx::query_as(TEXT)
        .bind(lead.0).bind(attempt.number()).fetch_all(c).await?);
    Ok(rows
        .into_iter()
        .map(Assignment::try_from)
        .collect::<Result<_, _>>()?)
}

pub async fn find(
    tx: &mut Tx,
    lead: LeadId,
    attempt: Attempt,
) -> Result<Option<Assignment>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignment WHERE lead_id = $1 AND attempt = $2"
    );
    let row: Option<AssignmentRow> = on!(tx, c => sqlx::query_as(TEXT)
        .bind(lead.0).bind(attempt.number()).fetch_optional(c).await?);
    Ok(row.map(Assignment::try_from).transpose()?)
}

/// The one that is not released, or else the latest.
pub async fn latest(tx: &mut Tx, lead: LeadId) -> Result<Option<Assignment>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT ",
        assignment_columns!(),
        " FROM assignment WHERE lead_id = $1
           ORDER BY CASE WHEN state = 'released' THEN 1 ELSE 0 END, attempt DESC LIMIT 1"
    );
    let row: Option<AssignmentRow> = on!(tx, c => sqlx::query_as(TEXT)
        .bind(lead.0).fetch_optional(c).await?);
    Ok(row.map(Assignment::try_from).transpose()?)
}

/// Writes a move of an assignment that stood in `from`. The caller holds the lead's row.
pub async fn write_move(tx: &mut Tx, from: &State, next: &Assignment) -> Result<(), StoreError> {
    let (confirm, complete, release, cause) = match &next.state {
        State::Reserved => (None, None, None, None),
        State::Confirmed { confirm_time } => (Some(*confirm_time), None, None, None),
        State::Completed {
            confirm_time,
            complete_time,
        } => (Some(*confirm_time), Some(*complete_time), None, None),
        State::Released {
            confirm_time,
            release_time,
            cause,
        } => (
            *confirm_time,
            None,
            Some(*release_time),
            Some(cause.clone()),
        ),
    };
    let moved = on!(tx, c => sqlx::query(
        "UPDATE assignment
            SET state = $4, holds_slot = $5, confirm_time = $6, free_time = $7,
                complete_time = $8, release_time = $9, release_cause = $10
          WHERE lead_id = $1 AND attempt = $2 AND state = $3")
        .bind(next.lead_id.0).bind(next.attempt.number()).bind(from.name())
        .bind(next.state.name()).bind(next.holds_slot())
        .bind(confirm).bind(next.free_time).bind(complete).bind(release).bind(cause)
        .execute(c).await?.rows_affected());
    if moved == 1 {
        Ok(())
    } else {
        Err(CorruptRow::new("assignment", "state", next.assignment_id).into())
    }
}

/// Where a page of assignments starts: before (newer first) this time and id.
#[derive(Debug, Clone, Copy)]
pub struct Before {
    pub assign_time: DateTime<Utc>,
    pub assignment_id: Uuid,
}

/// Whose assignments a list holds; nobody named means all.
#[derive(Debug, Default)]
pub struct Filter {
    pub leads: Option<Vec<LeadId>>,
    pub provider: Option<ProviderId>,
}

/// Assignments newest first.
pub async fn page(
    tx: &mut Tx,
    filter: &Filter,
    before: Before,
    limit: i64,
) -> Result<Vec<Assignment>, StoreError> {
    macro_rules! newest {
        ($filter:literal) => {
            concat!(
                "SELECT ",
                assignment_columns!(),
                " FROM assignment WHERE (assign_time, assignment_id) < ($1, $2)",
                $filter,
                " ORDER BY assign_time DESC, assignment_id DESC LIMIT $3"
            )
        };
    }
    const OF_ALL: &str = newest!("");
    const OF_PROVIDER: &str = newest!(" AND provider_id = $4");
    const OF_LEADS_PG: &str = newest!(
        " AND lead_id IN (SELECT CAST(id AS UUID)
                            FROM jsonb_array_elements_text(CAST($5 AS JSONB)) AS ids (id))
          AND (provider_id = $4 OR $4 = '')"
    );
    const OF_LEADS_LITE: &str = newest!(
        " AND lead_id IN (SELECT unhex(value) FROM json_each($5))
          AND (provider_id = $4 OR $4 = '')"
    );
    let Before {
        assign_time,
        assignment_id,
    } = before;
    let provider = filter.provider.as_ref().map_or("", ProviderId::as_str);
    let rows: Vec<AssignmentRow> = match (&filter.leads, provider) {
        (None, "") => on!(tx, c => sqlx::query_as(OF_ALL)
            .bind(assign_time).bind(assignment_id).bind(limit).fetch_all(c).await?),
        (None, provider) => on!(tx, c => sqlx::query_as(OF_PROVIDER)
            .bind(assign_time).bind(assignment_id).bind(limit).bind(provider)
            .fetch_all(c).await?),
        (Some(leads), provider) => {
            let ids: Vec<_> = leads
                .iter()
                .map(|lead| lead.0.simple().to_string())
                .collect();
            let text = if tx.is_postgres() {
                OF_LEADS_PG
            } else {
                OF_LEADS_LITE
            };
            on!(tx, c => sqlx::query_as(text)
                .bind(assign_time).bind(assignment_id).bind(limit).bind(provider)
                .bind(serde_json::Value::from(ids).to_string()).fetch_all(c).await?)
        }
    };
    Ok(rows
        .into_iter()
        .map(Assignment::try_from)
        .collect::<Result<_, _>>()?)
}
