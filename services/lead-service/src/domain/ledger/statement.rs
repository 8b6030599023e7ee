//! What stands between us and one provider in one currency: opening, lines, closing.
//!
//! It is read from the transfers alone, so that it adds up whatever happened; leads that are
//! confirmed and bring no entry, not yet or not again, stand beside it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use super::account::Account;
use super::income::{IncomeLine, State};
use super::money::Currency;
use super::month::Period;
use super::transfer::Transfer;

/// All in micros; above zero the provider owes us.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Statement {
    pub opening: i128,
    pub lines: Vec<Line>,
    pub closing: i128,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub at: DateTime<Utc>,
    /// The transfer's.
    pub key: String,
    /// What it stands for in the books, `income:{lead}:{attempt}` for a lead's charge.
    pub base: String,
    pub kind: Kind,
    /// It takes back an earlier line of the same base.
    pub reverses: bool,
    pub micros: i128,
    /// After this line.
    pub balance: i128,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Flat,
    Commission,
    Credit,
    Payment,
}

/// A provider's statements by currency, of all transfers ever made.
#[must_use]
pub fn statements<'a>(
    provider: &str,
    transfers: impl IntoIterator<Item = &'a Transfer>,
    period: &Period,
) -> BTreeMap<Currency, Statement> {
    let receivable = Account::Receivable(provider.to_owned());
    let mut entries: Vec<_> = transfers
        .into_iter()
        .filter(|transfer| transfer.at() < period.until)
        .filter_map(|transfer| Some((transfer, entry(transfer, &receivable)?)))
        .collect();
    entries.sort_by_key(|(transfer, _)| {
        (
            transfer.at(),
            transfer.base(),
            transfer.turn(),
            transfer.reverses(),
        )
    });
    let mut statements: BTreeMap<Currency, Statement> = BTreeMap::new();
    for (transfer, (kind, micros)) in entries {
        let statement = statements.entry(transfer.amount().currency).or_default();
        statement.closing += micros;
        if transfer.at() < period.from {
            statement.opening += micros;
            continue;
        }
        statement.lines.push(Line {
            at: transfer.at(),
            key: transfer.key(),
            base: transfer.base().to_owned(),
            kind,
            reverses: transfer.reverses(),
            micros,
            balance: statement.closing,
        });
    }
    statements
}

/// What a transfer is to a provider and by how much it changes what is owed.
fn entry(transfer: &Transfer, receivable: &Account) -> Option<(Kind, i128)> {
    let micros = i128::from(transfer.amount().micros);
    let (other, micros) = match (transfer.debit(), transfer.credit()) {
        (debit, other) if debit == receivable => (other, micros),
        (other, credit) if credit == receivable => (other, -micros),
        _ => return None,
    };
    let kind = match other {
        Account::Flat => Kind::Flat,
        Account::Commission => Kind::Commission,
        Account::Credit => Kind::Credit,
        Account::Bank => Kind::Payment,
        Account::Cost(_) | Account::Payable(_) | Account::Receivable(_) => return None,
    };
    Some((kind, micros))
}

