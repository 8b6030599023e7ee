//! A known address: one of the roster, recognised however it is spoken.
//!
//! The street's own name decides, letter by letter with a slip or two allowed; another house number
//! in the same street is another address.

use super::fold::{self, is_in};
use super::folded::Folded;
use super::numerals;
use super::shape::{SMALL, is_house};

/// Words for a street that are no part of its name.
const KINDS: &str = "rue route chemin avenue av boulevard bd quai place allee impasse passage \
    ruelle via viale piazza piazzale corso vicolo largo strada ripa calle avenida avda plaza paseo \
    camino carretera ronda jalan jl jln gang street st road rd lane drive strasse str gasse platz \
    weg no nomor nomer numero nr nummer number n";

/// An address of the roster, prepared for comparison.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// The street's name without kind, articles and spaces.
    name: String,
    /// The beginning of its longest word: without it the turn is not looked at any closer.
    key: String,
    /// The name says by itself that it is a street ("Birmensdorferstrasse").
    says_street: bool,
    number: Option<u32>,
}

/// Where a known address was told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub first: usize,
    pub last: usize,
    pub with_number: bool,
}

impl Known {
    /// Nothing when the text holds no street.
    pub(crate) fn read(address: &str) -> Option<Self> {
        let street = fold::fold(address.split(',').find(|part| has_letters(part))?);
        let count = street.tokens.len();
        let words: Vec<&str> = (0..count)
            .map(|token| street.word(token))
            .filter(|w| !is_in(KINDS, w) && !is_in(SMALL, w) && !w.starts_with(is_digit))
            .collect();
        let longest = words.iter().max_by_key(|word| word.len())?;
        let digits = (0..count).find(|&token| street.tokens[token].digits);
        let digits = digits.or_else(|| (0..count).find(|&t| street.word(t).starts_with(is_digit)));
        let number = digits.and_then(|at| numerals::number(&street, at, count));
        let name = short(&words.concat());
        Some(Self {
            key: longest[..longest.len().min(5)].to_owned(),
            says_street: says_street(&name),
            number: number.and_then(|n| n.values.first().copied()),
            name,
        })
    }

    /// Where the turn tells this address.
    pub(crate) fn find(&self, turn: &Folded) -> Option<Told> {
        if !turn.text.contains(&self.key) {
            return None;
        }
        (0..turn.tokens.len()).find_map(|first| {
            let last = self.named_at(turn, first)?;
            self.told(turn, first, last)
        })
    }

    /// The last token of the name, where it begins at `first`.
    fn named_at(&self, turn: &Folded, first: usize) -> Option<usize> {
        if is_in(SMALL, turn.word(first)) {
            return None;
        }
        let mut said = String::new();
        for last in first..turn.tokens.len().min(first + 7) {
            let word = turn.word(last);
            if !is_in(SMALL, word) {
                said.push_str(word);
            }
            if alike(&short(&said), &self.name) {
                return Some(last);
            }
            if said.len() > self.name.len() + 8 {
                break;
            }
        }
        None
    }

    fn told(&self, turn: &Folded, first: usize, last: usize) -> Option<Told> {
        let end = turn.tokens.len();
        let after = numerals::numbers(turn, last + 1, end.min(last + 8));
        let before = numerals::numbers(turn, first.saturating_sub(12), first);
        let near_after = after
            .into_iter()
            .find(|n| n.first <= last + 3 && is_house(turn, n));
        let near_before = before
            .into_iter()
            .rfind(|n| n.last + 7 >= first && is_house(turn, n));
        let is_ours = |n: &numerals::Number| self.number.is_some_and(|own| n.values.contains(&own));
        let numbers = [near_after, near_before];
        if let Some(number) = numbers.iter().flatten().find(|n| is_ours(n)) {
            return Some(Told {
                first: first.min(number.first),
                last: last.max(number.last),
                with_number: true,
            });
        }
        let kind = (first.saturating_sub(3)..first).find(|&at| is_in(KINDS, turn.word(at)));
        let is_street = self.says_street || kind.is_some();
        let another_house = self.number.is_some() && numbers.iter().flatten().next().is_some();
        (is_street && !another_house).then(|| Told {
            first: kind.unwrap_or(first),
            last,
            with_number: false,
        })
    }

