//! What else a text may be: a customer's wish to cancel, a keyword of the carrier, a proof's code.

use super::super::fold;

/// What a text says about cancelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    Cancel,
    /// "Do not cancel."
    Keep,
    None,
}

/// A carrier's keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keyword {
    Stop,
    Start,
    Help,
}

/// Beginnings of words that mean cancelling, in the six languages.
const STEMS: &str = "annul, decommand, storni, absag, abbestell, widerruf, cancel, disdi, disdett, \
    batal, dibatalkan, membatalkan, pembatalan, anular, anulo, anule";

/// Phrases that say that help is no longer needed.
const NO_LONGER: &str = "plus besoin, plus necessaire, pas besoin finalement, probleme regle, \
    c est regle, c est resolu, erledigt, nicht mehr notig, brauche keinen mehr, \
    brauche niemanden mehr, brauche sie nicht mehr, brauche euch nicht mehr, nicht mehr benotigt, \
    non serve piu, non ho piu bisogno, non mi serve piu, problema risolto, \
    no longer need, no longer needed, don t need it anymore, don t need you anymore, \
    not needed anymore, not need anymore, problem solved, already fixed, \
    tidak perlu lagi, tidak jadi, ga jadi, gak jadi, nggak jadi, sudah tidak perlu, \
    sudah beres, sudah selesai, \
    ya no lo necesito, ya no necesito, ya no hace falta, ya esta resuelto, problema resuelto";

/// Words that turn a wish round when they stand close to it.
const TURNS: [&str; 14] = [
    "pas", "ne", "n", "nicht", "kein", "keine", "not", "don", "dont", "non", "no", "jangan",
    "tidak", "never",
];
/// So many words before the stem; French says its "pas" after it.
const CLOSE: usize = 3;

/// A customer's wish to cancel. It only leads to a question, so it is read generously.
#[must_use]
pub fn wish(text: &str) -> Wish {
    let folded = fold::fold(text);
    let tokens: Vec<&str> = folded.split(' ').collect();
    let is_stem = |token: &&str| list(STEMS).any(|stem| token.starts_with(stem));
    if let Some(at) = tokens.iter().position(is_stem) {
        let before = &tokens[at.saturating_sub(CLOSE)..at];
        let after = tokens.get(at + 1).filter(|word| **word == "pas");
        let turned = before.iter().any(|word| TURNS.contains(word)) || after.is_some();
        // "no, cancel it": the no answers something else, the comma is gone. A person reads it.
        return if turned { Wish::Keep } else { Wish::Cancel };
    }
    // "sagen … ab": the verb's halves stand apart.
    let parted = tokens.last() == Some(&"ab") && tokens.iter().any(|w| w.starts_with("sag"));
    let spaced = format!(" {folded} ");
    let no_longer = list(NO_LONGER).any(|phrase| spaced.contains(&format!(" {phrase} ")));
    if parted || no_longer {
        Wish::Cancel
    } else {
        Wish::None
    }
}

fn list(text: &'static str) -> impl Iterator<Item = &'static str> {
    super::words::split(text)
}

/// The carrier's word for it, or, where it has none, a text that is exactly a keyword. "Cancel" is
/// left to the customer's wish.
#[must_use]
pub fn keyword(opt_out_type: &str, text: &str) -> Option<Keyword> {
    match opt_out_type.trim().to_ascii_uppercase().as_str() {
        "STOP" => return Some(Keyword::Stop),
        "START" => return Some(Keyword::Start),
        "HELP" => return Some(Keyword::Help),
        _ => {}
    }
    match fold::fold(text).as_str() {
        "stop" | "stopall" | "stop all" | "unsubscribe" | "optout" | "opt out" | "arret" => {
            Some(Keyword::Stop)
        }
        "start" | "unstop" | "optin" | "opt in" => Some(Keyword::Start),
        "help" | "info" | "aide" | "hilfe" | "aiuto" | "bantuan" | "ayuda" => Some(Keyword::Help),
        _ => None,
    }
}

/// The digits of a text that is nothing but 4 to 8 digits, spaces and dashes between them allowed.
#[must_use]
pub fn proof_code(text: &str) -> Option<String> {
    let text = text.trim();
    let shape = |c: char| c.is_ascii_digit() || c == ' ' || c == '-' || c == '\u{a0}';
    let ends = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
    if !text.chars().all(shape) || !ends(text.chars().next()) || !ends(text.chars().next_back()) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (4..=8).contains(&digits.len()).then_some(digits)
}
