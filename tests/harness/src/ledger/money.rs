//! The ledger of money as the databases hold it: the entries of the books, what each lead is owed for by
//! the leads and the roster alone, and what calls and messages must have a line for. Plain SQL that
//! shares nothing with the services' own recount.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use chassis::db::StoreError;
use chassis::on;
use tokio::time::Instant;
use uuid::Uuid;

use crate::books::Books;

/// For the streams to be followed to their end.
const CAUGHT_UP: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transfer {
    pub base: String,
    pub place: i32,
    pub debit: String,
    pub credit: String,
    pub micros: i64,
    pub currency: String,
}

/// A lead that was accepted, and the terms of whoever has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    pub lead: String,
    pub attempt: i32,
    pub provider: String,
    /// Charged with another one (D13); callers of a run have a number each, so it is rare.
    pub repeats: bool,
    /// In micros and its currency; none: a percentage.
    pub flat: Option<(i64, String)>,
    pub percent_hundredths: i64,
    /// What was billed, in micros; none: it is not won.
    pub won: Option<(i64, String)>,
}

#[derive(Clone, Debug, Default)]
pub struct Money {
    pub transfers: Vec<Transfer>,
    pub accepted: Vec<Accepted>,
    /// Calls whose books quality closed.
    pub closed_calls: Vec<String>,
    /// Deliveries that a carrier took, and those of which nobody knows whether one did.
    pub taken: Vec<String>,
    pub ambiguous: BTreeSet<String>,
    /// The keys of all cost lines.
    pub lines: Vec<String>,
    /// What did not come to its end in time.
    pub behind: Vec<String>,
}

