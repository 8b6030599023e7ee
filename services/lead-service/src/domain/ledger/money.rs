//! Money: a whole number of millionths of a currency's unit ("micros"), never a float.
//!
//! An email costs USD 0.0008, less than a cent, so costs need the millionth. What people pay is
//! always a whole number of minor units. Every division in the ledger rounds by `half_even`.

use std::fmt;
use std::str::FromStr;

/// Digits after the point that an amount can hold.
const PLACES: usize = 6;

/// Currencies without a minor unit, and with thousandths (ISO 4217); all others have hundredths.
const NONE: [&str; 16] = [
    "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV",
    "XAF", "XOF", "XPF",
];
const THREE: [&str; 7] = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"];

/// An ISO 4217 code.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency([u8; 3]);

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Amount {
    pub micros: i64,
    pub currency: Currency,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMoney {
    #[error("a currency is three capital letters, such as CHF")]
    Currency,
    #[error("an amount is digits, and after a point at most six more")]
    Decimal,
    #[error("the amount is too large to be kept")]
    TooLarge,
}

impl Currency {
    pub const EUR: Self = Self(*b"EUR");

    #[must_use]
    pub fn code(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Digits after the point in what people pay.
    #[must_use]
    pub fn minor_digits(self) -> usize {
        match self.code() {
            code if NONE.contains(&code) => 0,
            code if THREE.contains(&code) => 3,
            _ => 2,
        }
    }

    /// One minor unit in micros: 10 000 for a cent.
    #[must_use]
    pub fn minor_unit(self) -> i64 {
        power_of_ten(PLACES - self.minor_digits())
    }
}

impl Amount {
    /// Ten digits before the point: more than any job, in rupiah too. All sums of such amounts fit.
    #[must_use]
    pub fn is_of_a_job(self) -> bool {
        self.micros.unsigned_abs() < 10_u64.pow(10 + 6)
    }

    /// 10 000 and EUR → EUR 100.00.
    pub fn of_minor(minor: i64, currency: Currency) -> Result<Self, InvalidMoney> {
        let micros = minor.checked_mul(currency.minor_unit());
        Ok(Self {
            micros: micros.ok_or(InvalidMoney::TooLarge)?,
            currency,
        })
    }

    /// In minor units, if it is whole ones.
    #[must_use]
    pub fn minor(self) -> Option<i64> {
        let unit = self.currency.minor_unit();
        (self.micros % unit == 0).then_some(self.micros / unit)
    }

    /// "0.0008" and USD → USD 0.0008; exact or refused.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, InvalidMoney> {
        let (digits, places) = decimal(text)?;
        let missing = PLACES.checked_sub(places).ok_or(InvalidMoney::Decimal)?;
        let micros = digits.checked_mul(power_of_ten(missing));
        Ok(Self {
            micros: micros.ok_or(InvalidMoney::TooLarge)?,
            currency,
        })
    }

    /// Times a fraction, half-even to the micro.
    pub fn times(self, numerator: i128, denominator: i128) -> Result<Self, InvalidMoney> {
        let product = i128::from(self.micros).checked_mul(numerator);
        let micros = half_even(product.ok_or(InvalidMoney::TooLarge)?, denominator);
        Ok(Self {
            micros: i64::try_from(micros).map_err(|_| InvalidMoney::TooLarge)?,
            currency: self.currency,
        })
    }
}

/// The nearest whole quotient; from the middle, the even one. The denominator is above zero.
#[must_use]
pub fn half_even(numerator: i128, denominator: i128) -> i128 {
    let floor = numerator.div_euclid(denominator);
    let rest = numerator.rem_euclid(denominator);
    let up = match rest.cmp(&(denominator - rest)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => floor % 2 != 0,
        std::cmp::Ordering::Greater => true,
    };
    floor + i128::from(up)
}

/// "-12.50" → (-1250, 2): the digits, and how many stand after the point.
pub(super) fn decimal(text: &str) -> Result<(i64, usize), InvalidMoney> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || unsigned.ends_with('.') || !digits(whole) || !digits(part) {
        return Err(InvalidMoney::Decimal);
    }
    let sign = &text[..text.len() - unsigned.len()];
    let number = format!("{sign}{whole}{part}").parse();
    Ok((number.map_err(|_| InvalidMoney::TooLarge)?, part.len()))
}

pub(super) fn power_of_ten(exponent: usize) -> i64 {
    (0..exponent).fold(1, |power, _| power * 10)
}

