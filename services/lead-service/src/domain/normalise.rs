//! Understanding a need: phone, category, city, language. Pure, and done before the insert.

use super::knowledge::Knowledge;
use super::need::{Field, Need, Urgency};
use super::phone::{self, Surroundings};
use super::site::SiteFacts;
use super::taxonomy::UNSORTED;
use super::{fold, language};

/// A need as far as it is understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Understood {
    /// E.164, or empty when there is no number at all.
    pub phone: String,
    /// One of the product's languages.
    pub language: &'static str,
    /// Category id, "unsorted" for words that mean none, empty while nothing was said.
    pub category: String,
    /// City id.
    pub city: Option<String>,
    pub urgency: Option<Urgency>,
    /// What the tool call did not carry.
    pub missing: Vec<Field>,
}

/// Understands `need`, called in from `caller_id` at `site`.
#[must_use]
pub fn understand(
    need: &Need,
    caller_id: &str,
    site: Option<&SiteFacts>,
    known: &Knowledge,
) -> Understood {
    let around = Surroundings {
        country: site.map(|s| s.country.as_str()),
        ours: known.ours(),
    };
    let phone = phone::customer(&need.phone, caller_id, around).unwrap_or_default();
    let category = match need.service.as_str() {
        "" => "",
        said => known.understand_service(said, site).unwrap_or(UNSORTED),
    };
    let city = match need.location.as_str() {
        "" => None,
        said => known.understand_place(said, site).map(str::to_owned),
    };
    let absent = |field: &Field| match field {
        Field::Service => need.service.is_empty(),
        Field::Location => need.location.is_empty(),
        Field::CustomerName => need.customer_name.is_empty(),
        // The caller id stands in for a number that was not said.
        Field::Phone => phone.is_empty(),
        Field::Language => need.language.is_empty(),
    };
    let missing = Field::ALL.into_iter().filter(absent).collect();
    Understood {
        language: language::choose(&need.language, site.map_or(&[], |s| &s.languages)),
        category: category.to_owned(),
        city,
        urgency: need.urgency.parse().ok(),
        missing,
        phone,
    }
}

/// What can be known of an incomplete need after the call: a site with one trade, or one city,
/// leaves no doubt about it.
pub fn complete(understood: &mut Understood, site: &SiteFacts) {
    if understood.category.is_empty()
        && let [only] = &site.categories[..]
    {
        understood.category.clone_from(only);
    }
    if understood.city.is_none()
        && let [only] = &site.cities[..]
    {
        understood.city = Some(only.clone());
    }
}

