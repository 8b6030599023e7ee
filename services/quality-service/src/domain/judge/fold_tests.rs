//! Where folding keeps what plain folding would lose.

use proptest::prelude::*;

use super::fold::{fold, phrase};

#[test]
fn born_is_told_from_a_negation() {
    assert_eq!(
        phrase("Vous êtes né, ne l'oubliez pas"),
        "vous etes nee ne l oubliez pas"
    );
    assert_eq!(phrase("NÉE"), "nee");
}

#[test]
fn a_sentence_ends_where_a_person_would_end_it() {
    let folded = fold("Die Praxis ist an der Langstr. 12. Passt das, Dr. Meier? Gut…");
    let asks: Vec<bool> = folded.sentences.iter().map(|s| s.asks).collect();
    assert_eq!(asks, [false, true, false]);
    assert_eq!(fold("Um 14.30 Uhr?").sentences.len(), 1);
}

#[test]
fn a_contrast_opens_a_segment() {
    let folded = fold("Die Adresse brauche ich nicht, aber Ihren Namen");
    assert_ne!(folded.tokens[0].segment, folded.tokens[5].segment);
    assert_eq!(folded.tokens[0].segment, folded.tokens[4].segment);
}

proptest! {
    #[test]
    fn every_token_is_a_stretch_of_its_text(text in "\\PC{0,80}") {
        let folded = fold(&text);
        for at in 0..folded.tokens.len() {
            let (start, end) = folded.span(at, at);
            prop_assert!(!text[start..end].is_empty());
            prop_assert_eq!(folded.token_at(folded.tokens[at].at as usize), at);
        }
        let tokens: usize = folded.sentences.iter().map(|s| s.end - s.first).sum();
        prop_assert_eq!(tokens, folded.tokens.len());
    }
}
