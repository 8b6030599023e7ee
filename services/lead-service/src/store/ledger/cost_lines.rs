//! Cost lines: what cost something, with what the vendor told of it and what it is worth now.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::words::{Told, counted, quantity, told, unknown, word};
use crate::domain::ledger::cost::{Belongs, CostLine, Fact, Source, Worth};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::month::Period;

/// A line with the fact that it was made of.
pub struct Kept {
    pub fact: Fact,
    pub line: CostLine,
}

#[derive(sqlx::FromRow)]
struct Row {
    cost_key: String,
    part: String,
    cost_time: DateTime<Utc>,
    country: String,
    site_id: String,
    number: String,
    call_sid: String,
    conversation_id: String,
    lead_id: Option<Uuid>,
    provider_id: String,
    agent_name: String,
    word: Json<Told>,
    amount_micros: Option<i64>,
    currency: Option<String>,
    unknown: Option<String>,
    source: Option<String>,
    price_date: Option<NaiveDate>,
    quantity_kind: Option<String>,
    quantity: Option<i64>,
}

macro_rules! select_line {
    ($tail:literal) => {
        concat!(
            "SELECT cost_key, part, cost_time, country, site_id, number, call_sid, conversation_id,
                    lead_id, provider_id, agent_name, word, amount_micros, currency, unknown, source,
                    price_date, quantity_kind, quantity
               FROM cost_line ",
            $tail
        )
    };
}

impl TryFrom<Row> for Kept {
    type Error = CorruptRow;

    fn try_from(row: Row) -> Result<Self, CorruptRow> {
        let key = row.cost_key.clone();
        let corrupt = |column| CorruptRow::new("cost_line", column, &key);
        let part = row.part.parse().map_err(|_| corrupt("part"))?;
        let word = word(&row.word.0).ok_or_else(|| corrupt("word"))?;
        let count = row.quantity.map(u32::try_from).transpose();
        let count = count.map_err(|_| corrupt("quantity"))?;
        let quantity = row
            .quantity_kind
            .as_deref()
            .map(|kind| quantity(kind, count));
        let quantity = quantity.map(|known| known.ok_or_else(|| corrupt("quantity_kind")));
        let worth = match (row.amount_micros, row.currency, row.unknown.as_deref()) {
            (Some(micros), Some(currency), None) => Worth::Known {
                amount: Amount {
                    micros,
                    currency: currency.parse().map_err(|_| corrupt("currency"))?,
                },
                source: match (row.source.as_deref(), row.price_date) {
                    (Some("actual"), None) => Source::Actual,
                    (Some("listed"), Some(from)) => Source::Listed { from },
                    _ => return Err(corrupt("source")),
                },
            },
            (None, None, Some(reason)) => {
                Worth::Unknown(unknown(reason).ok_or_else(|| corrupt("unknown"))?)
            }
            _ => return Err(corrupt("amount_micros")),
        };
        let some = |text: String| (!text.is_empty()).then_some(text);
        let belongs = Belongs {
            site: row.site_id,
            number: some(row.number),
            call: some(row.call_sid),
            conversation: some(row.conversation_id),
            lead: row.lead_id,
            provider: some(row.provider_id),
            agent: some(row.agent_name),
            city: None,
            category: None,
        };
        Ok(Self {
            line: CostLine {
                key: row.cost_key.clone(),
                part,
                at: row.cost_time,
                belongs: belongs.clone(),
                quantity: quantity.transpose()?,
                worth,
            },
            fact: Fact {
                key: row.cost_key,
                part,
                at: row.cost_time,
                belongs,
                country: row.country,
                word,
            },
        })
    }
}

