//! Random steps, played by the rules of D6 into events in order of time.

use chrono::{DateTime, Days, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{CALLS, Event, LEADS, day};
use crate::domain::ledger::cost::{self, Belongs, Fact, Part, Quantity, Word};
use crate::domain::ledger::income::{self, What};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::month::Month;
use crate::domain::ledger::price::{Item, Price};
use crate::domain::ledger::terms::{Percent, Terms};

#[derive(Debug, Clone, Copy)]
pub(super) struct Step {
    kind: u8,
    who: usize,
    figure: u32,
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
            0..=9 => move_lead(standing, *step, now, told).map(|what| Event::Lead {
                lead: Uuid::from_u128(LEADS[step.who].0),
                attempt: standing.attempt,
                event: income::Event { at: now, what },
            }),
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

fn minor(minor: i64, currency: &str) -> Amount {
    Amount::of_minor(minor, currency.parse().unwrap()).unwrap()
}

/// The step, if the lead may take it.
fn move_lead(lead: &mut Standing, step: Step, now: DateTime<Utc>, told: u32) -> Option<What> {
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
                owed: None,
            };
            let provider = format!("p{}", figure % 3);
            Some(What::Assigned {
                provider,
                terms,
                repeat_of: repeats.then_some(Uuid::from_u128(99)),
            })
        }
        (0..=3, State::Assigned) => {
            lead.state = State::Confirmed;
            if let (Some(Terms::Flat(amount)), false) = (lead.terms, lead.repeats) {
                lead.owed = Some((now, amount));
            }
            Some(What::Confirmed)
        }
        (4..=5, State::Confirmed) => {
            lead.state = State::Closed;
            let billed = minor(figure.into(), ["CHF", "EUR", "JPY"][figure as usize % 3]);
            if let (Some(Terms::Percent(percent)), false) = (lead.terms, lead.repeats) {
                lead.owed = Some((now, percent.of(billed)));
            }
            Some(What::Won { billed })
        }
        (6, State::Confirmed) => {
            lead.state = State::Closed;
            Some(What::Lost)
        }
        (7, State::Assigned | State::Confirmed) => {
            (lead.state, lead.owed) = (State::Pending, None);
            Some(What::Released)
        }
        (8, State::Assigned | State::Confirmed) if figure.is_multiple_of(3) => {
            (lead.state, lead.owed) = (State::Closed, None);
            Some(What::Cancelled)
        }
        (8..=9, _) => {
            let (due, left) = lead.owed.as_mut()?;
            let open = left.minor()?;
            if open < 1 || (now.date_naive() - due.date_naive()).num_days() > 14 {
                return None;
            }
            let part = 1 + i64::from(figure) % open;
            let part = [part, open][usize::from(figure.is_multiple_of(4))];
            let amount = minor(part, left.currency.code());
            left.micros -= amount.micros;
            Some(What::Credited {
                id: told.to_string(),
                amount,
                reason: "undeliverable".to_owned(),
            })
        }
        _ => None,
    }
}

/// A call's carrier or agent, told with one figure or another.
fn call(step: Step) -> Fact {
    let (id, site, at) = CALLS[step.who];
    let part = if step.figure.is_multiple_of(2) {
        Part::Carrier
    } else {
        Part::Agent
    };
    let seconds = Quantity::Seconds(step.figure);
    let said = |actual, quantities| Word::Said { actual, quantities };
    let word = match step.figure % 11 {
        0 => Word::NotYet,
        1 => said(None, vec![]),
        2 => said(Some(minor(i64::from(step.figure), "USD")), vec![seconds]),
        3 => said(None, vec![Quantity::Credits(step.figure), seconds]),
        _ => said(None, vec![seconds]),
    };
    let belongs = Belongs {
        site: site.to_owned(),
        call: Some(id.to_owned()),
        ..Belongs::default()
    };
    fact(
        format!("call:{id}:{part}"),
        part,
        at.parse().unwrap(),
        belongs,
        word,
    )
}

/// One of six messages; each third belongs to no lead.
fn message(step: Step) -> Fact {
    let n = step.figure % 6;
    let (part, quantity) = [
        (Part::Sms, Quantity::Segments(1 + step.figure % 4)),
        (Part::Whatsapp, Quantity::Message),
        (Part::Email, Quantity::Message),
    ][n as usize / 2];
    let (lead, site, ..) = LEADS[n as usize % 4];
    let at = day("2028-01-28") + Days::new(u64::from(n) * 8);
    let lead = (!n.is_multiple_of(3)).then(|| Uuid::from_u128(lead));
    let belongs = Belongs {
        site: site.to_owned(),
        lead,
        ..Belongs::default()
    };
    let word = Word::Said {
        actual: None,
        quantities: vec![quantity],
    };
    fact(
        format!("message:{n}"),
        part,
        at.and_hms_opt(23, 59, 59).unwrap().and_utc(),
        belongs,
        word,
    )
}

fn number(step: Step) -> Fact {
    let (_, site, at) = CALLS[step.who];
    let part = if step.figure.is_multiple_of(2) {
        Part::Did
    } else {
        Part::Chain
    };
    let belongs = Belongs {
        site: site.to_owned(),
        ..Belongs::default()
    };
    cost::monthly(
        part,
        &format!("+{site}"),
        Month::of(at.parse().unwrap()),
        "CH",
        belongs,
    )
}

fn fact(key: String, part: Part, at: DateTime<Utc>, belongs: Belongs, word: Word) -> Fact {
    Fact {
        key,
        part,
        at,
        belongs,
        country: "CH".to_owned(),
        word,
    }
}

/// A list in which one item has another price from some day, past or to come; credits have a price
/// in some lists only.
fn list(figure: u32) -> Vec<Price> {
    let price = |item, country: Option<&str>, amount: &str, from| Price {
        item,
        country: country.map(str::to_owned),
        amount: amount.parse().unwrap(),
        from,
    };
    let first = day("2028-01-01");
    let changed = first + Days::new(u64::from(1 + figure % 120));
    let other = minor(i64::from(figure), "USD").to_string();
    let mut list = vec![
        price(Item::DidMonth, None, "USD 1.15", first),
        price(Item::ChainMonth, Some("CH"), "CHF 13", first),
        price(Item::CarrierMinute, None, "USD 0.0085", first),
        price(Item::AgentMinute, None, "USD 0.0833", first),
        price(Item::Sms, Some("CH"), "USD 0.0725", day("2028-02-14")),
        price(Item::Whatsapp, None, "EUR 0.0144", first),
        price(Item::Email, None, "USD 0.0008", first),
    ];
    let item = Item::ALL[figure as usize % Item::ALL.len()];
    list.push(price(
        item,
        if figure.is_multiple_of(2) {
            None
        } else {
            Some("CH")
        },
        &other,
        changed,
    ));
    list
}
