//! The lexicon: which of several things a caller's own words mean.
//!
//! The longest phrase wins. Trades also match by stem ("plombiers") and inside a compound
//! ("Rohrbruch" holds "Rohr"); places match by whole words only, for names overlap by chance.

use super::fold;

/// How freely words may match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    Trade,
    Place,
}

/// One phrase in folded words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase(Vec<String>);

impl Phrase {
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(fold::words(text))
    }

    /// The words as they are compared.
    #[must_use]
    pub fn folded(&self) -> String {
        self.0.join(" ")
    }

    /// Length of the match and its quality; the longer wins, then the closer.
    fn score(&self, said: &[String], how: Match) -> Option<(usize, u8)> {
        if self.0.is_empty() || said.len() < self.0.len() {
            return None;
        }
        let alone = self.0.len() == 1;
        let length = self.0.iter().map(String::len).sum();
        said.windows(self.0.len())
            .filter_map(|window| {
                let qualities = window
                    .iter()
                    .zip(&self.0)
                    .map(|(said, word)| quality(said, word, how, alone));
                qualities.min().flatten()
            })
            .max()
            .map(|quality| (length, quality))
    }
}

/// 3 equal, 2 inflected, 1 inside a compound.
fn quality(said: &str, word: &str, how: Match, alone: bool) -> Option<u8> {
    if said == word {
        return Some(3);
    }
    if how == Match::Place || word.len() < 4 || said.len() < 4 {
        return None;
    }
    let shared = said
        .bytes()
        .zip(word.bytes())
        .take_while(|(a, b)| a == b)
        .count();
    let inflected = shared >= 4 && shared + 2 >= word.len() && said.len() <= shared + 2;
    if inflected {
        return Some(2);
    }
    let compound = said.starts_with(word) || (word.len() >= 5 && said.contains(word));
    (alone && compound).then_some(1)
}

/// The id whose phrases match `text` best; among equals the one that comes first.
#[must_use]
pub fn longest<'a, 'p>(
    text: &str,
    entries: impl IntoIterator<Item = (&'a str, &'p [Phrase])>,
    how: Match,
) -> Option<&'a str> {
    let said = fold::words(text);
    let mut best: Option<((usize, u8), &'a str)> = None;
    for (id, phrases) in entries {
        let score = phrases
            .iter()
            .filter_map(|phrase| phrase.score(&said, how))
            .max();
        if let Some(score) = score
            && best.is_none_or(|(standing, _)| score > standing)
        {
            best = Some((score, id));
        }
    }
    best.map(|(_, id)| id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trades(text: &str) -> Option<&'static str> {
        let phrases = |words: &[&str]| words.iter().map(|w| Phrase::new(w)).collect::<Vec<_>>();
        let plumbing = phrases(&[
            "plombier",
            "fuite d'eau",
            "Klempner",
            "Installateur",
            "Rohr",
            "idraulico",
            "tukang ledeng",
            "toilettes bouchées",
            "boiler",
        ]);
        let dental = phrases(&["dentiste", "mal de dents", "Zahnarzt", "dokter gigi"]);
        let ac = phrases(&["ac", "clim", "aire acondicionado", "boiler d'air"]);
        longest(
            text,
            [
                ("plumbing", &plumbing[..]),
                ("dental", &dental[..]),
                ("ac-repair", &ac[..]),
            ],
            Match::Trade,
        )
    }

    #[test]
    fn a_service_is_understood_in_every_language() {
        for said in [
            "plombier",
            "PLOMBIERS",
            "une plombière",
            "Il y a une fuite d’eau",
            "Rohrbruch im Keller",
            "Sanitärinstallateur",
            "un idraulico, subito",
            "butuh tukang ledeng",
            "toilette bouchée",
        ] {
            assert_eq!(trades(said), Some("plumbing"), "{said}");
        }
        assert_eq!(trades("j'ai mal aux dents"), Some("dental"));
        assert_eq!(trades("Zahnarzttermin"), Some("dental"));
        assert_eq!(trades("servis AC"), Some("ac-repair"));
        assert_eq!(trades("climatisation"), Some("ac-repair"));
    }

    #[test]
    fn the_longest_match_wins() {
        assert_eq!(trades("boiler d'air"), Some("ac-repair"));
        assert_eq!(trades("boiler"), Some("plumbing"));
    }

    #[test]
    fn an_unknown_service_is_nothing() {
        assert_eq!(trades("un avocat"), None);
        assert_eq!(trades("academy"), None);
        assert_eq!(trades(""), None);
    }

    #[test]
    fn a_place_matches_by_whole_words_only() {
        let geneva = [
            Phrase::new("Genf"),
            Phrase::new("Carouge"),
            Phrase::new("Plan-les-Ouates"),
        ];
        let found = |text| longest(text, [("geneva", &geneva[..])], Match::Place);
        assert_eq!(found("à Carouge près de l'église"), Some("geneva"));
        assert_eq!(found("plan les ouates"), Some("geneva"));
        assert_eq!(found("Genferstrasse 3, Bern"), None);
    }
}
