//! The taxonomy: trades and cities with the words by which people call them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::deadline::AnswerDeadlines;
use super::lexicon::Phrase;
use super::site::{Breach, is_country, is_slug};

/// The category of a need that no word recognises; it goes to the operator.
pub const UNSORTED: &str = "unsorted";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    pub category_id: String,
    /// Copies are redacted by default (D10).
    pub health: bool,
    /// By language.
    pub names: BTreeMap<String, String>,
    pub synonyms: Vec<String>,
    #[serde(default)]
    pub answer_deadlines: AnswerDeadlines,
}

/// Operator-wide rules on leads, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeadRules {
    /// The same need of the same customer stays with its provider for so long (D13).
    pub repeat_days: i32,
    pub result_reminder_days: i32,
    pub retention_days: i32,
}

impl Default for LeadRules {
    fn default() -> Self {
        Self {
            repeat_days: 30,
            result_reminder_days: 5,
            retention_days: 730,
        }
    }
}

impl LeadRules {
    /// Every breach at once.
    #[must_use]
    pub fn breaches(&self) -> Vec<Breach> {
        let days = [
            ("rules.repeat_days", self.repeat_days),
            ("rules.result_reminder_days", self.result_reminder_days),
            ("rules.retention_days", self.retention_days),
        ];
        let wrong = days.iter().filter(|(_, days)| !(1..=36_500).contains(days));
        wrong
            .map(|(field, _)| ((*field).to_owned(), "must be 1 to 36500 days".to_owned()))
            .collect()
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct City {
    pub city_id: String,
    pub country: String,
    /// By language.
    pub names: BTreeMap<String, String>,
    pub synonyms: Vec<String>,
}

/// Every phrase that means the thing; its id is one of them.
#[must_use]
pub fn phrases(id: &str, names: &BTreeMap<String, String>, synonyms: &[String]) -> Vec<Phrase> {
    let words = names.values().chain(synonyms).map(String::as_str);
    words.chain([id]).map(Phrase::new).collect()
}

/// Every breach of both lists at once; empty when they may be stored.
#[must_use]
pub fn breaches(categories: &[Category], cities: &[City]) -> Vec<Breach> {
    let mut found = Vec::new();
    let mut breach = |field: String, rule: &str| found.push((field, rule.to_owned()));
    let mut seen = BTreeSet::new();
    if categories.is_empty() {
        breach("categories".to_owned(), "must hold at least one");
    }
    for (i, category) in categories.iter().enumerate() {
        let field = |name: &str| format!("categories[{i}].{name}");
        if !is_slug(&category.category_id) || category.category_id == UNSORTED {
            breach(
                field("category_id"),
                "must be of a-z, 0-9 and -, and not \"unsorted\"",
            );
        }
        if !seen.insert(&category.category_id) {
            breach(field("category_id"), "must not stand twice");
        }
        if category.names.is_empty() {
            breach(field("names"), "must hold a name in at least one language");
        }
        let deadlines = category.answer_deadlines;
        let minutes = [
            deadlines.emergency_minutes,
            deadlines.soon_minutes,
            deadlines.flexible_minutes,
        ];
        if minutes
            .iter()
            .any(|minutes| !(1..=20_160).contains(minutes))
        {
            breach(
                field("answer_deadlines"),
                "must be 1 to 20160 minutes for each urgency",
            );
        }
    }
    if cities.is_empty() {
        breach("cities".to_owned(), "must hold at least one");
    }
    let mut seen = BTreeSet::new();
    let mut words: BTreeMap<(&str, String), &str> = BTreeMap::new();
    for (i, city) in cities.iter().enumerate() {
        let field = |name: &str| format!("cities[{i}].{name}");
        if !is_slug(&city.city_id) {
            breach(field("city_id"), "must be of a-z, 0-9 and -");
        }
        if !seen.insert(&city.city_id) {
            breach(field("city_id"), "must not stand twice");
        }
        if !is_country(&city.country) {
            breach(field("country"), "must be a country by ISO 3166-1 alpha-2");
        }
        if city.names.is_empty() {
            breach(field("names"), "must hold a name in at least one language");
        }
        for phrase in phrases(&city.city_id, &city.names, &city.synonyms) {
            let other = words.insert((&city.country, phrase.folded()), &city.city_id);
            if other.is_some_and(|other| other != city.city_id) {
                breach(
                    field("synonyms"),
                    "must not hold a word that means another city of the country",
                );
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn city(id: &str, synonym: &str) -> City {
        City {
            city_id: id.to_owned(),
            country: "CH".to_owned(),
            names: BTreeMap::from([("fr".to_owned(), id.to_owned())]),
            synonyms: vec![synonym.to_owned()],
        }
    }

    #[test]
    fn a_word_cannot_mean_two_cities_of_a_country() {
        let category = Category {
            category_id: "plumbing".to_owned(),
            health: false,
            names: BTreeMap::from([("fr".to_owned(), "Plomberie".to_owned())]),
            synonyms: Vec::new(),
            answer_deadlines: AnswerDeadlines::default(),
        };
        let categories = [category];
        assert_eq!(
            breaches(
                &categories,
                &[city("geneva", "Carouge"), city("lugano", "Agno")]
            ),
            []
        );
        let found = breaches(
            &categories,
            &[city("geneva", "Carouge"), city("lugano", "carouge!")],
        );
        assert_eq!(found[0].0, "cities[1].synonyms");
    }

    #[test]
    fn every_breach_is_told_at_once() {
        let mut bad = city("Geneva", "");
        bad.country = "ch".to_owned();
        assert_eq!(breaches(&[], &[bad]).len(), 3);
    }
}
