//! Categories and cities: ids, names in every language, and words that point to one thing only
//! (R36: every lead gets one category and one city).

use std::collections::BTreeMap;

use crate::catalog::breach::Place;
use crate::catalog::document::At;
use crate::catalog::model::{ByLanguage, Category, City};
use crate::catalog::words::fold;

use super::Lint;

/// The category of what nobody recognised; the system's own.
const UNSORTED: &str = "unsorted";

pub(super) fn check(lint: &Lint<'_>) {
    let catalog = lint.catalog;
    lint.unique(
        "id",
        "unique",
        catalog
            .categories
            .iter()
            .map(|c| (c.id.as_str(), c.at.field("id"))),
    );
    lint.unique(
        "id",
        "unique",
        catalog
            .cities
            .iter()
            .map(|c| (c.id.as_str(), c.at.field("id"))),
    );
    for category in &catalog.categories {
        check_category(lint, category);
    }
    for city in &catalog.cities {
        lint.id(city.at.field("id"), &city.id);
        if let Some(place) = city.at.field("country") {
            lint.country(Some(place), "country", &city.country);
        }
        names(lint, &city.names, &city.names_at);
    }
    let words = catalog.categories.iter().flat_map(category_words);
    one_meaning(lint, words);
    let mut by_country: BTreeMap<&str, Vec<&City>> = BTreeMap::new();
    for city in &catalog.cities {
        by_country.entry(&city.country).or_default().push(city);
    }
    for cities in by_country.values() {
        one_meaning(lint, cities.iter().flat_map(|city| city_words(city)));
    }
}

fn check_category(lint: &Lint<'_>, category: &Category) {
    lint.id(category.at.field("id"), &category.id);
    if category.id == UNSORTED {
        let message = format!(
            "`id` \"{UNSORTED}\" is the system's own, for what no word recognises: choose another"
        );
        lint.report
            .error(category.at.field("id"), "reserved", message);
    }
    deadlines(lint, category);
    names(lint, &category.names, &category.names_at);
    for language in category.synonyms.keys() {
        lint.language(category.synonyms_at.field(language), "synonyms", language);
    }
}

fn deadlines(lint: &Lint<'_>, category: &Category) {
    let deadline = category.deadline_minutes;
    let mut whole = true;
    for (urgency, minutes) in [
        ("emergency", deadline.emergency),
        ("soon", deadline.soon),
        ("flexible", deadline.flexible),
    ] {
        let Some(place) = category.deadline_at.field(urgency) else {
            whole = false;
            continue;
        };
        let field = format!("deadline_minutes.{urgency}");
        lint.range(Some(place), &field, minutes, 1..=10_080, "D8");
    }
    let grows = deadline.emergency <= deadline.soon && deadline.soon <= deadline.flexible;
    if whole && !grows {
        let message = "`deadline_minutes` must grow from emergency over soon to flexible: an urgent lead waits least";
        let place = category.at.field("deadline_minutes");
        lint.report.error(place, "D8", message);
    }
}

/// A thing has a name in every language in which it may be written to somebody.
fn names(lint: &Lint<'_>, names: &ByLanguage<String>, at: &At) {
    for language in names.keys() {
        lint.language(at.field(language), "names", language);
    }
    if names.is_empty() {
        return;
    }
    for language in &lint.catalog.operator.languages {
        if !names.contains_key(language) {
            let message =
                format!("`names` lacks \"{language}\", a language of catalog.toml: add the name");
            lint.report.error(at.head(), "language", message);
        }
    }
}

type Word<'a> = (String, &'a str, Option<Place>);

fn category_words(category: &Category) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for (language, name) in &category.names {
        words.push((
            fold(name),
            category.id.as_str(),
            category.names_at.field(language),
        ));
    }
    for (language, synonyms) in &category.synonyms {
        for (index, synonym) in synonyms.iter().enumerate() {
            words.push((
                fold(synonym),
                &category.id,
                category.synonyms_at.item(language, index),
            ));
        }
    }
    words
}

fn city_words(city: &City) -> Vec<Word<'_>> {
    let mut words = Vec::new();
    for (language, name) in &city.names {
        words.push((fold(name), city.id.as_str(), city.names_at.field(language)));
    }
    for (index, synonym) in city.synonyms.iter().enumerate() {
        words.push((fold(synonym), &city.id, city.at.item("synonyms", index)));
    }
    words
}

/// A word may stand twice for the same thing, never for two.
fn one_meaning<'a>(lint: &Lint<'_>, words: impl Iterator<Item = Word<'a>>) {
    let mut meaning: BTreeMap<String, &str> = BTreeMap::new();
    for (word, id, place) in words {
        match meaning.get(&word) {
            Some(other) if *other != id => {
                let shown = word.trim();
                let message =
                    format!("\"{shown}\" points to {id} and to {other}: keep it with one of them");
                lint.report.error(place, "R36", message);
            }
            Some(_) => {}
            None => drop(meaning.insert(word, id)),
        }
    }
}
