//! Worked figures of cost lines: quantities, months and what stays unknown.

use chrono::{DateTime, Utc};

use crate::domain::ledger::cost::{
    self, Belongs, Fact, Part, Quantity, Source, Unknown, Word, Worth,
};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::month::{Month, Period};
use crate::domain::ledger::price::{Item, Price, Prices};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn prices() -> Prices {
    let price = |(item, amount, from): (Item, &str, &str)| Price {
        item,
        country: None,
        amount: amount.parse().unwrap(),
        from: from.parse().unwrap(),
    };
    let listed = [
        (Item::DidMonth, "USD 1.15", "2026-01-01"),
        (Item::DidMonth, "USD 1.25", "2026-01-15"),
        (Item::ChainMonth, "CHF 13", "2026-01-01"),
        (Item::ChainMonth, "CHF 14", "2028-02-29"),
        (Item::CarrierMinute, "USD 0.0085", "2026-01-01"),
        (Item::AgentMinute, "USD 0.08", "2026-01-01"),
        (Item::AgentCall, "USD 0.04", "2026-01-01"),
        (Item::Sms, "USD 0.0725", "2026-01-01"),
        (Item::Whatsapp, "USD 0.0144", "2026-01-01"),
        (Item::Email, "USD 0.0008", "2026-01-01"),
    ];
    Prices::new(listed.into_iter().map(price).collect()).unwrap()
}

fn fact(part: Part, actual: Option<&str>, quantities: &[Quantity]) -> Fact {
    Fact {
        key: "CA1".to_owned(),
        part,
        at: at("2026-01-31T23:59:59Z"),
        belongs: Belongs::default(),
        country: "CH".to_owned(),
        word: Word::Said {
            actual: actual.map(|text| text.parse().unwrap()),
            quantities: quantities.to_vec(),
        },
    }
}

fn cost_of(part: Part, quantity: Quantity) -> String {
    let line = cost::line(&fact(part, None, &[quantity]), &prices());
    line.amount().unwrap().to_string()
}

fn unknown(fact: &Fact) -> Unknown {
    let line = cost::line(fact, &prices());
    assert_eq!(
        line.wanted().posting,
        None,
        "what is unknown is not in the books"
    );
    match line.worth {
        Worth::Unknown(unknown) => unknown,
        Worth::Known { amount, .. } => panic!("{amount}"),
    }
}

#[test]
fn the_carrier_takes_sixty_seconds_for_one_minute_and_sixty_one_for_two() {
    let carrier = |seconds| cost_of(Part::Carrier, Quantity::Seconds(seconds));
    assert_eq!(carrier(0), "USD 0.00");
    assert_eq!(carrier(1), "USD 0.0085");
    assert_eq!(carrier(60), "USD 0.0085");
    assert_eq!(carrier(61), "USD 0.017");
    assert_eq!(carrier(180), "USD 0.0255");
}

#[test]
fn the_agent_s_31_seconds_at_usd_0_08_a_minute_are_usd_0_041333_r75() {
    let agent = |seconds| cost_of(Part::Agent, Quantity::Seconds(seconds));
    assert_eq!(agent(30), "USD 0.04");
    assert_eq!(agent(31), "USD 0.041333");
    assert_eq!(agent(32), "USD 0.042667");
    assert_eq!(agent(0), "USD 0.00");
}

#[test]
fn two_segments_are_usd_0_145_and_an_email_is_usd_0_0008() {
    assert_eq!(cost_of(Part::Sms, Quantity::Segments(2)), "USD 0.145");
    assert_eq!(cost_of(Part::Whatsapp, Quantity::Message), "USD 0.0144");
    assert_eq!(cost_of(Part::Email, Quantity::Message), "USD 0.0008");
}

