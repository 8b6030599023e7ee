//! What the books must hold for an attempt, worked out a second time and in the plainest way.
//!
//! It shares nothing with `income` and `transfer`, whose work it checks.

use uuid::Uuid;

use super::money::Currency;

/// Everything that is known of an attempt with terms: from its events, and from its own row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub lead: Uuid,
    pub attempt: i32,
    pub provider: String,
    pub terms: Terms,
    /// A repeat of a lead that is charged (D13).
    pub waived: bool,
    pub confirmed: bool,
    /// Released, or cancelled.
    pub taken_back: bool,
    pub billed: Option<(i64, String)>,
    /// Their ids and amounts.
    pub credits: Vec<(String, i64, String)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    Flat(i64, String),
    /// In hundredths of a percent.
    Percent(i64),
}

/// What stands for a base: from `credit` to `debit`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub base: String,
    pub debit: String,
    pub credit: String,
    pub micros: i64,
    pub currency: String,
}

/// The entries that must stand for an attempt, and no other.
#[must_use]
pub fn expected(attempt: &Attempt) -> Vec<Entry> {
    let name = format!("{}:{}", attempt.lead, attempt.attempt);
    let receivable = format!("receivable:{}", attempt.provider);
    let due = match (&attempt.terms, &attempt.billed) {
        _ if !attempt.confirmed || attempt.waived => None,
        (Terms::Flat(micros, currency), _) => Some(("income:flat", *micros, currency.clone())),
        (Terms::Percent(hundredths), Some((micros, currency))) => Some((
            "income:commission",
            share(*micros, *hundredths, currency),
            currency.clone(),
        )),
        (Terms::Percent(_), None) => None,
    };
    let Some((income, micros, currency)) = due.filter(|(_, micros, _)| *micros > 0) else {
        return Vec::new();
    };
    let mut entries = vec![Entry {
        base: format!("income:{name}"),
        debit: receivable.clone(),
        credit: income.to_owned(),
        micros,
        currency: currency.clone(),
    }];
    let mut left = micros;
    let mut credit = |id: &str, micros: i64, currency: &str| {
        entries.push(Entry {
            base: format!("credit:{name}:{id}"),
            debit: "income:credit".to_owned(),
            credit: receivable.clone(),
            micros,
            currency: currency.to_owned(),
        });
    };
    for (id, micros, currency) in &attempt.credits {
        credit(id, *micros, currency);
        left -= micros;
    }
    if attempt.taken_back && left > 0 {
        credit("returned", left, &currency);
    }
    entries
}

/// In whole minor units; of two that are equally near, the even one.
fn share(billed: i64, hundredths: i64, currency: &str) -> i64 {
    let unit = currency.parse().map_or(1, Currency::minor_unit);
    let ten_thousandths = i128::from(billed / unit) * i128::from(hundredths);
    let (whole, rest) = (ten_thousandths / 10_000, ten_thousandths % 10_000);
    let up = rest > 5_000 || (rest == 5_000 && whole % 2 == 1);
    i64::try_from(whole + i128::from(up)).map_or(i64::MAX, |minor| minor * unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(terms: Terms) -> Attempt {
        Attempt {
            lead: Uuid::from_u128(1),
            attempt: 2,
            provider: "clinic".to_owned(),
            terms,
            waived: false,
            confirmed: true,
            taken_back: false,
            billed: None,
            credits: Vec::new(),
        }
    }

    #[test]
    fn fifteen_percent_of_chf_450_is_chf_67_50_and_halves_go_to_the_even_rappen() {
        assert_eq!(share(450_000_000, 1_500, "CHF"), 67_500_000);
        assert_eq!(share(250_000, 1_000, "EUR"), 20_000);
        assert_eq!(share(350_000, 1_000, "EUR"), 40_000);
        assert_eq!(share(450_000_000, 1_500, "JPY"), 68_000_000);
    }

    #[test]
    fn a_lead_taken_back_is_charged_and_credited_for_what_is_left() {
        let flat = attempt(Terms::Flat(100_000_000, "EUR".to_owned()));
        assert_eq!(expected(&flat).len(), 1);
        let credits = vec![("c".to_owned(), 30_000_000, "EUR".to_owned())];
        let entries = expected(&Attempt {
            taken_back: true,
            credits,
            ..flat.clone()
        });
        let told: Vec<_> = entries
            .iter()
            .map(|e| (e.base.as_str(), e.micros))
            .collect();
        let lead = Uuid::from_u128(1);
        assert_eq!(
            told,
            [
                (format!("income:{lead}:2").as_str(), 100_000_000),
                (format!("credit:{lead}:2:c").as_str(), 30_000_000),
                (format!("credit:{lead}:2:returned").as_str(), 70_000_000),
            ]
        );
        for nothing in [
            Attempt {
                waived: true,
                ..flat.clone()
            },
            Attempt {
                confirmed: false,
                ..flat
            },
            attempt(Terms::Percent(1_500)),
        ] {
            assert_eq!(expected(&nothing), []);
        }
    }
}
