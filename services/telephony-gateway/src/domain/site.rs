//! A site is one landing page: its country binds its numbers, its first language is the one that
//! it speaks on the phone.

use chassis::fault::Violations;

use super::{disclosure, speech, text};

/// The agent at the vendor that serves tests only; neither a site nor an agent of ours.
pub const BENCH: &str = "bord-bench";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub id: String,
    pub url: String,
    pub country: String,
    pub languages: Vec<String>,
    pub time_zone: String,
    pub disclosure: String,
}

impl Site {
    /// The language of the voicemail and of the disclosure.
    #[must_use]
    pub fn language(&self) -> &str {
        self.languages.first().map_or("en", String::as_str)
    }

    /// Whether the page is a Swiss .ch one, where the voice is Eric (R20).
    #[must_use]
    pub fn is_swiss_ch(&self) -> bool {
        let host = url::Url::parse(&self.url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned));
        self.country == "CH" && host.is_some_and(|host| host.ends_with(".ch"))
    }

    /// Every field that breaks a rule.
    pub fn check(&self, found: &mut Violations) {
        if !is_slug(&self.id) {
            found.add(
                "site.site_id",
                "is a short name in lower case letters, digits and hyphens",
            );
        }
        if self.id == BENCH {
            found.add(
                "site.site_id",
                "bord-bench serves tests only and has no site",
            );
        }
        if !url::Url::parse(&self.url).is_ok_and(|url| url.scheme() == "https" && url.has_host()) {
            found.add("site.url", "is the page's https URL");
        }
        text::check_line("site.url", &self.url, found);
        check_country("site.country", &self.country, found);
        if self.languages.is_empty() {
            found.add(
                "site.languages",
                "names at least one language, the first is spoken",
            );
        }
        for language in &self.languages {
            if !speech::LANGUAGES.contains(&speech::primary(language).as_str()) {
                found.add(
                    "site.languages",
                    "holds a language other than fr, de, it, en, id, es",
                );
            }
            text::check_line("site.languages", language, found);
        }
        if self.time_zone.parse::<chrono_tz::Tz>().is_err() {
            found.add(
                "site.time_zone",
                "is an IANA time zone, such as Europe/Zurich",
            );
        }
        text::check_lines("site.disclosure", &self.disclosure, found);
        for rule in disclosure::faults(&self.disclosure) {
            found.add("site.disclosure", rule);
        }
    }

    /// Names of the declared fields that differ.
    #[must_use]
    pub fn changed(&self, other: &Self) -> Vec<&'static str> {
        let Self {
            id: _,
            url,
            country,
            languages,
            time_zone,
            disclosure,
        } = self;
        let mut names = Vec::new();
        let mut note = |differs: bool, name| {
            if differs {
                names.push(name);
            }
        };
        note(*url != other.url, "url");
        note(*country != other.country, "country");
        note(*languages != other.languages, "languages");
        note(*time_zone != other.time_zone, "time_zone");
        note(*disclosure != other.disclosure, "disclosure");
        names
    }
}

pub fn check_country(field: &'static str, country: &str, found: &mut Violations) {
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        found.add(
            field,
            "is an ISO 3166-1 alpha-2 code in capitals, such as CH",
        );
    }
}

#[must_use]
pub fn is_slug(text: &str) -> bool {
    (1..=60).contains(&text.len())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
        && text.as_bytes()[0].is_ascii_alphanumeric()
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn plombiers() -> Site {
        Site {
            id: "plombiersgeneve".to_owned(),
            url: "https://plombiersgeneve.ch".to_owned(),
            country: "CH".to_owned(),
            languages: vec!["fr".to_owned(), "en".to_owned()],
            time_zone: "Europe/Zurich".to_owned(),
            disclosure: "Bonjour, vous parlez à une IA, l'appel est enregistré. Comment aider ?"
                .to_owned(),
        }
    }

    #[test]
    fn every_field_at_fault_is_told_at_once() {
        let mut found = Violations::new();
        plombiers().check(&mut found);
        assert!(found.finish().is_ok());
        let bad = Site {
            id: "Bad Name".to_owned(),
            url: "http://x".to_owned(),
            country: "Swiss".to_owned(),
            languages: vec!["xx".to_owned()],
            time_zone: "Geneva".to_owned(),
            disclosure: "Bonjour.".to_owned(),
        };
        let mut found = Violations::new();
        bad.check(&mut found);
        let faults = found.finish().unwrap_err();
        assert_eq!(chassis::fault::Fault::violations(&faults).len(), 6);
    }

    #[test]
    fn eric_speaks_on_swiss_ch_pages_only_r20() {
        assert!(plombiers().is_swiss_ch());
        assert!(
            !Site {
                url: "https://plombiers.com".to_owned(),
                ..plombiers()
            }
            .is_swiss_ch()
        );
        assert!(
            !Site {
                country: "FR".to_owned(),
                ..plombiers()
            }
            .is_swiss_ch()
        );
    }
}
