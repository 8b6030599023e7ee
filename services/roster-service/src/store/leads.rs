//! Leads as the roster knows them. Whoever changes what a lead has takes its row first, so that an
//! assign and a release of the same lead never overlap.

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};

use crate::domain::ids::{Attempt, Country, LeadId};
use crate::domain::matching::Cell;

/// The lead's row, held until the transaction ends.
pub struct Held {
    /// Its country, if an assign fixed it (also this one).
    pub country: Option<String>,
    /// Nobody came by before: there is nothing to read of it.
    pub is_new: bool,
}

/// Takes a lead's row and, on PostgreSQL, the turn of its cell: matching within a cell goes one at
/// a time, so that the order D3 is exact and no loser of a race walks the list again. The turn is
/// taken after the row, by everybody, and ends with the transaction; SQLite's writer is alone.
pub async fn take_for_match(tx: &mut Tx, lead: LeadId, cell: &Cell) -> Result<Held, StoreError> {
    macro_rules! take {
        ($turn:literal) => {
            concat!(
                "INSERT INTO lead (lead_id, country, visits) VALUES ($1, $2, 1)
                 ON CONFLICT (lead_id) DO UPDATE SET visits = lead.visits + 1,
                     country = COALESCE(lead.country, excluded.country)
                 RETURNING country, visits, ",
                $turn,
                " AS turn"
            )
        };
    }
    const POSTGRES: &str = take!("pg_advisory_xact_lock(hashtextextended($3, 7265)) IS NULL");
    const SQLITE: &str = take!("$3");
    let turn = format!("{} {} {}", cell.country, cell.category, cell.city);
    let text = if tx.is_postgres() { POSTGRES } else { SQLITE };
    let (country, visits) = on!(tx, c => {
        use sqlx::Row as _;
        let row = sqlx::query(text)
            .bind(lead.0).bind(cell.country.as_str()).bind(turn)
            .fetch_one(c).await?;
        (row.try_get::<Option<String>, _>("country")?, row.try_get::<i64, _>("visits")?)
    });
    Ok(Held {
        country,
        is_new: visits == 1,
    })
}

/// Takes a lead's row without fixing its country.
pub async fn take(tx: &mut Tx, lead: LeadId) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO lead (lead_id, country, visits) VALUES ($1, NULL, 1)
         ON CONFLICT (lead_id) DO UPDATE SET visits = lead.visits + 1")
        .bind(lead.0).execute(c).await?.rows_affected());
    Ok(())
}

pub async fn is_closed(tx: &mut Tx, lead: LeadId, attempt: Attempt) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM closed_attempt WHERE lead_id = $1 AND attempt = $2)")
        .bind(lead.0).bind(attempt.number()).fetch_one(c).await?))
}

/// Closes an attempt that has no assignment. A repeat keeps the first cause.
pub async fn close(
    tx: &mut Tx,
    lead: LeadId,
    attempt: Attempt,
    cause: &str,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO closed_attempt (lead_id, attempt, cause, close_time) VALUES ($1, $2, $3, $4)
         ON CONFLICT (lead_id, attempt) DO NOTHING")
        .bind(lead.0).bind(attempt.number()).bind(cause).bind(now)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Whether a lead of this country may be matched here: its country never changes (I7).
#[must_use]
pub fn is_of(held: &Held, country: &Country) -> bool {
    held.country.as_deref() == Some(country.as_str())
}
