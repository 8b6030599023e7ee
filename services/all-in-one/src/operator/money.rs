//! Amounts as people write and read them: "450.00 CHF" and "EUR 50" come in, exact, never by way of a
//! float; "100.00", "0.0085" and "unknown" go out. How many digits a currency has is known to the
//! ledger's own `Currency`, and to nobody else here.

use anyhow::Context as _;
use contracts::lead::v1 as lead;
use lead_service::domain::ledger::money::{Amount, Currency, half_even};

/// Micros in one unit of a currency, and in the last digit that is shown of less than one.
const UNIT: u64 = 1_000_000;
const FINEST: i64 = 100;

/// "450.00" and "CHF" → 45000 minor units.
///
/// # Errors
/// Says how to write it.
pub fn won(amount: &str, currency: &str) -> anyhow::Result<lead::Won> {
    let currency = of_code(currency)?;
    let minor = Amount::parse(amount, currency).ok().and_then(Amount::minor);
    let amount_minor = minor.filter(|minor| *minor > 0);
    let amount_minor = amount_minor.with_context(|| wrong(amount, currency, ", above 0"))?;
    Ok(lead::Won {
        amount_minor,
        currency: currency.code().to_owned(),
    })
}

fn of_code(text: &str) -> anyhow::Result<Currency> {
    let currency = text.to_uppercase().parse();
    currency.map_err(|_| {
        anyhow::anyhow!("{text:?} is no currency: write its three letters, such as CHF")
    })
}

fn wrong(amount: &str, currency: Currency, more: &str) -> String {
    let places = currency.minor_digits();
    format!(
        "{amount:?} is no amount of {currency}: write digits and at most {places} decimals \
         after a point, such as {}{more}",
        shown(45_000, currency.code())
    )
}

/// "EUR 50" or "50 EUR", above zero; for the command line.
///
/// # Errors
/// Says how to write it.
pub fn paid(text: &str) -> Result<lead::Amount, String> {
    match signed(text) {
        Ok(amount) if amount.micros <= 0 => Err("it must be above 0".to_owned()),
        read => read,
    }
}

/// The same, below zero as well: what is given back.
///
/// # Errors
/// Says how to write it.
pub fn signed(text: &str) -> Result<lead::Amount, String> {
    let (first, second) = text.trim().split_once(' ').ok_or_else(how)?;
    let (first, second) = (first.trim(), second.trim());
    let is_code = |word: &str| word.len() == 3 && word.bytes().all(|b| b.is_ascii_alphabetic());
    let (code, number) = match (is_code(first), is_code(second)) {
        (true, false) => (first, second),
        (false, true) => (second, first),
        _ => return Err(how()),
    };
    let currency = of_code(code).map_err(|error| error.to_string())?;
    let amount = Amount::parse(number, currency);
    let amount = amount.ok().filter(|amount| amount.minor().is_some());
    match amount {
        Some(Amount { micros: 0, .. }) => Err("0 is no amount to book".to_owned()),
        Some(amount) => Ok(lead::Amount {
            micros: amount.micros,
            currency: currency.code().to_owned(),
        }),
        None => Err(wrong(number, currency, "")),
    }
}

fn how() -> String {
    "write currency and amount, such as \"EUR 50\" or \"CHF 67.50\"".to_owned()
}

/// 45000 and "CHF" → "450.00 CHF".
#[must_use]
pub fn shown(minor: i64, currency: &str) -> String {
    let known = known(currency);
    let micros = minor.saturating_mul(known.minor_unit());
    format!("{} {currency}", exact(micros, currency))
}

/// The number as people read it: the currency's own digits, and of less than one unit up to four;
/// what is less than that is not shown as nothing.
#[must_use]
pub fn figure(micros: i64, currency: &str) -> String {
    let known = known(currency);
    let unit = known.minor_unit();
    if micros.unsigned_abs() >= UNIT || micros % unit == 0 {
        return exact(to_nearest(micros, unit), currency);
    }
    match (to_nearest(micros, FINEST), micros < 0) {
        (0, false) => "<0.0001".to_owned(),
        (0, true) => ">-0.0001".to_owned(),
        (micros, _) => exact(micros, currency),
    }
}

/// "EUR 100.00".
#[must_use]
pub fn told(micros: i64, currency: &str) -> String {
    format!("{currency} {}", figure(micros, currency))
}

/// All that is there, as decimal text: for programs.
#[must_use]
pub fn exact(micros: i64, currency: &str) -> String {
    let currency = known(currency);
    let text = Amount { micros, currency }.to_string();
    let number = text.split_once(' ').map(|(_, number)| number.to_owned());
    number.unwrap_or(text)
}

