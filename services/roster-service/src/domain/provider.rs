//! A provider is one tradesperson or clinic on the roster: what is declared of it, and what the
//! running system adds (pause, health of its channels, slots held).

use std::collections::BTreeSet;
use std::fmt::Write as _;

use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::channel::{Channel, Contact, Kind};
use super::hours::Hours;
use super::ids::{Category, City, Country, Language, ProviderId};
use super::terms::Terms;

/// The most cells that one provider may cover: each is a row that moves with its load.
pub const MOST_CELLS: usize = 400;

/// What the catalogue or an operator declares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    pub provider_id: ProviderId,
    pub name: String,
    pub country: Country,
    pub language: Language,
    pub categories: BTreeSet<Category>,
    pub cities: BTreeSet<City>,
    pub priority: i32,
    pub capacity: i32,
    /// 0 means no limit.
    pub max_per_day: i32,
    pub hours: Hours,
    /// One of a kind at most, in the order of kinds.
    pub contacts: Vec<Contact>,
    pub address: String,
    pub terms: Terms,
}

impl Declared {
    /// The declared fields by name, each in one canonical text.
    fn fields(&self) -> [(&'static str, String); 12] {
        let joined = |parts: &mut dyn Iterator<Item = String>| parts.collect::<Vec<_>>().join("\n");
        let windows = self
            .hours
            .windows()
            .iter()
            .map(|w| format!("{:?}", w.parts()));
        let contacts = self.contacts.iter();
        [
            ("name", self.name.clone()),
            ("country", self.country.to_string()),
            ("language", self.language.to_string()),
            (
                "categories",
                joined(&mut self.categories.iter().map(ToString::to_string)),
            ),
            (
                "cities",
                joined(&mut self.cities.iter().map(ToString::to_string)),
            ),
            ("priority", self.priority.to_string()),
            (
                "capacity",
                format!("{}/{}", self.capacity, self.max_per_day),
            ),
            ("time_zone", self.hours.zone().name().to_owned()),
            ("hours", joined(&mut { windows })),
            (
                "channels",
                joined(&mut contacts.map(|c| format!("{} {}", c.kind.name(), c.address()))),
            ),
            ("address", self.address.clone()),
            ("terms", format!("{:?}", self.terms)),
        ]
    }

    /// The same content has the same hash, in whatever order it was declared.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut text = String::new();
        for (name, value) in self.fields() {
            // The length keeps borders apart.
            let _ = writeln!(text, "{name} {} {value}", value.len());
        }
        hex::encode(Sha256::digest(text))
    }

    /// Names of the fields in which the two differ.
    #[must_use]
    pub fn differences(&self, other: &Self) -> Vec<&'static str> {
        let pairs = self.fields().into_iter().zip(other.fields());
        let mut names: Vec<_> = pairs
            .filter(|(ours, theirs)| ours.1 != theirs.1)
            .map(|(ours, _)| ours.0)
            .collect();
        // One canonical text for the two limits, two names for people.
        if let Some(place) = names.iter().position(|name| *name == "capacity") {
            names.remove(place);
            if self.max_per_day != other.max_per_day {
                names.insert(place, "max_per_day");
            }
            if self.capacity != other.capacity {
                names.insert(place, "capacity");
            }
        }
        names
    }
}

/// A provider as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    pub declared: Declared,
    pub channels: Vec<Channel>,
    /// Who paused it; nothing while it serves.
    pub pause_actor: Option<String>,
    pub held: i32,
    pub last_assign_time: Option<DateTime<Utc>>,
    pub version: i64,
    /// Hash of the declared fields as the catalogue last wrote them.
    pub catalog_hash: Option<String>,
}

impl Provider {
    /// The declared channel of a kind.
    #[must_use]
    pub fn channel(&self, kind: Kind) -> Option<&Channel> {
        let mut channels = self.channels.iter();
        channels.find(|channel| channel.contact.kind == kind)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn declared() -> Declared {
        Declared {
            provider_id: "fontaine".parse().unwrap(),
            name: "Fontaine".to_owned(),
            country: "CH".parse().unwrap(),
            language: "fr".parse().unwrap(),
            categories: ["plumbing".parse().unwrap()].into(),
            cities: ["geneva".parse().unwrap()].into(),
            priority: 1,
            capacity: 3,
            max_per_day: 0,
            hours: Hours::new(chrono_tz::Europe::Zurich, Vec::new()).unwrap(),
            contacts: vec![Contact::new(Kind::Sms, "+41795530141").unwrap()],
            address: String::new(),
            terms: Terms::percent(1500).unwrap(),
        }
    }

    #[test]
    fn the_same_content_has_the_same_hash_and_each_change_is_named() {
        let one = declared();
        let mut other = declared();
        assert_eq!(one.hash(), other.hash());
        assert!(one.differences(&other).is_empty());
        other.capacity = 4;
        other.max_per_day = 2;
        other.name = "Fontaine SA".to_owned();
        assert_ne!(one.hash(), other.hash());
        assert_eq!(one.differences(&other), ["name", "capacity", "max_per_day"]);
    }

    #[test]
    fn text_cannot_move_from_one_field_to_the_next_unseen() {
        let (mut one, mut other) = (declared(), declared());
        one.name = "a\nlanguage 2 fr".to_owned();
        other.name = "a".to_owned();
        assert_ne!(one.hash(), other.hash());
    }
}
