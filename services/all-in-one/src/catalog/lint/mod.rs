//! The rules on the catalogue as a whole, one file for each kind of thing that they are about.
//! Each message names the field, what is wrong and the remedy; the rule's id stands beside it.

mod agent;
mod collection;
mod countries;
mod numbers;
mod prices;
mod prompt;
mod providers;
mod rules;
mod site;
mod taxonomy;

use std::collections::BTreeMap;

use super::breach::{Place, Report};
use super::model::{Catalog, City};
use super::parse::Damaged;
use super::phone;

/// A second field that refers to "categories", "cities" and so on asks here whether it may.
pub(super) struct Lint<'a> {
    catalog: &'a Catalog,
    damaged: &'a Damaged,
    report: &'a Report,
    /// Names and addresses that are released only after dispatch (R82).
    secrets: Vec<(&'a str, &'static str, String)>,
}

pub(super) fn check(catalog: &Catalog, damaged: &Damaged, report: &Report) {
    let secrets = prompt::secrets(&catalog.providers);
    let lint = Lint {
        catalog,
        damaged,
        report,
        secrets,
    };
    countries::check(&lint);
    rules::check(&lint);
    taxonomy::check(&lint);
    site::check(&lint);
    numbers::check(&lint);
    for site in &catalog.sites {
        if let Some(agent) = &site.agent {
            agent::check(&lint, site, agent);
            collection::check(&lint, agent);
            prompt::check(&lint, site, agent);
        }
    }
    agent::check_voices(&lint);
    providers::check(&lint);
    prices::check(&lint);
}

impl Lint<'_> {
    fn language(&self, place: Option<Place>, field: &str, language: &str) {
        let operator = &self.catalog.operator;
        // Without the list nothing can be said about a language.
        if operator.at.field("languages").is_none()
            || operator.languages.iter().any(|l| l == language)
        {
            return;
        }
        let known = self.catalog.operator.languages.join(", ");
        self.report.error(
            place,
            "language",
            format!("`{field}` names the language \"{language}\", which catalog.toml does not list: use one of {known}, or add it there"),
        );
    }

    fn timezone(&self, place: Option<Place>, zone: &str) {
        if zone.parse::<chrono_tz::Tz>().is_err() || !zone.contains('/') {
            let message = format!(
                "`timezone` \"{zone}\" is not an IANA zone: write one such as \"Europe/Zurich\""
            );
            self.report.error(place, "timezone", message);
        }
    }

    fn country(&self, place: Option<Place>, field: &str, code: &str) -> bool {
        let known = phone::is_country(code);
        if !known {
            let message = format!(
                "`{field}` \"{code}\" is not a country: write two capital letters such as \"CH\""
            );
            self.report.error(place, "country", message);
        }
        known
    }

    /// The country must have its table in catalog.toml, or nothing could be sent there.
    fn declared_country(&self, place: Option<Place>, code: &str) {
        if self.country(place.clone(), "country", code)
            && !self.damaged.is("catalog.toml")
            && !self.catalog.operator.countries.contains_key(code)
        {
            let message = format!(
                "`country` is {code}, but catalog.toml has no [countries.{code}]: add its channels and disclosure"
            );
            self.report.error(place, "reference", message);
        }
    }

    fn url(&self, place: Option<Place>, field: &str, text: &str) {
        let sound = url::Url::parse(text).is_ok_and(|url| {
            url.scheme() == "https" && url.has_host() && url.username().is_empty()
        });
        if !sound {
            let message = format!("`{field}` \"{text}\" is not an https URL: write https://…");
            self.report.error(place, "url", message);
        }
    }

    fn category(&self, place: Option<Place>, field: &str, id: &str) {
        let nameless = self
            .catalog
            .categories
            .iter()
            .any(|c| c.at.field("id").is_none());
        if !nameless && !self.damaged.is("categories.toml") && self.catalog.category(id).is_none() {
            let message = format!(
                "`{field}` names the category \"{id}\", which categories.toml does not have: add it there, or correct the id"
            );
            self.report.error(place, "reference", message);
        }
    }

    /// A city must be known, and of the same country: nothing crosses a border (R42).
    fn city(&self, place: Option<Place>, field: &str, id: &str, country: &str) {
        let cities = &self.catalog.cities;
        let partial =
            |city: &City| city.at.field("id").is_none() || city.at.field("country").is_none();
        if self.damaged.is("cities.toml") || cities.iter().any(partial) {
            return;
        }
        match self.catalog.city(id) {
            None => {
                let message = format!(
                    "`{field}` names the city \"{id}\", which cities.toml does not have: add it there, or correct the id"
                );
                self.report.error(place, "reference", message);
            }
            Some(city) if city.country != country => {
                let message = format!(
                    "`{field}` names {id} in {}, but `country` is {country}: the two must be one country",
                    city.country
                );
                self.report.error(place, "R42", message);
            }
            Some(_) => {}
        }
    }

    /// The second of two equal names is at fault; the message says where the first stands.
    fn unique<'k>(
        &self,
        field: &str,
        rule: &'static str,
        names: impl Iterator<Item = (&'k str, Option<Place>)>,
    ) {
        let mut first: BTreeMap<&str, Place> = BTreeMap::new();
        for (name, place) in names {
            let Some(place) = place else { continue };
            if let Some(before) = first.get(name) {
                let message = format!(
                    "`{field}` \"{name}\" stands already in {}:{}: each must be its own",
                    before.file, before.line
                );
                self.report.error(Some(place), rule, message);
            } else {
                first.insert(name, place);
            }
        }
    }

    fn range(
        &self,
        place: Option<Place>,
        field: &str,
        value: i64,
        range: std::ops::RangeInclusive<i64>,
        rule: &'static str,
    ) {
        if !range.contains(&value) {
            let (low, high) = (range.start(), range.end());
            self.report.error(
                place,
                rule,
                format!("`{field}` is {value}: it must be {low} to {high}"),
            );
        }
    }

    /// An id is a key in databases and URLs; whether it can be one.
    fn id(&self, place: Option<Place>, id: &str) -> bool {
        let plain = id
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
            && id.len() <= 60;
        if !plain {
            let message = format!(
                "`id` \"{id}\" is not plain: use small letters, digits and hyphens, at most 60"
            );
            self.report.error(place, "format", message);
        }
        plain
    }
}
