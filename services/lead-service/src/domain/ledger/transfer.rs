//! Transfers: the books, by double entry and append-only.
//!
//! A transfer takes an amount above zero from one account to another, so all accounts together are
//! zero in each currency, whatever is posted. What has a place in the books has a **base** key, and
//! at most one transfer of a base stands at a time: `{base}:1`; taken back by `{base}:r1`, accounts
//! swapped; then `{base}:2` stands. Ids derive from these keys, so that a repeat writes nothing.

use std::collections::BTreeMap;

use chassis::ids;
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::account::Account;
use super::money::{Amount, Currency};

/// What is to stand between two accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posting {
    debit: Account,
    credit: Account,
    amount: Amount,
}

/// What is to stand for a base: a posting, or nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    pub base: String,
    /// When what it stands for happened.
    pub at: DateTime<Utc>,
    pub posting: Option<Posting>,
}

/// As it stands in the books; made by `adjust` and `restore` alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    base: String,
    turn: u32,
    reverses: bool,
    at: DateTime<Utc>,
    posting: Posting,
}

impl Posting {
    /// Of zero nothing is posted; below zero the accounts change places.
    #[must_use]
    pub fn new(debit: Account, credit: Account, amount: Amount) -> Option<Self> {
        let micros = i64::try_from(amount.micros.unsigned_abs()).ok()?;
        let (debit, credit) = if amount.micros < 0 {
            (credit, debit)
        } else {
            (debit, credit)
        };
        let amount = Amount { micros, ..amount };
        (micros > 0).then_some(Self {
            debit,
            credit,
            amount,
        })
    }

    fn reversed(&self) -> Self {
        let Self {
            debit,
            credit,
            amount,
        } = self.clone();
        Self {
            debit: credit,
            credit: debit,
            amount,
        }
    }
}

impl Transfer {
    /// From its row: `None` where no such transfer can have been written.
    #[must_use]
    pub fn restore(
        base: String,
        turn: u32,
        reverses: bool,
        at: DateTime<Utc>,
        posting: Posting,
    ) -> Option<Self> {
        (turn > 0).then_some(Self {
            base,
            turn,
            reverses,
            at,
            posting,
        })
    }

    #[must_use]
    pub fn key(&self) -> String {
        let reversal = if self.reverses { "r" } else { "" };
        format!("{}:{reversal}{}", self.base, self.turn)
    }

    #[must_use]
    pub fn id(&self) -> Uuid {
        ids::derive("transfer", &[&self.key()])
    }

    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    #[must_use]
    pub fn turn(&self) -> u32 {
        self.turn
    }

    #[must_use]
    pub fn reverses(&self) -> bool {
        self.reverses
    }

    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        self.at
    }

    #[must_use]
    pub fn debit(&self) -> &Account {
        &self.posting.debit
    }

    #[must_use]
    pub fn credit(&self) -> &Account {
        &self.posting.credit
    }

    #[must_use]
    pub fn amount(&self) -> Amount {
        self.posting.amount
    }
}

/// The transfers to add so that what is wanted stands, given all that are posted for its base.
///
/// The first is dated when the thing happened, a correction (`now`) when it was made.
pub fn adjust<'a>(
    wanted: &Wanted,
    posted: impl IntoIterator<Item = &'a Transfer>,
    now: DateTime<Utc>,
) -> Vec<Transfer> {
    let of_base = posted
        .into_iter()
        .filter(|transfer| transfer.base == wanted.base);
    let last = of_base.max_by_key(|transfer| (transfer.turn, transfer.reverses));
    let standing = last.filter(|last| !last.reverses);
    if standing.map(|standing| &standing.posting) == wanted.posting.as_ref() {
        return Vec::new();
    }
    let reversal = standing.map(|standing| Transfer {
        reverses: true,
        at: now,
        posting: standing.posting.reversed(),
        ..standing.clone()
    });
    let next = wanted.posting.clone().map(|posting| Transfer {
        base: wanted.base.clone(),
        turn: last.map_or(1, |last| last.turn + 1),
        reverses: false,
        at: if last.is_some() { now } else { wanted.at },
        posting,
    });
    reversal.into_iter().chain(next).collect()
}

