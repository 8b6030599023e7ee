//! A lexicon: phrases with what they mean, found in a folded turn by one automaton.
//!
//! A list is written as people write, phrases between commas:
//! - `{a|b|}` stands for each of its parts, the empty one too;
//! - `word*` stands for every word that begins so, `*word` for every word that ends so;
//! - `a .. b` allows up to three words between, within one sentence.
//!
//! "ä", "ö" and "ü" are found as "ae", "oe" and "ue" as well.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::fold;
use super::folded::Folded;

/// So many words may stand between the parts of a phrase with a gap.
const WIDEST_GAP: usize = 3;

/// A phrase that was found: what it means, its first and its last token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Hit<C> {
    pub concept: C,
    pub first: usize,
    pub last: usize,
}

/// What the end of a pattern means.
#[derive(Debug, Clone, Copy)]
enum Role<C> {
    Whole(C),
    /// Part of a phrase with gaps; the last part has a concept.
    Part {
        phrase: u32,
        index: u8,
        concept: Option<C>,
    },
}

/// Finds the phrases of many lists in one pass.
pub(crate) struct Finder<C> {
    automaton: AhoCorasick,
    patterns: Vec<Pattern<C>>,
}

struct Pattern<C> {
    /// 1 where the pattern begins, or ends, with the space around a word.
    before: usize,
    after: usize,
    roles: Vec<Role<C>>,
}

impl<C: Copy + Eq> Finder<C> {
    pub(crate) fn new<'a>(lists: impl IntoIterator<Item = (C, &'a str)>) -> Self {
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut texts: Vec<String> = Vec::new();
        let mut patterns: Vec<Pattern<C>> = Vec::new();
        let mut phrases = 0;
        let mut add = |text: String, role: Role<C>| {
            let at = *known.entry(text).or_insert_with_key(|text| {
                texts.push(text.clone());
                patterns.push(Pattern {
                    before: usize::from(text.starts_with(' ')),
                    after: usize::from(text.ends_with(' ')),
                    roles: Vec::new(),
                });
                patterns.len() - 1
            });
            patterns[at].roles.push(role);
        };
        for (concept, list) in lists {
            for phrase in phrases_of(list) {
                let parts: Vec<&str> = phrase.split("..").collect();
                for (index, part) in parts.iter().enumerate() {
                    let role = match parts.len() {
                        1 => Role::Whole(concept),
                        count => Role::Part {
                            phrase: phrases,
                            index: index as u8,
                            concept: (index + 1 == count).then_some(concept),
                        },
                    };
                    for spelled in spellings(part) {
                        add(pattern(&spelled), role);
                    }
                }
                phrases += 1;
            }
        }
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::ContiguousNFA))
            .build(&texts)
            .expect("the lists are compiled in, and far smaller than an automaton may be");
        Self {
            automaton,
            patterns,
        }
    }

    /// Every phrase of every list, overlapping ones too, in the order of their ends.
    pub(crate) fn find(&self, turn: &Folded) -> Vec<Hit<C>> {
        let mut hits = Vec::new();
        let mut parts: Vec<(u32, u8, usize, usize)> = Vec::new();
        if turn.tokens.is_empty() {
            return hits;
        }
        for found in self.automaton.find_overlapping_iter(&turn.text) {
            let pattern = &self.patterns[found.pattern().as_usize()];
            let first = turn.token_at(found.start() + pattern.before);
            let last = turn.token_at(found.end() - 1 - pattern.after);
            for role in &pattern.roles {
                match *role {
                    Role::Whole(concept) => hits.push(Hit {
                        concept,
                        first,
                        last,
                    }),
                    Role::Part {
                        phrase,
                        index,
                        concept,
                    } => {
                        let begun = match index {
                            0 => Some(first),
                            _ => before(turn, &parts, phrase, index, first),
                        };
                        let Some(begun) = begun else { continue };
                        match concept {
                            Some(concept) => hits.push(Hit {
                                concept,
                                first: begun,
                                last,
                            }),
                            None => parts.push((phrase, index, begun, last)),
                        }
                    }
                }
            }
        }
        hits
    }
}

/// Where the phrase began whose next part stands at `first`.
fn before(
    turn: &Folded,
    parts: &[(u32, u8, usize, usize)],
    phrase: u32,
    index: u8,
    first: usize,
) -> Option<usize> {
    let fits = |&&(known, part, _, last): &&(u32, u8, usize, usize)| {
        known == phrase
            && part + 1 == index
            && last < first
            && first - last <= WIDEST_GAP + 1
            && turn.tokens[last].sentence == turn.tokens[first].sentence
    };
    parts.iter().rev().find(fits).map(|&(_, _, begun, _)| begun)
}

fn phrases_of(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|phrase| !phrase.is_empty())
}

/// Every spelling of a phrase, or of a part of it.
fn spellings(phrase: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for spelled in expand(phrase.trim()) {
        let german = spelled.to_lowercase();
        all.insert(
            german
                .replace('ä', "ae")
                .replace('ö', "oe")
                .replace('ü', "ue"),
        );
        all.insert(spelled);
    }
    all.retain(|spelled| !spelled.trim().is_empty());
    all
}

/// `{a|b}` written out.
fn expand(phrase: &str) -> Vec<String> {
    let Some((head, rest)) = phrase.split_once('{') else {
        return vec![phrase.to_owned()];
    };
    let (choices, tail) = rest
        .split_once('}')
        .expect("every brace of a list is closed");
    let tails = expand(tail);
    let heads = choices.split('|').map(|choice| format!("{head}{choice}"));
    heads
        .flat_map(|head| tails.iter().map(move |tail| format!("{head}{tail}")))
        .collect()
}

/// The folded text that the automaton looks for.
fn pattern(part: &str) -> String {
    let part = part.trim();
    let folded = fold::phrase(part);
    let before = if part.starts_with('*') { "" } else { " " };
    let after = if part.ends_with('*') { "" } else { " " };
    format!("{before}{folded}{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(list: &'static str, text: &str) -> Vec<(usize, usize)> {
        let hits = Finder::new([((), list)]).find(&fold::fold(text));
        hits.iter().map(|hit| (hit.first, hit.last)).collect()
    }

    #[test]
    fn a_phrase_is_found_by_whole_words() {
        assert_eq!(
            found("date de naissance", "Votre DATE de naissance ?"),
            [(1, 3)]
        );
        assert_eq!(found("âge", "le village"), []);
    }

    #[test]
    fn a_star_leaves_a_word_open() {
        assert_eq!(found("plomb*", "les plombiers"), [(1, 1)]);
        assert_eq!(found("*strasse", "Langstraße 12"), [(0, 0)]);
    }

    #[test]
    fn a_gap_is_bridged_within_a_sentence_only() {
        let list = "schönen .. tag";
        assert_eq!(found(list, "einen schönen und ruhigen Tag"), [(1, 4)]);
        assert_eq!(found(list, "einen schoenen Tag"), [(1, 2)]);
        assert_eq!(found(list, "schönen und sehr sehr ruhigen Tag"), []);
        assert_eq!(found(list, "Das ist schönen. Ein Tag"), []);
    }

    #[test]
    fn braces_stand_for_each_of_their_parts() {
        assert_eq!(found("{bon|bonne} {soir|nuit}ée", "bonne soirée"), [(0, 1)]);
        assert_eq!(expand("a{|b}c{d|e}").len(), 4);
    }
}
