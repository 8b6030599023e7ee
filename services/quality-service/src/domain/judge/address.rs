//! The assertion that the agent told no address of a clinic or provider before the dispatch
//! (R60, R82).
//!
//! An address of the roster counts, and whatever has an address's shape. The caller's own address
//! does not: what the caller said before, or what the agent asks the caller to confirm as theirs.

use std::sync::OnceLock;

use super::fold::is_in;
use super::folded::Folded;
use super::lexicon::{Finder, Hit};
use super::numerals::{self, Number};
use super::reading::Reading;
use super::roster::{Told, alike};
use super::shape::{self, SMALL, Span};
use super::transcript::Speaker;
use super::verdict::{Evidence, Verdict};
use super::words;

/// What a phrase contributes to an address, or to whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// "rue": the name follows.
    Street,
    /// "via", "place": the name follows, with a capital.
    WeakStreet,
    /// "Langstrasse"
    Compound,
    /// "Rosenweg": with a capital and a number.
    WeakCompound,
    /// "… Street": the name stands before.
    StreetLast,
    /// "… Court": the same, with capitals.
    WeakLast,
    /// "number"
    Label,
    /// What is counted: minutes, francs. Such a number is no house.
    Unit,
    /// What is no name of a street or town.
    NoName,
    Town,
    /// "you live at": the caller's own.
    Yours,
    /// "our address": the provider's.
    Ours,
    /// "the clinic"
    Provider,
    /// "is at"
    Located,
    /// "for example"
    Example,
    /// "near": no address.
    Near,
}

fn finder() -> &'static Finder<Place> {
    static FINDER: OnceLock<Finder<Place>> = OnceLock::new();
    FINDER.get_or_init(words::address)
}

/// Judges the agent's turns before the dispatch.
pub(crate) fn judge(call: &Reading<'_>) -> Verdict {
    let mut evidence = Vec::new();
    for at in call.transcript.before_dispatch() {
        let turn = call.folded(at);
        if turn.tokens.is_empty() {
            continue;
        }
        let hits = finder().find(turn);
        evidence.extend(known(call, at, &hits));
        evidence.extend(shaped(call, at, &hits));
    }
    Verdict::of(evidence)
}

/// Addresses of the roster.
fn known(call: &Reading<'_>, at: usize, hits: &[Hit<Place>]) -> Option<Evidence> {
    let turn = call.folded(at);
    call.facts.roster.iter().find_map(|known| {
        let told = known.find(turn)?;
        let whose = Whose::of(turn, hits, told.first);
        let mut before = call.caller_turns().take_while(|&t| t < at);
        let said = before.any(|t| known.is_named_in(call.folded(t)));
        let Told {
            first,
            last,
            with_number,
        } = told;
        // Only what is plainly the caller's own home may happen to be a provider's address.
        let own = said && !whose.provider && (whose.caller || !with_number);
        (!own).then(|| call.evidence(at, first, last, "address/roster"))
    })
}

/// Whatever has the shape of an address.
fn shaped(call: &Reading<'_>, at: usize, hits: &[Hit<Place>]) -> Vec<Evidence> {
    let turn = call.folded(at);
    let told = shape::spans(turn, hits).into_iter().filter_map(|span| {
        let whose = Whose::of(turn, hits, span.first);
        let rule = rule(turn, hits, &span, whose)?;
        let own = !whose.provider && is_callers(call, at, &span, whose);
        (!own).then(|| call.evidence(at, span.first, span.last, rule))
    });
    let told: Vec<Evidence> = told.collect();
    match told.is_empty() {
        true => odd(call, at, hits).into_iter().collect(),
        false => told,
    }
}

fn rule(turn: &Folded, hits: &[Hit<Place>], span: &Span, whose: Whose) -> Option<&'static str> {
    if span.postcode {
        return Some("address/postcode");
    }
    if span.number.is_some() {
        return Some("address/street_and_number");
    }
    // A street alone tells where a provider is only if that is what is said.
    let near = hits
        .iter()
        .any(|h| h.concept == Place::Near && h.last < span.first && span.first - h.last <= 4);
    let asks = turn.sentence(span.first).asks;
    (whose.provider && !near && !asks).then_some("address/street")
}

/// Whose place a sentence speaks of.
#[derive(Debug, Clone, Copy)]
struct Whose {
    caller: bool,
    provider: bool,
    example: bool,
}