/// The provider's leads that were confirmed and have no entry: expected still, or waived within
/// the period.
pub fn without_entry<'a>(
    provider: &str,
    incomes: impl IntoIterator<Item = &'a IncomeLine>,
    period: &Period,
) -> impl Iterator<Item = &'a IncomeLine> {
    let incomes = incomes
        .into_iter()
        .filter(move |line| line.provider == provider);
    incomes.filter(move |line| match line.state {
        State::Expected { since } => since < period.until,
        State::Waived { at, .. } => period.holds(at),
        State::Open | State::Due { .. } | State::Nothing => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::income::{self, Event, What};
    use crate::domain::ledger::month::Month;
    use crate::domain::ledger::terms::Terms;
    use crate::domain::ledger::transfer::{adjust, payment};
    use uuid::Uuid;

    fn at(text: &str) -> DateTime<Utc> {
        format!("{text}:00Z").parse().unwrap()
    }

    fn charge(
        lead: u128,
        confirmed: &str,
        back: Option<&str>,
        repeat_of: Option<Uuid>,
    ) -> IncomeLine {
        let terms = Terms::Flat("EUR 100".parse().unwrap());
        let assigned = What::Assigned {
            provider: "clinic".to_owned(),
            terms,
        };
        let mut events = vec![
            Event {
                at: at("2026-01-01T00:00"),
                what: assigned,
            },
            Event {
                at: at(confirmed),
                what: What::Confirmed,
            },
        ];
        events.extend(repeat_of.map(|repeat_of| Event {
            at: at(confirmed),
            what: What::Waived { repeat_of },
        }));
        events.extend(back.map(|time| Event {
            at: at(time),
            what: What::Released,
        }));
        income::line(Uuid::from_u128(lead), 1, &events).unwrap()
    }

    fn incomes() -> [IncomeLine; 4] {
        [
            charge(1, "2026-01-31T23:59", None, None),
            charge(2, "2026-02-01T00:00", Some("2026-02-10T10:00"), None),
            charge(3, "2026-02-03T10:00", None, None),
            charge(4, "2026-02-04T10:00", None, Some(Uuid::from_u128(3))),
        ]
    }

    fn books() -> Vec<Transfer> {
        let paid =
            |key, amount: &str, time| payment(key, "clinic", amount.parse().unwrap(), at(time));
        let mut wanted: Vec<_> = incomes().iter().flat_map(IncomeLine::wanted).collect();
        wanted.push(paid("p1", "EUR 80", "2026-02-20T10:00"));
        wanted.push(paid("p2", "CHF 5", "2026-02-21T10:00"));
        wanted.push(paid("p3", "EUR 20", "2026-03-01T00:00"));
        wanted
            .iter()
            .flat_map(|wanted| adjust(wanted, &[], at("2026-06-01T00:00")))
            .collect()
    }

    #[test]
    fn february_opens_with_eur_100_and_closes_with_eur_120() {
        let february = Month::of(at("2026-02-01T00:00")).period();
        let statements = statements("clinic", &books(), &february);
        let euro = &statements[&Currency::EUR];
        let lines: Vec<_> = euro
            .lines
            .iter()
            .map(|line| (line.kind, line.micros / 1_000_000, line.balance / 1_000_000))
            .collect();
        let expected = [
            (Kind::Flat, 100, 200),
            (Kind::Flat, 100, 300),
            (Kind::Credit, -100, 200),
            (Kind::Payment, -80, 120),
        ];
        assert_eq!(lines, expected);
        assert_eq!((euro.opening, euro.closing), (100_000_000, 120_000_000));
        assert_eq!(
            statements[&"CHF".parse().unwrap()].closing,
            -5_000_000,
            "paid beforehand"
        );
    }

    #[test]
    fn a_month_opens_as_the_one_before_it_closed() {
        let books = books();
        let euro =
            |month: Month| statements("clinic", &books, &month.period()).remove(&Currency::EUR);
        let mut month = Month::of(at("2025-12-01T00:00"));
        let mut before = 0;
        for _ in 0..6 {
            let statement = euro(month).unwrap_or_default();
            let moved: i128 = statement.lines.iter().map(|line| line.micros).sum();
            assert_eq!(
                (statement.opening, statement.closing),
                (before, before + moved),
                "{month}"
            );
            (before, month) = (statement.closing, month.next());
        }
        assert_eq!(before, 100_000_000);
    }

    #[test]
    fn a_lead_that_is_not_charged_again_stands_beside_the_statement_d13() {
        let incomes = incomes();
        let in_month = |time| {
            let period = Month::of(at(time)).period();
            without_entry("clinic", &incomes, &period)
                .map(|line| line.lead.as_u128())
                .collect::<Vec<_>>()
        };
        assert_eq!(in_month("2026-02-01T00:00"), [4]);
        assert!(in_month("2026-03-01T00:00").is_empty());
    }
}
