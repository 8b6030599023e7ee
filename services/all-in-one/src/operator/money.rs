//! Amounts as people write them, "450.00 CHF", and as the services keep them, in minor units.

use anyhow::Context as _;
use contracts::lead::v1 as lead;

/// Currencies without a minor unit, and with thousandths (ISO 4217); all others have hundredths.
const NONE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];
const THREE: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

fn places(currency: &str) -> usize {
    match currency {
        code if NONE.contains(&code) => 0,
        code if THREE.contains(&code) => 3,
        _ => 2,
    }
}

/// "450.00" and "CHF" → 45000 minor units; exact, never by way of a float.
///
/// # Errors
/// Says how to write it.
pub fn won(amount: &str, currency: &str) -> anyhow::Result<lead::Won> {
    let currency = currency.to_uppercase();
    anyhow::ensure!(
        currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase()),
        "{currency:?} is no currency: write its three letters, such as CHF"
    );
    let places = places(&currency);
    let amount_minor = minor(amount, places).with_context(|| {
        format!(
            "{amount:?} is no amount of {currency}: write digits and at most {places} decimals \
             after a point, such as {}, above 0",
            shown(45_000, &currency)
        )
    })?;
    Ok(lead::Won {
        amount_minor,
        currency,
    })
}

fn minor(amount: &str, places: usize) -> Option<i64> {
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(part) || amount.ends_with('.') {
        return None;
    }
    if part.len() > places {
        return None;
    }
    let minor: i64 = format!("{whole}{part:0<places$}").parse().ok()?;
    (minor > 0).then_some(minor)
}

/// 45000 and "CHF" → "450.00 CHF".
#[must_use]
pub fn shown(minor: i64, currency: &str) -> String {
    let places = places(currency);
    let digits = format!("{minor:0>width$}", width = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    let point = if part.is_empty() { "" } else { "." };
    format!("{whole}{point}{part} {currency}")
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
}
