//! A site as far as its leads need it, and the rules on what a catalogue may declare.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{language, phone};

/// Longest call where nothing else is declared.
pub const DEFAULT_MAX_CALL: Duration = Duration::from_secs(600);

/// The facts of one site.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteFacts {
    pub site_id: String,
    pub url: String,
    /// ISO 3166-1 alpha-2: the source country of its leads (D5).
    pub country: String,
    pub allowed_countries: Vec<String>,
    /// The site's own first.
    pub languages: Vec<String>,
    /// The first is the default (B12).
    pub categories: Vec<String>,
    /// The first is the default (B12).
    pub cities: Vec<String>,
    pub numbers: Vec<String>,
    pub chain_mobiles: Vec<String>,
    pub time_zone: String,
    pub max_call: Duration,
}

/// A field that breaks a rule, with the remedy.
pub type Breach = (String, String);

impl SiteFacts {
    /// Every breach at once; empty when the site may be stored.
    #[must_use]
    pub fn breaches(&self) -> Vec<Breach> {
        let mut found = Vec::new();
        let mut breach = |field: &str, rule: &str| found.push((field.to_owned(), rule.to_owned()));
        if !is_slug(&self.site_id) {
            breach("site.site_id", "must be 1 to 64 of a-z, 0-9 and -");
        }
        if !is_web_address(&self.url) {
            breach(
                "site.url",
                "must be an http(s) address of at most 500 characters",
            );
        }
        if !is_country(&self.country) {
            breach(
                "site.country",
                "must be a country by ISO 3166-1 alpha-2, such as CH",
            );
        }
        if self
            .allowed_countries
            .iter()
            .any(|country| !is_country(country))
        {
            breach(
                "site.allowed_countries",
                "must be countries by ISO 3166-1 alpha-2",
            );
        }
        if self.languages.is_empty() || self.languages.iter().any(|l| language::parse(l).is_none())
        {
            breach(
                "site.languages",
                "must name at least one of fr, de, it, en, id, es",
            );
        }
        for (field, ids) in [
            ("site.categories", &self.categories),
            ("site.cities", &self.cities),
        ] {
            if ids.is_empty() || ids.iter().any(|id| !is_slug(id)) {
                breach(
                    field,
                    "must name at least one id of a-z, 0-9 and -; the first is the default",
                );
            }
        }
        if self.numbers.is_empty() {
            breach("site.numbers", "must hold at least one number (R4)");
        }
        for number in &self.numbers {
            if !phone::belongs_to(number, &self.country) {
                breach(
                    "site.numbers",
                    "must be E.164 numbers of the site's country (R5)",
                );
            }
        }
        if self
            .chain_mobiles
            .iter()
            .any(|mobile| !phone::is_e164(mobile))
        {
            breach("site.chain_mobiles", "must be E.164 numbers");
        }
        let all: Vec<_> = self.numbers.iter().chain(&self.chain_mobiles).collect();
        if all.iter().collect::<BTreeSet<_>>().len() != all.len() {
            breach(
                "site.numbers",
                "must not name a number twice, nor as a chain's mobile",
            );
        }
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            breach(
                "site.time_zone",
                "must be an IANA time zone, such as Europe/Zurich",
            );
        }
        if self.max_call > Duration::from_secs(7200) {
            breach("site.max_call_duration", "must be at most 2 h");
        }
        found
    }
}

/// A short name: 1 to 64 of `a-z0-9-`.
#[must_use]
pub fn is_slug(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// Two capital letters.
#[must_use]
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_web_address(text: &str) -> bool {
    text.len() <= 500
        && url::Url::parse(text)
            .is_ok_and(|u| matches!(u.scheme(), "http" | "https") && u.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn geneva() -> SiteFacts {
        let list = |items: &[&str]| items.iter().map(|&i| i.to_owned()).collect::<Vec<_>>();
        SiteFacts {
            site_id: "plombiersgeneve".to_owned(),
            url: "https://plombiersgeneve.ch".to_owned(),
            country: "CH".to_owned(),
            allowed_countries: list(&["CH", "FR"]),
            languages: list(&["fr", "en"]),
            categories: list(&["plumbing"]),
            cities: list(&["geneva"]),
            numbers: list(&["+41225394512"]),
            chain_mobiles: list(&["+41779503412"]),
            time_zone: "Europe/Zurich".to_owned(),
            max_call: DEFAULT_MAX_CALL,
        }
    }

    #[test]
    fn a_good_site_has_no_breach() {
        assert_eq!(geneva().breaches(), []);
    }

    #[test]
    fn every_breach_is_told_at_once() {
        let mut site = geneva();
        site.country = "Switzerland".to_owned();
        site.time_zone = "Geneva".to_owned();
        site.categories.clear();
        let fields: Vec<_> = site
            .breaches()
            .into_iter()
            .map(|(field, _)| field)
            .collect();
        assert_eq!(
            fields,
            [
                "site.country",
                "site.categories",
                "site.numbers",
                "site.time_zone"
            ]
        );
    }

    #[test]
    fn a_number_of_another_country_is_refused_r5() {
        let mut site = geneva();
        site.numbers.push("+6281190071420".to_owned());
        assert_eq!(site.breaches().len(), 1);
    }
}
