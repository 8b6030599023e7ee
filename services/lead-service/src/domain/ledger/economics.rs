//! Costs and income side by side, for each lead, site, city and so on (R81, B9).
//!
//! All figures are micros of the report currency, each converted at the rate of its line's day.
//! Who bears which cost is said in `spread`; every table adds up to the same lines.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::cost::{CostLine, Part};
use super::income::{IncomeLine, State};
use super::money::{Amount, half_even};
use super::month::Period;
use super::rate::Rates;
use super::share;
use super::spread::{self, Index};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    All,
    Lead,
    Call,
    Site,
    City,
    Category,
    Provider,
    Agent,
    Month,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    pub id: String,
    pub site: String,
    pub agent: String,
    pub at: DateTime<Utc>,
    pub seconds: Option<u32>,
    /// As quality-service judged it.
    pub class: Class,
    /// The caller was heard: spoke in a conversation, or on a recording.
    pub heard: bool,
}

/// What a call was (R76).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Lead,
    Recovered,
    OffTopic,
    Flagged,
    Spam,
    /// It never began, or the caller was not heard.
    HangUp,
}

/// A lead where it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    pub id: Uuid,
    pub site: String,
    pub call: Option<String>,
    pub city: String,
    pub category: String,
    pub provider: Option<String>,
    pub agent: Option<String>,
    pub at: DateTime<Utc>,
}

/// All that may matter; what lies outside the period is left out, lead by lead and line by line.
#[derive(Debug, Clone, Copy)]
pub struct Books<'a> {
    pub costs: &'a [CostLine],
    pub incomes: &'a [IncomeLine],
    pub calls: &'a [Call],
    pub leads: &'a [Lead],
    pub rates: &'a Rates,
}

/// What is known of a sum, and how many of its lines are not.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sum {
    pub micros: i128,
    pub unknown: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    pub calls: u32,
    pub real_calls: u32,
    /// Of the real calls whose length is known.
    pub seconds: u64,
    pub timed_calls: u32,
    pub leads: u32,
    pub parts: BTreeMap<Part, Sum>,
    /// The costs of its leads themselves; with `share`, all its costs.
    pub own: Sum,
    /// Its share of what belongs to no lead.
    pub share: Sum,
    pub due: Sum,
    pub credited: Sum,
    /// Confirmed on a percentage and not yet closed.
    pub expected: u32,
    /// Not charged again (D13).
    pub waived: u32,
}

impl Call {
    /// Real when the caller was heard and meant it: spam and hang-ups are not, and of a flagged call
    /// its class does not say whether anybody spoke (R76).
    #[must_use]
    pub fn is_real(&self) -> bool {
        match self.class {
            Class::Lead | Class::Recovered | Class::OffTopic => true,
            Class::Flagged => self.heard,
            Class::Spam | Class::HangUp => false,
        }
    }
}

impl Sum {
    /// One line in the report currency; unknown where it has no amount or there is no rate.
    pub(super) fn of(amount: Option<Amount>, at: DateTime<Utc>, rates: &Rates) -> Self {
        match amount.map(|amount| rates.reported(amount, at.date_naive())) {
            Some(Ok(amount)) => Self {
                micros: amount.micros.into(),
                unknown: 0,
            },
            Some(Err(_)) | None => Self {
                micros: 0,
                unknown: 1,
            },
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.micros += other.micros;
        self.unknown += other.unknown;
    }
}

impl Row {
    #[must_use]
    pub fn cost(&self) -> Sum {
        let mut cost = self.own;
        cost.add(self.share);
        cost
    }

    /// Due less credits less costs; what is only expected is not in it.
    #[must_use]
    pub fn margin(&self) -> Sum {
        let cost = self.cost();
        Sum {
            micros: self.due.micros - self.credited.micros - cost.micros,
            unknown: self.due.unknown + self.credited.unknown + cost.unknown,
        }
    }

    /// Of a real call, in seconds (R77).
    #[must_use]
    pub fn average_seconds(&self) -> Option<i128> {
        each(self.seconds.into(), self.timed_calls)
    }

    /// All costs ÷ leads, of what is known (R78, D4).
    #[must_use]
    pub fn cost_per_lead(&self) -> Option<i128> {
        each(self.cost().micros, self.leads)
    }