impl Understood {
    /// The place within a need's key: the city, or else the words.
    #[must_use]
    pub fn place(&self, need: &Need) -> String {
        self.city
            .clone()
            .unwrap_or_else(|| fold::fold(&need.location))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::deadline::AnswerDeadlines;
    use crate::domain::site::DEFAULT_MAX_CALL;
    use crate::domain::taxonomy::{Category, City, LeadRules};
    use proptest::prelude::*;

    fn known() -> Knowledge {
        let list = |items: &[&str]| items.iter().map(|&i| i.to_owned()).collect::<Vec<_>>();
        let category = |id: &str, synonyms: &[&str]| Category {
            category_id: id.to_owned(),
            health: false,
            names: Default::default(),
            synonyms: list(synonyms),
            answer_deadlines: AnswerDeadlines::default(),
        };
        let city = |id: &str, country: &str, synonyms: &[&str]| City {
            city_id: id.to_owned(),
            country: country.to_owned(),
            names: Default::default(),
            synonyms: list(synonyms),
        };
        let site = |id: &str, country: &str, cities: &[&str]| SiteFacts {
            site_id: id.to_owned(),
            url: format!("https://{id}.example"),
            country: country.to_owned(),
            allowed_countries: Vec::new(),
            languages: list(&["fr", "en"]),
            categories: list(&["plumbing"]),
            cities: list(cities),
            numbers: Vec::new(),
            chain_mobiles: Vec::new(),
            time_zone: "Europe/Zurich".to_owned(),
            max_call: DEFAULT_MAX_CALL,
        };
        Knowledge::new(
            1,
            vec![
                site("one", "CH", &["geneva"]),
                site("two", "CH", &["geneva", "lausanne"]),
            ],
            vec![
                category("plumbing", &["plombier", "Klempner", "fuite"]),
                category("dental", &["dentiste"]),
            ],
            vec![
                city("geneva", "CH", &["Genève", "Geneva", "Genf", "Carouge"]),
                city("lausanne", "CH", &["Lausanne"]),
                city("paris", "FR", &["Paris"]),
            ],
            LeadRules::default(),
        )
    }

    fn need(service: &str, location: &str) -> Need {
        Need {
            customer_name: "Léa".to_owned(),
            phone: "022 539 45 13".to_owned(),
            language: "fr-CH".to_owned(),
            service: service.to_owned(),
            location: location.to_owned(),
            ..Need::default()
        }
    }

    #[test]
    fn a_place_is_understood_within_the_sites_country() {
        let known = known();
        let place = |site: &str, said: &str| {
            understand(&need("plombier", said), "", known.site(site), &known).city
        };
        for said in ["Genève", "GENEVA", "Genf", "à Carouge près de l'église"] {
            assert_eq!(place("two", said).as_deref(), Some("geneva"), "{said}");
        }
        assert_eq!(place("one", "rue du Rhône 12").as_deref(), Some("geneva"));
        assert_eq!(place("two", "rue du Rhône 12"), None);
        assert_eq!(place("two", "Paris"), None);
    }

    #[test]
    fn an_unknown_service_is_unsorted() {
        let known = known();
        let category =
            |said: &str| understand(&need(said, "Genève"), "", known.site("one"), &known).category;
        assert_eq!(category("une fuite"), "plumbing");
        assert_eq!(category("dentiste"), "dental");
        assert_eq!(category("un avocat"), UNSORTED);
        assert_eq!(category(""), "");
    }

    #[test]
    fn what_is_missing_is_named_in_the_order_of_asking() {
        let known = known();
        let nothing = understand(&Need::default(), "", known.site("one"), &known);
        assert_eq!(nothing.missing, Field::ALL);
        let caller = understand(&Need::default(), "+41791234567", known.site("one"), &known);
        assert_eq!(caller.phone, "+41791234567");
        assert!(!caller.missing.contains(&Field::Phone));
    }

    #[test]
    fn after_the_call_only_what_leaves_no_doubt_is_filled_in() {
        let known = known();
        let filled = |site: &str| {
            let site = known.site(site).unwrap();
            let mut understood = understand(&Need::default(), "", Some(site), &known);
            complete(&mut understood, site);
            (understood.category, understood.city)
        };
        assert_eq!(
            filled("one"),
            ("plumbing".to_owned(), Some("geneva".to_owned()))
        );
        assert_eq!(filled("two"), ("plumbing".to_owned(), None));
    }

    proptest! {
        #[test]
        fn understanding_never_panics_and_is_idempotent(
            words in proptest::collection::vec("\\PC{0,30}", 6), site in 0usize..3,
        ) {
            let known = known();
            let site = [None, known.site("one"), known.site("two")][site];
            let mut said = need(&words[0], &words[1]);
            (said.phone, said.language) = (words[2].clone(), words[3].clone());
            said.urgency = words[4].clone();
            let once = understand(&said, &words[5], site, &known);
            said.phone.clone_from(&once.phone);
            said.language = once.language.to_owned();
            let again = understand(&said, &words[5], site, &known);
            prop_assert_eq!(&again.phone, &once.phone);
            prop_assert_eq!(again.language, once.language);
            prop_assert_eq!(&again.category, &once.category);
            prop_assert_eq!(&again.city, &once.city);
        }
    }
}