/// Stores a line and the fact behind it; the latest telling counts.
pub async fn put(tx: &mut Tx, fact: &Fact, line: &CostLine) -> Result<(), StoreError> {
    let belongs = &fact.belongs;
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let (amount, unknown, source, price_date) = match line.worth {
        Worth::Known { amount, source } => {
            let (name, from) = match source {
                Source::Actual => ("actual", None),
                Source::Listed { from } => ("listed", Some(from)),
            };
            (Some(amount), None, Some(name), from)
        }
        Worth::Unknown(unknown) => (None, Some(unknown.reason()), None, None),
    };
    let (kind, count) = line.quantity.map(counted).unzip();
    let count = count.flatten().map(i64::from);
    on!(tx, c => sqlx::query(
        "INSERT INTO cost_line (cost_key, part, cost_time, country, site_id, number, call_sid,
                                conversation_id, lead_id, provider_id, agent_name, word,
                                amount_micros, currency, unknown, source, price_date,
                                quantity_kind, quantity)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
         ON CONFLICT (cost_key) DO UPDATE
            SET part = excluded.part, cost_time = excluded.cost_time, country = excluded.country,
                site_id = excluded.site_id, number = excluded.number, call_sid = excluded.call_sid,
                conversation_id = excluded.conversation_id, lead_id = excluded.lead_id,
                provider_id = excluded.provider_id, agent_name = excluded.agent_name,
                word = excluded.word, amount_micros = excluded.amount_micros,
                currency = excluded.currency, unknown = excluded.unknown, source = excluded.source,
                price_date = excluded.price_date, quantity_kind = excluded.quantity_kind,
                quantity = excluded.quantity")
        .bind(&fact.key).bind(fact.part.name()).bind(fact.at).bind(&fact.country)
        .bind(&belongs.site).bind(text(&belongs.number)).bind(text(&belongs.call))
        .bind(text(&belongs.conversation)).bind(belongs.lead).bind(text(&belongs.provider))
        .bind(text(&belongs.agent)).bind(Json(told(&fact.word)))
        .bind(amount.map(|a| a.micros)).bind(amount.map(|a| a.currency.code().to_owned()))
        .bind(unknown).bind(source).bind(price_date).bind(kind).bind(count)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The line of a key, locked on PostgreSQL until the transaction ends.
pub async fn lock(tx: &mut Tx, key: &str) -> Result<Option<Kept>, StoreError> {
    if !tx.is_postgres() {
        return find(tx, key).await;
    }
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        select_line!("WHERE cost_key = $1 FOR UPDATE"))
        .bind(key).fetch_optional(c).await?);
    Ok(row.map(Kept::try_from).transpose()?)
}

/// The line of a key.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Kept>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(select_line!("WHERE cost_key = $1"))
        .bind(key).fetch_optional(c).await?);
    Ok(row.map(Kept::try_from).transpose()?)
}

/// The next ones in order of time and key.
pub async fn page(
    tx: &mut Tx,
    after: (DateTime<Utc>, &str),
    limit: i64,
) -> Result<Vec<Kept>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_line!("WHERE cost_time > $1 OR (cost_time = $1 AND cost_key > $2)
                       ORDER BY cost_time, cost_key LIMIT $3"))
        .bind(after.0).bind(after.1).bind(limit).fetch_all(c).await?);
    read(rows)
}

/// Those of a period, of one site or (empty) of all.
pub async fn of_period(
    tx: &mut Tx,
    period: &Period,
    site_id: &str,
) -> Result<Vec<CostLine>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_line!("WHERE cost_time >= $1 AND cost_time < $2 AND ($3 = '' OR site_id = $3)
                       ORDER BY cost_time, cost_key"))
        .bind(period.from).bind(period.until).bind(site_id).fetch_all(c).await?);
    Ok(read(rows)?.into_iter().map(|kept| kept.line).collect())
}

/// How many there are of a period; it counts no further than `most`.
pub async fn count(
    tx: &mut Tx,
    period: &Period,
    site_id: &str,
    most: i64,
) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM
            (SELECT 1 FROM cost_line
              WHERE cost_time >= $1 AND cost_time < $2 AND ($3 = '' OR site_id = $3)
              LIMIT $4) AS counted")
        .bind(period.from).bind(period.until).bind(site_id).bind(most).fetch_one(c).await?))
}

/// Those that name a lead, or its call and no lead; oldest first.
pub async fn of_lead(
    tx: &mut Tx,
    lead_id: Uuid,
    call_sid: &str,
) -> Result<Vec<CostLine>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        select_line!("WHERE lead_id = $1 OR (lead_id IS NULL AND call_sid <> '' AND call_sid = $2)
                       ORDER BY cost_time, cost_key"))
        .bind(lead_id).bind(call_sid).fetch_all(c).await?);
    Ok(read(rows)?.into_iter().map(|kept| kept.line).collect())
}

fn read(rows: Vec<Row>) -> Result<Vec<Kept>, StoreError> {
    rows.into_iter()
        .map(|row| Ok(Kept::try_from(row)?))
        .collect()
}