impl Whose {
    fn of(turn: &Folded, hits: &[Hit<Place>], token: usize) -> Self {
        let sentence = turn.sentence(token);
        let has = |place: Place| {
            let mut hits = hits.iter();
            hits.any(|h| h.concept == place && h.first >= sentence.first && h.last < sentence.end)
        };
        // "Langstrasse 12. That is where you are, right?"
        let next = turn.sentences.get(turn.tokens[token].sentence as usize + 1);
        let asked_next = next.filter(|next| next.asks).is_some_and(|next| {
            let mut hits = hits.iter();
            hits.any(|h| h.concept == Place::Yours && h.first >= next.first && h.last < next.end)
        });
        let caller = has(Place::Yours) || asked_next;
        let located = has(Place::Provider) && has(Place::Located);
        Self {
            caller,
            provider: (has(Place::Ours) || located) && !caller,
            example: has(Place::Example),
        }
    }
}

/// Whether an address is the caller's own: said before, or asked to be confirmed as theirs.
fn is_callers(call: &Reading<'_>, at: usize, span: &Span, whose: Whose) -> bool {
    let turn = call.folded(at);
    let answered = call.transcript.turns.get(at + 1);
    let answered = answered.is_some_and(|next| next.speaker == Speaker::Caller);
    let asked = whose.caller && asks_on(turn, span.last) && answered;
    asked || whose.example || was_said(call, at, span)
}

/// "You are at Langstrasse 12. Is that right?"
fn asks_on(turn: &Folded, token: usize) -> bool {
    let at = turn.tokens[token].sentence as usize;
    let sentences = turn.sentences[at..].iter().take(2);
    sentences.into_iter().any(|sentence| sentence.asks)
}

/// Whether the caller said both the name and the number in turns before.
fn was_said(call: &Reading<'_>, at: usize, span: &Span) -> bool {
    let turn = call.folded(at);
    let names = (span.name.0..=span.name.1).map(|token| turn.word(token));
    let names: Vec<&str> = names.filter(|w| w.len() > 2 && !is_in(SMALL, w)).collect();
    let number = span.number.as_ref();
    // A number that was misheard is asked about, in the caller's own street.
    let asked = turn.sentence(span.first).asks;
    let numbered = || asked || number.is_none_or(|number| call.caller_said(at, number));
    let named = || {
        let mut before = call.caller_turns().take_while(|&t| t < at);
        before.any(|t| names.iter().any(|name| says(call.folded(t), name)))
    };
    // A postcode tells no more than the town; its digits are enough.
    match span.postcode {
        true => number.is_some_and(|number| call.caller_said(at, number)),
        false => numbered() && named(),
    }
}

/// Whether a turn says a name, in one word or in two, with a slip or without.
fn says(turn: &Folded, name: &str) -> bool {
    let stem = ["strasse", "str", "gasse", "weg", "platz"]
        .iter()
        .find_map(|end| {
            let stem = name.strip_suffix(end)?;
            (stem.len() > 3).then_some(stem)
        });
    let squeezed: String = turn.text.split(' ').collect();
    let by_word = (0..turn.tokens.len()).any(|token| alike(turn.word(token), name));
    by_word || squeezed.contains(stem.unwrap_or(name))
}

/// Where a provider is said to be, a name with a number is an address, whatever its street is
/// called ("Unsere Praxis ist am Limmatquai 12").
fn odd(call: &Reading<'_>, at: usize, hits: &[Hit<Place>]) -> Option<Evidence> {
    let turn = call.folded(at);
    let has = |token: usize, place: Place| {
        hits.iter()
            .any(|h| h.concept == place && h.first <= token && token <= h.last)
    };
    for sentence in &turn.sentences {
        if sentence.asks || !Whose::of(turn, hits, sentence.first).provider {
            continue;
        }
        let numbers = numerals::numbers(turn, sentence.first, sentence.end);
        let fits = |n: &&Number| shape::is_house(turn, n) || is_postcode(turn, n, sentence.end);
        for number in numbers.iter().filter(fits) {
            let mut before = number.first;
            while before > sentence.first && has(before - 1, Place::Label) {
                before -= 1;
            }
            let Some(name) = before.checked_sub(1).filter(|&t| t >= sentence.first) else {
                continue;
            };
            let ahead =
                (number.last + 1..sentence.end.min(number.last + 4)).any(|t| has(t, Place::Unit));
            if is_postcode(turn, number, sentence.end) {
                return Some(call.evidence(at, number.first, number.last + 1, "address/postcode"));
            }
            let is_name = turn.tokens[name].capital
                && name > sentence.first
                && ![Place::NoName, Place::Provider, Place::Unit]
                    .iter()
                    .any(|&p| has(name, p));
            if is_name && !ahead {
                return Some(call.evidence(at, name, number.last, "address/name_and_number"));
            }
        }
    }
    None
}

/// Four or five digits before a name: "1219 Châtelaine".
fn is_postcode(turn: &Folded, number: &Number, end: usize) -> bool {
    let length = turn.word(number.first).len();
    let next = turn
        .tokens
        .get(number.last + 1)
        .filter(|_| number.last + 1 < end);
    !number.spoken && (4..=5).contains(&length) && next.is_some_and(|next| next.capital)
}
