//! A sum as a provider types it and as the page shows it; in between, minor units of a currency.
//!
//! People write 450, 450.50, 1'200, 1.200,50 or Rp 1.200.000. A last group of one or two digits is
//! the fraction, groups of three are thousands, and what could be read in two ways is refused.

use super::words::NumberWords;

/// Ten digits before the fraction: more than any job, in rupiah too.
const MOST_DIGITS: usize = 10;
const MINUS: [char; 3] = ['-', '–', '—'];

/// Why a sum cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    Missing,
    Unreadable,
    Zero,
    TooLarge,
}

/// The digits after the point (ISO 4217).
fn fraction_digits(currency: &str) -> usize {
    match currency {
        "CLP" | "ISK" | "JPY" | "KRW" | "PYG" | "VND" | "XAF" | "XOF" | "XPF" => 0,
        _ => 2,
    }
}

/// Reads what was typed as minor units of `currency`.
pub fn parse(typed: &str, currency: &str) -> Result<i64, Fault> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(Fault::Missing);
    }
    let (whole, fraction) = split(number(typed, currency)?)?;
    let digits = fraction_digits(currency);
    let fraction = if digits == 0 {
        fraction.trim_matches('0').is_empty().then(String::new)
    } else {
        Some(format!("{fraction:0<digits$}"))
    };
    let fraction = fraction.ok_or(Fault::Unreadable)?;
    if whole.len() > MOST_DIGITS {
        return Err(Fault::TooLarge);
    }
    let minor: i64 = format!("{whole}{fraction}")
        .parse()
        .map_err(|_| Fault::Unreadable)?;
    if minor == 0 {
        Err(Fault::Zero)
    } else {
        Ok(minor)
    }
}

/// The number alone: the chosen currency may stand on either side, and "450.-" is 450.
fn number<'a>(typed: &'a str, currency: &str) -> Result<&'a str, Fault> {
    let first = typed.find(|c: char| c.is_ascii_digit());
    let last = typed.rfind(|c: char| c.is_ascii_digit());
    let (Some(first), Some(last)) = (first, last) else {
        return Err(Fault::Unreadable);
    };
    let before = typed[..first].trim().to_uppercase();
    let after = typed[last + 1..].trim();
    let after = match after.strip_prefix(['.', ',']) {
        Some(rest) => rest.trim_start_matches(MINUS),
        None => after,
    };
    let after = after.trim().to_uppercase();
    let mut signs = vec!["", currency];
    signs.extend_from_slice(match currency {
        "CHF" => &["FR.", "FR", "SFR.", "FRS"],
        "EUR" => &["€", "EURO", "EUROS"],
        "USD" => &["$", "US$"],
        "GBP" => &["£"],
        "IDR" => &["RP", "RP."],
        _ => &[],
    });
    let known = |sign: &str| signs.contains(&sign);
    if known(&before) && known(&after) && (before.is_empty() || after.is_empty()) {
        Ok(&typed[first..=last])
    } else {
        Err(Fault::Unreadable)
    }
}

/// The digits before and after the point.
fn split(number: &str) -> Result<(String, String), Fault> {
    let plain: String = number
        .chars()
        .map(|c| match c {
            '’' | '‘' | '´' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' => '\'',
            other => other,
        })
        .collect();
    let known = |c: char| c.is_ascii_digit() || matches!(c, '\'' | '.' | ',');
    if !plain.chars().all(known) {
        return Err(Fault::Unreadable);
    }
    let point = plain.rfind(['.', ',']).filter(|at| {
        let sign = &plain[*at..=*at];
        plain.matches(sign).count() == 1 && (1..=2).contains(&(plain.len() - at - 1))
    });
    let (whole, fraction) =
        point.map_or((plain.as_str(), ""), |at| (&plain[..at], &plain[at + 1..]));
    if !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return Err(Fault::Unreadable);
    }
    Ok((grouped(whole)?, fraction.to_owned()))
}

/// The digits of a whole number, which may be grouped by thousands with one sign.
fn grouped(whole: &str) -> Result<String, Fault> {
    let sign = whole.chars().find(|c| !c.is_ascii_digit());
    let digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    let leads_with_zero = digits.len() > 1 && digits.starts_with('0');
    let fits = sign.is_none_or(|sign| {
        let mut groups = whole.split(sign);
        let first = groups.next().unwrap_or_default();
        (1..=3).contains(&first.len()) && groups.all(is_group)
    });
    if fits && !leads_with_zero && !digits.is_empty() {
        Ok(digits)
    } else {
        Err(Fault::Unreadable)
    }
}

