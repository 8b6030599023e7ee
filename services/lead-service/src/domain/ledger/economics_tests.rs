//! Worked figures of the tables.

mod world;

use crate::domain::ledger::cost::Part;
use crate::domain::ledger::economics::{Call, Class, Group, Row, Sum};
use crate::domain::ledger::income::{Credit, IncomeLine};
use crate::domain::ledger::money::Currency;
use crate::domain::ledger::rate::{Rate, Rates};
use world::{SITE, World, at, income, lead_id, world};

fn known(micros: i128) -> Sum {
    Sum { micros, unknown: 0 }
}

#[test]
fn a_call_with_two_leads_halves_its_cost_and_what_has_no_lead_is_shared_d4() {
    let (first, second) = (lead_id(1).to_string(), lead_id(2).to_string());
    let first = world().row(Group::Lead, "2026-01", &first);
    let second = world().row(Group::Lead, "2026-01", &second);
    // EUR 0.0085 of the carrier; EUR 0.0206665 of the agent is 0.020666 (even), halved exactly.
    assert_eq!(second.own, known(4_250 + 10_333));
    assert_eq!(
        first.own,
        known(4_250 + 10_333 + 400),
        "and its email, USD 0.0008"
    );
    // EUR 0.575 of the number and EUR 0.01 of the hang-up; the off-topic call's agent is unknown.
    assert_eq!(
        first.share,
        Sum {
            micros: 287_500 + 5_000,
            unknown: 1
        }
    );
    assert_eq!(second.share, first.share);
    assert_eq!(
        first.margin(),
        Sum {
            micros: 100_000_000 - 307_483,
            unknown: 1
        }
    );
}

#[test]
fn the_site_s_row_has_every_line_once_r81() {
    let site = world().row(Group::Site, "2026-01", SITE);
    assert_eq!((site.calls, site.real_calls, site.leads), (3, 2, 2));
    assert_eq!(
        site.cost(),
        Sum {
            micros: 575_000 + 10_000 + 8_500 + 20_666 + 400,
            unknown: 1
        }
    );
    assert_eq!(site.part(Part::Did), known(575_000));
    assert_eq!(
        site.part(Part::Agent),
        Sum {
            micros: 20_666,
            unknown: 1
        }
    );
    assert_eq!(site.cost_per_lead(), Some(307_283), "614 566 ÷ 2");
    assert_eq!(
        site.average_seconds(),
        Some(181),
        "hang-ups and unknown lengths left out (R77)"
    );
    assert_eq!(site.agent_cost_per_real_call(), Some(10_333));
    assert_eq!(site.due, known(100_000_000));
}

#[test]
fn an_email_at_23_59_59_on_31_january_is_january_s_and_an_sms_a_second_later_february_s() {
    let months = world().row(Group::Month, "2026-01", "2026-01");
    assert_eq!(months.part(Part::Email), known(400));
    assert_eq!(months.part(Part::Sms), known(0));
    let february = world().row(Group::Lead, "2026-02", &lead_id(1).to_string());
    assert_eq!((february.own, february.leads), (known(72_500), 0));
    let second = world().row(Group::Lead, "2026-02", &lead_id(2).to_string());
    assert_eq!(second.margin(), known(50_000_000));
}

#[test]
fn every_table_adds_up_to_the_same() {
    for month in ["2026-01", "2026-02"] {
        let all = world().row(Group::All, month, "");
        let groups = [
            Group::Lead,
            Group::Call,
            Group::Site,
            Group::City,
            Group::Category,
            Group::Provider,
            Group::Agent,
            Group::Month,
        ];
        for group in groups {
            let table = world().table(group, month);
            let sum = |of: fn(&Row) -> i128| table.values().map(of).sum::<i128>();
            assert_eq!(
                sum(|row| row.cost().micros),
                all.cost().micros,
                "{group:?} {month}"
            );
            assert_eq!(
                sum(|row| row.margin().micros),
                all.margin().micros,
                "{group:?} {month}"
            );
        }
    }
    let city = world().row(Group::City, "2026-01", "geneva");
    assert_eq!(city.cost().unknown, 1, "two leads share one unknown line");
}

#[test]
fn by_agent_a_number_s_month_is_shared_by_the_calls_of_its_site_r74() {
    let agents = world().table(Group::Agent, "2026-01");
    // EUR 0.575 over c1, c2, c3 is 191 667 + 191 667 + 191 666.
    assert_eq!(agents["eric"].part(Part::Did), known(383_334));
    assert_eq!(agents["max"].part(Part::Did), known(191_666));
    assert_eq!(
        agents["max"].part(Part::Agent),
        Sum {
            micros: 0,
            unknown: 1
        }
    );
    assert_eq!((agents["eric"].calls, agents["eric"].leads), (2, 2));
}

#[test]
fn a_site_without_calls_or_leads_keeps_its_number_s_month() {
    let world = World {
        calls: vec![],
        leads: vec![],
        incomes: vec![],
        ..world()
    };
    let site = world.row(Group::Site, "2026-01", SITE);
    assert_eq!(site.part(Part::Did), known(575_000));
    assert_eq!(site.cost_per_lead(), None);
    assert_eq!(
        world.row(Group::Agent, "2026-01", "").part(Part::Did),
        known(575_000)
    );
}

#[test]
fn without_a_rate_a_known_line_is_unknown_and_never_zero() {
    let rates = Rates::new(Currency::EUR, vec![]).unwrap();
    let site = World { rates, ..world() }.row(Group::Site, "2026-01", SITE);
    assert_eq!(
        site.cost(),
        Sum {
            micros: 10_000,
            unknown: 5
        }
    );
    assert_eq!(site.margin().unknown, 5);
}

#[test]
fn a_whole_credit_leaves_nothing_whatever_the_rates_were_meanwhile() {
    let mut world = world();
    let usd = "USD".parse().unwrap();
    let later = Rate::new(usd, Currency::EUR, "0.6", "2026-01-20".parse().unwrap()).unwrap();
    let first = Rate::new(usd, Currency::EUR, "0.5", "2026-01-01".parse().unwrap()).unwrap();
    world.rates = Rates::new(Currency::EUR, vec![first, later]).unwrap();
    let charged = income(1, "USD 100", "2026-01-10T10:00:00");
    let credit = Credit {
        id: "returned".to_owned(),
        at: at("2026-01-25T10:00:00"),
        amount: "USD 100".parse().unwrap(),
        reason: "returned".to_owned(),
    };
    world.incomes = vec![IncomeLine {
        credits: vec![credit],
        ..charged
    }];
    let row = world.row(Group::Provider, "2026-01", "ana");
    assert_eq!(
        (row.due, row.credited),
        (known(50_000_000), known(50_000_000))
    );
}

#[test]
fn a_real_call_is_one_whose_caller_was_heard_and_meant_it_r76() {
    let real = |class, heard| {
        let call = Call {
            id: "c9".to_owned(),
            site: SITE.to_owned(),
            agent: String::new(),
            at: at("2026-01-06T10:00:00"),
            seconds: Some(60),
            class,
            heard,
        };
        call.is_real()
    };
    for class in [Class::Lead, Class::Recovered, Class::OffTopic] {
        assert!(real(class, true) && real(class, false), "{class:?}");
    }
    for class in [Class::Spam, Class::HangUp] {
        assert!(!real(class, true) && !real(class, false), "{class:?}");
    }
    assert!(real(Class::Flagged, true));
    assert!(!real(Class::Flagged, false), "nobody was heard");
}
