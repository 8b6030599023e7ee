//! The judge of money is lied to once in each way that it can be.

use crate::judge::money::judge;
use crate::ledger::money::{Accepted, Money, Transfer};

fn entry(base: &str, place: i32, debit: &str, credit: &str, micros: i64) -> Transfer {
    Transfer {
        base: base.into(),
        place,
        debit: debit.into(),
        credit: credit.into(),
        micros,
        currency: "EUR".into(),
    }
}

/// A flat lead, a percentage that is won, one that is not, a lead that came back, a call, two messages.
fn sound() -> Money {
    let flat = Accepted {
        lead: "l1".into(),
        attempt: 2,
        provider: "p1".into(),
        flat: Some((100_000_000, "EUR".into())),
        ..Accepted::default()
    };
    let won = Accepted {
        lead: "l2".into(),
        attempt: 1,
        provider: "p2".into(),
        percent_hundredths: 1_500,
        won: Some((450_000_000, "EUR".into())),
        ..Accepted::default()
    };
    let expected = Accepted {
        lead: "l3".into(),
        won: None,
        ..won.clone()
    };
    let repeat = Accepted {
        lead: "l4".into(),
        repeats: true,
        ..flat.clone()
    };
    Money {
        transfers: vec![
            entry(
                "income:l1:2",
                1,
                "receivable:p1",
                "income:flat",
                100_000_000,
            ),
            // Its first provider gave it back.
            entry("income:l1:1", 1, "receivable:p9", "income:flat", 50_000_000),
            entry(
                "credit:l1:1:returned",
                1,
                "income:credit",
                "receivable:p9",
                50_000_000,
            ),
            entry(
                "income:l2:1",
                1,
                "receivable:p2",
                "income:commission",
                60_000_000,
            ),
            entry(
                "income:l2:1",
                2,
                "income:commission",
                "receivable:p2",
                60_000_000,
            ),
            entry(
                "income:l2:1",
                3,
                "receivable:p2",
                "income:commission",
                67_500_000,
            ),
            entry(
                "cost:call:c1:carrier",
                1,
                "cost:carrier",
                "payable:twilio",
                8_500,
            ),
        ],
        accepted: vec![flat, won, expected, repeat],
        closed_calls: vec!["c1".into()],
        taken: vec!["d1".into()],
        ambiguous: ["d2".to_owned()].into(),
        lines: [
            "call:c1:carrier",
            "message:d1",
            "message:d2",
            "number:+41:2026-11:did_month",
        ]
        .map(str::to_owned)
        .into(),
        behind: Vec::new(),
    }
}

fn found(lie: impl FnOnce(&mut Money)) -> Vec<&'static str> {
    let mut money = sound();
    lie(&mut money);
    judge(&money)
        .into_iter()
        .map(|violation| violation.kind)
        .collect()
}

#[test]
fn books_that_say_what_happened_have_no_finding() {
    let nothing = judge(&sound());
    assert!(nothing.is_empty(), "{nothing:?}");
}

#[test]
fn an_entry_that_moves_nothing_is_out_of_balance() {
    assert_eq!(found(|m| m.transfers[6].micros = 0), ["UNBALANCED"]);
    assert_eq!(found(|m| m.transfers[6].micros = -1), ["UNBALANCED"]);
}

#[test]
fn a_chain_with_a_gap_a_double_place_or_a_reversal_that_differs_is_broken() {
    assert!(found(|m| m.transfers[6].place = 2).contains(&"CHAIN"));
    assert!(found(|m| m.transfers[5].place = 2).contains(&"CHAIN"));
    assert_eq!(found(|m| m.transfers[4].micros += 1), ["CHAIN"]);
    assert_eq!(
        found(|m| m.transfers[4].debit = "income:flat".into()),
        ["CHAIN"]
    );
}

#[test]
fn an_accepted_lead_that_is_not_charged_or_otherwise_is_found() {
    assert_eq!(found(|m| drop(m.transfers.remove(0))), ["INCOME"]);
    assert_eq!(found(|m| m.transfers[0].micros += 1), ["INCOME"]);
    assert_eq!(
        found(|m| m.transfers[0].debit = "receivable:p2".into()),
        ["INCOME"]
    );
    assert_eq!(found(|m| m.accepted[1].won = None), ["INCOME"]);
    assert_eq!(
        found(|m| m.accepted[2].won = Some((450_000_000, "EUR".into()))),
        ["INCOME"]
    );
    assert_eq!(found(|m| m.accepted[3].repeats = false), ["INCOME"]);
    assert_eq!(found(|m| m.accepted[0].repeats = true), ["INCOME"]);
}

#[test]
fn what_a_lead_brought_in_that_came_back_is_credited_whole() {
    assert_eq!(found(|m| drop(m.transfers.remove(2))), ["INCOME"]);
    assert_eq!(found(|m| m.transfers[2].micros -= 10_000), ["INCOME"]);
}

#[test]
fn a_call_or_a_message_without_its_line_or_with_two_is_found() {
    assert_eq!(found(|m| m.closed_calls.push("c2".into())), ["COST"]);
    assert_eq!(found(|m| m.taken.push("d3".into())), ["COST"]);
    assert_eq!(found(|m| m.lines.push("message:d1".into())), ["COST"]);
    assert_eq!(found(|m| m.lines.push("message:d9".into())), ["COST"]);
    assert_eq!(found(|m| m.ambiguous.clear()), ["COST"]);
}

#[test]
fn a_stream_that_was_not_followed_to_its_end_is_told() {
    assert_eq!(found(|m| m.behind.push("outcomes".into())), ["BOOKS"]);
}
