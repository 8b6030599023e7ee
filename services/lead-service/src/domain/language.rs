//! A language: one of the six in which bord speaks, as BCP 47 language subtag.

use super::fold;

/// Languages of the product; texts for people exist in all of them.
pub const LANGUAGES: [&str; 6] = ["fr", "de", "it", "en", "id", "es"];

/// Names by which speakers and models call them, folded.
const NAMES: [(&str, &[&str]); 6] = [
    (
        "fr",
        &[
            "french",
            "francais",
            "francaise",
            "franzosisch",
            "franzoesisch",
            "francese",
            "frances",
            "prancis",
            "perancis",
            "fra",
            "fre",
        ],
    ),
    (
        "de",
        &[
            "german",
            "deutsch",
            "allemand",
            "tedesco",
            "aleman",
            "jerman",
            "schweizerdeutsch",
            "suisse allemand",
            "swiss german",
            "deu",
            "ger",
            "gsw",
        ],
    ),
    (
        "it",
        &[
            "italian",
            "italiano",
            "italien",
            "italienisch",
            "italia",
            "ita",
        ],
    ),
    (
        "en",
        &[
            "english", "anglais", "englisch", "inglese", "ingles", "inggris", "eng",
        ],
    ),
    (
        "id",
        &[
            "indonesian",
            "indonesia",
            "indonesien",
            "indonesisch",
            "indonesiano",
            "indonesio",
            "bahasa indonesia",
            "bahasa",
            "ind",
            "in",
        ],
    ),
    (
        "es",
        &[
            "spanish",
            "espanol",
            "castellano",
            "espagnol",
            "spanisch",
            "spagnolo",
            "spanyol",
            "spa",
        ],
    ),
];

/// The language that `said` names: "fr-CH", "French", "français" → "fr".
#[must_use]
pub fn parse(said: &str) -> Option<&'static str> {
    let folded = fold::fold(said);
    let first = folded.split(' ').next().unwrap_or_default();
    if let Some(code) = LANGUAGES.into_iter().find(|code| *code == first) {
        return Some(code);
    }
    let named = |name: &str| folded == name || folded.split(' ').any(|word| word == name);
    NAMES
        .iter()
        .find(|(_, names)| names.iter().any(|name| named(name)))
        .map(|(code, _)| *code)
}

/// The caller's language, or else the site's own, or else English.
#[must_use]
pub fn choose(said: &str, site_languages: &[String]) -> &'static str {
    let spoken = site_languages.iter().find_map(|language| parse(language));
    parse(said).or(spoken).unwrap_or("en")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_understood_by_tag_and_by_name() {
        for said in [
            "fr",
            "FR",
            "fr-CH",
            "fr_FR",
            "French",
            "français",
            "Französisch",
            "Swiss French",
        ] {
            assert_eq!(parse(said), Some("fr"), "{said}");
        }
        assert_eq!(parse("Swiss German"), Some("de"));
        assert_eq!(parse("Bahasa Indonesia"), Some("id"));
        assert_eq!(parse("Klingon"), None);
        for code in LANGUAGES {
            assert_eq!(parse(code), Some(code));
        }
    }

    #[test]
    fn an_unknown_language_is_the_sites_own() {
        assert_eq!(
            choose("Klingon", &["de-CH".to_owned(), "fr".to_owned()]),
            "de"
        );
        assert_eq!(choose("", &[]), "en");
    }
}
