//! Facts of a lead in one language, cleaned once, so that what a caller said can harm no receiver's
//! screen, header or template, and told once: the trade on one line, the need on another.

use crate::domain::clean::{line, shortened};
use crate::domain::notice::{LeadFacts, Urgency};
use crate::domain::phone;

use super::time;
use super::words::Words;

/// What a category is called that no name of the catalogue fits.
const UNSORTED: &str = "unsorted";

/// One visible line each; empty where nothing is known.
pub struct Facts {
    /// The category's name; empty where no category fits.
    pub trade: String,
    /// The customer's own words, without the trade's name before them.
    pub need: String,
    pub city: String,
    location: String,
    /// The location names the city itself.
    city_is_said: bool,
    pub name: String,
    pub phone: String,
    pub urgent: bool,
    pub urgency: &'static str,
    /// The first words of an offer.
    pub opening: &'static str,
    pub received: String,
    pub site: String,
    pub recording: String,
    /// No mail brings the recording's link, so that the other channels must.
    pub link_needed: bool,
    /// The customer's language by its name.
    pub speaks: String,
}

impl Facts {
    #[must_use]
    pub fn of(lead: &LeadFacts, words: &'static Words) -> Self {
        let named = |names: &[(String, String)], id: &str| {
            let name = names
                .iter()
                .find(|(language, _)| language == words.language);
            line(name.or(names.first()).map_or(id, |(_, name)| name), 40)
        };
        let city = named(&lead.city_names, &lead.city);
        let location = line(&lead.location, 200);
        let lower = location.to_lowercase();
        let names = lead.city_names.iter().map(|(_, name)| name);
        let city_is_said = names
            .chain([&city])
            .any(|name| !name.is_empty() && lower.contains(&name.to_lowercase()));
        Self {
            trade: match lead.category.as_str() {
                UNSORTED => String::new(),
                category => named(&lead.category_names, category),
            },
            need: need(&line(&lead.service, 500), &lead.category_names),
            city,
            location,
            city_is_said,
            name: line(&lead.customer_name, 80),
            phone: phone::readable(&lead.customer_phone),
            urgent: lead.urgency == Urgency::Emergency,
            urgency: match lead.urgency {
                Urgency::Emergency => words.urgent,
                Urgency::Soon => words.soon,
                Urgency::Flexible => words.flexible,
                Urgency::Unknown => "",
            },
            opening: match lead.urgency {
                Urgency::Emergency => words.offer_urgent,
                Urgency::Soon => words.offer_soon,
                Urgency::Flexible => words.offer_flexible,
                Urgency::Unknown => words.offer_new,
            },
            received: time::local(lead.create_time, &lead.time_zone, words),
            site: host(&lead.site_url),
            recording: link(&lead.recording_url),
            link_needed: false,
            speaks: words.name_of(&line(&lead.language, 20)),
        }
    }

    /// "Plumbing, Geneva", or what of it is known; the customer's words where no category fits.
    #[must_use]
    pub fn summary(&self) -> String {
        let what = if self.trade.is_empty() {
            shortened(&self.need, 40)
        } else {
            self.trade.clone()
        };
        joined(&[&what, &self.city])
    }

    /// Where to go: the customer's words, and the city where they do not name it.
    #[must_use]
    pub fn place(&self, limit: usize) -> String {
        let location = shortened(&self.location, limit);
        if self.city_is_said {
            return location;
        }
        joined(&[&location, &shortened(&self.city, limit)])
    }
}

/// Parts that are known, with commas between them.
pub(super) fn joined(parts: &[&str]) -> String {
    let known: Vec<&str> = parts
        .iter()
        .copied()
        .filter(|part| !part.is_empty())
        .collect();
    known.join(", ")
}

/// What the customer needs. An agent often says the trade first, "plomberie (une fuite)"; the trade
/// has a line of its own, so it is taken off.
fn need(said: &str, trades: &[(String, String)]) -> String {
    let bare = trades
        .iter()
        .find_map(|(_, trade)| without_trade(said, trade))
        .unwrap_or(said);
    let mut letters = bare.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}

/// The rest of `said` after the trade's name and a sign that sets it off.
fn without_trade<'a>(said: &'a str, trade: &str) -> Option<&'a str> {
    let length = trade.chars().count();
    let end = said
        .char_indices()
        .nth(length)
        .map_or(said.len(), |(at, _)| at);
    let (head, rest) = said.split_at(end);
    if trade.is_empty() || head.to_lowercase() != trade.to_lowercase() {
        return None;
    }
    let rest = rest.trim();
    let rest = match rest.strip_prefix('(') {
        Some(inner) => inner.strip_suffix(')')?,
        None => rest.strip_prefix([':', ',', '-', '–'])?,
    };
    Some(rest.trim()).filter(|rest| !rest.is_empty())
}

/// The site as people know it: "plombiersgeneve.ch".
pub(super) fn host(url: &str) -> String {
    let rest = url.split("://").last().unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    line(host.strip_prefix("www.").unwrap_or(host), 40)
}

/// Only a web link becomes one.
pub(super) fn link(url: &str) -> String {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && !url.chars().any(char::is_whitespace) {
        url.to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_trade_is_not_said_twice() {
        let names = [
            ("fr".to_owned(), "Plomberie".to_owned()),
            ("es".to_owned(), "Fontanería".to_owned()),
        ];
        for (said, expected) in [
            (
                "plomberie (une fuite d'eau sous l'évier)",
                "Une fuite d'eau sous l'évier",
            ),
            ("Plomberie : une fuite", "Une fuite"),
            ("FONTANERÍA - fuga (cocina)", "Fuga (cocina)"),
            ("une fuite (urgent)", "Une fuite (urgent)"),
            ("plomberie", "Plomberie"),
            ("plomberie ()", "Plomberie ()"),
            ("plomberie générale", "Plomberie générale"),
            ("plomberie (fuite) et (gaz", "Plomberie (fuite) et (gaz"),
            ("", ""),
        ] {
            assert_eq!(need(said, &names), expected);
        }
    }
}
