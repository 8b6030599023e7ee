//! A number as it is said: digits or words of the six languages.
//!
//! What stands digit by digit, or in groups, is also read as one number: "eins eins acht" is 118.

use super::folded::Folded;
use super::number_words::{Step, word_steps};

/// Tokens that say a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    pub first: usize,
    pub last: usize,
    /// What it may mean; the sum first.
    pub values: Vec<u32>,
    pub spoken: bool,
}

/// Words that count only beside another number word: they are articles and more besides.
const SHY: &str = "un une ein eine uno una a one se sei once six tres due elf du";

/// Every number of a turn from token `from` up to `end`.
pub(crate) fn numbers(turn: &Folded, from: usize, end: usize) -> Vec<Number> {
    let mut numbers = Vec::new();
    let mut at = from;
    while at < end {
        match number(turn, at, end) {
            Some(number) => {
                at = number.last + 1;
                numbers.push(number);
            }
            None => at += 1,
        }
    }
    numbers
}

/// The number that begins at this token.
pub(crate) fn number(turn: &Folded, at: usize, end: usize) -> Option<Number> {
    match digits(turn.word(at)) {
        Some(_) => Some(written(turn, at, end)),
        None => spoken(turn, at, end),
    }
}

/// "12", "12a", "12bis".
fn digits(word: &str) -> Option<u32> {
    let length = word.bytes().take_while(u8::is_ascii_digit).count();
    let suffix = &word[length..];
    let plain = suffix.len() <= 1 && suffix != "h" || matches!(suffix, "bis" | "ter");
    match (1..=9).contains(&length) && plain {
        true => word[..length].parse().ok(),
        false => None,
    }
}

fn written(turn: &Folded, at: usize, end: usize) -> Number {
    let mut last = at;
    let clause = turn.tokens[at].clause;
    // Groups: "022 539 45 13", "14:30", "24/24" are one thing each.
    let goes_on = |next: usize| {
        let token = turn.tokens.get(next).filter(|_| next < end);
        token.is_some_and(|t| t.digits && t.clause == clause)
    };
    while goes_on(last + 1) && turn.tokens[last].digits {
        last += 1;
    }
    let whole: String = (at..=last).map(|token| turn.word(token)).collect();
    let mut values = Vec::new();
    values.extend(digits(&whole));
    if last > at {
        values.extend((at..=last).filter_map(|token| digits(turn.word(token))));
    }
    Number {
        first: at,
        last,
        values,
        spoken: false,
    }
}

fn spoken(turn: &Folded, at: usize, end: usize) -> Option<Number> {
    let mut run: Vec<Step> = Vec::new();
    let mut last = at;
    let mut next = at;
    let clause = turn.tokens[at].clause;
    let mut pending = Vec::new();
    while next < end && turn.tokens[next].clause == clause {
        let Some(steps) = word_steps(turn.word(next)) else {
            break;
        };
        if steps == [Step::Glue] {
            if run.is_empty() || !pending.is_empty() {
                break;
            }
            pending = steps;
        } else {
            run.append(&mut pending);
            run.extend(steps);
            last = next;
        }
        next += 1;
    }
    let shy = last == at && super::fold::is_in(SHY, turn.word(at));
    let values = evaluate(&run);
    let of_value = !values.is_empty() && (!shy || is_labelled(turn, at));
    of_value.then_some(Number {
        first: at,
        last,
        values,
        spoken: true,
    })
}

/// Whether a house number is announced before it, or a capital name stands there.
fn is_labelled(turn: &Folded, at: usize) -> bool {
    let labels = "numero nummer nomor nomer number no nr n civico au";
    at > 0
        && (super::fold::is_in(labels, turn.word(at - 1)) || turn.tokens[at - 1].capital)
        && !super::fold::is_in("un une ein eine una a one se", turn.word(at))
}