    /// Whether the name stands in these turns, and the number where it was told.
    pub(crate) fn is_named_in(&self, turn: &Folded) -> bool {
        let squeezed: String = turn.text.split(' ').collect();
        squeezed.contains(&self.name) || self.find(turn).is_some()
    }
}

fn is_digit(sign: char) -> bool {
    sign.is_ascii_digit()
}

fn has_letters(part: &&str) -> bool {
    part.chars().any(char::is_alphabetic)
}

/// "strasse" and "str." are one.
fn short(name: &str) -> String {
    name.replace("strasse", "str")
}

fn says_street(name: &str) -> bool {
    let ends = [
        "str", "gasse", "weg", "platz", "allee", "quai", "ufer", "graben", "steig",
    ];
    ends.iter()
        .any(|end| name.len() > end.len() + 2 && name.ends_with(end))
}

/// Whether two names are one, but for a slip of the ear.
pub(crate) fn alike(one: &str, other: &str) -> bool {
    let longest = one.len().max(other.len());
    let allowed = match longest {
        0..=5 => 0,
        6..=9 => 1,
        _ => 2,
    };
    one == other || (one.len().abs_diff(other.len()) <= allowed && distance(one, other) <= allowed)
}

/// Edits between two ASCII words.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, a) in one.bytes().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, b) in other.bytes().enumerate() {
            let kept = corner + usize::from(a != b);
            corner = row[j + 1];
            row[j + 1] = kept.min(corner + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tells(address: &str, text: &str) -> Option<bool> {
        let known = Known::read(address).unwrap();
        known.find(&fold::fold(text)).map(|told| told.with_number)
    }

    #[test]
    fn a_known_address_is_recognised_however_it_is_spoken() {
        let geneva = "Rue de la Coulouvrenière 118, 1204 Genève";
        assert_eq!(
            tells(geneva, "au cent dix-huit de la rue de la Coulouvrenière"),
            Some(true)
        );
        assert_eq!(tells(geneva, "118, rue Coulouvreniere"), Some(true));
        assert_eq!(
            tells(geneva, "C'est à la rue de la Coulouvrenière."),
            Some(false)
        );
        assert_eq!(tells(geneva, "Rue de la Coulouvrenière 12"), None);
        assert_eq!(tells(geneva, "dans le quartier de la Coulouvrenière"), None);
        let zurich = "Birmensdorferstrasse 688, 8055 Zürich";
        let spoken = "Birmensdorfer Strasse sechshundertachtundachtzig";
        assert_eq!(tells(zurich, spoken), Some(true));
        assert_eq!(tells(zurich, "an der Birmensdorferstr."), Some(false));
        let jakarta = "Jalan Tebet Raya 418, Jakarta Selatan 12810";
        assert_eq!(
            tells(
                jakarta,
                "di Jalan Tebet Raya nomor empat ratus delapan belas"
            ),
            Some(true)
        );
        assert_eq!(tells(jakarta, "di daerah Tebet"), None);
        let madrid = "Calle de Embajadores 287, 28012 Madrid";
        assert_eq!(
            tells(madrid, "calle Embajadores, doscientos ochenta y siete"),
            Some(true)
        );
        assert_eq!(tells(madrid, "cerca de Embajadores"), None);
    }

    #[test]
    fn a_slip_is_forgiven_and_another_name_is_not() {
        assert!(alike("coulouvreniere", "coulouvrenieres"));
        assert!(!alike("lang", "land"));
        assert_eq!(distance("abc", "axcd"), 2);
    }
}
