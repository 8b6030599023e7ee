//! The price list (D4): known items, one price at a time, and a word where a price that we will
//! need is missing, for then the cost will be shown as unknown.

use std::collections::BTreeSet;

use crate::catalog::breach::Place;

use super::Lint;

const ITEMS: [&str; 7] = [
    "did_month",
    "chain_month",
    "agent_call",
    "sms",
    "whatsapp",
    "email",
    "carrier_minute",
];

pub(super) fn check(lint: &Lint<'_>) {
    let catalog = lint.catalog;
    for price in &catalog.prices {
        if !ITEMS.contains(&price.item.as_str()) {
            let message = format!(
                "`item` \"{}\" is not an item: use one of {}",
                price.item,
                ITEMS.join(", ")
            );
            lint.report.error(price.at.field("item"), "D4", message);
        }
        if let (Some(code), Some(place)) = (&price.country, price.at.field("country")) {
            lint.country(Some(place), "country", code);
        }
        if let Some(money) = &price.price {
            currency(lint, price.at.field("currency"), &money.currency);
        }
    }
    let names: Vec<String> = catalog
        .prices
        .iter()
        .map(|p| {
            format!(
                "{} {} {}",
                p.item,
                p.country.as_deref().unwrap_or("everywhere"),
                p.from
            )
        })
        .collect();
    let dated = names.iter().zip(&catalog.prices);
    lint.unique(
        "price",
        "unique",
        dated.map(|(name, price)| (name.as_str(), price.at.field("from"))),
    );
    if let Some(expected) = &catalog.expected {
        if expected.call_milliminutes <= 0 {
            let message = "`call_minutes` must be more than 0";
            lint.report
                .error(expected.at.field("call_minutes"), "R77", message);
        }
        if let Some(money) = &expected.cost_per_lead {
            currency(lint, expected.at.field("cost_per_lead"), &money.currency);
        }
    }
    if !lint.damaged.is("prices.toml") {
        check_gaps(lint);
    }
}

fn check_gaps(lint: &Lint<'_>) {
    let catalog = lint.catalog;
    let mut needed: BTreeSet<(&str, &str)> = BTreeSet::new();
    for site in catalog
        .sites
        .iter()
        .filter(|site| site.at.field("country").is_some())
    {
        for item in ["did_month", "agent_call", "sms", "whatsapp", "email"] {
            needed.insert((item, &site.country));
        }
        if site.numbers.iter().any(|number| number.chain.is_some()) {
            needed.insert(("chain_month", &site.country));
        }
    }
    for (item, country) in needed {
        let serves = |c: &Option<String>| c.as_deref().is_none_or(|c| c == country);
        if !catalog
            .prices
            .iter()
            .any(|p| p.item == item && serves(&p.country))
        {
            let message = format!(
                "there is no price for {item} in {country}: its cost will be shown as unknown; add one"
            );
            lint.report
                .warn(Some(Place::new("prices.toml", 1)), "D4", message);
        }
    }
}

pub(super) fn currency(lint: &Lint<'_>, place: Option<Place>, code: &str) {
    if code.len() != 3 || !code.chars().all(|c| c.is_ascii_uppercase()) {
        let message = format!(
            "the currency \"{code}\" is not three capital letters: write one such as \"EUR\""
        );
        lint.report.error(place, "format", message);
    }
}
