//! Exchange rates with dates: every figure is converted at the rate of its own day.
//!
//! Direct, else by the inverse, else through the report currency; all in one fraction, so that it
//! is rounded once. Without a rate there is no figure: unknown, never zero.

use chrono::NaiveDate;

use super::money::{Amount, Currency, InvalidMoney, decimal, power_of_ten};

/// Most digits of a rate: twice nine beside an amount's nineteen still fit in an i128.
const DIGITS: i64 = 1_000_000_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    from: Currency,
    to: Currency,
    /// One unit of `from` is this fraction of `to`; both parts are above zero.
    numerator: i64,
    denominator: i64,
    since: NaiveDate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rates {
    report: Currency,
    rates: Vec<Rate>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRate {
    #[error("a rate is a decimal number above 0 with at most nine digits, such as 0.93485")]
    Number,
    #[error("a rate is between two currencies")]
    SameCurrency,
    #[error("{from} to {to} has two rates from {since}")]
    Twice {
        from: Currency,
        to: Currency,
        since: NaiveDate,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotConverted {
    #[error("no rate from {from} to {to} on {day}")]
    NoRate {
        from: Currency,
        to: Currency,
        day: NaiveDate,
    },
    #[error(transparent)]
    Money(InvalidMoney),
}

impl Rate {
    /// One unit of `from` is `text` of `to`, since a day.
    pub fn new(
        from: Currency,
        to: Currency,
        text: &str,
        since: NaiveDate,
    ) -> Result<Self, InvalidRate> {
        let (numerator, places) = decimal(text).map_err(|_| InvalidRate::Number)?;
        if !(1..DIGITS).contains(&numerator) || places > 9 {
            return Err(InvalidRate::Number);
        }
        if from == to {
            return Err(InvalidRate::SameCurrency);
        }
        let denominator = power_of_ten(places);
        Ok(Self {
            from,
            to,
            numerator,
            denominator,
            since,
        })
    }
}

impl Rates {
    /// In any order.
    pub fn new(report: Currency, mut rates: Vec<Rate>) -> Result<Self, InvalidRate> {
        rates.sort_by_key(|rate| (rate.from, rate.to, rate.since));
        for pair in rates.windows(2) {
            let Rate {
                from, to, since, ..
            } = pair[0];
            if (from, to, since) == (pair[1].from, pair[1].to, pair[1].since) {
                return Err(InvalidRate::Twice { from, to, since });
            }
        }
        Ok(Self { report, rates })
    }

    /// The currency in which everything stands side by side.
    #[must_use]
    pub fn report(&self) -> Currency {
        self.report
    }

    /// In the report currency, half-even to the micro.
    pub fn reported(&self, amount: Amount, day: NaiveDate) -> Result<Amount, NotConverted> {
        self.convert(amount, self.report, day)
    }

    /// Half-even to the micro.
    pub fn convert(
        &self,
        amount: Amount,
        to: Currency,
        day: NaiveDate,
    ) -> Result<Amount, NotConverted> {
        let from = amount.currency;
        let through_report = || {
            let (n1, d1) = self.fraction(from, self.report, day)?;
            let (n2, d2) = self.fraction(self.report, to, day)?;
            Some((n1 * n2, d1 * d2))
        };
        let (numerator, denominator) = self
            .fraction(from, to, day)
            .or_else(through_report)
            .ok_or(NotConverted::NoRate { from, to, day })?;
        let converted = amount
            .times(numerator, denominator)
            .map_err(NotConverted::Money)?;
        Ok(Amount {
            currency: to,
            ..converted
        })
    }

    fn fraction(&self, from: Currency, to: Currency, day: NaiveDate) -> Option<(i128, i128)> {
        let latest = |from, to| {
            let of_them = |rate: &&Rate| (rate.from, rate.to) == (from, to);
            self.rates
                .iter()
                .filter(of_them)
                .rfind(|rate| rate.since <= day)
        };
        if from == to {
            return Some((1, 1));
        }
        let direct = latest(from, to).map(|rate| (rate.numerator, rate.denominator));
        let inverse = || latest(to, from).map(|rate| (rate.denominator, rate.numerator));
        let (numerator, denominator) = direct.or_else(inverse)?;
        Some((numerator.into(), denominator.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(from: &str, to: &str, text: &str, since: &str) -> Result<Rate, InvalidRate> {
        let code = |text: &str| text.parse().unwrap();
        Rate::new(code(from), code(to), text, since.parse().unwrap())
    }

    fn convert(rates: &Rates, amount: &str, to: &str, day: &str) -> Option<String> {
        let (to, day) = (to.parse().unwrap(), day.parse().unwrap());
        let converted = rates.convert(amount.parse().unwrap(), to, day);
        converted.ok().map(|amount| amount.to_string())
    }

    fn rates() -> Rates {
        let rates = [
            rate("USD", "EUR", "0.92", "2026-01-01"),
            rate("USD", "EUR", "0.93485", "2026-02-01"),
            rate("EUR", "CHF", "0.94", "2026-01-01"),
            rate("EUR", "IDR", "17890.55", "2026-01-01"),
        ];
        let rates = rates.into_iter().collect::<Result<_, _>>().unwrap();
        Rates::new(Currency::EUR, rates).unwrap()
    }

    #[test]
    fn usd_1_15_is_eur_1_058_on_31_january_and_eur_1_075078_on_1_february() {
        let dollar = |day| convert(&rates(), "USD 1.15", "EUR", day).unwrap();
        assert_eq!(dollar("2026-01-31"), "EUR 1.058");
        assert_eq!(
            dollar("2026-02-01"),
            "EUR 1.075078",
            "1.0750775 to the even micro"
        );
    }

    #[test]
    fn chf_13_by_the_inverse_of_0_94_is_eur_13_829787() {
        let francs = convert(&rates(), "CHF 13", "EUR", "2026-01-31").unwrap();
        assert_eq!(francs, "EUR 13.829787");
        assert_eq!(
            convert(&rates(), "IDR 50000", "EUR", "2026-01-31").unwrap(),
            "EUR 2.794772"
        );
    }

    #[test]
    fn usd_100_through_the_euro_is_chf_86_48_rounded_once() {
        let crossed = |amount| convert(&rates(), amount, "CHF", "2026-01-31").unwrap();
        assert_eq!(crossed("USD 100"), "CHF 86.48");
        // 0.000005 × 0.92 × 0.94 = 0.000004324; by way of 0.000005 euro it would be 0.000005.
        assert_eq!(crossed("USD 0.000005"), "CHF 0.000004");
    }

    #[test]
    fn without_a_rate_on_the_day_there_is_no_figure() {
        assert_eq!(convert(&rates(), "USD 1", "EUR", "2025-12-31"), None);
        assert_eq!(convert(&rates(), "GBP 1", "EUR", "2026-02-01"), None);
        let same = convert(&rates(), "GBP 1", "GBP", "2020-01-01");
        assert_eq!(same.unwrap(), "GBP 1.00");
        assert_eq!(
            convert(&rates(), "EUR 9000000000000", "IDR", "2026-02-01"),
            None,
            "too large"
        );
    }

    #[test]
    fn what_is_no_rate_is_refused() {
        for text in ["0", "-1", "1.0000000001", "12345678901", "0,9", ""] {
            let refused = rate("USD", "EUR", text, "2026-01-01");
            assert_eq!(refused, Err(InvalidRate::Number), "{text}");
        }
        let same = rate("EUR", "EUR", "1", "2026-01-01");
        assert_eq!(same, Err(InvalidRate::SameCurrency));
        let one = rate("USD", "EUR", "0.92", "2026-01-01").unwrap();
        assert!(Rates::new(Currency::EUR, vec![one, one]).is_err());
    }
}
