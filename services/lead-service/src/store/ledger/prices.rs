//! The price list, and the place up to which lines are priced by it.
//!
//! Whoever makes a line holds the list (`hold`) while it does; whoever replaces it, or prices anew,
//! locks it (`lock`). So no line is ever made by a list that is older than the one that prices anew.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::domain::ledger::divergence::Planned;
use crate::domain::ledger::money::{Amount, Currency};
use crate::domain::ledger::price::{Price, Prices};
use crate::domain::ledger::price_list::{ListedRate, PriceList};

/// Lines after this place, in order of time and key, are priced by an older list.
pub type Cursor = Option<(DateTime<Utc>, String)>;

/// Keeps the list as it is until the transaction ends; others may hold it too.
pub async fn hold(tx: &mut Tx) -> Result<(), StoreError> {
    if tx.is_postgres() {
        on!(tx, c => sqlx::query_scalar::<_, i64>(
            "SELECT version FROM ledger_rules WHERE id = 1 FOR SHARE").fetch_one(c).await?);
    }
    Ok(())
}

/// Keeps everybody else from the list until the transaction ends.
pub async fn lock(tx: &mut Tx) -> Result<Cursor, StoreError> {
    if tx.is_postgres() {
        on!(tx, c => sqlx::query_scalar::<_, i64>(
            "SELECT version FROM ledger_rules WHERE id = 1 FOR UPDATE").fetch_one(c).await?);
    }
    cursor(tx).await
}

/// Up to where lines are priced anew; nothing where all are.
pub async fn cursor(tx: &mut Tx) -> Result<Cursor, StoreError> {
    let (time, key): (Option<DateTime<Utc>>, Option<String>) = on!(tx, c => sqlx::query_as(
        "SELECT reprice_time, reprice_key FROM ledger_rules WHERE id = 1").fetch_one(c).await?);
    Ok(time.zip(key))
}

pub async fn set_cursor(tx: &mut Tx, cursor: &Cursor) -> Result<(), StoreError> {
    let (time, key) = cursor.as_ref().map(|(at, key)| (*at, key.as_str())).unzip();
    on!(tx, c => sqlx::query(
        "UPDATE ledger_rules SET reprice_time = $1, reprice_key = $2 WHERE id = 1")
        .bind(time).bind(key).execute(c).await?.rows_affected());
    Ok(())
}

#[derive(sqlx::FromRow)]
struct PriceRow {
    item: String,
    country: String,
    from_date: NaiveDate,
    amount_micros: i64,
    currency: String,
}

impl TryFrom<PriceRow> for Price {
    type Error = CorruptRow;

    fn try_from(row: PriceRow) -> Result<Self, CorruptRow> {
        let corrupt = |column| CorruptRow::new("price", column, &row.item);
        Ok(Self {
            item: row.item.parse().map_err(|_| corrupt("item"))?,
            amount: Amount {
                micros: row.amount_micros,
                currency: row.currency.parse().map_err(|_| corrupt("currency"))?,
            },
            country: (!row.country.is_empty()).then_some(row.country),
            from: row.from_date,
        })
    }
}

async fn listed(tx: &mut Tx) -> Result<Vec<Price>, StoreError> {
    let rows: Vec<PriceRow> = on!(tx, c => sqlx::query_as(
        "SELECT item, country, from_date, amount_micros, currency FROM price")
        .fetch_all(c).await?);
    rows.into_iter()
        .map(|row| Ok(Price::try_from(row)?))
        .collect()
}

/// By which lines are made.
pub async fn prices(tx: &mut Tx) -> Result<Prices, StoreError> {
    let prices = Prices::new(listed(tx).await?);
    Ok(prices.map_err(|_| CorruptRow::new("price", "amount_micros", "list"))?)
}

/// What is expected, as the row keeps it.
#[derive(Serialize, Deserialize)]
struct ExpectedRow {
    call_seconds: Option<i64>,
    cost_per_lead: Option<AmountRow>,
    agent_per_call: Option<AmountRow>,
}

#[derive(Serialize, Deserialize)]
struct AmountRow {
    micros: i64,
    currency: String,
}

/// Before the first list the row holds `{}`.
fn expected(value: serde_json::Value) -> Option<Planned> {
    let row: ExpectedRow = serde_json::from_value(value).ok()?;
    let amount = |row: Option<AmountRow>| match row {
        None => Some(None),
        Some(row) => row.currency.parse().ok().map(|currency| {
            Some(Amount {
                micros: row.micros,
                currency,
            })
        }),
    };
    Some(Planned {
        call_seconds: row.call_seconds,
        cost_per_lead: amount(row.cost_per_lead)?,
        agent_per_call: amount(row.agent_per_call)?,
    })
}

