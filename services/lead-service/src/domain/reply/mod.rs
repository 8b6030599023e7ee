//! What an inbound text says, read without knowing who wrote it: yes or no in six languages, the
//! offer that it names, a wish to cancel, a keyword of the carrier, a proof's code.
//!
//! Pure. What is not plain is `Unclear`: a question costs a minute, a wrong yes costs a lead.

mod decide;
mod plain;
pub mod plan;
mod wish;
mod words;

pub use decide::{Asked, Decision, Offer, Standing, decide};
pub use wish::{Keyword, Wish, keyword, proof_code, wish};

use super::fold;
use plain::plain;
use words::{Class, longest};

/// The answer of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Yes,
    No,
    Unclear,
}

/// A text as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub word: Word,
    /// Positions, in the list given, of the offers that the text names. Several where offers share
    /// a code or more than one is named.
    pub named: Vec<usize>,
    /// A code is named that belongs to none of them.
    pub unknown_code: bool,
    /// Nothing else is said, politeness apart.
    pub bare: bool,
}

/// More words than these beside a yes or a no are a letter for a person.
const MOST_WORDS: usize = 8;

/// Reads `text`. `references` are those of the offers that it may name: "K7-3F9AQ" is named by the
/// whole or by its first two characters.
#[must_use]
pub fn read(text: &str, references: &[&str]) -> Read {
    let plain = plain(text);
    let tokens: Vec<&str> = plain.split(' ').filter(|t| !t.is_empty()).collect();
    let asks = text.contains(['?', '？', '¿']);
    let marks: Vec<Mark> = marks(&tokens, references);
    // A code may also be a word ("JA"). It is taken as the code where a word is left without it.
    let doubtful = marks.iter().rposition(|mark| mark.is_word);
    let mut read = read_with(&tokens, &marks, doubtful, references, asks);
    if read.word == Word::Unclear && doubtful.is_some() {
        read = read_with(&tokens, &marks, None, references, asks);
    }
    if is_contradicted(text, read.word) {
        read.word = Word::Unclear;
    }
    read
}

/// Whether a part between two stops says the opposite of the whole: "je prends, pas le temps" is no
/// "je prends pas".
fn is_contradicted(text: &str, whole: Word) -> bool {
    let parts = text.split([',', '.', '!', ';', ':', '\n']);
    parts
        .map(|part| {
            let part = plain(part);
            let tokens: Vec<&str> = part.split(' ').filter(|t| !t.is_empty()).collect();
            word(&tokens, false)
        })
        .any(|part| part != Word::Unclear && part != whole)
}

/// A stretch of tokens that names an offer, or looks as if it did.
struct Mark {
    at: usize,
    length: usize,
    whole: bool,
    code: String,
    /// The token is a word of an answer as well.
    is_word: bool,
}

fn marks(tokens: &[&str], references: &[&str]) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let found = mark(&tokens[at..], references);
        let length = found.as_ref().map_or(1, |(length, ..)| *length);
        if let Some((length, whole, code)) = found {
            let is_word = length == 1 && longest(&tokens[at..=at]).is_some();
            marks.push(Mark {
                at,
                length,
                whole,
                code,
                is_word,
            });
        }
        at += length;
    }
    marks
}

/// How many tokens name an offer here, whether by its whole reference, and by what.
fn mark(tokens: &[&str], references: &[&str]) -> Option<(usize, bool, String)> {
    let first = tokens[0];
    let folded = references.iter().map(|reference| fold::fold(reference));
    for reference in folded {
        let joined = reference.replace(' ', "");
        if first == joined {
            return Some((1, true, joined));
        }
        if let [code, tail, ..] = tokens
            && format!("{code} {tail}") == reference
        {
            return Some((2, true, joined));
        }
    }
    let code = |text: &str| references.iter().any(|r| fold::fold(r).starts_with(text));
    let shaped = |text: &str| {
        let mut signs = text.chars();
        let letter = signs.next().is_some_and(|c| c.is_ascii_alphabetic());
        letter && signs.next().is_some_and(|c| c.is_ascii_digit()) && signs.next().is_none()
    };
    if first.len() == 2 && (code(first) || shaped(first)) {
        // The tail of a reference that is nobody's goes with its code.
        let tail = tokens.get(1).filter(|t| shaped(first) && is_tail(t));
        return Some((1 + usize::from(tail.is_some()), false, first.to_owned()));
    }
    // "K 7"
    if let [letter, digit, ..] = tokens
        && letter.len() == 1
        && digit.len() == 1
        && shaped(&format!("{letter}{digit}"))
        && code(&format!("{letter}{digit}"))
    {
        return Some((2, false, format!("{letter}{digit}")));
    }
    None
}

