//! The price list as the catalogue declares it: prices and rates with their days, and what goes with
//! them. It is replaced as a whole; what was priced from the first day that differs is priced anew.

use chrono::NaiveDate;

use super::divergence::Planned;
use super::money::Currency;
use super::price::Price;

/// For so many days after it was due a lead can be credited, where nothing else is declared.
pub const DEFAULT_CREDIT_DAYS: i32 = 14;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    pub prices: Vec<Price>,
    pub rates: Vec<ListedRate>,
    /// In what economics are shown.
    pub report: Currency,
    pub credit_days: i32,
    pub expected: Planned,
}

/// A rate as it is written; `rate::Rate` converts by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedRate {
    pub from: Currency,
    pub to: Currency,
    pub since: NaiveDate,
    /// Decimal text.
    pub rate: String,
}

impl PriceList {
    /// In one order, so that lists of the same content are equal.
    #[must_use]
    pub fn sorted(mut self) -> Self {
        self.prices
            .sort_by(|a, b| (a.item, &a.country, a.from).cmp(&(b.item, &b.country, b.from)));
        self.rates.sort();
        self
    }

    /// The first day on which something may cost otherwise than by `standing`. Rates price nothing:
    /// a line keeps the currency of its price.
    #[must_use]
    pub fn differs_from(&self, standing: &Self) -> Option<NaiveDate> {
        let only = |these: &'_ [Price], those: &'_ [Price]| {
            let missing = these.iter().filter(|price| !those.contains(price));
            missing.map(|price| price.from).min()
        };
        let gone = only(&standing.prices, &self.prices);
        let new = only(&self.prices, &standing.prices);
        [gone, new].into_iter().flatten().min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::price::Item;

    fn list(prices: &[(Item, &str, &str)]) -> PriceList {
        let price = |&(item, amount, from): &(Item, &str, &str)| Price {
            item,
            country: None,
            amount: amount.parse().unwrap(),
            from: from.parse().unwrap(),
        };
        PriceList {
            prices: prices.iter().map(price).collect(),
            rates: Vec::new(),
            report: Currency::EUR,
            credit_days: DEFAULT_CREDIT_DAYS,
            expected: Planned::default(),
        }
        .sorted()
    }

    #[test]
    fn a_list_differs_from_the_first_day_that_is_new_gone_or_of_another_amount() {
        let january = (Item::Sms, "USD 0.07", "2026-01-01");
        let june = (Item::Sms, "USD 0.08", "2026-06-01");
        let march = (Item::Email, "USD 0.001", "2026-03-01");
        let standing = list(&[january, june]);
        let differs = |prices: &[_]| {
            list(prices)
                .differs_from(&standing)
                .map(|day| day.to_string())
        };
        assert_eq!(differs(&[june, january]), None, "the order is no matter");
        assert_eq!(differs(&[january]).unwrap(), "2026-06-01");
        assert_eq!(differs(&[january, june, march]).unwrap(), "2026-03-01");
        let dearer = (Item::Sms, "USD 0.09", "2026-06-01");
        assert_eq!(differs(&[january, dearer]).unwrap(), "2026-06-01");
        assert_eq!(differs(&[]).unwrap(), "2026-01-01");
    }
}
