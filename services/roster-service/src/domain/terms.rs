//! Payout terms: what a provider pays, either a flat amount for each lead (R79) or a share of the
//! closed work (R80).

use super::Invalid;
use super::ids::Currency;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Terms {
    /// In minor units: 10000 is EUR 100.
    Flat {
        amount_minor: i64,
        currency: Currency,
    },
    /// In hundredths of a percent.
    Percent { hundredths: i32 },
}

impl Terms {
    pub fn flat(amount_minor: i64, currency: Currency) -> Result<Self, Invalid> {
        if amount_minor < 1 {
            return Err(Invalid::new(
                "is not an amount",
                "give the flat amount in minor units: 10000 is EUR 100",
            ));
        }
        Ok(Self::Flat {
            amount_minor,
            currency,
        })
    }

    /// R80: 10 to 20 percent.
    pub fn percent(hundredths: i32) -> Result<Self, Invalid> {
        if !(1000..=2000).contains(&hundredths) {
            return Err(Invalid::new(
                "is not between 10 and 20 percent",
                "give hundredths of a percent, 1000 to 2000",
            ));
        }
        Ok(Self::Percent { hundredths })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_ten_to_twenty_percent_r80() {
        assert!(Terms::percent(999).is_err());
        assert!(Terms::percent(1000).is_ok());
        assert!(Terms::percent(2000).is_ok());
        assert!(Terms::percent(2001).is_err());
    }
}