#[test]
fn the_vendor_s_own_figure_goes_before_the_list_and_zero_from_it_is_known() {
    let said = fact(Part::Carrier, Some("USD 0.02"), &[Quantity::Seconds(61)]);
    let line = cost::line(&said, &prices());
    let amount: Amount = "USD 0.02".parse().unwrap();
    assert_eq!(
        line.worth,
        Worth::Known {
            amount,
            source: Source::Actual
        }
    );
    assert_eq!(line.quantity, Some(Quantity::Seconds(61)));
    let free = cost::line(&fact(Part::Email, Some("USD 0"), &[]), &prices());
    assert_eq!(free.amount().unwrap().to_string(), "USD 0.00");
}

#[test]
fn credits_without_a_price_are_priced_by_the_seconds_beside_them() {
    let both = [Quantity::Credits(400), Quantity::Seconds(30)];
    let line = cost::line(&fact(Part::Agent, None, &both), &prices());
    assert_eq!(line.amount().unwrap().to_string(), "USD 0.04");
    assert_eq!(line.quantity, Some(Quantity::Seconds(30)));
    let from = "2026-01-01".parse().unwrap();
    assert!(
        matches!(line.worth, Worth::Known { source: Source::Listed { from: day }, .. } if day == from)
    );
}

#[test]
fn unknown_has_a_reason_and_is_never_zero_d4() {
    let silent = Fact {
        word: Word::NotYet,
        ..fact(Part::Agent, None, &[])
    };
    assert_eq!(unknown(&silent), Unknown::NoWordYet);
    assert_eq!(unknown(&fact(Part::Agent, None, &[])), Unknown::NoQuantity);
    let months = fact(Part::Agent, None, &[Quantity::Month]);
    assert_eq!(unknown(&months), Unknown::NoQuantity);
    let credits = fact(Part::Agent, None, &[Quantity::Credits(400)]);
    assert_eq!(
        unknown(&credits),
        Unknown::NoPrice,
        "what a call is expected to cost is no price"
    );
    let before = Fact {
        at: at("2025-12-31T23:59:59Z"),
        ..fact(Part::Email, None, &[Quantity::Message])
    };
    assert_eq!(unknown(&before), Unknown::NoPrice);
    assert_eq!(Unknown::NoWordYet.reason(), "NO_WORD_YET");
}

#[test]
fn a_did_price_of_15_january_counts_from_february_r74() {
    let number = "+41225394512";
    let stood = Period {
        from: at("2026-01-20T09:00:00Z"),
        until: at("2026-02-01T00:00:01Z"),
    };
    let lines: Vec<_> = stood
        .months()
        .map(|month| cost::monthly(Part::Did, number, month, "CH", Belongs::default()))
        .map(|fact| cost::line(&fact, &prices()))
        .map(|line| format!("{} {}", line.key, line.amount().unwrap()))
        .collect();
    let expected = [
        "number:+41225394512:2026-01:did_month USD 1.15",
        "number:+41225394512:2026-02:did_month USD 1.25",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn a_chain_at_chf_13_costs_chf_14_from_march_when_the_price_changes_on_29_february_2028_r10() {
    let chain = |text| {
        let month = Month::of(at(text));
        let fact = cost::monthly(Part::Chain, "+41791234567", month, "CH", Belongs::default());
        cost::line(&fact, &prices()).amount().unwrap().to_string()
    };
    assert_eq!(chain("2028-02-29T23:59:59Z"), "CHF 13.00");
    assert_eq!(chain("2028-03-01T00:00:00Z"), "CHF 14.00");
}

#[test]
fn a_cost_is_owed_to_its_vendor() {
    let wanted = cost::line(&fact(Part::Email, None, &[Quantity::Message]), &prices()).wanted();
    let posted =
        &crate::domain::ledger::transfer::adjust(&wanted, &[], at("2026-02-01T00:00:00Z"))[0];
    assert_eq!(posted.key(), "cost:CA1:1");
    assert_eq!(posted.debit().to_string(), "cost:email");
    assert_eq!(posted.credit().to_string(), "payable:mailgun");
    assert_eq!(
        posted.at(),
        at("2026-01-31T23:59:59Z"),
        "dated when it happened"
    );
    assert!(
        Part::ALL
            .iter()
            .all(|part| part.name().parse() == Ok(*part))
    );
}