/// Five signs with a digit among them.
fn is_tail(token: &str) -> bool {
    token.len() == 5 && token.bytes().any(|b| b.is_ascii_digit())
}

fn read_with(
    tokens: &[&str],
    marks: &[Mark],
    doubtful: Option<usize>,
    references: &[&str],
    asks: bool,
) -> Read {
    let kept: Vec<&Mark> = marks
        .iter()
        .enumerate()
        .filter(|(i, mark)| !mark.is_word || Some(*i) == doubtful)
        .map(|(_, mark)| mark)
        .collect();
    let mut named = Vec::new();
    let mut unknown_code = false;
    for mark in &kept {
        let belongs = |reference: &&str| {
            let joined = fold::fold(reference).replace(' ', "");
            match mark.whole {
                true => joined == mark.code,
                false => joined.starts_with(&mark.code),
            }
        };
        let found: Vec<usize> = (0..references.len())
            .filter(|i| belongs(&references[*i]))
            .collect();
        unknown_code |= found.is_empty();
        named.extend(found);
    }
    // A tail that no known reference has makes its code another lead's.
    for mark in &kept {
        let with_tail = mark.length == 2 && !mark.whole && mark.code.len() == 2;
        let tail = tokens.get(mark.at + 1).filter(|t| is_tail(t));
        if with_tail && tail.is_some() {
            named.clear();
            unknown_code = true;
        }
    }
    named.sort_unstable();
    named.dedup();
    let within = |i: usize| kept.iter().any(|m| (m.at..m.at + m.length).contains(&i));
    let rest: Vec<&str> = (0..tokens.len())
        .filter(|i| !within(*i))
        .map(|i| tokens[i])
        .collect();
    Read {
        word: word(&rest, asks),
        named,
        unknown_code,
        bare: !asks && is_polite(&rest),
    }
}

#[derive(Default)]
struct Counts {
    yes: usize,
    no: usize,
    weak_yes: usize,
    weak_no: usize,
    si: usize,
    negations: usize,
    hedges: usize,
    others: usize,
}

fn word(tokens: &[&str], asks: bool) -> Word {
    let mut n = Counts::default();
    // The first and the last thing that is said, politeness apart.
    let (mut first, mut last) = (None, None);
    let mut at = 0;
    while at < tokens.len() {
        let (length, class) = match longest(&tokens[at..]) {
            Some((length, class)) => (length, Some(class)),
            None => (1, None),
        };
        match class {
            Some(Class::Yes) => n.yes += 1,
            Some(Class::No) => n.no += 1,
            Some(Class::WeakYes) => {
                n.weak_yes += 1;
                n.si += usize::from(tokens[at] == "si");
            }
            Some(Class::WeakNo) => n.weak_no += 1,
            Some(Class::Negation) => n.negations += 1,
            Some(Class::Hedge) => n.hedges += 1,
            Some(Class::Neutral) => {}
            None => n.others += 1,
        }
        if class != Some(Class::Neutral) {
            first = first.or(Some(class));
            last = Some(class);
        }
        at += length;
    }
    n.hedges += usize::from(asks);
    if n.others == 0 {
        n.yes += n.weak_yes;
        n.no += n.weak_no;
    } else {
        // Among other words "si" is more often an if than a yes.
        n.hedges += n.si;
        let strong = [first, last].into_iter().flatten().flatten();
        let leads = |wanted: Class| strong.clone().any(|class| class == wanted);
        if !leads(Class::Yes) && !leads(Class::No) {
            return Word::Unclear;
        }
    }
    if n.hedges > 0 || n.others > MOST_WORDS {
        return Word::Unclear;
    }
    match (n.yes > 0, n.no > 0) {
        (true, false) if n.negations == 0 => Word::Yes,
        (false, true) => Word::No,
        _ => Word::Unclear,
    }
}

/// Whether the words are politeness, all of them.
fn is_polite(mut tokens: &[&str]) -> bool {
    while let Some((length, Class::Neutral)) = longest(tokens) {
        tokens = &tokens[length..];
    }
    tokens.is_empty()
}

#[cfg(test)]
mod tests;
