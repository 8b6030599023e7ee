//! The language in which the gateway speaks when nobody behind it answers: by the number that was
//! called, since it holds no catalogue; to a person with a browser, by what the browser asks for.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// A language in which bord has texts for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    French,
    German,
    Italian,
    English,
    Indonesian,
    Spanish,
}

/// Prefixes of E.164 numbers, longest first where one holds another: Switzerland speaks by region.
const BY_NUMBER: &[(&str, Language)] = &[
    ("+4121", Language::French),
    ("+4122", Language::French),
    ("+4124", Language::French),
    ("+4126", Language::French),
    ("+4127", Language::French),
    ("+4132", Language::French),
    ("+4191", Language::Italian),
    ("+41", Language::German),
    ("+423", Language::German),
    ("+43", Language::German),
    ("+49", Language::German),
    ("+33", Language::French),
    ("+352", Language::French),
    ("+377", Language::French),
    ("+39", Language::Italian),
    ("+34", Language::Spanish),
    ("+52", Language::Spanish),
    ("+54", Language::Spanish),
    ("+56", Language::Spanish),
    ("+57", Language::Spanish),
    ("+62", Language::Indonesian),
];

impl Language {
    /// Every language, in the order in which texts list them.
    pub const ALL: [Self; 6] = [
        Self::French,
        Self::German,
        Self::Italian,
        Self::English,
        Self::Indonesian,
        Self::Spanish,
    ];

    /// The one of ours that a browser likes best (`Accept-Language`); English where it likes none.
    #[must_use]
    pub fn accepted(headers: &HeaderMap) -> Self {
        let wishes = headers.get(ACCEPT_LANGUAGE);
        let wishes = wishes
            .and_then(|wishes| wishes.to_str().ok())
            .unwrap_or_default();
        let mut best = (0.0, Self::English);
        // More wishes than any person has are not read.
        for wish in wishes.split(',').take(32) {
            let (tag, weight) = wish.split_once(';').unwrap_or((wish, ""));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("1");
            let weight: f32 = weight.trim().parse().unwrap_or(0.0);
            // The first of several equal wishes stands.
            if let Some(language) = Self::of_tag(tag)
                && weight > best.0
            {
                best = (weight, language);
            }
        }
        best.1
    }

    /// Of a called number; English where the prefix says nothing.
    #[must_use]
    pub fn of_number(number: &str) -> Self {
        let known = BY_NUMBER
            .iter()
            .find(|(prefix, _)| number.starts_with(prefix));
        known.map_or(Self::English, |(_, language)| *language)
    }

    /// Of a BCP 47 tag, if it is one of ours.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?.to_ascii_lowercase();
        match primary.as_str() {
            "fr" => Some(Self::French),
            "de" | "gsw" => Some(Self::German),
            "it" => Some(Self::Italian),
            "en" => Some(Self::English),
            "id" => Some(Self::Indonesian),
            "es" => Some(Self::Spanish),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_speaks_the_language_of_its_region() {
        for (number, language) in [
            ("+41225394512", Language::French),
            ("+41315550142", Language::German),
            ("+41915550142", Language::Italian),
            ("+623618497215", Language::Indonesian),
            ("+34915550142", Language::Spanish),
            ("+14155550100", Language::English),
            ("sip:x", Language::English),
            ("", Language::English),
        ] {
            assert_eq!(Language::of_number(number), language, "{number}");
        }
    }

    #[test]
    fn a_browser_is_answered_in_the_language_that_it_likes_best() {
        for (wishes, language) in [
            ("fr-CH, fr;q=0.9, en;q=0.8", Language::French),
            ("pt, en;q=0.5, de;q=0.7", Language::German),
            ("it;q=0, es;q=0.1", Language::Spanish),
            ("*", Language::English),
            ("id;q=abc", Language::English),
            ("", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT_LANGUAGE, wishes.parse().unwrap());
            assert_eq!(Language::accepted(&headers), language, "{wishes}");
        }
    }

    #[test]
    fn a_tag_is_read_by_its_first_part() {
        assert_eq!(Language::of_tag("fr-CH"), Some(Language::French));
        assert_eq!(Language::of_tag("DE_ch"), Some(Language::German));
        assert_eq!(Language::of_tag("pt"), None);
        assert_eq!(Language::of_tag(""), None);
    }
}
