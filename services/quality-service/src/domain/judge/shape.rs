//! The shape of an address: a street's name with a house number, in the order of any of the six
//! languages, or a postcode with its town.

use super::address::Place;
use super::fold::is_in;
use super::folded::Folded;
use super::lexicon::Hit;
use super::numerals::{self, Number};

/// Articles and the like, which stand within the names of streets.
pub(crate) const SMALL: &str = "a al alla alle am an at au aux da das de dei degli del della \
    dell delle dello den der des di do du d e el en et gli i il im in l la las le les lo los of \
    the to und y zu zum zur von vom st san santa saint sainte";

/// Words that are in no street's name and end the search for it.
const STOP: &str = "est sont ou qui que pour avec sans dans sur vous nous il elle je on ce cette \
    votre notre mon ma mes si oui non merci depuis pendant par ne pas plus tres bien c s n qu \
    ist sind ich sie wir er es fur mit ohne auf aus bei nach seit oder aber ja nein nicht ihr ihre \
    is are and for with from on we you they it this that your our my about within no not right \
    there here down up across along our same nearest next any every each all some which \
    per con che chi sono ho ha lei noi mi ci si o ma piu entro circa nostra sua \
    yang untuk dan atau dengan dari ke di itu ini saya kami anda bapak ibu bisa ada sudah kaki tol \
    keluar terus lurus sekitar kira dekat menit jam \
    para es esta son hay usted su nuestra como cuando donde";

/// A stretch that has the shape of an address.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    pub first: usize,
    pub last: usize,
    /// The words that name the street or the town.
    pub name: (usize, usize),
    pub number: Option<Number>,
    pub postcode: bool,
}

/// Every stretch of the turn that has the shape of an address; a street without a number too.
pub(crate) fn spans(turn: &Folded, hits: &[Hit<Place>]) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for hit in hits {
        let found = match hit.concept {
            Place::Street | Place::WeakStreet => named_after(turn, hits, hit),
            Place::Compound | Place::WeakCompound => compound(turn, hits, hit),
            Place::StreetLast | Place::WeakLast => named_before(turn, hits, hit),
            Place::Town => postcode(turn, hits, hit),
            _ => None,
        };
        spans.extend(found);
    }
    spans
}

/// Whether a number can be that of a house: no time, price, span of time or telephone number.
pub(crate) fn is_house(turn: &Folded, number: &Number) -> bool {
    let value = number.values.first().copied().unwrap_or_default();
    let tokens = number.first..=number.last;
    let joints = tokens.clone().skip(1).map(|token| turn.tokens[token].joint);
    let parts = tokens.count();
    let joined = joints
        .into_iter()
        .any(|joint| matches!(joint, b':' | b'.' | b','))
        || value == 2424 && parts == 2
        || value == 77 && parts == 2 && !number.spoken;
    let leading_zero = !number.spoken && turn.word(number.first).starts_with('0');
    value > 0 && value < 10_000 && !joined && !leading_zero && (number.spoken || parts <= 2)
}

fn has(hits: &[Hit<Place>], token: usize, place: Place) -> bool {
    hits.iter()
        .any(|h| h.concept == place && h.first <= token && token <= h.last)
}

/// The number that stands at `at`, a label before it allowed, if it is a house number.
fn house_at(turn: &Folded, hits: &[Hit<Place>], at: usize, end: usize) -> Option<Number> {
    let mut at = at;
    while at < end && has(hits, at, Place::Label) {
        at += 1;
    }
    if at >= end {
        return None;
    }
    let number = numerals::number(turn, at, end)?;
    let counted = (number.last + 1 < turn.tokens.len()) && {
        let next = number.last + 1;
        let same = turn.tokens[next].clause == turn.tokens[number.last].clause;
        same && has(hits, next, Place::Unit)
    };
    (is_house(turn, &number) && !counted).then_some(number)
}

/// The house number that ends just before `at`, articles and labels between allowed.
fn house_before(turn: &Folded, hits: &[Hit<Place>], at: usize) -> Option<Number> {
    let first = turn.sentence(at).first.max(at.saturating_sub(9));
    let number = numerals::numbers(turn, first, at).pop()?;
    let between = (number.last + 1..at).all(|t| {
        let word = turn.word(t);
        is_in(SMALL, word) || is_in("bis ter numero", word)
    });
    let unit = has(hits, number.last + 1, Place::Unit) && number.last + 1 < at;
    (between && !unit && is_house(turn, &number)).then_some(number)
}

