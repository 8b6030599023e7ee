//! The ledger as a service keeps it: told of one event, it posts what that changes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{CALLS, Event, LEADS, always, rates};
use crate::domain::ledger::cost::{self, CostLine, Fact};
use crate::domain::ledger::economics::{self, Call, Class, Group, Lead, Row};
use crate::domain::ledger::income::{self, IncomeLine};
use crate::domain::ledger::price::Prices;
use crate::domain::ledger::transfer::{Transfer, Wanted, adjust, payment};

#[derive(Default)]
pub(super) struct Books {
    leads: BTreeMap<(Uuid, i32), Vec<income::Event>>,
    facts: BTreeMap<String, (u32, Fact)>,
    list: (u32, Prices),
    pub(super) transfers: BTreeMap<Uuid, Transfer>,
}

impl Books {
    pub(super) fn tell(&mut self, event: &Event) {
        match event.clone() {
            Event::Lead {
                lead,
                attempt,
                event,
            } => {
                let events = self.leads.entry((lead, attempt)).or_default();
                events.push(event);
                let line = income::line(lead, attempt, events);
                let wanted = line.iter().flat_map(IncomeLine::wanted);
                wanted.for_each(|wanted| self.post(&wanted));
            }
            Event::Cost { told, fact } => {
                if self
                    .facts
                    .get(&fact.key)
                    .is_some_and(|(last, _)| *last > told)
                {
                    return;
                }
                let line = cost::line(&fact, &self.list.1);
                self.facts.insert(fact.key.clone(), (told, fact));
                self.post(&line.wanted());
            }
            Event::Prices { told, list } => {
                if self.list.0 > told {
                    return;
                }
                self.list = (told, Prices::new(list).unwrap());
                self.costs()
                    .iter()
                    .for_each(|line| self.post(&line.wanted()));
            }
            Event::Payment {
                key,
                provider,
                amount,
                at,
            } => {
                self.post(&payment(&key, &provider, amount, at));
            }
        }
    }

    fn post(&mut self, wanted: &Wanted) {
        let now: DateTime<Utc> = "2029-01-01T00:00:00Z".parse().unwrap();
        for transfer in adjust(wanted, self.transfers.values(), now) {
            let before = self.transfers.insert(transfer.id(), transfer);
            assert_eq!(before, None, "no transfer is ever written over");
        }
    }

    fn costs(&self) -> Vec<CostLine> {
        self.facts
            .values()
            .map(|(_, fact)| cost::line(fact, &self.list.1))
            .collect()
    }

    pub(super) fn table(&self, group: Group) -> BTreeMap<String, Row> {
        let incomes = self
            .leads
            .iter()
            .filter_map(|((lead, attempt), events)| income::line(*lead, *attempt, events));
        let lead = |(id, site, call, at): (u128, &str, &str, &str)| Lead {
            id: Uuid::from_u128(id),
            site: site.to_owned(),
            call: Some(call.to_owned()),
            city: site.to_owned(),
            category: "plumbing".to_owned(),
            provider: None,
            agent: None,
            at: at.parse().unwrap(),
        };
        let call = |(id, site, at): (&str, &str, &str)| Call {
            id: id.to_owned(),
            site: site.to_owned(),
            agent: "eric".to_owned(),
            at: at.parse().unwrap(),
            seconds: Some(180),
            class: Class::Lead,
            heard: true,
        };
        let books = economics::Books {
            costs: &self.costs(),
            incomes: &incomes.collect::<Vec<_>>(),
            calls: &CALLS.map(call),
            leads: &LEADS.map(lead),
            rates: &rates(),
        };
        economics::table(&books, group, &always())
    }
}