/// The sum that the steps make, and what they make read one after the other.
fn evaluate(run: &[Step]) -> Vec<u32> {
    let mut parts: Vec<u32> = Vec::new();
    let mut total = 0u32;
    let mut current: Option<u32> = None;
    let mut glued = false;
    for step in run {
        let so_far = current.unwrap_or(0);
        match *step {
            Step::Glue => {}
            Step::Teen => current = Some(so_far + 10),
            Step::Times(1000) => {
                total = total.saturating_add(so_far.max(1).saturating_mul(1000));
                current = None;
            }
            Step::Times(by) => {
                let unit = so_far % 10;
                current = Some((so_far - unit).saturating_add(unit.max(1) * by));
            }
            Step::Add(more) => match fits(current, more, glued) {
                Some(sum) => current = Some(sum),
                None => {
                    parts.push(total.saturating_add(so_far));
                    total = 0;
                    current = Some(more);
                }
            },
        }
        glued = *step == Step::Glue;
    }
    match current {
        Some(current) => parts.push(total.saturating_add(current)),
        None if total > 0 => parts.push(total),
        None => return Vec::new(),
    }
    if parts.len() == 1 {
        return parts;
    }
    let joined: String = parts.iter().map(u32::to_string).collect();
    let whole = joined.get(..9).unwrap_or(&joined).parse().ok();
    whole.into_iter().chain(parts).collect()
}

/// The number with `more` added, where a speaker would hear it as one number.
fn fits(current: Option<u32>, more: u32, glued: bool) -> Option<u32> {
    let Some(now) = current else {
        return Some(more);
    };
    if now == 0 {
        // A zero that was said stands for itself.
        return None;
    }
    let low = now % 100;
    match more {
        0 => None,
        // "quatre-vingts"
        20 if low == 4 => Some(now - 4 + 80),
        // "einundzwanzig"
        20..=90 if glued && (1..=9).contains(&low) => Some(now + more),
        10..=99 if low == 0 => Some(now + more),
        // "soixante-dix", "quatre-vingt-douze"
        10..=19 if low == 60 || low == 80 => Some(now + more),
        1..=9 if low == 0 || low == 10 || low >= 20 && low % 10 == 0 => Some(now + more),
        // "soixante-dix-sept"
        1..=9 if matches!(low, 70 | 90) => Some(now + more),
        100..=999 if now % 1000 == 0 => Some(now + more),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    fn read(text: &str) -> Vec<Vec<u32>> {
        let turn = fold(text);
        let found = numbers(&turn, 0, turn.tokens.len());
        found.into_iter().map(|n| n.values).collect()
    }

    #[test]
    fn numbers_are_read_in_every_language() {
        for (text, value) in [
            ("cent dix-huit", 118),
            ("quatre-vingt-douze", 92),
            ("soixante et onze", 71),
            ("septante-trois", 73),
            ("deux cent quarante", 240),
            ("hundertachtzehn", 118),
            ("einundzwanzig", 21),
            ("sechshundertachtundachtzig", 688),
            ("zwölf", 12),
            ("centodiciotto", 118),
            ("duecentoquattordici", 214),
            ("ventotto", 28),
            ("one hundred and eighteen", 118),
            ("forty-two", 42),
            ("seratus delapan belas", 118),
            ("empat ratus delapan belas", 418),
            ("dua puluh lima", 25),
            ("ciento dieciocho", 118),
            ("doscientos ochenta y siete", 287),
            ("treinta y cinco", 35),
            ("veintidós", 22),
        ] {
            assert_eq!(
                read(text).first().and_then(|v| v.first()),
                Some(&value),
                "{text}"
            );
        }
    }

    #[test]
    fn digits_one_by_one_are_one_number() {
        assert_eq!(read("eins eins acht")[0][0], 118);
        assert_eq!(read("uno dos cero cuatro")[0][0], 1204);
        assert_eq!(read("28 012")[0][0], 28012);
    }

    #[test]
    fn an_article_is_no_number() {
        assert!(read("un plombier").is_empty());
        assert!(read("eine Frage").is_empty());
    }
}
