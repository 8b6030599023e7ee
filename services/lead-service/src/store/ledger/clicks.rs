//! Clicks of advertisements, and the conversions that are matched with them (R35).

use std::collections::BTreeSet;

use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::ledger::income::RETURNED;

/// Notes a click at a moment: the first and the last of each minute stay.
pub async fn record(
    tx: &mut Tx,
    site_id: &str,
    click_id: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO click (site_id, click_id, minute, first_time, last_time)
         VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT (site_id, click_id, minute) DO UPDATE
            SET first_time = CASE WHEN excluded.first_time < click.first_time
                                  THEN excluded.first_time ELSE click.first_time END,
                last_time = CASE WHEN excluded.last_time > click.last_time
                                 THEN excluded.last_time ELSE click.last_time END")
        .bind(site_id).bind(click_id).bind(at.timestamp().div_euclid(60)).bind(at)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// How many of a site stand between two moments; it counts no further than `most`.
pub async fn count(
    tx: &mut Tx,
    site_id: &str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    most: i64,
) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM
            (SELECT 1 FROM click WHERE site_id = $1 AND last_time >= $2 AND last_time <= $3
              LIMIT $4) AS counted")
        .bind(site_id).bind(from).bind(until).bind(most).fetch_one(c).await?))
}

/// Of a site, up to two different ones between two moments, both included. The moments are more than
/// a minute apart, so the first or the last of a minute tells whether it was told between them.
pub async fn between(
    tx: &mut Tx,
    site_id: &str,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT click_id FROM click
          WHERE site_id = $1 AND last_time >= $2 AND first_time <= $3 LIMIT 2")
        .bind(site_id).bind(from).bind(until).fetch_all(c).await?))
}

/// Deletes those that came before; how many.
pub async fn delete_before(
    tx: &mut Tx,
    before: DateTime<Utc>,
    limit: i64,
) -> Result<u64, StoreError> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM click WHERE (site_id, click_id, minute) IN
            (SELECT site_id, click_id, minute FROM click WHERE last_time < $1 LIMIT $2)")
        .bind(before).bind(limit).execute(c).await?.rows_affected()))
}

/// A conversion whose call is known and that is not matched with clicks yet.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Undecided {
    pub lead_id: Uuid,
    pub site_id: Option<String>,
    pub start_time: DateTime<Utc>,
}

/// Those of a call; of a lead that names no call, by its conversation.
pub async fn undecided_of_call(
    tx: &mut Tx,
    call_sid: &str,
    conversation_id: &str,
) -> Result<Vec<Undecided>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT c.lead_id, c.site_id, e.start_time
           FROM lead l JOIN conversion c ON c.lead_id = l.id
                       JOIN ended_call e ON e.call_sid = $1
          WHERE (l.call_sid = $1
                 OR (l.call_sid = '' AND l.conversation_id = $2 AND $2 <> ''))
            AND c.ambiguous IS NULL
          ORDER BY c.lead_id")
        .bind(call_sid).bind(conversation_id).fetch_all(c).await?))
}

/// Those whose call was told before they were made.
pub async fn undecided(tx: &mut Tx, limit: i64) -> Result<Vec<Undecided>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT c.lead_id, c.site_id, e.start_time
           FROM conversion c JOIN lead l ON l.id = c.lead_id
                JOIN ended_call e ON e.call_sid = CASE WHEN l.call_sid <> '' THEN l.call_sid
                     ELSE (SELECT a.call_sid FROM cost_line a
                            WHERE a.cost_key = 'conversation:' || l.conversation_id || ':agent') END
          WHERE c.ambiguous IS NULL
          ORDER BY c.lead_id LIMIT $1")
        .bind(limit).fetch_all(c).await?))
}

/// Decides one; the first decision stands.
pub async fn decide(
    tx: &mut Tx,
    lead_id: Uuid,
    click_id: Option<&str>,
) -> Result<bool, StoreError> {
    let decided = on!(tx, c => sqlx::query(
        "UPDATE conversion SET click_id = $2, ambiguous = $3
          WHERE lead_id = $1 AND ambiguous IS NULL")
        .bind(lead_id).bind(click_id).bind(click_id.is_none())
        .execute(c).await?.rows_affected());
    Ok(decided > 0)
}

/// Empties what an advertising platform knows a lead's person by; a conversion that is not decided
/// stays without a click. How many clicks that were.
pub async fn forget(tx: &mut Tx, lead_id: Uuid) -> Result<u64, StoreError> {
    let known: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM conversion WHERE lead_id = $1 AND click_id IS NOT NULL")
        .bind(lead_id).fetch_one(c).await?);
    on!(tx, c => sqlx::query(
        "DELETE FROM click WHERE (site_id, click_id) IN
            (SELECT site_id, click_id FROM conversion
              WHERE lead_id = $1 AND click_id IS NOT NULL AND site_id IS NOT NULL)")
        .bind(lead_id).execute(c).await?.rows_affected());
    on!(tx, c => sqlx::query(
        "UPDATE conversion SET click_id = NULL, ambiguous = COALESCE(ambiguous, TRUE)
          WHERE lead_id = $1 AND (click_id IS NOT NULL OR ambiguous IS NULL)")
        .bind(lead_id).execute(c).await?.rows_affected());
    Ok(u64::try_from(known).unwrap_or_default())
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Conversion {
    pub lead_id: Uuid,
    pub site_id: Option<String>,
    pub click_id: Option<String>,
    pub ambiguous: Option<bool>,
    pub create_time: DateTime<Utc>,
}

/// Which conversions a list shows.
#[derive(Debug, Clone)]
pub struct Filter {
    /// Empty: of all sites.
    pub site_id: String,
    pub from: DateTime<Utc>,
    /// Just before.
    pub until: DateTime<Utc>,
    pub after: Option<(DateTime<Utc>, Uuid)>,
    pub limit: i64,
}

/// The oldest first.
pub async fn conversions(tx: &mut Tx, filter: &Filter) -> Result<Vec<Conversion>, StoreError> {
    let (time, id) = filter.after.unwrap_or((DateTime::UNIX_EPOCH, Uuid::nil()));
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT lead_id, site_id, click_id, ambiguous, create_time FROM conversion
          WHERE ($1 = '' OR site_id = $1) AND create_time >= $2 AND create_time < $3
            AND (create_time > $4 OR (create_time = $4 AND lead_id > $5))
          ORDER BY create_time, lead_id LIMIT $6")
        .bind(&filter.site_id).bind(filter.from).bind(filter.until).bind(time).bind(id)
        .bind(filter.limit).fetch_all(c).await?))
}

/// What may stand in the books for a lead: its charges, and what was taken back of them.
pub async fn income_bases(tx: &mut Tx, lead_id: Uuid) -> Result<BTreeSet<String>, StoreError> {
    let events: Vec<(i32, Option<String>)> = on!(tx, c => sqlx::query_as(
        "SELECT attempt, credit_id FROM income_event WHERE lead_id = $1")
        .bind(lead_id).fetch_all(c).await?);
    let mut bases = BTreeSet::new();
    for (attempt, credit) in events {
        let credit = credit.as_deref().unwrap_or(RETURNED);
        bases.insert(format!("income:{lead_id}:{attempt}"));
        bases.insert(format!("credit:{lead_id}:{attempt}:{credit}"));
        bases.insert(format!("credit:{lead_id}:{attempt}:{RETURNED}"));
    }
    Ok(bases)
}
