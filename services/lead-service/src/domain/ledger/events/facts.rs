//! What is told of calls, messages, numbers and prices.

use chrono::{DateTime, Days, Utc};
use uuid::Uuid;

use super::play::{Step, minor};
use super::{CALLS, LEADS, day};
use crate::domain::ledger::cost::{self, Belongs, Fact, Part, Quantity, Word};
use crate::domain::ledger::month::Month;
use crate::domain::ledger::price::{Item, Price};

/// A call's carrier or agent, told with one figure or another.
pub(super) fn call(step: Step) -> Fact {
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
pub(super) fn message(step: Step) -> Fact {
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

pub(super) fn number(step: Step) -> Fact {
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
pub(super) fn list(figure: u32) -> Vec<Price> {
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
