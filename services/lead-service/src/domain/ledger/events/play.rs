//! Random steps, played by the rules of D6 into events in order of time.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::facts::{call, list, message, number};
use super::{Event, LEADS};
use crate::domain::ledger::income::{self, What};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::terms::{Percent, Terms};

#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    kind: u8,
    pub(super) who: usize,
    pub(super) figure: u32,
    hours: i64,
}

pub(super) fn scripts() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..15, 0_usize..4, 0_u32..5_000, 0_i64..40);
    let step = step.prop_map(|(kind, who, figure, hours)| Step {
        kind,
        who,
        figure,
        hours,
    });
    proptest::collection::vec(step, 0..70)
}

/// Where a lead stands, and what its attempt still owes in minor units.
#[derive(Debug, Clone, Default)]
struct Standing {
    state: State,
    attempt: i32,
    terms: Option<Terms>,
    repeats: bool,
    cancelled: bool,
    billed: Option<Amount>,
    owed: Option<(DateTime<Utc>, Amount)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Pending,
    Assigned,
    Confirmed,
    Closed,
}

pub(super) fn play(script: &[Step]) -> Vec<Event> {
    let mut leads: [Standing; 4] = Default::default();
    let mut now: DateTime<Utc> = "2028-01-25T09:00:00Z".parse().unwrap();
    let mut events = vec![Event::Prices {
        told: 0,
        list: list(100),
    }];
    for (told, step) in (1..).zip(script) {
        now += TimeDelta::hours(step.hours);
        let standing = &mut leads[step.who];
        let event = match step.kind {
            0..=9 => {
                for what in move_lead(standing, *step, now, told) {
                    events.push(Event::Lead {
                        lead: Uuid::from_u128(LEADS[step.who].0),
                        attempt: standing.attempt,
                        event: income::Event { at: now, what },
                    });
                }
                None
            }
            10 => Some(Event::Cost {
                told,
                fact: call(*step),
            }),
            11 => Some(Event::Cost {
                told,
                fact: message(*step),
            }),
            12 => Some(Event::Cost {
                told,
                fact: number(*step),
            }),
            13 => Some(Event::Prices {
                told,
                list: list(step.figure),
            }),
            _ => Some(Event::Payment {
                key: told.to_string(),
                provider: format!("p{}", step.who % 3),
                amount: minor(i64::from(step.figure) + 1, "EUR"),
                at: now,
            }),
        };
        events.extend(event);
    }
    events
}

pub(super) fn minor(minor: i64, currency: &str) -> Amount {
    Amount::of_minor(minor, currency.parse().unwrap()).unwrap()
}

/// The step, if the lead may take it.
fn move_lead(lead: &mut Standing, step: Step, now: DateTime<Utc>, told: u32) -> Vec<What> {
    let figure = step.figure;
    let percent = |hundredths| Terms::Percent(Percent::from_hundredths(hundredths).unwrap());
    match (step.kind, lead.state) {
        (0..=2, State::Pending) => {
            let terms = [
                Terms::Flat(minor(10_000, "EUR")),
                Terms::Flat(minor(4_550, "CHF")),
                percent(1_500),
                percent(1_050),
            ][figure as usize % 4];
            let repeats = figure.is_multiple_of(5);
            *lead = Standing {
                state: State::Assigned,
                attempt: lead.attempt + 1,
                terms: Some(terms),
                repeats,
                ..Standing::default()
            };
            let provider = format!("p{}", figure % 3);
            vec![What::Assigned { provider, terms }]
        }
        (0..=3, State::Assigned) => {
            lead.state = State::Confirmed;
            if let (Some(Terms::Flat(amount)), false) = (lead.terms, lead.repeats) {
                lead.owed = Some((now, amount));
            }
            let repeat_of = Uuid::from_u128(99);
            let waived = lead.repeats.then_some(What::Waived { repeat_of });
            waived.into_iter().chain([What::Confirmed]).collect()
        }
        (4..=5, State::Confirmed) => {
            lead.state = State::Closed;
            let billed = minor(figure.into(), ["CHF", "EUR", "JPY"][figure as usize % 3]);
            if let (Some(Terms::Percent(percent)), false) = (lead.terms, lead.repeats) {
                lead.owed = Some((now, percent.of(billed)));
            }
            lead.billed = Some(billed);
            vec![What::Won { billed }]
        }
        (6, State::Confirmed) => {
            lead.state = State::Closed;
            vec![What::Lost]
        }
        (7, State::Assigned | State::Confirmed) => {
            (lead.state, lead.owed) = (State::Pending, None);
            vec![What::Released]
        }
        (8, State::Assigned | State::Confirmed) if figure.is_multiple_of(3) => {
            (lead.state, lead.owed, lead.cancelled) = (State::Closed, None, true);
            vec![What::Cancelled]
        }
        (9, State::Confirmed | State::Closed) if lead.repeats && !lead.cancelled => {
            lead.repeats = false;
            lead.owed = match (lead.terms, lead.billed) {
                (Some(Terms::Flat(amount)), _) => Some((now, amount)),
                (Some(Terms::Percent(percent)), Some(billed)) => Some((now, percent.of(billed))),
                _ => None,
            };
            vec![What::Charged]
        }
        (8..=9, _) => {
            let Some((due, left)) = lead.owed.as_mut() else {
                return Vec::new();
            };
            let open = left.minor().unwrap_or_default();
            if open < 1 || (now.date_naive() - due.date_naive()).num_days() > 14 {
                return Vec::new();
            }
            let part = 1 + i64::from(figure) % open;
            let part = [part, open][usize::from(figure.is_multiple_of(4))];
            let amount = minor(part, left.currency.code());
            left.micros -= amount.micros;
            vec![What::Credited {
                id: told.to_string(),
                amount,
                reason: "undeliverable".to_owned(),
            }]
        }
        _ => Vec::new(),
    }
}