/// What came to each account and did not leave it again, in micros; debit is above zero.
#[must_use]
pub fn balances<'a>(
    transfers: impl IntoIterator<Item = &'a Transfer>,
) -> BTreeMap<(Account, Currency), i128> {
    let mut balances = BTreeMap::new();
    for Transfer { posting, .. } in transfers {
        let Posting {
            debit,
            credit,
            amount,
        } = posting;
        *balances
            .entry((debit.clone(), amount.currency))
            .or_default() += i128::from(amount.micros);
        *balances
            .entry((credit.clone(), amount.currency))
            .or_default() -= i128::from(amount.micros);
    }
    balances
}

/// A provider's payment, named by its request; below zero it is one that we gave back.
#[must_use]
pub fn payment(key: &str, provider: &str, amount: Amount, at: DateTime<Utc>) -> Wanted {
    let receivable = Account::Receivable(provider.to_owned());
    Wanted {
        base: format!("payment:{key}"),
        at,
        posting: Posting::new(Account::Bank, receivable, amount),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::account::Vendor;
    use crate::domain::ledger::cost::Part;

    fn at(day: u32) -> DateTime<Utc> {
        format!("2026-11-{day:02}T10:00:00Z").parse().unwrap()
    }

    fn email(amount: &str) -> Wanted {
        let (debit, credit) = (
            Account::Cost(Part::Email),
            Account::Payable(Vendor::Mailgun),
        );
        Wanted {
            base: "cost:m1".to_owned(),
            at: at(1),
            posting: Posting::new(debit, credit, amount.parse().unwrap()),
        }
    }

    #[test]
    fn usd_0_0008_becomes_usd_0_001_by_a_reversal_and_a_new_entry() {
        let mut books = adjust(&email("USD 0.0008"), &[], at(2));
        assert_eq!(
            adjust(&email("USD 0.0008"), &books, at(3)),
            [],
            "a repeat writes nothing"
        );
        books.extend(adjust(&email("USD 0.001"), &books, at(4)));
        let told: Vec<_> = books
            .iter()
            .map(|t| {
                format!(
                    "{} {} {} {}",
                    t.key(),
                    t.debit(),
                    t.amount(),
                    t.at().format("%d")
                )
            })
            .collect();
        let expected = [
            "cost:m1:1 cost:email USD 0.0008 01",
            "cost:m1:r1 payable:mailgun USD 0.0008 04",
            "cost:m1:2 cost:email USD 0.001 04",
        ];
        assert_eq!(told, expected);
        let balance = balances(&books)[&(Account::Cost(Part::Email), "USD".parse().unwrap())];
        assert_eq!(balance, 1_000);
        assert_eq!(balances(&books).values().sum::<i128>(), 0);
    }

    #[test]
    fn what_is_no_longer_wanted_is_taken_back_and_may_come_again_under_a_new_key() {
        let mut books = adjust(&email("USD 0.0008"), &[], at(2));
        books.extend(adjust(&email("USD 0"), &books, at(3)));
        assert!(balances(&books).values().all(|balance| *balance == 0));
        assert_eq!(adjust(&email("USD 0"), &books, at(4)), []);
        books.extend(adjust(&email("USD 0.0008"), &books, at(5)));
        let keys: Vec<_> = books.iter().map(Transfer::key).collect();
        assert_eq!(keys, ["cost:m1:1", "cost:m1:r1", "cost:m1:2"]);
        assert_ne!(books[0].id(), books[2].id());
        let again = adjust(&email("USD 0.0008"), &[], at(9));
        assert_eq!(again[0].id(), books[0].id(), "the id is the key's");
    }

    #[test]
    fn below_zero_the_accounts_change_places_and_of_zero_nothing_is_posted() {
        let back = email("USD -0.5").posting.unwrap();
        assert_eq!(back.debit, Account::Payable(Vendor::Mailgun));
        assert_eq!(back.amount.to_string(), "USD 0.50");
        assert_eq!(email("USD 0").posting, None);
    }
}
