//! One site with three calls and two leads in January 2026; a dollar is half a euro.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::ledger::cost::{Belongs, CostLine, Part, Source, Unknown, Worth};
use crate::domain::ledger::economics::{Books, Call, Class, Group, Lead, Row, table};
use crate::domain::ledger::income::{IncomeLine, State};
use crate::domain::ledger::money::Currency;
use crate::domain::ledger::month::Month;
use crate::domain::ledger::rate::{Rate, Rates};
use crate::domain::ledger::terms::Terms;

pub(super) const SITE: &str = "plombiersgeneve.ch";

pub(super) fn at(text: &str) -> DateTime<Utc> {
    format!("{text}Z").parse().unwrap()
}

pub(super) fn lead_id(n: u128) -> Uuid {
    Uuid::from_u128(n)
}

fn call(id: &str, time: &str, seconds: Option<u32>, class: Class) -> Call {
    let agent = if id == "c3" { "max" } else { "eric" };
    Call {
        id: id.to_owned(),
        site: SITE.to_owned(),
        agent: agent.to_owned(),
        at: at(time),
        seconds,
        class,
        heard: class != Class::HangUp,
    }
}

fn lead(n: u128, call: &str, time: &str) -> Lead {
    Lead {
        id: lead_id(n),
        site: SITE.to_owned(),
        call: Some(call.to_owned()),
        city: "geneva".to_owned(),
        category: if n == 1 { "plumbing" } else { "dental" }.to_owned(),
        provider: Some("ana".to_owned()),
        agent: None,
        at: at(time),
    }
}

fn cost(part: Part, amount: &str, time: &str, call: Option<&str>, lead: Option<Uuid>) -> CostLine {
    let from = "2026-01-01".parse().unwrap();
    let worth = match amount.parse() {
        Ok(amount) => Worth::Known {
            amount,
            source: Source::Listed { from },
        },
        Err(_) => Worth::Unknown(Unknown::NoWordYet),
    };
    let call = call.map(str::to_owned);
    let belongs = Belongs {
        site: SITE.to_owned(),
        call,
        lead,
        ..Belongs::default()
    };
    CostLine {
        key: format!("{part}{time}"),
        part,
        at: at(time),
        belongs,
        quantity: None,
        worth,
    }
}

pub(super) struct World {
    pub(super) costs: Vec<CostLine>,
    pub(super) incomes: Vec<IncomeLine>,
    pub(super) calls: Vec<Call>,
    pub(super) leads: Vec<Lead>,
    pub(super) rates: Rates,
}

fn costs() -> Vec<CostLine> {
    let first = Some(lead_id(1));
    let costs = [
        (Part::Did, "USD 1.15", "2026-01-01T00:00:00", None, None),
        (
            Part::Carrier,
            "USD 0.017",
            "2026-01-31T23:50:00",
            Some("c1"),
            None,
        ),
        (
            Part::Agent,
            "USD 0.041333",
            "2026-01-31T23:50:00",
            Some("c1"),
            None,
        ),
        (
            Part::Carrier,
            "EUR 0.01",
            "2026-01-05T10:00:00",
            Some("c2"),
            None,
        ),
        (
            Part::Agent,
            "unknown",
            "2026-01-06T10:00:00",
            Some("c3"),
            None,
        ),
        (
            Part::Email,
            "USD 0.0008",
            "2026-01-31T23:59:59",
            None,
            first,
        ),
        (Part::Sms, "USD 0.145", "2026-02-01T00:00:00", None, first),
    ];
    costs
        .into_iter()
        .map(|(part, amount, time, call, lead)| cost(part, amount, time, call, lead))
        .collect()
}

/// Calls c1 (two leads), c2 (a hang-up) and c3 (off topic, length unknown).
pub(super) fn world() -> World {
    let usd = "USD".parse().unwrap();
    let rate = Rate::new(usd, Currency::EUR, "0.5", "2026-01-01".parse().unwrap()).unwrap();
    World {
        costs: costs(),
        incomes: vec![
            income(1, "EUR 100", "2026-01-31T23:59:59"),
            income(2, "EUR 50", "2026-02-01T00:00:00"),
        ],
        calls: vec![
            call("c1", "2026-01-31T23:50:00", Some(181), Class::Lead),
            call("c2", "2026-01-05T10:00:00", Some(4), Class::HangUp),
            call("c3", "2026-01-06T10:00:00", None, Class::OffTopic),
        ],
        leads: vec![
            lead(1, "c1", "2026-01-31T23:55:00"),
            lead(2, "c1", "2026-01-31T23:56:00"),
        ],
        rates: Rates::new(Currency::EUR, vec![rate]).unwrap(),
    }
}

pub(super) fn income(n: u128, amount: &str, time: &str) -> IncomeLine {
    let amount = amount.parse().unwrap();
    let state = State::Due {
        at: at(time),
        amount,
    };
    let (lead, attempt, provider) = (lead_id(n), 1, "ana".to_owned());
    IncomeLine {
        lead,
        attempt,
        provider,
        terms: Terms::Flat(amount),
        state,
        billed: None,
        credits: vec![],
    }
}

impl World {
    pub(super) fn table(&self, group: Group, month: &str) -> BTreeMap<String, Row> {
        let Self {
            costs,
            incomes,
            calls,
            leads,
            rates,
        } = self;
        let period = Month::of(at(&format!("{month}-15T00:00:00"))).period();
        table(
            &Books {
                costs,
                incomes,
                calls,
                leads,
                rates,
            },
            group,
            &period,
        )
    }

    pub(super) fn row(&self, group: Group, month: &str, name: &str) -> Row {
        self.table(group, month).remove(name).unwrap_or_default()
    }
}
