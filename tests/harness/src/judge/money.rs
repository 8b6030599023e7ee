//! What is judged of money: accounts together are zero, each base of the books is an unbroken chain, each
//! accepted lead is charged exactly once by its terms, each closed call and each message that a carrier
//! took has exactly one cost line.

use std::collections::BTreeMap;

use super::Violation;
use crate::ledger::money::{Accepted, Money, Transfer};

/// The kinds that this judge names.
pub const KINDS: [&str; 5] = ["UNBALANCED", "CHAIN", "INCOME", "COST", "BOOKS"];

/// Everything that the books do not say as the world does.
#[must_use]
pub fn judge(money: &Money) -> Vec<Violation> {
    let mut found = Vec::new();
    for behind in &money.behind {
        let hint = "a minute was not enough: lead-service's follower, quality-service's worker";
        found.push(Violation::new("BOOKS", behind.clone(), hint));
    }
    balance(&money.transfers, &mut found);
    let chains = chains(&money.transfers, &mut found);
    incomes(&money.accepted, &chains, &mut found);
    costs(money, &mut found);
    found
}

/// UNBALANCED: for each currency, what came to all accounts and left them again.
fn balance(transfers: &[Transfer], found: &mut Vec<Violation>) {
    let mut accounts: BTreeMap<(&str, &str), i128> = BTreeMap::new();
    for one in transfers {
        let micros = i128::from(one.micros);
        *accounts.entry((&one.currency, &one.debit)).or_default() += micros;
        *accounts.entry((&one.currency, &one.credit)).or_default() -= micros;
    }
    let mut currencies: BTreeMap<&str, i128> = BTreeMap::new();
    for ((currency, _), micros) in accounts {
        *currencies.entry(currency).or_default() += micros;
    }
    for (currency, micros) in currencies.into_iter().filter(|(_, micros)| *micros != 0) {
        let ids = format!("{currency} {micros}");
        found.push(Violation::new("UNBALANCED", ids, "the table transfer"));
    }
    for one in transfers
        .iter()
        .filter(|one| one.micros <= 0 || one.debit == one.credit)
    {
        let ids = format!("{} {}", one.base, one.place);
        let hint = "an entry moves an amount above zero between two accounts";
        found.push(Violation::new("UNBALANCED", ids, hint));
    }
}

/// CHAIN: places are 1 to n, and every second entry takes the one before it back. Answers what stands
/// for each base.
fn chains<'t>(
    transfers: &'t [Transfer],
    found: &mut Vec<Violation>,
) -> BTreeMap<&'t str, Option<&'t Transfer>> {
    let mut bases: BTreeMap<&str, Vec<&Transfer>> = BTreeMap::new();
    for one in transfers {
        bases.entry(&one.base).or_default().push(one);
    }
    let mut standing = BTreeMap::new();
    for (base, mut entries) in bases {
        entries.sort_by_key(|one| one.place);
        let whole = entries
            .iter()
            .zip(1..)
            .all(|(one, place)| one.place == place);
        let swapped = entries.chunks(2).all(|pair| match pair {
            [one, back] => {
                (&back.debit, &back.credit, back.micros, &back.currency)
                    == (&one.credit, &one.debit, one.micros, &one.currency)
            }
            _ => true,
        });
        if !whole || !swapped {
            let places: Vec<i32> = entries.iter().map(|one| one.place).collect();
            let hint = "lead-service app/ledger, post: two wrote one base, or a reversal differs";
            found.push(Violation::new("CHAIN", format!("{base} {places:?}"), hint));
        }
        let last = entries.last().copied();
        standing.insert(base, last.filter(|_| entries.len() % 2 == 1));
    }
    standing
}

/// INCOME: charged once, to whoever has it, by the terms; all else was taken back whole.
fn incomes(
    accepted: &[Accepted],
    chains: &BTreeMap<&str, Option<&Transfer>>,
    found: &mut Vec<Violation>,
) {
    let of = |base: &str| chains.get(base).copied().flatten();
    let mut bases: BTreeMap<String, &Accepted> = BTreeMap::new();
    for one in accepted {
        let base = format!("income:{}:{}", one.lead, one.attempt);
        let wanted = owed(one);
        let charged = of(&base).map(|entry| {
            let right = entry.debit == format!("receivable:{}", one.provider);
            (
                right,
                entry.credit.as_str(),
                entry.micros,
                entry.currency.clone(),
            )
        });
        let wanted = wanted.map(|(account, micros, currency)| (true, account, micros, currency));
        if charged != wanted {
            let ids = format!("{base} charged {charged:?} instead of {wanted:?}");
            let hint = "lead-service app/ledger/attempt_income, in the saga's step";
            found.push(Violation::new("INCOME", ids, hint));
        }
        bases.insert(base, one);
    }
    for (base, entry) in chains {
        let (Some(entry), Some(name)) = (entry, base.strip_prefix("income:")) else {
            continue;
        };
        let prefix = format!("credit:{name}:");
        let credits = chains.range(prefix.as_str()..);
        let credits = credits.take_while(|(one, _)| one.starts_with(&prefix));
        let credited: i64 = credits
            .filter_map(|(_, one)| one.map(|one| one.micros))
            .sum();
        let lives = bases.contains_key(*base);
        if (!lives && credited != entry.micros) || credited > entry.micros {
            let ids = format!("{base} {} of which {credited} is credited", entry.micros);
            let hint = "nobody has the lead any more, or more was credited than charged";
            found.push(Violation::new("INCOME", ids, hint));
        }
    }
}

/// Account, micros and currency of what an accepted lead brings in; none: nothing yet, or nothing again.
fn owed(one: &Accepted) -> Option<(&'static str, i64, String)> {
    if one.repeats {
        return None;
    }
    match (&one.flat, &one.won) {
        (Some((micros, currency)), _) => Some(("income:flat", *micros, currency.clone())),
        // The bills of a run leave nothing to round.
        (None, Some((billed, currency))) => {
            let micros = i128::from(*billed) * i128::from(one.percent_hundredths) / 10_000;
            let micros = i64::try_from(micros).ok()?;
            Some(("income:commission", micros, currency.clone()))
        }
        (None, None) => None,
    }
}

/// COST: one line for each closed call's minutes and for each message that a carrier took; no line of a
/// message that nobody took.
fn costs(money: &Money, found: &mut Vec<Violation>) {
    let mut lines: BTreeMap<&str, usize> = BTreeMap::new();
    for key in &money.lines {
        *lines.entry(key).or_default() += 1;
    }
    let calls = money
        .closed_calls
        .iter()
        .map(|sid| format!("call:{sid}:carrier"));
    let taken = money.taken.iter().map(|id| format!("message:{id}"));
    for key in calls.chain(taken) {
        let many = lines.remove(key.as_str()).unwrap_or(0);
        if many != 1 {
            let hint = "lead-service app/ledger: RecordCost, or the follower of outcomes";
            found.push(Violation::new(
                "COST",
                format!("{key} has {many} lines"),
                hint,
            ));
        }
    }
    for key in lines.keys() {
        let message = key.strip_prefix("message:");
        if message.is_some_and(|id| !money.ambiguous.contains(id)) {
            let hint = "a line for a message that no carrier took";
            found.push(Violation::new("COST", (*key).to_owned(), hint));
        }
    }
}
