//! Small readings of text that the scripted people share: folding accents and case, places known
//! by name, the window around a word.

/// Lower case, without accents, white space folded.
pub(crate) fn plain(text: &str) -> String {
    let folded = deunicode::deunicode(text).to_lowercase();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Places of the sample markets, by which a prompt's or a scenario's town is found.
const PLACES: &[&str] = &[
    "Carouge",
    "Lancy",
    "Vernier",
    "Meyrin",
    "Onex",
    "Thônex",
    "Genève",
    "Geneva",
    "Genf",
    "Lausanne",
    "Nyon",
    "Montreux",
    "Zürich",
    "Zurich",
    "Winterthur",
    "Bern",
    "Berne",
    "Basel",
    "Luzern",
    "Lugano",
    "Bellinzona",
    "Locarno",
    "Canggu",
    "Ubud",
    "Seminyak",
    "Sanur",
    "Kuta",
    "Denpasar",
    "Uluwatu",
    "Jimbaran",
    "Nusa Dua",
    "Jakarta",
    "Surabaya",
    "Barcelona",
    "Madrid",
    "Valencia",
    "Sevilla",
    "Málaga",
    "Milano",
    "Roma",
    "Como",
    "Torino",
    "Berlin",
    "München",
    "Hamburg",
    "Freiburg",
    "Köln",
    "Wien",
    "Paris",
    "Lyon",
    "Annecy",
    "Annemasse",
    "London",
    "Manchester",
    "Bristol",
];

/// The first known place in a text, as the text's order has it.
pub(crate) fn place_in(text: &str) -> Option<&'static str> {
    let text = plain(text);
    PLACES
        .iter()
        .filter_map(|place| {
            let needle = plain(place);
            let at = text.match_indices(&needle).map(|(at, _)| at).find(|at| {
                let before = text[..*at].chars().next_back();
                let after = text[at + needle.len()..].chars().next();
                !before.is_some_and(char::is_alphanumeric)
                    && !after.is_some_and(char::is_alphanumeric)
            })?;
            Some((at, *place))
        })
        .min_by_key(|(at, _)| *at)
        .map(|(_, place)| place)
}

/// The text around each occurrence of a word, whose letters are ASCII: `reach` bytes to both sides
/// (a little more where a letter takes several), white space folded, case and accents kept.
pub(crate) fn windows(text: &str, word: &str, reach: usize) -> Vec<String> {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // ASCII lower case keeps every offset.
    let lower = folded.to_ascii_lowercase();
    lower
        .match_indices(word)
        .map(|(at, _)| {
            let from = folded.floor_char_boundary(at.saturating_sub(reach));
            let to = folded.ceil_char_boundary((at + word.len() + reach).min(folded.len()));
            folded[from..to].to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_as_a_whole_word_only() {
        assert_eq!(
            place_in("il habite à Carouge, près de Genève"),
            Some("Carouge")
        );
        assert_eq!(place_in("come va, come stai"), None);
        assert_eq!(place_in("a Como, vicino al lago"), Some("Como"));
    }
}
