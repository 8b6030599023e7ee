//! What goes with the price list: the report's currency, exchange rates, how long a lead can be
//! credited, and what is planned with.

use chassis::db::{CorruptRow, StoreError, Tx};

use super::prices::{self, Extras};
use crate::domain::ledger::divergence::Planned;
use crate::domain::ledger::rate::{Rate, Rates};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    pub rates: Rates,
    pub credit_days: u32,
    pub planned: Planned,
}

pub async fn read(tx: &mut Tx) -> Result<Rules, StoreError> {
    let Extras {
        report,
        credit_days,
        rates,
        expected,
    } = prices::extras(tx).await?;
    let rates = rates
        .iter()
        .map(|listed| Rate::new(listed.from, listed.to, &listed.rate, listed.since).ok())
        .collect::<Option<Vec<_>>>()
        .ok_or_else(|| CorruptRow::new("exchange_rate", "rate", "list"))?;
    Ok(Rules {
        rates: Rates::new(report, rates)
            .map_err(|_| CorruptRow::new("exchange_rate", "from_date", "list"))?,
        credit_days: u32::try_from(credit_days)
            .map_err(|_| CorruptRow::new("ledger_rules", "credit_days", 1))?,
        planned: expected,
    })
}
