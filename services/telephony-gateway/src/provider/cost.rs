//! The vendor's figure in money: a JSON number of US dollars, read by its decimal text into millionths.
//! A binary fraction never counts, so that 0.0435 is 43 500 millionths exactly.

use serde_json::Value;

/// USD 1 000: more than any conversation can cost. What stands above is no price.
const MOST_MICROS: i128 = 1_000_000_000;
const MICRO_DIGITS: i64 = 6;

/// Millionths of a US dollar, half to even beyond them; nothing for what is no price.
#[must_use]
pub(super) fn usd_micros(value: &Value) -> Option<i64> {
    match value {
        // The shortest text that reads as the same number: what the vendor wrote.
        Value::Number(number) => decimal_micros(&number.to_string()),
        Value::String(text) => decimal_micros(text.trim()),
        _ => None,
    }
}

/// Of "12", "0.0435", "4.35e-2": a price below zero is none.
fn decimal_micros(text: &str) -> Option<i64> {
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i64>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    let is_number = !whole.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number || digits.len() > 30 {
        return None;
    }
    let digits: i128 = digits.parse().ok()?;
    let places = i64::try_from(fraction.len()).ok()?.checked_sub(exponent)?;
    let micros = if digits == 0 {
        0
    } else {
        scaled(digits, MICRO_DIGITS.checked_sub(places)?)?
    };
    i64::try_from(micros).ok().filter(|_| micros <= MOST_MICROS)
}

/// `digits` × 10^`power`, half to even.
fn scaled(digits: i128, power: i64) -> Option<i128> {
    let Ok(divisions) = u32::try_from(-power) else {
        let factor = 10i128.checked_pow(u32::try_from(power).ok()?)?;
        return digits.checked_mul(factor);
    };
    // Less than half a millionth, whatever its digits.
    let Some(divisor) = 10i128.checked_pow(divisions) else {
        return Some(0);
    };
    let (quotient, rest) = (digits / divisor, digits % divisor);
    let up = match (rest * 2).cmp(&divisor) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    Some(quotient + i128::from(up))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<i64> {
        usd_micros(&serde_json::from_str(json).unwrap())
    }

    #[test]
    fn the_samples_0_0435_and_0_009_are_43_500_and_9_000_millionths_r75() {
        assert_eq!(read("0.0435"), Some(43_500));
        assert_eq!(read("0.009"), Some(9_000));
        // A binary fraction would give 289 999.99…
        assert_eq!(read("0.29"), Some(290_000));
        assert_eq!(read("\"0.0435\""), Some(43_500));
        assert_eq!(read("4.35e-2"), Some(43_500));
        assert_eq!(
            (read("0"), read("0.0"), read("3")),
            (Some(0), Some(0), Some(3_000_000))
        );
    }

    #[test]
    fn what_is_finer_than_a_millionth_is_rounded_half_to_even() {
        assert_eq!(read("0.0000005"), Some(0));
        assert_eq!(read("0.0000015"), Some(2));
        assert_eq!(read("0.04356666666666667"), Some(43_567));
        assert_eq!(read("1e-40"), Some(0));
    }

    #[test]
    fn what_is_no_price_is_unknown_and_never_zero_d4() {
        for odd in [
            "null", "-0.04", "1000.01", "1e300", "true", "\"\"", "\"n/a\"", "{}", "[0.04]",
        ] {
            assert_eq!(read(odd), None, "{odd}");
        }
        assert_eq!(read("1000"), Some(1_000_000_000));
    }
}
