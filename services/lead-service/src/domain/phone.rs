//! A phone number: E.164, understood from what was said.
//!
//! The caller's own number heard again wins, then a reading in the site's country, then one in
//! the caller's region. Our own numbers and a chain's mobile are never a customer's (R11).

use std::collections::BTreeSet;

use rlibphonenumber::{PhoneNumber, PhoneNumberFormat};

/// Digits that carriers send in place of a withheld caller ("ANONYMOUS", "RESTRICTED",
/// "UNAVAILABLE", "UNKNOWN", "BLOCKED" typed on a keypad).
const WITHHELD: [&str; 5] = [
    "266696687",
    "7378742883",
    "86282452253",
    "8656696",
    "2562533",
];

/// Where a number may come from, and which ones it cannot be.
#[derive(Debug, Clone, Copy)]
pub struct Surroundings<'a> {
    /// ISO 3166-1 alpha-2, when the site is known.
    pub country: Option<&'a str>,
    /// DIDs and chain mobiles.
    pub ours: &'a BTreeSet<String>,
}

/// The customer's number: from what was said, or else the caller id.
#[must_use]
pub fn customer(said: &str, caller_id: &str, around: Surroundings<'_>) -> Option<String> {
    let caller = caller(caller_id, around);
    spoken(said, caller.as_deref(), around).or(caller)
}

/// The caller id as E.164, when it is a number that somebody can be called back on.
#[must_use]
pub fn caller(caller_id: &str, around: Surroundings<'_>) -> Option<String> {
    let digits: String = caller_id.chars().filter(char::is_ascii_digit).collect();
    if WITHHELD.contains(&digits.as_str()) {
        return None;
    }
    runs(caller_id)
        .iter()
        .find_map(|run| read(run, around.country))
        .filter(|n| not_ours(n, around))
}

fn spoken(said: &str, caller: Option<&str>, around: Surroundings<'_>) -> Option<String> {
    let region = caller.and_then(region_of);
    let countries = [around.country, region.as_deref()];
    for run in runs(said) {
        // "06 12 34 56 78" from +33 6 12 34 56 78 is that number, though it would also be one in
        // Basel.
        if let Some(caller) = caller
            && says_again(&run, caller)
        {
            return Some(caller.to_owned());
        }
        let without_zero = run.replace("(0)", "");
        for text in [&run, &without_zero] {
            let read = countries.iter().find_map(|country| read(text, *country));
            if let Some(number) = read.filter(|number| not_ours(number, around)) {
                return Some(number);
            }
        }
    }
    None
}

fn not_ours(number: &str, around: Surroundings<'_>) -> bool {
    !around.ours.contains(number)
}

/// The national part as it is dialled at home, or the whole number without its plus.
fn says_again(run: &str, caller: &str) -> bool {
    let digits: String = run.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0');
    significant.len() >= 8 && caller.ends_with(significant)
}

/// The parts of a sentence that may be a number, in ASCII digits.
fn runs(said: &str) -> Vec<String> {
    let mut runs = vec![String::new()];
    for c in said.chars() {
        let ascii = match c {
            '0'..='9' | '+' | '(' | ')' | '.' | '-' | '/' | ' ' => c,
            '\u{ff10}'..='\u{ff19}' => char::from(b'0' + (u32::from(c) - 0xff10) as u8),
            '\u{660}'..='\u{669}' => char::from(b'0' + (u32::from(c) - 0x660) as u8),
            '\u{ff0b}' => '+',
            '\u{a0}' | '\u{202f}' | '\u{2009}' | '\t' => ' ',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            _ => {
                runs.push(String::new());
                continue;
            }
        };
        // A plus opens a number, so it ends the one before.
        if ascii == '+'
            && runs
                .last()
                .is_some_and(|run| run.contains(|c: char| c.is_ascii_digit()))
        {
            runs.push(String::new());
        }
        if let Some(run) = runs.last_mut() {
            run.push(ascii);
        }
    }
    runs.retain(|run| run.chars().filter(char::is_ascii_digit).count() >= 6);
    runs.into_iter().map(|run| run.trim().to_owned()).collect()
}

fn read(run: &str, country: Option<&str>) -> Option<String> {
    let country = country.and_then(|code| rlibphonenumber::Region::from_code(code).ok());
    let number = PhoneNumber::parse(run, country).ok()?;
    number
        .is_valid()
        .then(|| number.format_as(PhoneNumberFormat::E164).into_owned())
}