impl FromStr for Currency {
    type Err = InvalidMoney;

    fn from_str(code: &str) -> Result<Self, InvalidMoney> {
        match code.as_bytes().try_into() {
            Ok(letters) if code.bytes().all(|b| b.is_ascii_uppercase()) => Ok(Self(letters)),
            _ => Err(InvalidMoney::Currency),
        }
    }
}

/// "CHF 13.00", as `Display` writes it.
impl FromStr for Amount {
    type Err = InvalidMoney;

    fn from_str(text: &str) -> Result<Self, InvalidMoney> {
        let (code, number) = text.split_once(' ').ok_or(InvalidMoney::Currency)?;
        Self::parse(number, code.parse()?)
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// All that is there, and at least the currency's own digits: "CHF 13.00", "USD 0.0008".
impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.micros < 0 { "-" } else { "" };
        let digits = format!("{:07}", self.micros.unsigned_abs());
        let (whole, part) = digits.split_at(digits.len() - PLACES);
        let shown = part.trim_end_matches('0').len();
        let part = &part[..shown.max(self.currency.minor_digits())];
        let point = if part.is_empty() { "" } else { "." };
        write!(f, "{} {sign}{whole}{point}{part}", self.currency)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn money(text: &str) -> Amount {
        text.parse().unwrap()
    }

    #[test]
    fn halves_go_to_the_even_neighbour_above_and_below_zero() {
        let halves = [(1, 0), (3, 2), (5, 2), (7, 4), (-1, 0), (-3, -2), (-5, -2)];
        for (numerator, rounded) in halves {
            assert_eq!(half_even(numerator, 2), rounded, "{numerator}/2");
        }
        let others = [(4, 3, 1), (5, 3, 2), (-4, 3, -1), (-5, 3, -2), (6, 3, 2)];
        for (numerator, denominator, rounded) in others {
            assert_eq!(half_even(numerator, denominator), rounded);
        }
        assert_eq!(half_even(i128::MAX, i128::MAX), 1);
    }

    #[test]
    fn a_minor_unit_is_a_hundredth_of_a_euro_a_thousandth_of_a_dinar_and_a_whole_yen() {
        let hundred = |code: &str| Amount::of_minor(100, code.parse().unwrap()).unwrap();
        assert_eq!(hundred("EUR").to_string(), "EUR 1.00");
        assert_eq!(hundred("IDR").to_string(), "IDR 1.00");
        assert_eq!(hundred("KWD").to_string(), "KWD 0.100");
        assert_eq!(hundred("JPY").to_string(), "JPY 100");
        assert_eq!(money("EUR 1.005").minor(), None);
        assert_eq!(money("KWD 1.005").minor(), Some(1_005));
        assert_eq!(money("JPY 450").minor(), Some(450));
        assert_eq!(money("JPY 0.5").minor(), None);
        let too_large = Amount::of_minor(i64::MAX, Currency::EUR);
        assert_eq!(too_large, Err(InvalidMoney::TooLarge));
    }

    #[test]
    fn an_amount_is_shown_with_its_own_digits_and_read_back() {
        let shown = [
            "CHF 13.00",
            "USD 1.15",
            "USD 0.0008",
            "USD -0.0085",
            "JPY 450",
            "JPY 0.5",
            "KWD 1.250",
            "EUR 0.00",
            "EUR 0.000001",
            "EUR -9223372036854.775808",
        ];
        for text in shown {
            assert_eq!(money(text).to_string(), text);
        }
        assert_eq!(money("USD 0.004").micros, 4_000);
        assert_eq!(money("EUR 100").micros, 100_000_000);
    }

    #[test]
    fn what_is_no_amount_is_refused_and_never_rounded() {
        for text in [
            "EUR 0.0000001",
            "EUR 1.",
            "EUR .5",
            "EUR 1,5",
            "EUR ",
            "EUR 1e3",
            "EUR --1",
        ] {
            assert_eq!(text.parse::<Amount>(), Err(InvalidMoney::Decimal), "{text}");
        }
        for text in ["13.00", "eur 1", "EURO 1", "E 1"] {
            assert_eq!(
                text.parse::<Amount>(),
                Err(InvalidMoney::Currency),
                "{text}"
            );
        }
        let too_large = "EUR 9223372036854.775808".parse::<Amount>();
        assert_eq!(too_large, Err(InvalidMoney::TooLarge));
        assert_eq!(
            money("EUR 9000000000000").times(2, 1),
            Err(InvalidMoney::TooLarge)
        );
    }
}
