//! The same events counted once, in order of time, in the simplest way; no rule is the ledger's.
//!
//! All figures are micros; in euro where a margin is counted.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Utc};

use super::worth::{cost, euros, round};
use super::{Event, LEADS};
use crate::domain::ledger::cost::{Fact, Part};
use crate::domain::ledger::income::What;
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::price::Price;
use crate::domain::ledger::terms::Terms;

#[derive(Default)]
pub(super) struct Recount {
    pub(super) balances: BTreeMap<(String, String), i128>,
    /// Attempts that were charged something.
    pub(super) charges: usize,
    /// All costs, and how many lines of them are unknown.
    pub(super) cost: (i128, u32),
    pub(super) expected: i32,
    pub(super) waived: u32,
    margins: BTreeMap<u128, (i128, u32)>,
}

/// A lead's attempt, as far as it was read.
#[derive(Clone)]
struct Open {
    provider: String,
    terms: Terms,
    repeats: bool,
    confirmed: bool,
    due: DateTime<Utc>,
    left: i128,
    currency: String,
    billed: Option<Amount>,
    lost: bool,
}

impl Recount {
    pub(super) fn of(events: &[Event]) -> Self {
        let mut recount = Self::default();
        let mut open: BTreeMap<u128, Open> = BTreeMap::new();
        let (mut facts, mut prices) = (BTreeMap::new(), &Vec::new());
        for event in events {
            match event {
                Event::Cost { fact, .. } => drop(facts.insert(&fact.key, fact)),
                Event::Prices { list, .. } => prices = list,
                Event::Payment {
                    provider, amount, ..
                } => {
                    recount.book(
                        "payment:bank",
                        &format!("receivable:{provider}"),
                        amount.micros.into(),
                        amount.currency.code(),
                    );
                }
                Event::Lead { lead, event, .. } => {
                    recount.lead(lead.as_u128(), event.at, &event.what, &mut open);
                }
            }
        }
        recount.costs(facts.into_values(), prices);
        recount
    }

    pub(super) fn margin(&self, lead: u128) -> (i128, u32) {
        self.margins.get(&lead).copied().unwrap_or_default()
    }

    fn book(&mut self, to: &str, from: &str, micros: i128, currency: &str) {
        *self
            .balances
            .entry((to.to_owned(), currency.to_owned()))
            .or_default() += micros;
        *self
            .balances
            .entry((from.to_owned(), currency.to_owned()))
            .or_default() -= micros;
    }

    fn earn(&mut self, lead: u128, sign: i128, euros: Option<i128>) {
        let margin = self.margins.entry(lead).or_default();
        margin.0 += sign * euros.unwrap_or(0);
        margin.1 += u32::from(euros.is_none());
    }

    fn lead(
        &mut self,
        lead: u128,
        at: DateTime<Utc>,
        what: &What,
        open: &mut BTreeMap<u128, Open>,
    ) {
        if let What::Assigned { provider, terms } = what {
            let (provider, terms) = (provider.clone(), *terms);
            let (repeats, confirmed, left, currency) = (false, false, 0, String::new());
            open.insert(
                lead,
                Open {
                    provider,
                    terms,
                    repeats,
                    confirmed,
                    due: at,
                    left,
                    currency,
                    billed: None,
                    lost: false,
                },
            );
            return;
        }
        let it = open.get_mut(&lead).unwrap();
        match what {
            What::Waived { .. } => return it.repeats = true,
            What::Charged => return self.leans_no_more(lead, at, it),
            What::Won { billed } => it.billed = Some(*billed),
            What::Lost => it.lost = true,
            _ => {}
        }
        let may_come = matches!(it.terms, Terms::Percent(_)) && !it.repeats;
        match what {
            What::Confirmed => self.expected += i32::from(may_come),
            What::Credited { .. } => {}
            _ => self.expected -= i32::from(may_come && it.confirmed),
        }
        match (what, it.terms) {
            (What::Confirmed, terms) => {
                it.confirmed = true;
                self.waived += u32::from(it.repeats);
                if let (Terms::Flat(amount), false) = (terms, it.repeats) {
                    self.charge(lead, at, it, "income:flat", amount.micros.into(), amount);
                }
            }
            (What::Won { billed }, Terms::Percent(percent)) if !it.repeats && it.confirmed => {
                let due = share(*billed, percent.hundredths());
                self.charge(lead, at, it, "income:commission", due, *billed);
            }
            (What::Credited { amount, .. }, _) => self.give_back(lead, it, amount.micros.into()),
            (What::Released | What::Cancelled, _) => {
                let left = it.left;
                self.give_back(lead, it, left);
            }
            _ => {}
        }
    }