    /// The agent's cost ÷ real calls, of what is known (R75).
    #[must_use]
    pub fn agent_cost_per_real_call(&self) -> Option<i128> {
        each(self.part(Part::Agent).micros, self.real_calls)
    }

    #[must_use]
    pub fn part(&self, part: Part) -> Sum {
        self.parts.get(&part).copied().unwrap_or_default()
    }

    /// Together with what it bears besides.
    pub fn merge(&mut self, other: &Self) {
        self.calls += other.calls;
        self.real_calls += other.real_calls;
        self.seconds += other.seconds;
        self.timed_calls += other.timed_calls;
        self.leads += other.leads;
        for (part, sum) in &other.parts {
            self.parts.entry(*part).or_default().add(*sum);
        }
        self.own.add(other.own);
        self.share.add(other.share);
        self.due.add(other.due);
        self.credited.add(other.credited);
        self.expected += other.expected;
        self.waived += other.waived;
    }

    fn bear(&mut self, part: Part, own: bool, sum: Sum) {
        self.parts.entry(part).or_default().add(sum);
        if own { &mut self.own } else { &mut self.share }.add(sum);
    }

    fn count(&mut self, call: &Call) {
        self.calls += 1;
        if call.is_real() {
            self.real_calls += 1;
            self.timed_calls += u32::from(call.seconds.is_some());
            self.seconds += u64::from(call.seconds.unwrap_or_default());
        }
    }

    fn earn(&mut self, earned: &Earned) {
        match earned {
            Earned::Due(sum) => self.due.add(*sum),
            Earned::Credited(sum) => self.credited.add(*sum),
            Earned::Expected => self.expected += 1,
            Earned::Waived => self.waived += 1,
        }
    }
}

fn each(whole: i128, count: u32) -> Option<i128> {
    (count > 0).then(|| half_even(whole, count.into()))
}

/// What an income line brought, at one moment.
enum Earned {
    Due(Sum),
    Credited(Sum),
    Expected,
    Waived,
}

/// The rows by their names; what has no name stands under "".
#[must_use]
pub fn table(books: &Books<'_>, group: Group, period: &Period) -> BTreeMap<String, Row> {
    let index = Index::of(books, period);
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for pot in spread::pots(books, &index, group) {
        let mut told = BTreeSet::new();
        let shares = share::equal(pot.sum.micros, pot.bearers.len());
        for (bearer, micros) in pot.bearers.iter().zip(shares) {
            let name = bearer.name(group);
            // An unknown line is one unknown line of a row, however many of the row bear it.
            let unknown = if told.insert(name) {
                pot.sum.unknown
            } else {
                0
            };
            let row = rows.entry(name.to_owned()).or_default();
            row.bear(pot.part, pot.own, Sum { micros, unknown });
        }
    }
    for lead in books.leads.iter().filter(|lead| period.holds(lead.at)) {
        rows.entry(index.of_lead(lead).name(group).to_owned())
            .or_default()
            .leads += 1;
    }
    for call in books.calls.iter().filter(|call| period.holds(call.at)) {
        let places = index.of_call(call);
        let names: BTreeSet<_> = places.iter().map(|place| place.name(group)).collect();
        for name in names {
            rows.entry(name.to_owned()).or_default().count(call);
        }
    }
    for income in books.incomes {
        for (at, earned) in earned(income, books.rates) {
            if period.holds(at) {
                let place = index.of_income(income, at);
                rows.entry(place.name(group).to_owned())
                    .or_default()
                    .earn(&earned);
            }
        }
    }
    rows
}

fn earned(income: &IncomeLine, rates: &Rates) -> Vec<(DateTime<Utc>, Earned)> {
    match income.state {
        State::Due { at, amount } => {
            // A credit is converted as its charge was, so that a whole one leaves nothing.
            let sum = |amount| Sum::of(Some(amount), at, rates);
            let credits = income
                .credits
                .iter()
                .map(|c| (c.at, Earned::Credited(sum(c.amount))));
            credits.chain([(at, Earned::Due(sum(amount)))]).collect()
        }
        State::Expected { since } => vec![(since, Earned::Expected)],
        State::Waived { at, .. } => vec![(at, Earned::Waived)],
        State::Open | State::Nothing => Vec::new(),
    }
}
