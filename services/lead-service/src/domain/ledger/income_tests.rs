//! Worked figures of what leads bring in, and what is credited.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::ledger::income::{self, CreditRefused, Event, IncomeLine, State, What};
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::price_list::DEFAULT_CREDIT_DAYS;
use crate::domain::ledger::terms::{Percent, Terms};
use crate::domain::ledger::transfer::{Transfer, adjust};

const LEAD: Uuid = Uuid::from_u128(7);

const CREDIT_DAYS: u32 = DEFAULT_CREDIT_DAYS.unsigned_abs();

fn at(text: &str) -> DateTime<Utc> {
    format!("{text}:00Z").parse().unwrap()
}

fn money(text: &str) -> Amount {
    text.parse().unwrap()
}

fn assigned(terms: Terms) -> Event {
    let what = What::Assigned {
        provider: "clinic".to_owned(),
        terms,
    };
    Event {
        at: at("2028-02-14T09:00"),
        what,
    }
}

fn flat() -> Event {
    assigned(Terms::Flat(money("EUR 100")))
}

fn percent() -> Event {
    assigned(Terms::Percent(Percent::from_hundredths(1_500).unwrap()))
}

fn then(time: &str, what: What) -> Event {
    Event { at: at(time), what }
}

fn waived() -> Event {
    let repeat_of = Uuid::from_u128(1);
    then("2028-02-15T10:00", What::Waived { repeat_of })
}

fn confirmed() -> Event {
    then("2028-02-15T10:00", What::Confirmed)
}

fn won(billed: &str) -> Event {
    then(
        "2028-02-29T16:00",
        What::Won {
            billed: money(billed),
        },
    )
}

fn credited(id: &str, amount: &str) -> Event {
    let what = What::Credited {
        id: id.to_owned(),
        amount: money(amount),
        reason: "undeliverable".to_owned(),
    };
    then("2028-02-20T10:00", what)
}

fn line(events: &[Event]) -> IncomeLine {
    income::line(LEAD, 1, events).unwrap()
}

fn books(events: &[Event]) -> Vec<String> {
    let now = at("2028-06-01T00:00");
    let transfers = line(events)
        .wanted()
        .into_iter()
        .flat_map(|wanted| adjust(&wanted, &[], now));
    let shown = |t: Transfer| {
        let key = t.key().replace(&LEAD.to_string(), "L");
        format!(
            "{key} {} > {} {} {}",
            t.credit(),
            t.debit(),
            t.amount(),
            t.at().format("%m-%d")
        )
    };
    transfers.map(shown).collect()
}

#[test]
fn a_geneva_dental_lead_pays_eur_100_when_it_is_confirmed_and_not_before_r79() {
    assert_eq!(line(&[flat()]).state, State::Open);
    assert!(books(&[flat()]).is_empty());
    let expected = ["income:L:1:1 income:flat > receivable:clinic EUR 100.00 02-15"];
    assert_eq!(books(&[flat(), confirmed()]), expected);
    assert_eq!(
        books(&[flat(), confirmed(), won("CHF 450")]),
        expected,
        "won changes nothing"
    );
    assert_eq!(
        line(&[flat(), confirmed(), won("CHF 450")]).billed,
        Some(money("CHF 450"))
    );
}

#[test]
fn fifteen_percent_of_chf_450_is_chf_67_50_when_it_is_won_r80() {
    let since = at("2028-02-15T10:00");
    assert_eq!(
        line(&[percent(), confirmed()]).state,
        State::Expected { since }
    );
    assert!(
        books(&[percent(), confirmed()]).is_empty(),
        "what is only expected is not in the books"
    );
    let due = books(&[percent(), confirmed(), won("CHF 450")]);
    assert_eq!(
        due,
        ["income:L:1:1 income:commission > receivable:clinic CHF 67.50 02-29"]
    );
    let lost = [percent(), confirmed(), then("2028-03-01T10:00", What::Lost)];
    assert_eq!(line(&lost).state, State::Nothing);
    let small = line(&[percent(), confirmed(), won("CHF 0.03")]);
    assert_eq!(
        small.left(),
        Some(money("CHF 0")),
        "due, and nothing to post"
    );
    assert!(books(&[percent(), confirmed(), won("CHF 0.03")]).is_empty());
}

#[test]
fn a_repeat_is_charged_once_and_its_line_says_why_d13() {
    let (repeat_of, at) = (Uuid::from_u128(1), at("2028-02-15T10:00"));
    for terms in [
        Terms::Flat(money("EUR 100")),
        Terms::Percent(Percent::from_hundredths(1_500).unwrap()),
    ] {
        let events = [assigned(terms), waived(), confirmed(), won("CHF 450")];
        assert_eq!(line(&events).state, State::Waived { at, repeat_of });
        assert!(!line(&events).stands(), "nothing leans on it");
        assert!(books(&events).is_empty());
    }
}