    /// The other charge fell away: what was confirmed is charged now, or may come.
    fn leans_no_more(&mut self, lead: u128, at: DateTime<Utc>, it: &mut Open) {
        it.repeats = false;
        self.waived -= 1;
        match (it.terms, it.billed) {
            (Terms::Flat(amount), _) => {
                self.charge(lead, at, it, "income:flat", amount.micros.into(), amount);
            }
            (Terms::Percent(percent), Some(billed)) => {
                let due = share(billed, percent.hundredths());
                self.charge(lead, at, it, "income:commission", due, billed);
            }
            (Terms::Percent(_), None) => self.expected += i32::from(!it.lost),
        }
    }

    fn charge(
        &mut self,
        lead: u128,
        at: DateTime<Utc>,
        it: &mut Open,
        account: &str,
        micros: i128,
        like: Amount,
    ) {
        (it.due, it.left, it.currency) = (at, micros, like.currency.to_string());
        self.charges += usize::from(micros > 0);
        self.book(
            &format!("receivable:{}", it.provider),
            account,
            micros,
            &it.currency,
        );
        self.earn(lead, 1, euros(micros, &it.currency, at.date_naive()));
    }

    fn give_back(&mut self, lead: u128, it: &mut Open, micros: i128) {
        if micros > 0 {
            it.left -= micros;
            self.book(
                "income:credit",
                &format!("receivable:{}", it.provider),
                micros,
                &it.currency,
            );
            self.earn(lead, -1, euros(micros, &it.currency, it.due.date_naive()));
        }
    }

    fn costs<'a>(&mut self, facts: impl Iterator<Item = &'a Fact>, prices: &[Price]) {
        let mut shared: BTreeMap<(&str, u32, Part), Vec<Option<i128>>> = BTreeMap::new();
        for fact in facts {
            let cost = cost(fact, prices);
            let vendor = match fact.part {
                Part::Agent => "elevenlabs",
                Part::Chain => "digital-republic",
                Part::Email => "mailgun",
                _ => "twilio",
            };
            if let Some((micros, currency)) = &cost {
                self.book(
                    &format!("cost:{}", fact.part),
                    &format!("payable:{vendor}"),
                    *micros,
                    currency,
                );
            }
            let euros =
                cost.and_then(|(micros, currency)| euros(micros, &currency, fact.at.date_naive()));
            self.cost.0 += euros.unwrap_or(0);
            self.cost.1 += u32::from(euros.is_none());
            let call = fact.belongs.call.as_deref();
            match (fact.belongs.lead, call) {
                (Some(lead), _) => self.earn(lead.as_u128(), -1, euros),
                (None, Some("c1")) => {
                    // Two leads; the first bears the odd micro.
                    self.earn(1, -1, euros.map(|euros| euros - euros / 2));
                    self.earn(2, -1, euros.map(|euros| euros / 2));
                }
                (None, Some("c2")) => self.earn(3, -1, euros),
                (None, Some("c3")) => self.earn(4, -1, euros),
                _ => shared
                    .entry((&fact.belongs.site, fact.at.month(), fact.part))
                    .or_default()
                    .push(euros),
            }
        }
        for ((site, month, _), costs) in shared {
            let of_month = LEADS.into_iter().filter(|(_, of, _, at)| {
                *of == site && at.parse::<DateTime<Utc>>().unwrap().month() == month
            });
            let leads: Vec<u128> = of_month.map(|(lead, ..)| lead).collect();
            let known: i128 = costs.iter().flatten().sum();
            for (place, lead) in (0..).zip(&leads) {
                let count = leads.len() as i128;
                let odd = i128::from(place < known % count);
                self.earn(*lead, -1, Some(known / count + odd));
                costs
                    .iter()
                    .filter(|cost| cost.is_none())
                    .for_each(|_| self.earn(*lead, -1, None));
            }
        }
    }
}

/// In minor units: hundredths, but whole yen.
fn share(billed: Amount, hundredths: u16) -> i128 {
    let unit = if billed.currency.code() == "JPY" {
        1_000_000
    } else {
        10_000
    };
    let minor = i128::from(billed.micros) / unit;
    round(minor * i128::from(hundredths), 10_000) * unit
}