fn is_group(group: &str) -> bool {
    group.len() == 3 && group.bytes().all(|b| b.is_ascii_digit())
}

/// The sum as people of a language write it; Swiss francs as the Swiss do, in each.
#[must_use]
pub fn show(minor: i64, currency: &str, number: &NumberWords) -> String {
    let swiss = currency == "CHF";
    let (group, decimal) = if swiss {
        ('’', '.')
    } else {
        (number.group, number.decimal)
    };
    let digits = fraction_digits(currency);
    let plain = format!("{:0>1$}", minor.max(0), digits + 1);
    let (whole, fraction) = plain.split_at(plain.len() - digits);
    let mut sum = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            sum.push(group);
        }
        sum.push(digit);
    }
    if digits > 0 {
        sum.push(decimal);
        sum.push_str(fraction);
    }
    if swiss || number.currency_first {
        format!("{currency}\u{a0}{sum}")
    } else {
        format!("{sum}\u{a0}{currency}")
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::Words;
    use super::*;
    use crate::language::Language;

    #[test]
    fn the_usual_spellings_are_read() {
        for (typed, minor) in [
            ("450", 45_000),
            (" 450.50 ", 45_050),
            ("450,5", 45_050),
            ("1'200", 120_000),
            ("1’200.50", 120_050),
            ("1.200,50", 120_050),
            ("1,200.50", 120_050),
            ("1 200,50", 120_050),
            ("1\u{202f}200", 120_000),
            ("1.200", 120_000),
            ("12,345,678", 1_234_567_800),
            ("1'234'567.05", 123_456_705),
            ("0.05", 5),
            ("450.-", 45_000),
            ("450.–", 45_000),
            ("450,—", 45_000),
            ("CHF 450.-", 45_000),
            ("Fr. 450", 45_000),
            ("450 chf", 45_000),
            ("9999999999.99", 999_999_999_999),
        ] {
            assert_eq!(parse(typed, "CHF"), Ok(minor), "{typed}");
        }
        assert_eq!(parse("Rp 1.200.000", "IDR"), Ok(120_000_000));
        assert_eq!(parse("€45", "EUR"), Ok(4_500));
        assert_eq!(parse("5000", "JPY"), Ok(5_000));
    }

    #[test]
    fn what_could_be_read_in_two_ways_or_in_none_is_refused() {
        for typed in [
            "abc",
            "-450",
            "4 50",
            "1.20.50",
            "1'20",
            "1,2,3",
            "0.500",
            "007",
            "1e3",
            "€ 450",
            "CHF 450 CHF",
            "450 - 500",
            "1.200.",
            ".5.",
            "٤٥٠",
            "1''200",
            "'",
            "4..5",
        ] {
            let read = parse(typed, "CHF");
            // "1.200." ends in a point that says nothing.
            let harmless = typed == "1.200.";
            assert_eq!(read.is_ok(), harmless, "{typed}: {read:?}");
        }
        assert_eq!(parse("  ", "CHF"), Err(Fault::Missing));
        assert_eq!(parse("0.00", "CHF"), Err(Fault::Zero));
        assert_eq!(parse("10000000000", "CHF"), Err(Fault::TooLarge));
        assert_eq!(parse(&"9".repeat(300), "CHF"), Err(Fault::TooLarge));
        assert_eq!(parse("5.5", "JPY"), Err(Fault::Unreadable));
    }

    #[test]
    fn what_the_page_shows_can_be_typed_again() {
        for language in Language::ALL {
            let number = &Words::of(language).number;
            for currency in ["CHF", "EUR", "USD", "IDR", "JPY"] {
                for minor in [1, 99, 100, 45_000, 120_050, 123_456_789, 9_999_999_999] {
                    let shown = show(minor, currency, number);
                    assert_eq!(parse(&shown, currency), Ok(minor), "{shown}");
                }
            }
        }
        let shown = show(120_050, "CHF", &Words::of(Language::French).number);
        assert_eq!(shown, "CHF\u{a0}1’200.50");
    }
}
