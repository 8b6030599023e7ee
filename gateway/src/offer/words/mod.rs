//! The words of the offer page: everything that a provider reads, once in each language.
//!
//! A sentence that a language lacks does not compile. Where a name or a sum stands inside a text,
//! the template puts it beside the words, since its place differs by language.

mod de;
mod en;
mod es;
mod fr;
mod id;
mod it;

use crate::language::Language;

/// All words of the page in one language.
#[derive(Debug)]
pub struct Words {
    /// The value of `lang`.
    pub tag: &'static str,
    pub offer: OfferWords,
    pub job: JobWords,
    pub result: ResultWords,
    pub ends: EndWords,
    pub faults: FaultWords,
    pub trouble: TroubleWords,
    pub time: TimeWords,
    /// Names of languages, in the order of `Language::ALL`.
    pub languages: [&'static str; 6],
    pub number: NumberWords,
}

/// An open offer, and the labels that the other pages share.
#[derive(Debug)]
pub struct OfferWords {
    pub heading: &'static str,
    pub need: &'static str,
    pub place: &'static str,
    pub urgency: &'static str,
    pub emergency: &'static str,
    pub soon: &'static str,
    pub flexible: &'static str,
    pub received: &'static str,
    pub deadline: &'static str,
    pub reference: &'static str,
    pub accept_hint: &'static str,
    pub accept: &'static str,
    pub decline_heading: &'static str,
    pub decline_reason: &'static str,
    pub decline: &'static str,
}

/// What an accepted offer shows (R49).
#[derive(Debug)]
pub struct JobWords {
    pub heading: &'static str,
    pub text: &'static str,
    pub call: &'static str,
    pub name: &'static str,
    pub phone: &'static str,
    pub language: &'static str,
    pub recording: &'static str,
    pub listen: &'static str,
}

/// The form by which a provider reports what came of it.
#[derive(Debug)]
pub struct ResultWords {
    pub heading: &'static str,
    pub text: &'static str,
    pub won: &'static str,
    pub amount: &'static str,
    pub amount_hint: &'static str,
    pub currency: &'static str,
    pub report_won: &'static str,
    pub lost: &'static str,
    pub why: &'static str,
    pub report_lost: &'static str,
}

/// Offers on which nothing is left to do: a heading and what it means.
#[derive(Debug)]
pub struct EndWords {
    pub declined: Said,
    pub over: Said,
    pub cancelled: Said,
    pub won: Said,
    pub lost: Said,
    pub correction: &'static str,
}

/// A heading and a text.
#[derive(Debug)]
pub struct Said {
    pub heading: &'static str,
    pub text: &'static str,
}

/// What is wrong with an entry, and how to put it right.
#[derive(Debug)]
pub struct FaultWords {
    /// In front of the page's title.
    pub prefix: &'static str,
    pub summary: &'static str,
    pub amount_missing: &'static str,
    pub amount_unreadable: &'static str,
    pub amount_zero: &'static str,
    pub amount_too_large: &'static str,
    pub currency: &'static str,
    pub reason_missing: &'static str,
    pub reason_too_long: &'static str,
    pub action: &'static str,
    /// The answer came after things had changed.
    pub changed: &'static str,
}

/// Pages without an offer.
#[derive(Debug)]
pub struct TroubleWords {
    pub unknown: Said,
    pub expired: Said,
    pub unusable: Said,
    pub unavailable: Said,
    pub again: &'static str,
}

/// How a moment is told.
#[derive(Debug)]
pub struct TimeWords {
    /// With `{weekday}`, `{day}`, `{month}`, `{year}`, `{hour}` and `{minute}`.
    pub pattern: &'static str,
    /// Monday first.
    pub weekdays: [&'static str; 7],
    pub months: [&'static str; 12],
}

/// How a sum is told.
#[derive(Debug)]
pub struct NumberWords {
    pub group: char,
    pub decimal: char,
    /// Whether the currency stands in front.
    pub currency_first: bool,
}

impl Words {
    #[must_use]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::French => &fr::WORDS,
            Language::German => &de::WORDS,
            Language::Italian => &it::WORDS,
            Language::English => &en::WORDS,
            Language::Indonesian => &id::WORDS,
            Language::Spanish => &es::WORDS,
        }
    }

    /// A language's name in these words; a tag that is none of ours is shown as it is.
    #[must_use]
    pub fn language(&self, tag: &str) -> String {
        let known = Language::of_tag(tag)
            .and_then(|language| Language::ALL.iter().position(|known| *known == language));
        known.map_or_else(|| tag.to_owned(), |at| self.languages[at].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_words_of_its_own() {
        for language in Language::ALL {
            let words = Words::of(language);
            assert_eq!(Language::of_tag(words.tag), Some(language));
            for other in Language::ALL.into_iter().filter(|other| *other != language) {
                let other = Words::of(other);
                assert_ne!(words.offer.accept, other.offer.accept);
                assert_ne!(words.job.heading, other.job.heading);
                assert_ne!(words.ends.over.text, other.ends.over.text);
                assert_ne!(words.faults.changed, other.faults.changed);
                assert_ne!(
                    words.trouble.unavailable.text,
                    other.trouble.unavailable.text
                );
            }
        }
    }

    #[test]
    fn a_language_is_named_in_the_readers_own() {
        assert_eq!(Words::of(Language::French).language("de-CH"), "allemand");
        assert_eq!(Words::of(Language::German).language("fr"), "Französisch");
        assert_eq!(Words::of(Language::English).language("pt"), "pt");
    }
}
