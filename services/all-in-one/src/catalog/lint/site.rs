//! A site on its own: its address, its country and languages, what it serves and who is there
//! to serve it.

use crate::catalog::model::Site;
use crate::catalog::words;

use super::Lint;

pub(super) fn check(lint: &Lint<'_>) {
    let sites = &lint.catalog.sites;
    lint.unique(
        "id",
        "unique",
        sites.iter().map(|s| (s.id.as_str(), s.at.field("id"))),
    );
    lint.unique(
        "url",
        "unique",
        sites
            .iter()
            .map(|s| (s.url.trim_end_matches('/'), s.at.field("url"))),
    );
    for site in sites {
        check_site(lint, site);
        check_language(lint, site);
        check_cells(lint, site);
    }
}

fn check_site(lint: &Lint<'_>, site: &Site) {
    let at = &site.at;
    if let Some(place) = at.field("id") {
        let file = format!("site-{}.toml", site.id);
        if lint.id(Some(place.clone()), &site.id) && *place.file != file {
            let message = format!(
                "`id` is {}, so the file must be called {file}: rename one of them",
                site.id
            );
            lint.report.error(Some(place), "format", message);
        }
    }
    if let Some(place) = at.field("url") {
        lint.url(Some(place), "url", &site.url);
    }
    check_fallback(lint, site);
    if let Some(place) = at.field("country") {
        lint.declared_country(Some(place), &site.country);
    }
    if let Some(place) = at.field("timezone") {
        lint.timezone(Some(place), &site.timezone);
    }
    for (index, country) in site.allowed_countries.iter().enumerate() {
        lint.country(
            at.item("allowed_countries", index),
            "allowed_countries",
            country,
        );
    }
    for (index, category) in site.categories.iter().enumerate() {
        lint.category(at.item("categories", index), "categories", category);
    }
    for (index, city) in site.cities.iter().enumerate() {
        lint.city(at.item("cities", index), "cities", city, &site.country);
    }
    for (key, default, list, all) in [
        (
            "default_category",
            &site.default_category,
            "categories",
            &site.categories,
        ),
        ("default_city", &site.default_city, "cities", &site.cities),
    ] {
        if at.field(list).is_some() && !all.contains(default) {
            let message = format!(
                "`{key}` \"{default}\" is not among the site's `{list}`: a voicemail would go nowhere; name one of them"
            );
            lint.report.error(at.field(key), "B12", message);
        }
    }
}

/// A site may do without, but its callers then hear the carrier's error message one day.
fn check_fallback(lint: &Lint<'_>, site: &Site) {
    match &site.fallback_url {
        Some(url) => lint.url(site.at.field("fallback_url"), "fallback_url", url),
        None => {
            let message = "`fallback_url` is missing: on the day the gateway is down callers hear the carrier's error message; name a static document outside";
            lint.report.warn(site.at.head(), "url", message);
        }
    }
}

fn check_language(lint: &Lint<'_>, site: &Site) {
    let at = &site.at;
    for (index, language) in site.languages.iter().enumerate() {
        lint.language(at.item("languages", index), "languages", language);
    }
    let Some(place) = at.field("language") else {
        return;
    };
    if at.field("languages").is_some() && !site.languages.contains(&site.language) {
        let message = format!(
            "`language` \"{}\" is not among the site's `languages`: add it",
            site.language
        );
        lint.report.error(Some(place.clone()), "language", message);
    }
    let country = lint.catalog.operator.countries.get(&site.country);
    if words::of(&site.language).is_some()
        && country.is_some_and(|c| !c.disclosure.contains_key(&site.language))
    {
        let message = format!(
            "`language` is \"{0}\", but [countries.{1}.disclosure] has no \"{0}\": callers must hear that an AI speaks and records",
            site.language, site.country
        );
        lint.report.error(Some(place), "D9", message);
    }
}

/// A cell that nobody serves is allowed, for its leads go to the operator (D7), but worth a word.
fn check_cells(lint: &Lint<'_>, site: &Site) {
    if lint.damaged.is("providers.toml") {
        return;
    }
    let here = |id: &str| {
        lint.catalog
            .city(id)
            .is_some_and(|city| city.country == site.country)
    };
    for category in site
        .categories
        .iter()
        .filter(|id| lint.catalog.category(id).is_some())
    {
        for city in site.cities.iter().filter(|id| here(id)) {
            if !lint
                .catalog
                .cell(category, city)
                .any(|p| p.country == site.country)
            {
                let message = format!(
                    "no provider serves {category} in {city}: its leads will all go to the operator; add one to providers.toml"
                );
                lint.report.warn(site.at.field("categories"), "D7", message);
            }
        }
    }
}
