//! The books read for a recount: SQL of its own, which shares nothing with what posts.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use sqlx::types::Json;
use uuid::Uuid;

use super::income_events::Paid;
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::recount::{Attempt, Entry, Terms};

/// Findings of one kind that are listed.
const LISTED: i64 = 200;

/// How much is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
pub struct Counts {
    pub transfers: i64,
    pub cost_lines: i64,
    pub income_lines: i64,
}

pub async fn counts(tx: &mut Tx) -> Result<Counts, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT (SELECT COUNT(*) FROM transfer) AS transfers,
                (SELECT COUNT(*) FROM cost_line) AS cost_lines,
                (SELECT COUNT(*) FROM income_event WHERE kind = 'assigned') AS income_lines")
        .fetch_one(c).await?))
}

/// Account, currency, and what came to it less what left it.
pub async fn balances(tx: &mut Tx) -> Result<Vec<(String, String, i64)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT account, currency, CAST(SUM(micros) AS BIGINT)
           FROM (SELECT debit AS account, currency, amount_micros AS micros FROM transfer
                 UNION ALL
                 SELECT credit, currency, -amount_micros FROM transfer) AS moved
          GROUP BY account, currency ORDER BY account, currency")
        .fetch_all(c).await?))
}

/// Bases whose places have a gap, or whose reversal is not its original with the accounts swapped.
pub async fn broken_chains(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT base FROM transfer GROUP BY base
         HAVING MIN(place) <> 1 OR MAX(place) <> COUNT(*)
         UNION
         SELECT r.base FROM transfer r
           LEFT JOIN transfer o ON o.base = r.base AND o.place = r.place - 1
          WHERE r.place % 2 = 0
            AND (o.base IS NULL OR o.debit <> r.credit OR o.credit <> r.debit
                 OR o.amount_micros <> r.amount_micros OR o.currency <> r.currency)
         ORDER BY 1 LIMIT $1")
        .bind(LISTED).fetch_all(c).await?))
}

/// A cost line beside what stands for it in the books.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Beside {
    pub base: String,
    pub line_micros: Option<i64>,
    pub line_currency: Option<String>,
    pub entry_micros: Option<i64>,
    pub entry_currency: Option<String>,
    pub debit: Option<String>,
}

/// Cost lines and entries that are not worth the same, or stand at another account.
pub async fn costs_that_differ(tx: &mut Tx) -> Result<Vec<Beside>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT 'cost:' || k.cost_key AS base, k.amount_micros AS line_micros,
                k.currency AS line_currency, t.amount_micros AS entry_micros,
                t.currency AS entry_currency, t.debit AS debit
           FROM cost_line k
           LEFT JOIN (SELECT s.base, s.amount_micros, s.currency, s.debit, s.credit FROM transfer s
                       WHERE s.place % 2 = 1
                         AND NOT EXISTS (SELECT 1 FROM transfer n
                                          WHERE n.base = s.base AND n.place = s.place + 1)) t
             ON t.base = 'cost:' || k.cost_key
          WHERE (t.base IS NULL AND COALESCE(k.amount_micros, 0) > 0)
             OR (t.base IS NOT NULL
                 AND (COALESCE(k.amount_micros, 0) <> t.amount_micros OR k.currency <> t.currency
                      OR t.debit <> 'cost:' || k.part
                      OR t.credit <> CASE k.part WHEN 'agent' THEN 'payable:elevenlabs'
                                                 WHEN 'email' THEN 'payable:mailgun'
                                                 WHEN 'chain' THEN 'payable:digital-republic'
                                                 ELSE 'payable:twilio' END))
          ORDER BY 1 LIMIT $1")
        .bind(LISTED).fetch_all(c).await?))
}

/// Bases of entries that stand for no line: of a cost without its line, or of nothing known. What
/// was taken back may have lost its line.
pub async fn without_line(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT DISTINCT t.base FROM transfer t
          WHERE (t.base LIKE 'cost:%' AND t.place % 2 = 1
                 AND NOT EXISTS (SELECT 1 FROM transfer n
                                  WHERE n.base = t.base AND n.place = t.place + 1)
                 AND NOT EXISTS (SELECT 1 FROM cost_line k WHERE k.cost_key = SUBSTR(t.base, 6)))
             OR (t.base NOT LIKE 'cost:%' AND t.base NOT LIKE 'income:%'
                 AND t.base NOT LIKE 'credit:%' AND t.base NOT LIKE 'payment:%')
          ORDER BY 1 LIMIT $1")
        .bind(LISTED).fetch_all(c).await?))
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    base: String,
    debit: String,
    credit: String,
    amount_micros: i64,
    currency: String,
}

impl From<EntryRow> for Entry {
    fn from(row: EntryRow) -> Self {
        Self {
            base: row.base,
            debit: row.debit,
            credit: row.credit,
            micros: row.amount_micros,
            currency: row.currency,
        }
    }
}