/// A sum that may lack lines: "12.30", "12.30 +2 unknown", "unknown (2)"; never 0 for unknown (D4).
#[must_use]
pub fn sum(sum: Option<&lead::Sum>, currency: &str) -> String {
    let Some(sum) = sum else {
        return "unknown".to_owned();
    };
    let known = figure(sum.known_micros, currency);
    match (sum.known_micros, sum.unknown_lines) {
        (_, 0) => known,
        (0, lines) => format!("unknown ({lines})"),
        (_, lines) => format!("{known} +{lines} unknown"),
    }
}

fn to_nearest(micros: i64, step: i64) -> i64 {
    let steps = half_even(micros.into(), step.into());
    i64::try_from(steps * i128::from(step)).unwrap_or(micros)
}

/// A currency that the services told; of a strange one two digits are shown.
fn known(currency: &str) -> Currency {
    currency.parse().unwrap_or(Currency::EUR)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_exact_in_its_currency() {
        for (amount, currency, minor) in [
            ("450.00", "CHF", 45_000),
            ("450", "chf", 45_000),
            ("0.5", "EUR", 50),
            ("1500000", "JPY", 1_500_000),
            ("1.234", "KWD", 1_234),
        ] {
            assert_eq!(
                won(amount, currency).unwrap().amount_minor,
                minor,
                "{amount}"
            );
        }
        assert_eq!(won("1", "chf").unwrap().currency, "CHF");
    }

    #[test]
    fn what_is_no_amount_says_how_to_write_one() {
        for (amount, currency) in [
            ("450,00", "CHF"),
            ("-1", "CHF"),
            ("0", "CHF"),
            ("1.234", "CHF"),
            ("1.5", "JPY"),
            ("1.", "CHF"),
            (".5", "CHF"),
            ("1e3", "CHF"),
            ("99999999999999999999", "CHF"),
            ("", "CHF"),
            ("1", "Fr."),
        ] {
            let told = won(amount, currency).unwrap_err().to_string();
            assert!(told.contains("write"), "{told}");
        }
        assert!(
            won("x", "JPY")
                .unwrap_err()
                .to_string()
                .contains("45000 JPY")
        );
    }

    #[test]
    fn an_amount_is_shown_as_it_is_written() {
        assert_eq!(shown(45_000, "CHF"), "450.00 CHF");
        assert_eq!(shown(5, "EUR"), "0.05 EUR");
        assert_eq!(shown(45_000, "JPY"), "45000 JPY");
    }

    #[test]
    fn currency_and_amount_come_in_either_order_in_whole_minor_units() {
        for (text, micros, currency) in [
            ("EUR 50", 50_000_000, "EUR"),
            ("CHF 67.50", 67_500_000, "CHF"),
            ("67.50 chf", 67_500_000, "CHF"),
            (" JPY 450 ", 450_000_000, "JPY"),
        ] {
            let read = paid(text).unwrap();
            assert_eq!((read.micros, read.currency.as_str()), (micros, currency));
        }
        for text in [
            "50",
            "EUR",
            "EUR 0",
            "EUR -5",
            "EUR 0.005",
            "JPY 0.5",
            "EUR 1,50",
            "EUR CHF",
            "1 2",
        ] {
            assert!(paid(text).is_err(), "{text}");
        }
        assert_eq!(signed("EUR -5").unwrap().micros, -5_000_000);
        assert!(signed("EUR 0").is_err());
        let told = paid("EUR 0.005").unwrap_err();
        assert!(told.contains("at most 2 decimals"), "{told}");
    }

    #[test]
    fn large_figures_have_the_currencys_digits_and_small_ones_up_to_four() {
        for (micros, currency, shown) in [
            (100_000_000, "EUR", "100.00"),
            (1_234_567_890, "EUR", "1234.57"),
            (1_005_000, "EUR", "1.00"),
            (1_015_000, "EUR", "1.02"),
            (40_000, "USD", "0.04"),
            (34_500, "USD", "0.0345"),
            (800, "USD", "0.0008"),
            (8_550, "USD", "0.0086"),
            (49, "USD", "<0.0001"),
            (-49, "USD", ">-0.0001"),
            (-8_500, "USD", "-0.0085"),
            (0, "USD", "0.00"),
            (450_000_000, "JPY", "450"),
            (500_000, "JPY", "0.5"),
        ] {
            assert_eq!(figure(micros, currency), shown, "{micros} {currency}");
        }
        assert_eq!(told(13_000_000, "CHF"), "CHF 13.00");
        assert_eq!(exact(34_512, "USD"), "0.034512");
    }

    /// D4.
    #[test]
    fn a_sum_of_unknown_lines_is_unknown_and_never_zero() {
        let of = |known_micros, unknown_lines| {
            let all = lead::Sum {
                known_micros,
                unknown_lines,
            };
            sum(Some(&all), "EUR")
        };
        assert_eq!(of(12_300_000, 0), "12.30");
        assert_eq!(of(12_300_000, 2), "12.30 +2 unknown");
        assert_eq!(of(0, 2), "unknown (2)");
        assert_eq!(of(0, 0), "0.00");
        assert_eq!(sum(None, "EUR"), "unknown");
    }
}