/// The country of an E.164 number, as far as its digits say.
#[must_use]
pub fn region_of(e164: &str) -> Option<String> {
    let number = PhoneNumber::parse(e164, None).ok()?;
    Some(number.get_region_code()?.as_region_str().to_string())
}

/// Whether `e164` is written as E.164 and carries the calling code of `country`.
#[must_use]
pub fn belongs_to(e164: &str, country: &str) -> bool {
    let Ok(region) = rlibphonenumber::Region::from_code(country) else {
        return false;
    };
    let Ok(number) = PhoneNumber::parse(e164, None) else {
        return false;
    };
    is_e164(e164)
        && rlibphonenumber::PHONE_NUMBER_UTIL.get_country_code_for_region(region)
            == Some(number.country_code)
}

/// `+` and 7 to 15 digits, the first not zero.
#[must_use]
pub fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn swiss(said: &str, caller_id: &str) -> Option<String> {
        let ours = BTreeSet::from(["+41225394512".to_owned(), "+41779503412".to_owned()]);
        customer(
            said,
            caller_id,
            Surroundings {
                country: Some("CH"),
                ours: &ours,
            },
        )
    }

    #[test]
    fn a_number_is_read_in_the_sites_country_first() {
        for said in [
            "022 539 45 13",
            "0041225394513",
            "+41 (0)22 539 45 13",
            "+41 22 539 45 13",
            "mon numéro est le 022 539 45 13, merci",
            "022\u{a0}539\u{2011}45.13",
            "０２２ ５３９ ４５ １３",
            "0041 (0) 22 539 45 13",
        ] {
            assert_eq!(swiss(said, "").as_deref(), Some("+41225394513"), "{said}");
        }
    }

    #[test]
    fn a_foreign_caller_keeps_the_foreign_number_d5() {
        let caller = "+33612345678";
        assert_eq!(swiss("06 12 34 56 78", caller).as_deref(), Some(caller));
        assert_eq!(swiss("", caller).as_deref(), Some(caller));
        assert_eq!(
            swiss("+33 6 12 34 56 79", "").as_deref(),
            Some("+33612345679")
        );
        // Not the caller's own, and no number in Switzerland: read in the caller's region.
        let german = swiss("07567 890123", "+491713920020");
        assert_eq!(german.as_deref(), Some("+497567890123"));
    }

    #[test]
    fn the_caller_id_stands_in_for_what_is_absent_or_unusable() {
        let caller = "+41791234567";
        for said in [
            "",
            "the same",
            "12",
            "0000000000",
            "999 999 999 999 999 999",
        ] {
            assert_eq!(swiss(said, caller).as_deref(), Some(caller), "{said}");
        }
        for withheld in ["", "anonymous", "+266696687", "Restricted", "+86282452253"] {
            assert_eq!(swiss("", withheld), None, "{withheld}");
        }
    }

    #[test]
    fn our_own_numbers_are_never_the_customers_r11() {
        assert_eq!(swiss("", "+41779503412"), None);
        assert_eq!(
            swiss("077 950 34 12", "+41791234567").as_deref(),
            Some("+41791234567")
        );
        assert_eq!(swiss("022 539 45 12", "+41779503412"), None);
    }

    #[test]
    fn an_italian_number_keeps_its_zero() {
        let ours = BTreeSet::new();
        let around = Surroundings {
            country: Some("IT"),
            ours: &ours,
        };
        let milan = Some("+390236714890".to_owned());
        assert_eq!(customer("02 3671 4890", "", around), milan);
        assert_eq!(customer("+39 02 3671 4890", "", around), milan);
    }

    #[test]
    fn a_did_belongs_to_its_country_r5() {
        assert!(belongs_to("+41225394512", "CH"));
        assert!(!belongs_to("+6281190071420", "CH"));
        assert!(!belongs_to("0225394512", "CH"));
    }

    proptest! {
        #[test]
        fn reading_a_number_never_panics_and_is_idempotent(said in "\\PC{0,40}", digits in "[+]?[0-9 ()./-]{0,24}") {
            for text in [said, digits] {
                if let Some(once) = swiss(&text, "") {
                    prop_assert!(is_e164(&once));
                    prop_assert_eq!(swiss(&once, ""), Some(once.clone()));
                }
            }
        }
    }
}
