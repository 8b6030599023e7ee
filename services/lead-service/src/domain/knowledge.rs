//! What is known when a need comes in: every site and the taxonomy, folded and ready.
//!
//! Built once for each version of the catalogue, so that understanding a need asks no database.

use std::collections::{BTreeMap, BTreeSet};

use super::lexicon::{self, Match, Phrase};
use super::site::SiteFacts;
use super::taxonomy::{Category, City, LeadRules, phrases};

#[derive(Debug, Default)]
pub struct Knowledge {
    /// Counts changes of the stored catalogue.
    pub version: i64,
    pub rules: LeadRules,
    sites: BTreeMap<String, SiteFacts>,
    by_number: BTreeMap<String, String>,
    ours: BTreeSet<String>,
    categories: Vec<(Category, Vec<Phrase>)>,
    cities: Vec<(City, Vec<Phrase>)>,
}

impl Knowledge {
    #[must_use]
    pub fn new(
        version: i64,
        sites: Vec<SiteFacts>,
        categories: Vec<Category>,
        cities: Vec<City>,
        rules: LeadRules,
    ) -> Self {
        let mut known = Self {
            version,
            rules,
            ..Self::default()
        };
        // A city that the taxonomy does not have in the site's country can be nobody's place: the
        // database would refuse the lead, and it would be lost.
        let here = |id: &str, country: &str| {
            let mut found = cities.iter();
            found.any(|city| city.city_id == id && city.country == country)
        };
        for mut site in sites {
            site.cities.retain(|id| here(id, &site.country));
            for number in &site.numbers {
                known.by_number.insert(number.clone(), site.site_id.clone());
            }
            known
                .ours
                .extend(site.numbers.iter().chain(&site.chain_mobiles).cloned());
            known.sites.insert(site.site_id.clone(), site);
        }
        for category in categories {
            let words = phrases(&category.category_id, &category.names, &category.synonyms);
            known.categories.push((category, words));
        }
        for city in cities {
            let words = phrases(&city.city_id, &city.names, &city.synonyms);
            known.cities.push((city, words));
        }
        known
    }

    #[must_use]
    pub fn site(&self, site_id: &str) -> Option<&SiteFacts> {
        self.sites.get(site_id)
    }

    /// The site whose DID was called.
    #[must_use]
    pub fn site_called(&self, number: &str) -> Option<&SiteFacts> {
        self.sites.get(self.by_number.get(number)?)
    }

    /// DIDs and chain mobiles of all sites (R11).
    #[must_use]
    pub fn ours(&self) -> &BTreeSet<String> {
        &self.ours
    }

    #[must_use]
    pub fn category(&self, category_id: &str) -> Option<&Category> {
        self.categories
            .iter()
            .map(|(c, _)| c)
            .find(|c| c.category_id == category_id)
    }

    #[must_use]
    pub fn city(&self, city_id: &str) -> Option<&City> {
        self.cities
            .iter()
            .map(|(c, _)| c)
            .find(|c| c.city_id == city_id)
    }

    /// The category that `said` means: one of the site's, or else any.
    #[must_use]
    pub fn understand_service(&self, said: &str, site: Option<&SiteFacts>) -> Option<&str> {
        let all = || {
            self.categories
                .iter()
                .map(|(c, p)| (c.category_id.as_str(), &p[..]))
        };
        let served = |id: &str| site.is_some_and(|site| site.categories.iter().any(|c| c == id));
        lexicon::longest(said, all().filter(|(id, _)| served(id)), Match::Trade)
            .or_else(|| lexicon::longest(said, all(), Match::Trade))
    }

    /// The city that `said` means: one of the site's, or else one of its country.
    #[must_use]
    pub fn understand_place<'a>(
        &'a self,
        said: &str,
        site: Option<&'a SiteFacts>,
    ) -> Option<&'a str> {
        let all = || {
            let home = |city: &City| site.is_none_or(|site| site.country == city.country);
            let entries = self.cities.iter().filter(move |(city, _)| home(city));
            entries.map(|(city, phrases)| (city.city_id.as_str(), &phrases[..]))
        };
        let served = |id: &str| site.is_some_and(|site| site.cities.iter().any(|c| c == id));
        lexicon::longest(said, all().filter(|(id, _)| served(id)), Match::Place)
            .or_else(|| lexicon::longest(said, all(), Match::Place))
            .or_else(|| only(&site?.cities))
    }
}

/// The one of a list that has just one.
fn only(ids: &[String]) -> Option<&str> {
    match ids {
        [one] => Some(one),
        _ => None,
    }
}
