//! What prices.toml says: what things cost, from which day and in which currency (D4), how currencies
//! compare, what we plan with, and the two rules that the ledger keeps by it.

use chrono::NaiveDate;

use super::document::At;

/// Prices of these are known; everything else is a slip of the pen.
pub(super) const ITEMS: [&str; 9] = [
    "did_month",
    "chain_month",
    "carrier_minute",
    "agent_minute",
    "agent_credit",
    AGENT_CALL,
    "sms",
    "whatsapp",
    "email",
];
/// What a real call's agent is expected to cost (R75); nothing is priced by it.
pub(super) const AGENT_CALL: &str = "agent_call";

/// The whole file.
#[derive(Debug, Clone, Default)]
pub struct Prices {
    pub rules: LedgerRules,
    pub expected: Option<Expected>,
    pub prices: Vec<Price>,
    pub rates: Vec<Rate>,
}

/// The table `[ledger]`; what is left out means its default.
#[derive(Debug, Clone)]
pub struct LedgerRules {
    /// In which cost and income stand side by side (R81).
    pub report_currency: String,
    /// For so many days after it was due, a lead can be credited.
    pub credit_days: i64,
    pub at: At,
}

impl Default for LedgerRules {
    fn default() -> Self {
        Self {
            report_currency: "EUR".to_owned(),
            credit_days: 14,
            at: At::default(),
        }
    }
}

/// An exact amount in millionths of the currency's unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Money {
    pub micros: i64,
    pub currency: String,
}

/// What we plan with (R77, R78).
#[derive(Debug, Clone)]
pub struct Expected {
    pub from: NaiveDate,
    /// In thousandths of a minute.
    pub call_milliminutes: i64,
    pub cost_per_lead: Option<Money>,
    pub at: At,
}

#[derive(Debug, Clone)]
pub struct Price {
    pub item: String,
    /// None: wherever no entry for the country stands.
    pub country: Option<String>,
    pub price: Option<Money>,
    pub from: NaiveDate,
    pub at: At,
}

/// From its day on, one unit of `from_currency` is worth `rate` of `to_currency`.
#[derive(Debug, Clone)]
pub struct Rate {
    pub from_currency: String,
    pub to_currency: String,
    /// Decimal text, as it stands in the file.
    pub rate: String,
    pub from: NaiveDate,
    pub at: At,
}

impl Prices {
    /// What a real call's agent is expected to cost on a day, wherever it is.
    #[must_use]
    pub fn agent_per_call(&self, day: NaiveDate) -> Option<&Money> {
        let everywhere = self.prices.iter().filter(|price| {
            price.item == AGENT_CALL && price.country.is_none() && price.from <= day
        });
        everywhere.max_by_key(|price| price.from)?.price.as_ref()
    }
}
