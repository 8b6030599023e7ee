//! categories.toml and cities.toml: what a customer may need, where, and by which words.

use crate::catalog::model::{Category, City, DeadlineMinutes};
use crate::catalog::reader::Reader;

use super::operator::by_key;

pub(super) fn categories(mut root: Reader<'_>) -> Vec<Category> {
    let categories = root
        .tables("category", "category")
        .into_iter()
        .map(category)
        .collect();
    root.finish();
    categories
}

fn category(mut reader: Reader<'_>) -> Category {
    let mut category = Category {
        id: reader.text("id"),
        health: reader.boolean("health"),
        deadline_minutes: DeadlineMinutes {
            emergency: 0,
            soon: 0,
            flexible: 0,
        },
        deadline_at: Default::default(),
        names: Default::default(),
        synonyms: Default::default(),
        at: Default::default(),
        names_at: Default::default(),
        synonyms_at: Default::default(),
    };
    if let Some(mut deadline) = reader.table("deadline_minutes", "table of deadlines") {
        category.deadline_minutes = DeadlineMinutes {
            emergency: deadline.integer("emergency"),
            soon: deadline.integer("soon"),
            flexible: deadline.integer("flexible"),
        };
        category.deadline_at = deadline.finish();
    }
    if let Some(mut names) = reader.table("names", "table of names") {
        category.names = by_key(&mut names);
        category.names_at = names.finish();
    }
    if let Some(mut synonyms) = reader.table("synonyms", "table of synonyms") {
        for language in synonyms.keys() {
            category
                .synonyms
                .insert(language.to_owned(), synonyms.texts(language));
        }
        category.synonyms_at = synonyms.finish();
    }
    category.at = reader.finish();
    category
}

pub(super) fn cities(mut root: Reader<'_>) -> Vec<City> {
    let cities = root.tables("city", "city").into_iter().map(city).collect();
    root.finish();
    cities
}

fn city(mut reader: Reader<'_>) -> City {
    let mut city = City {
        id: reader.text("id"),
        country: reader.text("country"),
        synonyms: reader.texts("synonyms"),
        names: Default::default(),
        at: Default::default(),
        names_at: Default::default(),
    };
    if let Some(mut names) = reader.table("names", "table of names") {
        city.names = by_key(&mut names);
        city.names_at = names.finish();
    }
    city.at = reader.finish();
    city
}
