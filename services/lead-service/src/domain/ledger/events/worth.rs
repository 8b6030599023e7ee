//! What a fact was worth, and what that is in euro: the recount's own arithmetic.

use chrono::NaiveDate;

use super::day;
use crate::domain::ledger::cost::{Fact, Part, Quantity, Word};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::price::{Item, Price};

/// In the fact's own currency; none where it is unknown.
pub(super) fn cost(fact: &Fact, prices: &[Price]) -> Option<(i128, String)> {
    let Word::Said { actual, quantities } = &fact.word else {
        return None;
    };
    if let Some(amount) = actual {
        return Some((amount.micros.into(), amount.currency.to_string()));
    }
    quantities.iter().find_map(|quantity| {
        let listed = |item| price(item, fact.at.date_naive(), prices);
        let (price, times, by) = match (fact.part, quantity) {
            (Part::Did, _) => (listed(Item::DidMonth)?, 1, 1),
            (Part::Chain, _) => (listed(Item::ChainMonth)?, 1, 1),
            (Part::Carrier, Quantity::Seconds(n)) if n % 60 == 0 => {
                (listed(Item::CarrierMinute)?, n / 60, 1)
            }
            (Part::Carrier, Quantity::Seconds(n)) => (listed(Item::CarrierMinute)?, n / 60 + 1, 1),
            (Part::Agent, Quantity::Seconds(n)) => (listed(Item::AgentMinute)?, *n, 60),
            (Part::Agent, Quantity::Credits(n)) => (listed(Item::AgentCredit)?, *n, 1),
            (Part::Sms, Quantity::Segments(n)) => (listed(Item::Sms)?, *n, 1),
            (Part::Whatsapp, _) => (listed(Item::Whatsapp)?, 1, 1),
            (Part::Email, _) => (listed(Item::Email)?, 1, 1),
            _ => return None,
        };
        let micros = round(i128::from(price.micros) * i128::from(times), by);
        Some((micros, price.currency.to_string()))
    })
}

/// Switzerland's latest, else the latest of no country.
fn price(item: Item, on: NaiveDate, prices: &[Price]) -> Option<Amount> {
    let mut found: Option<&Price> = None;
    for country in [Some("CH"), None] {
        for price in prices {
            let holds =
                price.item == item && price.country.as_deref() == country && price.from <= on;
            if holds
                && found
                    .is_none_or(|found| found.country == price.country && found.from < price.from)
            {
                found = Some(price);
            }
        }
    }
    found.map(|price| price.amount)
}

pub(super) fn euros(micros: i128, currency: &str, on: NaiveDate) -> Option<i128> {
    match currency {
        "EUR" => Some(micros),
        "USD" if on < day("2028-01-01") => None,
        "USD" if on < day("2028-02-15") => Some(round(micros * 92, 100)),
        "USD" => Some(round(micros * 90, 100)),
        "CHF" if on < day("2028-02-15") => Some(round(micros * 100, 94)),
        "CHF" => Some(round(micros * 100, 95)),
        _ => None,
    }
}

/// Half to even, of what is not below zero.
pub(super) fn round(whole: i128, by: i128) -> i128 {
    let (down, rest) = (whole / by, whole % by);
    if 2 * rest > by || (2 * rest == by && down % 2 == 1) {
        down + 1
    } else {
        down
    }
}