#[test]
fn a_repeat_is_due_when_the_charge_that_it_leaned_on_falls_away_d13() {
    let charged = then("2028-03-01T09:00", What::Charged);
    let due_then = " 03-01";
    let flat = [flat(), waived(), confirmed(), charged.clone()];
    assert_eq!(books(&flat).len(), 1);
    assert!(matches!(line(&flat).state, State::Due { amount, .. } if amount == money("EUR 100")));
    assert!(books(&flat)[0].ends_with(due_then));
    // 15 % of CHF 450, won before the other charge fell away.
    let share = [
        percent(),
        waived(),
        confirmed(),
        won("CHF 450"),
        charged.clone(),
    ];
    assert!(
        matches!(line(&share).state, State::Due { amount, .. } if amount == money("CHF 67.50"))
    );
    let open = [percent(), waived(), confirmed(), charged.clone()];
    assert!(matches!(line(&open).state, State::Expected { .. }));
    let back = then("2028-02-20T10:00", What::Cancelled);
    let over = [percent(), waived(), confirmed(), back, charged];
    assert!(books(&over).is_empty(), "it was over before");
}

#[test]
fn a_confirmed_lead_that_is_taken_back_or_cancelled_is_credited_whole() {
    for what in [What::Released, What::Cancelled] {
        let back = then("2028-05-01T10:00", what);
        let expected = [
            "income:L:1:1 income:flat > receivable:clinic EUR 100.00 02-15",
            "credit:L:1:returned:1 receivable:clinic > income:credit EUR 100.00 05-01",
        ];
        assert_eq!(books(&[flat(), confirmed(), back.clone()]), expected);
        let rest = line(&[flat(), confirmed(), credited("c1", "EUR 30"), back.clone()]);
        let credits: Vec<_> = rest.credits.iter().map(|credit| credit.amount).collect();
        assert_eq!(
            credits,
            [money("EUR 30"), money("EUR 70")],
            "whole is what is left of it"
        );
        assert_eq!(
            line(&[flat(), back.clone()]).state,
            State::Nothing,
            "never confirmed"
        );
        assert_eq!(
            line(&[percent(), confirmed(), back]).state,
            State::Nothing,
            "never won"
        );
    }
}

#[test]
fn the_order_and_number_of_tellings_do_not_matter() {
    let back = then("2028-05-01T10:00", What::Released);
    let events = [flat(), confirmed(), credited("c1", "EUR 30"), back];
    let mut told = events.to_vec();
    told.reverse();
    told.extend(events.clone());
    assert_eq!(line(&told), line(&events));
    assert_eq!(
        income::line(LEAD, 1, &[confirmed(), won("CHF 1")]),
        None,
        "not yet assigned"
    );
}

#[test]
fn an_automatic_credit_is_taken_back_when_a_whole_credit_before_it_is_told_late() {
    let back = then("2028-05-01T10:00", What::Released);
    let mut told = vec![flat(), confirmed(), back];
    let mut books: Vec<Transfer> = Vec::new();
    for late in [None, Some(credited("c1", "EUR 100"))] {
        told.extend(late);
        for wanted in line(&told).wanted() {
            books.extend(adjust(&wanted, &books, at("2028-06-01T00:00")));
        }
    }
    let keys: Vec<_> = books.iter().map(Transfer::key).collect();
    let credit = |rest| format!("credit:{LEAD}:1:{rest}");
    let credits = ["returned:1", "returned:r1", "c1:1"].map(credit);
    assert_eq!(keys[1..], credits);
}

#[test]
fn the_window_of_14_days_from_15_february_2028_ends_with_29_february() {
    let due = line(&[flat(), confirmed()]);
    let credit = |time| income::credit(&due, None, at(time), CREDIT_DAYS);
    assert_eq!(credit("2028-02-29T23:59"), Ok(money("EUR 100")));
    assert_eq!(credit("2028-03-01T00:00"), Err(CreditRefused::WindowOver));
    assert_eq!(CreditRefused::WindowOver.reason(), "CREDIT_WINDOW_OVER");
}

#[test]
fn no_credit_goes_beyond_what_was_charged() {
    let due = line(&[flat(), confirmed(), credited("c1", "EUR 30")]);
    let credit = |line: &IncomeLine, asked: &str| {
        income::credit(
            line,
            Some(money(asked)),
            at("2028-02-21T00:00"),
            CREDIT_DAYS,
        )
    };
    assert_eq!(credit(&due, "EUR 70"), Ok(money("EUR 70")));
    assert_eq!(credit(&due, "EUR 70.01"), Err(CreditRefused::Exceeds));
    assert_eq!(credit(&due, "CHF 1"), Err(CreditRefused::Invalid));
    assert_eq!(credit(&due, "EUR 0"), Err(CreditRefused::Invalid));
    assert_eq!(credit(&due, "EUR 0.005"), Err(CreditRefused::Invalid));
    assert_eq!(
        credit(&line(&[percent(), confirmed()]), "EUR 1"),
        Err(CreditRefused::Exceeds)
    );
    let whole = line(&[
        flat(),
        confirmed(),
        credited("c1", "EUR 30"),
        credited("c2", "EUR 70"),
    ]);
    assert_eq!(whole.left(), Some(money("EUR 0")));
    let again = income::credit(&whole, None, at("2028-02-21T00:00"), CREDIT_DAYS);
    assert_eq!(again, Err(CreditRefused::Exceeds));
}
