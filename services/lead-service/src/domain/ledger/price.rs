//! The price list: what an item costs, in which country, from which day (D4).
//!
//! A price holds from its day, 00:00 UTC, until the next for the same item and country. Where a
//! country has no price on a day, the item's price without a country holds.

use std::fmt;
use std::str::FromStr;

use chrono::NaiveDate;

use super::money::Amount;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Item {
    DidMonth,
    ChainMonth,
    CarrierMinute,
    AgentMinute,
    AgentCredit,
    /// What a real call's agent is expected to cost (R75); nothing is priced by it.
    AgentCall,
    Sms,
    Whatsapp,
    Email,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    pub item: Item,
    /// ISO 3166-1 alpha-2; none: every country without a price of its own.
    pub country: Option<String>,
    pub amount: Amount,
    pub from: NaiveDate,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prices(Vec<Price>);

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPrices {
    #[error("{item} has two prices from {from}")]
    Twice { item: Item, from: NaiveDate },
    #[error("the price of {item} from {from} is below zero")]
    Negative { item: Item, from: NaiveDate },
}

impl Prices {
    /// In any order.
    pub fn new(mut prices: Vec<Price>) -> Result<Self, InvalidPrices> {
        prices.sort_by(|a, b| (a.item, &a.country, a.from).cmp(&(b.item, &b.country, b.from)));
        let same =
            |a: &Price, b: &Price| (a.item, &a.country, a.from) == (b.item, &b.country, b.from);
        if let Some(pair) = prices.windows(2).find(|pair| same(&pair[0], &pair[1])) {
            let Price { item, from, .. } = pair[0];
            return Err(InvalidPrices::Twice { item, from });
        }
        if let Some(&Price { item, from, .. }) = prices.iter().find(|p| p.amount.micros < 0) {
            return Err(InvalidPrices::Negative { item, from });
        }
        Ok(Self(prices))
    }

    #[must_use]
    pub fn at(&self, item: Item, country: &str, day: NaiveDate) -> Option<&Price> {
        let latest = |country: Option<&str>| {
            let of_it = |price: &&Price| price.item == item && price.country.as_deref() == country;
            self.0.iter().filter(of_it).rfind(|price| price.from <= day)
        };
        latest(Some(country)).or_else(|| latest(None))
    }
}

impl Item {
    pub const ALL: [Self; 9] = [
        Self::DidMonth,
        Self::ChainMonth,
        Self::CarrierMinute,
        Self::AgentMinute,
        Self::AgentCredit,
        Self::AgentCall,
        Self::Sms,
        Self::Whatsapp,
        Self::Email,
    ];

    /// As the catalogue and the keys spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DidMonth => "did_month",
            Self::ChainMonth => "chain_month",
            Self::CarrierMinute => "carrier_minute",
            Self::AgentMinute => "agent_minute",
            Self::AgentCredit => "agent_credit",
            Self::AgentCall => "agent_call",
            Self::Sms => "sms",
            Self::Whatsapp => "whatsapp",
            Self::Email => "email",
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// No item has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no item of the price list has that name")]
pub struct InvalidItem;

impl FromStr for Item {
    type Err = InvalidItem;

    fn from_str(name: &str) -> Result<Self, InvalidItem> {
        let named = Self::ALL.into_iter().find(|item| item.name() == name);
        named.ok_or(InvalidItem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(item: Item, country: &str, amount: &str, from: &str) -> Price {
        Price {
            item,
            country: (!country.is_empty()).then(|| country.to_owned()),
            amount: amount.parse().unwrap(),
            from: from.parse().unwrap(),
        }
    }

    fn at(prices: &Prices, item: Item, country: &str, day: &str) -> Option<String> {
        let held = prices.at(item, country, day.parse().unwrap());
        held.map(|price| price.amount.to_string())
    }

    #[test]
    fn a_price_holds_from_its_day_until_the_next_d4() {
        let prices = Prices::new(vec![
            price(Item::Sms, "CH", "USD 0.08", "2028-03-01"),
            price(Item::Sms, "CH", "USD 0.07", "2028-02-29"),
            price(Item::Sms, "CH", "CHF 0.06", "2026-01-15"),
        ])
        .unwrap();
        let on = |day| at(&prices, Item::Sms, "CH", day);
        assert_eq!(on("2026-01-14"), None);
        assert_eq!(on("2026-01-15").unwrap(), "CHF 0.06");
        assert_eq!(on("2028-02-28").unwrap(), "CHF 0.06");
        assert_eq!(on("2028-02-29").unwrap(), "USD 0.07");
        assert_eq!(on("2028-03-01").unwrap(), "USD 0.08");
    }

    #[test]
    fn a_country_without_a_price_on_the_day_takes_the_one_without_a_country() {
        let prices = Prices::new(vec![
            price(Item::Sms, "", "USD 0.10", "2026-01-01"),
            price(Item::Sms, "CH", "USD 0.07", "2026-06-01"),
        ])
        .unwrap();
        assert_eq!(
            at(&prices, Item::Sms, "ID", "2026-07-01").unwrap(),
            "USD 0.10"
        );
        assert_eq!(
            at(&prices, Item::Sms, "CH", "2026-05-31").unwrap(),
            "USD 0.10"
        );
        assert_eq!(
            at(&prices, Item::Sms, "CH", "2026-06-01").unwrap(),
            "USD 0.07"
        );
        assert_eq!(at(&prices, Item::Email, "CH", "2026-06-01"), None);
    }

    #[test]
    fn two_prices_for_one_day_and_a_price_below_zero_are_refused() {
        let chf_13 = || price(Item::ChainMonth, "CH", "CHF 13", "2026-01-01");
        let twice = Prices::new(vec![chf_13(), chf_13()]).unwrap_err();
        assert_eq!(
            twice.to_string(),
            "chain_month has two prices from 2026-01-01"
        );
        let negative = price(Item::Email, "", "USD -0.0008", "2026-01-01");
        assert!(Prices::new(vec![negative]).is_err());
        assert!(
            Item::ALL
                .iter()
                .all(|item| item.name().parse() == Ok(*item))
        );
    }
}