/// "rue du Rhône 12", "12, rue du Rhône", "Via Nassa 5", "Jalan Kenanga No. 12", "calle Mayor, 14".
fn named_after(turn: &Folded, hits: &[Hit<Place>], hit: &Hit<Place>) -> Option<Span> {
    let kind = hit.last;
    let end = turn.sentence(kind).end;
    let weak = hit.concept == Place::WeakStreet;
    let mut name: Option<(usize, usize)> = None;
    let mut lower = 0;
    let mut number = None;
    let mut at = kind + 1;
    while at < end && at <= kind + 8 {
        let new_clause = turn.tokens[at].clause != turn.tokens[kind].clause;
        if name.is_some() {
            number = house_at(turn, hits, at, turn.tokens.len());
            if number.is_some() {
                break;
            }
        }
        // A capital makes a name of most words: "Jalan Radio Dalam".
        let no_name = has(hits, at, Place::NoName) && (weak || !turn.tokens[at].capital);
        if new_clause || has(hits, at, Place::Unit) || no_name {
            break;
        }
        let word = turn.word(at);
        let token = turn.tokens[at];
        let dated = token.digits && at + 1 < end && turn.tokens[at + 1].capital;
        if token.capital && !is_in(STOP, word) || (name.is_none() && dated) {
            name = Some((name.map_or(at, |(first, _)| first), at));
        } else if is_in(SMALL, word) {
        } else if weak || lower == 3 || is_in(STOP, word) || word.len() < 3 {
            break;
        } else {
            lower += 1;
            name = Some((name.map_or(at, |(first, _)| first), at));
        }
        at += 1;
    }
    let name = name?;
    // A label may open the next sentence: "Rue du Rhône. Numéro 12."
    let next = turn.tokens.get(end).is_some() && at >= end && has(hits, end, Place::Label);
    if number.is_none() && next {
        number = house_at(turn, hits, end, turn.tokens.len());
    }
    let number = number.or_else(|| house_before(turn, hits, hit.first));
    // In lower case "rue" may be any street: what follows its name must end the thought.
    if lower > 0 && number.is_none() {
        return None;
    }
    Some(span(hit.first, kind, name, number))
}

fn span(first: usize, last: usize, name: (usize, usize), number: Option<Number>) -> Span {
    let (mut first, mut last) = (first.min(name.0), last.max(name.1));
    if let Some(number) = &number {
        first = first.min(number.first);
        last = last.max(number.last);
    }
    Span {
        first,
        last,
        name,
        number,
        postcode: false,
    }
}

/// "Langstrasse 12", "Rosenweg zwölf".
fn compound(turn: &Folded, hits: &[Hit<Place>], hit: &Hit<Place>) -> Option<Span> {
    let at = hit.first;
    let weak = hit.concept == Place::WeakCompound;
    let too_short = turn.word(at).len() < 6;
    let excluded = has(hits, at, Place::NoName) || (weak && !turn.tokens[at].capital);
    if too_short || excluded {
        return None;
    }
    let number = house_at(turn, hits, at + 1, turn.tokens.len());
    let before = || house_before(turn, hits, at).filter(|n| n.last + 1 == at && !n.spoken);
    let number = number.or_else(before);
    (!weak || number.is_some()).then(|| span(at, at, (at, at), number))
}

/// "12 Main Street", "Birmensdorfer Strasse 688".
fn named_before(turn: &Folded, hits: &[Hit<Place>], hit: &Hit<Place>) -> Option<Span> {
    let kind = hit.first;
    let weak = hit.concept == Place::WeakLast;
    if weak && !turn.tokens[kind].capital || has(hits, kind, Place::NoName) {
        return None;
    }
    let start = turn.sentence(kind).first;
    let mut first = kind;
    let mut lower = false;
    while first > start && kind - first < 3 {
        let before = first - 1;
        let word = turn.word(before);
        let token = turn.tokens[before];
        let ordinal = !token.digits && word.starts_with(|c: char| c.is_ascii_digit());
        let is_number = numerals::number(turn, before, kind).is_some() && !ordinal;
        let unfit = is_in(STOP, word) || is_in(SMALL, word) || is_number;
        if unfit || has(hits, before, Place::Unit) || has(hits, before, Place::NoName) {
            break;
        }
        if turn.tokens[first].clause != token.clause {
            break;
        }
        if !token.capital && !ordinal {
            if weak || lower {
                break;
            }
            lower = true;
        }
        first = before;
    }
    if first == kind {
        return None;
    }
    let after = house_at(turn, hits, kind + 1, turn.tokens.len());
    let number = after.or_else(|| house_before(turn, hits, first));
    let known = number.is_some() || (!lower && turn.tokens[kind].capital);
    known.then(|| span(first, kind, (first, kind - 1), number))
}

/// "1204 Genève", "Jakarta Selatan 12810".
fn postcode(turn: &Folded, hits: &[Hit<Place>], hit: &Hit<Place>) -> Option<Span> {
    let is_code = |at: usize| {
        let token = turn.tokens[at];
        let length = turn.word(at).len();
        let alone = at == 0 || !turn.tokens[at - 1].digits;
        token.digits && (length == 5 || length == 4) && alone
    };
    let before = hit.first.checked_sub(1).filter(|&at| is_code(at));
    let next = hit.last + 1;
    let after = (next < turn.tokens.len() && is_code(next) && turn.word(next).len() == 5)
        .then_some(next)
        .filter(|&at| !(at + 1 < turn.tokens.len() && has(hits, at + 1, Place::Unit)));
    let at = before.or(after)?;
    let value: u32 = turn.word(at).parse().ok()?;
    let number = Number {
        first: at,
        last: at,
        values: vec![value],
        spoken: false,
    };
    let mut span = span(hit.first, hit.last, (hit.first, hit.last), Some(number));
    span.postcode = true;
    Some(span)
}
