//! What a provider pays for a lead: a flat amount (R79) or a share of the closed work (R80).
//!
//! They are the roster's, and fixed on the attempt when the lead is assigned.

use super::money::{Amount, half_even};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Terms {
    /// Due when the provider confirms.
    Flat(Amount),
    /// Due when the lead is won.
    Percent(Percent),
}

/// In hundredths of a percent: 1500 is 15 %.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Percent(u16);

/// No provider pays that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a commission is above 0 % and at most 100 %")]
pub struct InvalidPercent;

impl Percent {
    pub fn from_hundredths(hundredths: u16) -> Result<Self, InvalidPercent> {
        let legal = (1..=10_000).contains(&hundredths);
        legal.then_some(Self(hundredths)).ok_or(InvalidPercent)
    }

    #[must_use]
    pub fn hundredths(self) -> u16 {
        self.0
    }

    /// Its share of what was billed, half-even to the minor unit of the currency billed.
    #[must_use]
    pub fn of(self, billed: Amount) -> Amount {
        let unit = i128::from(billed.currency.minor_unit());
        let part = i128::from(billed.micros) * i128::from(self.0);
        let whole = half_even(part, 10_000 * unit) * unit;
        // Of whole minor units, at most all of them: it fits.
        let micros = i64::try_from(whole).unwrap_or(billed.micros);
        Amount { micros, ..billed }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share(hundredths: u16, billed: &str) -> String {
        let percent = Percent::from_hundredths(hundredths).unwrap();
        percent.of(billed.parse().unwrap()).to_string()
    }

    #[test]
    fn fifteen_percent_of_chf_450_is_chf_67_50_r80() {
        assert_eq!(share(1_500, "CHF 450"), "CHF 67.50");
        assert_eq!(share(1_000, "CHF 450"), "CHF 45.00");
        assert_eq!(share(2_000, "CHF 450"), "CHF 90.00");
        assert_eq!(share(1_250, "CHF 450"), "CHF 56.25");
        assert_eq!(
            share(10_000, "EUR 9223372036854.77"),
            "EUR 9223372036854.77"
        );
    }

    #[test]
    fn ten_percent_of_eur_0_25_is_eur_0_02_and_of_eur_0_35_is_eur_0_04() {
        assert_eq!(share(1_000, "EUR 0.25"), "EUR 0.02");
        assert_eq!(share(1_000, "EUR 0.35"), "EUR 0.04");
        assert_eq!(share(1_000, "EUR 0.04"), "EUR 0.00");
    }

    #[test]
    fn commission_is_whole_yen_whole_fils_and_hundredths_of_a_rupiah() {
        assert_eq!(share(1_500, "JPY 450"), "JPY 68", "67.5 to the even yen");
        assert_eq!(share(1_500, "JPY 430"), "JPY 64", "64.5 to the even yen");
        assert_eq!(
            share(1_500, "KWD 1.250"),
            "KWD 0.188",
            "0.1875 to the even fils"
        );
        assert_eq!(share(1_500, "IDR 1500000"), "IDR 225000.00");
    }

    #[test]
    fn no_percent_and_more_than_all_are_refused() {
        assert_eq!(Percent::from_hundredths(0), Err(InvalidPercent));
        assert_eq!(Percent::from_hundredths(10_001), Err(InvalidPercent));
        assert_eq!(
            Percent::from_hundredths(10_000).unwrap().hundredths(),
            10_000
        );
    }
}