impl Money {
    /// Waits for the streams, then reads.
    ///
    /// # Errors
    /// A database does not answer.
    pub async fn read(books: &Books) -> Result<Self, StoreError> {
        let until = Instant::now() + CAUGHT_UP;
        let behind = loop {
            let behind = behind(books).await?;
            if behind.is_empty() || Instant::now() > until {
                break behind;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        };
        let (taken, ambiguous) = deliveries(books).await?;
        Ok(Self {
            transfers: transfers(books).await?,
            accepted: accepted(books).await?,
            closed_calls: closed_calls(books).await?,
            taken,
            ambiguous,
            lines: lines(books).await?,
            behind,
        })
    }
}

/// What is still to be followed or told: outcomes by the ledger, closed calls by quality.
async fn behind(books: &Books) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut db = books.notification.read().await?;
    let unnumbered: i64 = on!(db, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM feed WHERE number IS NULL").fetch_one(c).await?);
    let (epoch, last): (String, i64) = on!(db, c => sqlx::query_as(
        "SELECT epoch, number FROM feed_head").fetch_one(c).await?);
    let mut db = books.lead.read().await?;
    let followed: Option<(String, i64)> = on!(db, c => sqlx::query_as(
        "SELECT epoch, number FROM follower WHERE name = 'outcomes'").fetch_optional(c).await?);
    let parked: i64 = on!(db, c => sqlx::query_scalar("SELECT COUNT(*) FROM parked")
        .fetch_one(c).await?);
    let reached = followed
        .clone()
        .is_some_and(|at| at == (epoch.clone(), last));
    if unnumbered > 0 || !reached {
        found.push(format!(
            "outcomes {followed:?} of {epoch} {last}, {unnumbered} without a number"
        ));
    }
    if parked > 0 {
        found.push(format!("{parked} entries parked at lead-service"));
    }
    let mut db = books.quality.read().await?;
    let untold: i64 = on!(db, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM cost_report WHERE parked <> '' OR (failures > 0 AND due_us IS NOT NULL)
             OR due_us <= (SELECT us FROM clock)").fetch_one(c).await?);
    if untold > 0 {
        found.push(format!("{untold} closed calls whose cost is not told"));
    }
    Ok(found)
}

async fn transfers(books: &Books) -> Result<Vec<Transfer>, StoreError> {
    let mut db = books.lead.read().await?;
    let rows: Vec<(String, i32, String, String, i64, String)> = on!(db, c => sqlx::query_as(
        "SELECT base, place, debit, credit, amount_micros, currency FROM transfer
          ORDER BY base, place").fetch_all(c).await?);
    let each = rows
        .into_iter()
        .map(|(base, place, debit, credit, micros, currency)| Transfer {
            base,
            place,
            debit,
            credit,
            micros,
            currency,
        });
    Ok(each.collect())
}

type LeadRow = (Uuid, i32, Option<String>, bool, Option<i64>, Option<String>);
type Terms = (String, Option<i64>, Option<String>, Option<i32>);

async fn accepted(books: &Books) -> Result<Vec<Accepted>, StoreError> {
    let mut db = books.lead.read().await?;
    let leads: Vec<LeadRow> = on!(db, c => sqlx::query_as(
        "SELECT l.id, l.attempt, l.provider_id,
                EXISTS (SELECT 1 FROM income_event w
                         WHERE w.lead_id = l.id AND w.attempt = l.attempt AND w.kind = 'waived')
                AND NOT EXISTS (SELECT 1 FROM income_event d
                         WHERE d.lead_id = l.id AND d.attempt = l.attempt AND d.kind = 'charged'),
                l.won_amount_minor, l.won_currency
           FROM lead l WHERE l.state IN ('confirmed', 'won', 'lost')").fetch_all(c).await?);
    let mut db = books.roster.read().await?;
    let terms: Vec<Terms> = on!(db, c => sqlx::query_as(
        "SELECT provider_id, flat_amount_minor, flat_currency, percent_hundredths FROM provider")
        .fetch_all(c).await?);
    let terms: BTreeMap<String, Terms> = terms.into_iter().map(|t| (t.0.clone(), t)).collect();
    let each = leads
        .into_iter()
        .map(|(lead, attempt, provider, repeats, won, currency)| {
            let provider = provider.unwrap_or_default();
            let terms = terms.get(&provider).cloned().unwrap_or_default();
            let (_, flat, of_flat, percent) = terms;
            Accepted {
                lead: lead.to_string(),
                attempt,
                provider,
                repeats,
                flat: flat.zip(of_flat).map(in_micros),
                percent_hundredths: percent.unwrap_or_default().into(),
                won: won.zip(currency).map(in_micros),
            }
        });
    Ok(each.collect())
}

/// All amounts of a run are in currencies with hundredths.
fn in_micros((minor, currency): (i64, String)) -> (i64, String) {
    (minor * 10_000, currency)
}

async fn closed_calls(books: &Books) -> Result<Vec<String>, StoreError> {
    let mut db = books.quality.read().await?;
    let rows: Vec<(String,)> = on!(db, c => sqlx::query_as(
        "SELECT call_sid FROM call WHERE class <> 'open'").fetch_all(c).await?);
    Ok(rows.into_iter().map(|row| row.0).collect())
}

async fn deliveries(books: &Books) -> Result<(Vec<String>, BTreeSet<String>), StoreError> {
    let mut db = books.notification.read().await?;
    let rows: Vec<(Uuid, bool)> = on!(db, c => sqlx::query_as(
        "SELECT id, accept_time IS NOT NULL FROM deliveries
          WHERE accept_time IS NOT NULL OR state = 'unknown'").fetch_all(c).await?);
    let (taken, ambiguous): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.1);
    let named = |rows: Vec<(Uuid, bool)>| rows.into_iter().map(|row| row.0.to_string());
    Ok((named(taken).collect(), named(ambiguous).collect()))
}

async fn lines(books: &Books) -> Result<Vec<String>, StoreError> {
    let mut db = books.lead.read().await?;
    let rows: Vec<(String,)> = on!(db, c => sqlx::query_as("SELECT cost_key FROM cost_line")
        .fetch_all(c).await?);
    Ok(rows.into_iter().map(|row| row.0).collect())
}
