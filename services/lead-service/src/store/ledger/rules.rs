//! What goes with the price list: the report's currency, exchange rates, how long a lead can be
//! credited, and what is planned with.

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;

use crate::domain::ledger::divergence::Planned;
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::rate::{Rate, Rates};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    pub rates: Rates,
    pub credit_days: u32,
    pub planned: Planned,
}

/// As the row keeps it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    call_seconds: Option<i64>,
    cost_per_lead: Option<KeptAmount>,
    agent_per_call: Option<KeptAmount>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct KeptAmount {
    micros: i64,
    currency: String,
}

#[derive(sqlx::FromRow)]
struct RulesRow {
    report_currency: String,
    credit_days: i32,
    expected: Json<Kept>,
}

pub async fn read(tx: &mut Tx) -> Result<Rules, StoreError> {
    let row: RulesRow = on!(tx, c => sqlx::query_as(
        "SELECT report_currency, credit_days, expected FROM ledger_rules WHERE id = 1")
        .fetch_one(c).await?);
    let rates: Vec<(String, String, NaiveDate, String)> = on!(tx, c => sqlx::query_as(
        "SELECT from_currency, to_currency, from_date, rate FROM exchange_rate")
        .fetch_all(c).await?);
    let corrupt = |column| CorruptRow::new("ledger_rules", column, 1);
    let report = row
        .report_currency
        .parse()
        .map_err(|_| corrupt("report_currency"))?;
    let rates = rates
        .iter()
        .map(|(from, to, since, rate)| {
            Rate::new(from.parse().ok()?, to.parse().ok()?, rate, *since).ok()
        })
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| CorruptRow::new("exchange_rate", "rate", 0))?;
    let expected = row.expected.0;
    Ok(Rules {
        rates: Rates::new(report, rates)
            .map_err(|_| CorruptRow::new("exchange_rate", "from_date", 0))?,
        credit_days: u32::try_from(row.credit_days).map_err(|_| corrupt("credit_days"))?,
        planned: Planned {
            call_seconds: expected.call_seconds,
            cost_per_lead: amount(expected.cost_per_lead).map_err(|()| corrupt("expected"))?,
            agent_per_call: amount(expected.agent_per_call).map_err(|()| corrupt("expected"))?,
        },
    })
}

fn amount(kept: Option<KeptAmount>) -> Result<Option<Amount>, ()> {
    let read = |kept: KeptAmount| {
        Ok(Amount {
            micros: kept.micros,
            currency: kept.currency.parse().map_err(|_| ())?,
        })
    };
    kept.map(read).transpose()
}
