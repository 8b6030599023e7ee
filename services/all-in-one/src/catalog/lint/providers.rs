//! The roster: where and what a provider serves (R42), by which channels it hears of a lead
//! (R43, R44, D11), how much it can take and what it pays (R79, R80).

use std::collections::BTreeMap;

use crate::catalog::model::{Provider, Terms};
use crate::catalog::phone::{Phone, classify};

use super::Lint;
use super::countries::is_mail;

const CHANNELS: [&str; 3] = ["whatsapp", "sms", "email"];

pub(super) fn check(lint: &Lint<'_>) {
    let providers = &lint.catalog.providers;
    lint.unique(
        "id",
        "unique",
        providers.iter().map(|p| (p.id.as_str(), p.at.field("id"))),
    );
    let own = own_numbers(lint);
    for provider in providers {
        check_provider(lint, provider);
        check_channels(lint, provider, &own);
        check_terms(lint, provider);
    }
}

/// Our own numbers: a message to one of them reaches no provider.
fn own_numbers<'l>(lint: &Lint<'l>) -> BTreeMap<&'l str, &'l str> {
    let mut own = BTreeMap::new();
    for site in &lint.catalog.sites {
        for number in &site.numbers {
            own.insert(number.did.as_str(), site.id.as_str());
            if let Some(chain) = &number.chain {
                own.insert(chain.mobile.as_str(), site.id.as_str());
            }
        }
    }
    own
}

fn check_provider(lint: &Lint<'_>, provider: &Provider) {
    let at = &provider.at;
    lint.id(at.field("id"), &provider.id);
    if let Some(place) = at.field("country") {
        lint.declared_country(Some(place), &provider.country);
    }
    if let Some(place) = at.field("timezone") {
        lint.timezone(Some(place), &provider.timezone);
    }
    for (index, category) in provider.categories.iter().enumerate() {
        lint.category(at.item("categories", index), "categories", category);
    }
    if at.field("country").is_some() {
        for (index, city) in provider.cities.iter().enumerate() {
            lint.city(at.item("cities", index), "cities", city, &provider.country);
        }
    }
    lint.range(
        at.field("priority"),
        "priority",
        provider.priority,
        1..=1000,
        "D3",
    );
    lint.range(
        at.field("capacity"),
        "capacity",
        provider.capacity,
        1..=1_000_000,
        "R38",
    );
    if let Some(max) = provider.max_per_day {
        lint.range(
            at.field("max_per_day"),
            "max_per_day",
            max,
            1..=1_000_000,
            "R38",
        );
    }
    let Some(place) = at.field("language") else {
        return;
    };
    lint.language(Some(place.clone()), "language", &provider.language);
    let operator = &lint.catalog.operator;
    let listed = operator.languages.contains(&provider.language);
    if listed && provider.whatsapp.is_some() && !operator.templates.contains_key(&provider.language)
    {
        let message = format!(
            "`language` is \"{0}\", but catalog.toml has no [templates.{0}]: WhatsApp needs an approved template",
            provider.language
        );
        lint.report.error(Some(place), "R46", message);
    }
}

fn check_channels(lint: &Lint<'_>, provider: &Provider, own: &BTreeMap<&str, &str>) {
    let (at, report) = (&provider.at, lint.report);
    for channel in provider
        .without
        .keys()
        .filter(|key| !CHANNELS.contains(&key.as_str()))
    {
        let message = format!(
            "`without` names {channel}, which is no channel: use one of {}",
            CHANNELS.join(", ")
        );
        report.error(at.field("without"), "R44", message);
    }
    let addresses = [&provider.whatsapp, &provider.sms, &provider.email];
    for (channel, address) in CHANNELS.into_iter().zip(addresses) {
        match (address, provider.without.contains_key(channel)) {
            (None, false) => {
                let message = format!(
                    "`{channel}` is missing: a provider hears by all three channels; add it, or give the reason in `without`"
                );
                report.error(at.head(), "R44", message);
            }
            (Some(_), true) => {
                let message =
                    format!("`{channel}` stands there and in `without`: remove one of them");
                report.error(at.field(channel), "R44", message);
            }
            _ => {}
        }
    }
    if addresses.iter().all(|address| address.is_none()) && provider.without.len() == CHANNELS.len()
    {
        report.error(
            at.head(),
            "R44",
            "no channel is left by which this provider could hear of a lead: declare one",
        );
    }
    for (channel, number) in [("whatsapp", &provider.whatsapp), ("sms", &provider.sms)] {
        let Some(number) = number else { continue };
        check_phone(lint, provider, channel, number);
        if let Some(site) = own.get(number.as_str()) {
            let message = format!(
                "`{channel}` is a number of our own site {site}: a provider's phone is never ours"
            );
            report.error(at.field(channel), "R67", message);
        }
    }
    if provider
        .email
        .as_deref()
        .is_some_and(|email| !is_mail(email))
    {
        report.error(
            at.field("email"),
            "format",
            "`email` is not a mail address: write name@host",
        );
    }
}

fn check_phone(lint: &Lint<'_>, provider: &Provider, channel: &str, number: &str) {
    let place = provider.at.field(channel);
    if provider.at.field("country").is_none() {
        return;
    }
    match classify(number, &provider.country) {
        Phone::Invalid => {
            let message =
                format!("`{channel}` is not a phone number in E.164 form: write + and digits");
            lint.report.error(place, "phone", message);
        }
        Phone::OtherCountry => {
            let message = format!(
                "`{channel}` is not a number of {}: no message leaves the country of the lead",
                provider.country
            );
            lint.report.error(place, "R43", message);
        }
        Phone::Landline if channel == "sms" => {
            let message = "`sms` is a landline, which takes no SMS: use a mobile, or give the reason in `without`";
            lint.report.error(place, "D11", message);
        }
        Phone::Landline | Phone::Mobile => {}
    }
}

fn check_terms(lint: &Lint<'_>, provider: &Provider) {
    let place = provider.at.field("terms");
    match &provider.terms {
        Some(Terms::Percent(percent)) => {
            lint.range(place, "terms.percent", *percent, 10..=20, "R80");
        }
        Some(Terms::Flat { minor, currency }) => {
            lint.range(
                place.clone(),
                "terms.flat_minor",
                *minor,
                1..=10_000_000,
                "R79",
            );
            super::prices::currency(lint, place, currency);
        }
        None => {}
    }
}