/// What goes with the prices, as it was last put.
pub(super) struct Extras {
    pub(super) report: Currency,
    pub(super) credit_days: i32,
    pub(super) rates: Vec<ListedRate>,
    pub(super) expected: Planned,
}

pub(super) async fn extras(tx: &mut Tx) -> Result<Extras, StoreError> {
    let rules: (String, i32, Json<serde_json::Value>) = on!(tx, c => sqlx::query_as(
        "SELECT report_currency, credit_days, expected FROM ledger_rules WHERE id = 1")
        .fetch_one(c).await?);
    let (report, credit_days, Json(said)) = rules;
    let rates: Vec<(String, String, NaiveDate, String)> = on!(tx, c => sqlx::query_as(
        "SELECT from_currency, to_currency, from_date, rate FROM exchange_rate")
        .fetch_all(c).await?);
    let corrupt = |table, column| CorruptRow::new(table, column, "list");
    let currency = |code: &str| {
        code.parse::<Currency>()
            .map_err(|_| corrupt("exchange_rate", "from_currency"))
    };
    let rates = rates.into_iter().map(|(from, to, since, rate)| {
        Ok::<_, CorruptRow>(ListedRate {
            from: currency(&from)?,
            to: currency(&to)?,
            since,
            rate,
        })
    });
    Ok(Extras {
        rates: rates.collect::<Result<_, _>>()?,
        report: report
            .parse()
            .map_err(|_| corrupt("ledger_rules", "report_currency"))?,
        credit_days,
        expected: expected(said).ok_or_else(|| corrupt("ledger_rules", "expected"))?,
    })
}

/// Everything, as it was last put.
pub async fn list(tx: &mut Tx) -> Result<PriceList, StoreError> {
    let Extras {
        report,
        credit_days,
        rates,
        expected,
    } = extras(tx).await?;
    let list = PriceList {
        prices: listed(tx).await?,
        rates,
        report,
        credit_days,
        expected,
    };
    Ok(list.sorted())
}

/// Replaces everything; what is priced by it from `differs` on is due to be priced anew.
pub async fn replace(
    tx: &mut Tx,
    list: &PriceList,
    differs: Option<NaiveDate>,
    standing: Cursor,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("DELETE FROM price").execute(c).await?.rows_affected());
    for price in &list.prices {
        on!(tx, c => sqlx::query(
            "INSERT INTO price (item, country, from_date, amount_micros, currency)
             VALUES ($1, $2, $3, $4, $5)")
            .bind(price.item.name()).bind(price.country.as_deref().unwrap_or_default())
            .bind(price.from).bind(price.amount.micros).bind(price.amount.currency.code())
            .execute(c).await?.rows_affected());
    }
    on!(tx, c => sqlx::query("DELETE FROM exchange_rate").execute(c).await?.rows_affected());
    for rate in &list.rates {
        on!(tx, c => sqlx::query(
            "INSERT INTO exchange_rate (from_currency, to_currency, from_date, rate)
             VALUES ($1, $2, $3, $4)")
            .bind(rate.from.code()).bind(rate.to.code()).bind(rate.since).bind(&rate.rate)
            .execute(c).await?.rows_affected());
    }
    let amount = |amount: Option<Amount>| {
        amount.map(|amount| AmountRow {
            micros: amount.micros,
            currency: amount.currency.code().to_owned(),
        })
    };
    let expected = ExpectedRow {
        call_seconds: list.expected.call_seconds,
        cost_per_lead: amount(list.expected.cost_per_lead),
        agent_per_call: amount(list.expected.agent_per_call),
    };
    on!(tx, c => sqlx::query(
        "UPDATE ledger_rules SET report_currency = $1, credit_days = $2, expected = $3,
                version = version + 1 WHERE id = 1")
        .bind(list.report.code()).bind(list.credit_days).bind(Json(&expected))
        .execute(c).await?.rows_affected());
    let start = differs.map(|day| (day.and_time(NaiveTime::MIN).and_utc(), String::new()));
    let cursor = match (standing, start) {
        (Some(standing), Some(start)) => Some(standing.min(start)),
        (standing, start) => standing.or(start),
    };
    set_cursor(tx, &cursor).await
}