/// What stands for leads' charges and credits.
pub async fn standing_incomes(tx: &mut Tx) -> Result<Vec<Entry>, StoreError> {
    let rows: Vec<EntryRow> = on!(tx, c => sqlx::query_as(
        "SELECT s.base, s.debit, s.credit, s.amount_micros, s.currency FROM transfer s
          WHERE (s.base LIKE 'income:%' OR s.base LIKE 'credit:%') AND s.place % 2 = 1
            AND NOT EXISTS (SELECT 1 FROM transfer n
                             WHERE n.base = s.base AND n.place = s.place + 1)")
        .fetch_all(c).await?);
    Ok(rows.into_iter().map(Entry::from).collect())
}

/// What stands for a base.
pub async fn standing(tx: &mut Tx, base: &str) -> Result<Option<Entry>, StoreError> {
    let row: Option<EntryRow> = on!(tx, c => sqlx::query_as(
        "SELECT s.base, s.debit, s.credit, s.amount_micros, s.currency FROM transfer s
          WHERE s.base = $1 AND s.place % 2 = 1
            AND NOT EXISTS (SELECT 1 FROM transfer n
                             WHERE n.base = s.base AND n.place = s.place + 1)")
        .bind(base).fetch_optional(c).await?);
    Ok(row.map(Entry::from))
}

#[derive(sqlx::FromRow)]
struct AttemptRow {
    lead_id: Uuid,
    attempt: i32,
    kind: String,
    provider_id: Option<String>,
    terms: Option<Json<Paid>>,
    repeat_of: Option<Uuid>,
    amount_micros: Option<i64>,
    currency: Option<String>,
    credit_id: Option<String>,
    attempt_state: String,
    /// Of the lead, where this is its attempt.
    won_minor: Option<i64>,
    won_currency: Option<String>,
}

macro_rules! select_attempt {
    ($tail:literal) => {
        concat!(
            "SELECT e.lead_id, e.attempt, e.kind, e.provider_id, e.terms, e.repeat_of,
                    e.amount_micros, e.currency, e.credit_id,
                    COALESCE(a.state, '') AS attempt_state,
                    CASE WHEN l.attempt = e.attempt AND l.state = 'won'
                         THEN l.won_amount_minor END AS won_minor,
                    CASE WHEN l.attempt = e.attempt AND l.state = 'won'
                         THEN l.won_currency END AS won_currency
               FROM income_event e
               JOIN lead l ON l.id = e.lead_id
               LEFT JOIN lead_attempt a ON a.lead_id = e.lead_id AND a.attempt = e.attempt ",
            $tail,
            " ORDER BY e.lead_id, e.attempt, e.number"
        )
    };
}

/// Attempts with terms of the next leads after one.
pub async fn attempts(tx: &mut Tx, after: Uuid, leads: i64) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<AttemptRow> = on!(tx, c => sqlx::query_as(
        select_attempt!("WHERE e.lead_id IN (SELECT DISTINCT lead_id FROM income_event
                                              WHERE lead_id > $1 ORDER BY lead_id LIMIT $2)"))
        .bind(after).bind(leads).fetch_all(c).await?);
    told(rows)
}

pub async fn attempts_of(tx: &mut Tx, lead: Uuid) -> Result<Vec<Attempt>, StoreError> {
    let rows: Vec<AttemptRow> = on!(tx, c => sqlx::query_as(
        select_attempt!("WHERE e.lead_id = $1")).bind(lead).fetch_all(c).await?);
    told(rows)
}

fn told(rows: Vec<AttemptRow>) -> Result<Vec<Attempt>, StoreError> {
    let mut found: Vec<Attempt> = Vec::new();
    for row in rows {
        let corrupt = |column| CorruptRow::new("income_event", column, row.lead_id);
        if row.kind == "assigned" {
            let terms = row.terms.as_ref().ok_or_else(|| corrupt("terms"))?;
            let minor = row.won_minor.zip(row.won_currency.as_deref());
            let won = minor.map(|(minor, currency)| {
                let currency = currency.parse().ok()?;
                Amount::of_minor(minor, currency).ok()
            });
            found.push(Attempt {
                lead: row.lead_id,
                attempt: row.attempt,
                provider: row.provider_id.clone().unwrap_or_default(),
                terms: match &terms.0 {
                    Paid::Flat { micros, currency } => Terms::Flat(*micros, currency.clone()),
                    Paid::PercentHundredths(hundredths) => Terms::Percent((*hundredths).into()),
                },
                waived: row.repeat_of.is_some(),
                confirmed: matches!(row.attempt_state.as_str(), "confirmed" | "completed"),
                taken_back: matches!(row.attempt_state.as_str(), "releasing" | "released"),
                billed: won
                    .flatten()
                    .map(|won| (won.micros, won.currency.code().to_owned())),
                credits: Vec::new(),
            });
            continue;
        }
        let amount = || row.amount_micros.zip(row.currency.clone());
        let Some(attempt) = found.last_mut() else {
            continue;
        };
        match row.kind.as_str() {
            "confirmed" => attempt.confirmed = true,
            "released" | "cancelled" => attempt.taken_back = true,
            "won" if attempt.billed.is_none() => attempt.billed = amount(),
            "credited" => {
                let id = row.credit_id.clone().unwrap_or_default();
                let (micros, currency) = amount().ok_or_else(|| corrupt("amount_micros"))?;
                attempt.credits.push((id, micros, currency));
            }
            _ => {}
        }
    }
    Ok(found)
}
