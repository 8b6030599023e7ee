//! Amounts on the wire.

use contracts::lead::v1 as wire;

use crate::domain::ledger::economics::Sum;
use crate::domain::ledger::money::{Amount, InvalidMoney};

pub(super) fn amount(amount: Amount) -> wire::Amount {
    wire::Amount {
        micros: amount.micros,
        currency: amount.currency.code().to_owned(),
    }
}

pub(super) fn read(amount: &wire::Amount) -> Result<Amount, InvalidMoney> {
    Ok(Amount {
        micros: amount.micros,
        currency: amount.currency.parse()?,
    })
}

/// What does not fit is shown as the largest that does: no such sum can come of amounts that fit.
pub(super) fn micros(micros: i128) -> i64 {
    i64::try_from(micros).unwrap_or(if micros < 0 { i64::MIN } else { i64::MAX })
}

pub(super) fn sum(sum: Sum) -> wire::Sum {
    wire::Sum {
        known_micros: micros(sum.micros),
        unknown_lines: i32::try_from(sum.unknown).unwrap_or(i32::MAX),
    }
}
