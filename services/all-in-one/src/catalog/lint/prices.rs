//! The price list (D4): known items, one price at a time, a rate for every currency, and a word where
//! a price that we will need is missing, for then the cost will be shown as unknown.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::breach::Place;
use crate::catalog::model::Terms;
use crate::catalog::prices::{AGENT_CALL, ITEMS};

use super::Lint;

/// What each site needs a price of; of those in one place one is enough.
const NEEDED: [&[&str]; 6] = [
    &["did_month"],
    &["carrier_minute"],
    &["agent_credit", "agent_minute"],
    &["sms"],
    &["whatsapp"],
    &["email"],
];
const CHAIN: &[&str] = &["chain_month"];

pub(super) fn check(lint: &Lint<'_>) {
    items(lint);
    one_at_a_time(lint);
    expectations(lint);
    rates(lint);
    let rules = &lint.catalog.prices.rules;
    let report = rules.at.near("report_currency");
    currency(lint, report, &rules.report_currency);
    let days = rules.at.field("credit_days");
    lint.range(days, "credit_days", rules.credit_days, 1..=365, "D4");
    if !lint.damaged.is("prices.toml") {
        check_gaps(lint);
        check_rates(lint);
    }
}

fn items(lint: &Lint<'_>) {
    for price in &lint.catalog.prices.prices {
        if !ITEMS.contains(&price.item.as_str()) {
            let message = format!(
                "`item` \"{}\" is not an item: use one of {}",
                price.item,
                ITEMS.join(", ")
            );
            lint.report.error(price.at.field("item"), "D4", message);
        }
        if let (Some(code), Some(place)) = (&price.country, price.at.field("country")) {
            lint.country(Some(place.clone()), "country", code);
            if price.item == AGENT_CALL {
                let message = "`country` has no meaning for agent_call, which is what a call is expected to cost anywhere: remove it";
                lint.report.error(Some(place), "R75", message);
            }
        }
        if let Some(money) = &price.price {
            currency(lint, price.at.field("currency"), &money.currency);
        }
    }
}

fn one_at_a_time(lint: &Lint<'_>) {
    let list = &lint.catalog.prices;
    let prices = list.prices.iter().map(|p| {
        let country = p.country.as_deref().unwrap_or("everywhere");
        (format!("{} {country} {}", p.item, p.from), &p.at)
    });
    let prices: Vec<_> = prices.collect();
    let named = prices.iter();
    let named = named.map(|(name, at)| (name.as_str(), at.field("from")));
    lint.unique("price", "unique", named);
    let rates = list.rates.iter().map(|r| {
        let name = format!("{} to {} {}", r.from_currency, r.to_currency, r.from);
        (name, &r.at)
    });
    let rates: Vec<_> = rates.collect();
    let named = rates.iter();
    let named = named.map(|(name, at)| (name.as_str(), at.field("from")));
    lint.unique("rate", "unique", named);
}

fn expectations(lint: &Lint<'_>) {
    let Some(expected) = &lint.catalog.prices.expected else {
        return;
    };
    if expected.call_milliminutes <= 0 {
        let message = "`call_minutes` must be more than 0";
        let place = expected.at.field("call_minutes");
        lint.report.error(place, "R77", message);
    }
    if let Some(money) = &expected.cost_per_lead {
        currency(lint, expected.at.field("cost_per_lead"), &money.currency);
    }
}

fn rates(lint: &Lint<'_>) {
    for rate in &lint.catalog.prices.rates {
        currency(lint, rate.at.field("from_currency"), &rate.from_currency);
        currency(lint, rate.at.field("to_currency"), &rate.to_currency);
        if rate.from_currency == rate.to_currency {
            let message = format!(
                "`to_currency` is {} like `from_currency`: a rate is between two currencies",
                rate.to_currency
            );
            let place = rate.at.field("to_currency");
            lint.report.error(place, "D4", message);
        }
    }
}

fn check_gaps(lint: &Lint<'_>) {
    let catalog = lint.catalog;
    let mut needed: BTreeSet<(&[&str], &str)> = BTreeSet::new();
    for site in catalog
        .sites
        .iter()
        .filter(|site| site.at.field("country").is_some())
    {
        needed.extend(NEEDED.map(|items| (items, site.country.as_str())));
        if site.numbers.iter().any(|number| number.chain.is_some()) {
            needed.insert((CHAIN, &site.country));
        }
    }
    for (items, country) in needed {
        let serves = |c: &Option<String>| c.as_deref().is_none_or(|c| c == country);
        let listed = &catalog.prices.prices;
        if !listed
            .iter()
            .any(|p| items.contains(&p.item.as_str()) && serves(&p.country))
        {
            let item = items.join(" or ");
            let message = format!(
                "there is no price for {item} in {country}: its cost will be shown as unknown; add one"
            );
            lint.report
                .warn(Some(Place::new("prices.toml", 1)), "D4", message);
        }
    }
}

/// Whatever has no way into the report's currency is unknown there, never zero.
fn check_rates(lint: &Lint<'_>) {
    let list = &lint.catalog.prices;
    let report = list.rules.report_currency.as_str();
    if !is_currency(report) {
        return;
    }
    let mut used: BTreeMap<&str, Option<Place>> = BTreeMap::new();
    for price in &list.prices {
        if let Some(money) = &price.price {
            let place = price.at.field("currency");
            used.entry(&money.currency).or_insert(place);
        }
    }
    if let Some(expected) = &list.expected
        && let Some(money) = &expected.cost_per_lead
    {
        let place = expected.at.field("cost_per_lead");
        used.entry(&money.currency).or_insert(place);
    }
    for provider in &lint.catalog.providers {
        if let Some(Terms::Flat { currency, .. }) = &provider.terms {
            let place = provider.at.field("terms");
            used.entry(currency).or_insert(place);
        }
    }
    for (code, place) in used {
        let joined = list.rates.iter().any(|rate| {
            let ends = (rate.from_currency.as_str(), rate.to_currency.as_str());
            ends == (code, report) || ends == (report, code)
        });
        if code != report && is_currency(code) && !joined {
            let message = format!(
                "there is no rate from {code} to {report}: what stands in {code} will be shown as unknown; add a [[rate]] to prices.toml"
            );
            lint.report.warn(place, "D4", message);
        }
    }
}

pub(super) fn currency(lint: &Lint<'_>, place: Option<Place>, code: &str) {
    if !is_currency(code) {
        let message = format!(
            "the currency \"{code}\" is not three capital letters: write one such as \"EUR\""
        );
        lint.report.error(place, "format", message);
    }
}

fn is_currency(code: &str) -> bool {
    code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase())
}
