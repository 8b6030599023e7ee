//! The language in which the gateway speaks when nobody behind it answers: by the number that was
//! called, since it holds no catalogue.

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
    fn a_tag_is_read_by_its_first_part() {
        assert_eq!(Language::of_tag("fr-CH"), Some(Language::French));
        assert_eq!(Language::of_tag("DE_ch"), Some(Language::German));
        assert_eq!(Language::of_tag("pt"), None);
        assert_eq!(Language::of_tag(""), None);
    }
}
