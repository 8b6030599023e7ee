//! A vendor's word and a line's quantity as the rows of `cost_lines` keep them.

use serde::{Deserialize, Serialize};

use crate::domain::ledger::cost::{Quantity, Unknown, Word};
use crate::domain::ledger::money::Amount;

/// A vendor's word as the row keeps it.
#[derive(Serialize, Deserialize)]
pub(super) struct Told {
    said: bool,
    actual_micros: Option<i64>,
    actual_currency: Option<String>,
    quantities: Vec<(String, Option<u32>)>,
}

pub(super) fn told(word: &Word) -> Told {
    match word {
        Word::NotYet => Told {
            said: false,
            actual_micros: None,
            actual_currency: None,
            quantities: Vec::new(),
        },
        Word::Said { actual, quantities } => Told {
            said: true,
            actual_micros: actual.map(|amount| amount.micros),
            actual_currency: actual.map(|amount| amount.currency.code().to_owned()),
            quantities: quantities
                .iter()
                .map(|quantity| counted(*quantity))
                .map(|(kind, count)| (kind.to_owned(), count))
                .collect(),
        },
    }
}

pub(super) fn word(told: &Told) -> Option<Word> {
    if !told.said {
        return Some(Word::NotYet);
    }
    let actual = match (told.actual_micros, &told.actual_currency) {
        (Some(micros), Some(currency)) => Some(Amount {
            micros,
            currency: currency.parse().ok()?,
        }),
        (None, None) => None,
        _ => return None,
    };
    let quantities = told.quantities.iter();
    let quantities = quantities.map(|(kind, count)| quantity(kind, *count));
    Some(Word::Said {
        actual,
        quantities: quantities.collect::<Option<_>>()?,
    })
}

pub(super) fn counted(quantity: Quantity) -> (&'static str, Option<u32>) {
    match quantity {
        Quantity::Month => ("month", None),
        Quantity::Seconds(count) => ("seconds", Some(count)),
        Quantity::Credits(count) => ("credits", Some(count)),
        Quantity::Segments(count) => ("segments", Some(count)),
        Quantity::Message => ("message", None),
    }
}

pub(super) fn quantity(kind: &str, count: Option<u32>) -> Option<Quantity> {
    Some(match (kind, count) {
        ("month", None) => Quantity::Month,
        ("seconds", Some(count)) => Quantity::Seconds(count),
        ("credits", Some(count)) => Quantity::Credits(count),
        ("segments", Some(count)) => Quantity::Segments(count),
        ("message", None) => Quantity::Message,
        _ => return None,
    })
}

pub(super) fn unknown(reason: &str) -> Option<Unknown> {
    let all = [
        Unknown::NoWordYet,
        Unknown::NoQuantity,
        Unknown::NoPrice,
        Unknown::TooLarge,
    ];
    all.into_iter().find(|unknown| unknown.reason() == reason)
}
