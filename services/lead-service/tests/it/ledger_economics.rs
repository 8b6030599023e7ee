//! Cost and income side by side: every grouping adds up to the same lines, a lead bears its own costs
//! and its share, and what diverges from the plan is told once.

use std::collections::BTreeMap;
use std::time::Duration;

use chassis::clock;
use chrono::{DateTime, TimeDelta, Utc};
use contracts::lead::v1 as wire;
use lead_service::config::Settings;
use lead_service::domain::ledger::cost::{Belongs, CostLine, Part};
use lead_service::domain::ledger::economics::Class;
use lead_service::domain::ledger::month::Month;
use test_support::on_both;
use tonic::Code;
use uuid::Uuid;
use wire::EconomicsGroup as By;

use crate::calls::{refusal, tool_call};
use crate::fake_lists::customer;
use crate::fake_roster::{PROVIDER, SECOND};
use crate::harness::{World, settings};
use crate::ledger::{at, call, cost, timestamp};
use crate::schema::execute;
use crate::verbs::{LINK, OPERATOR};

const SITE: &str = "plombiersgeneve";
const RATES: &str = "INSERT INTO exchange_rate (from_currency, to_currency, from_date, rate)
    VALUES ('USD', 'EUR', '2020-01-01', '0.5'), ('CHF', 'EUR', '2020-01-01', '1')";
const GROUPS: [By; 7] = [
    By::Site,
    By::City,
    By::Category,
    By::Provider,
    By::Agent,
    By::Lead,
    By::Month,
];

fn of_call(n: u32) -> Belongs {
    Belongs {
        site: SITE.to_owned(),
        call: Some(format!("CA{n:032x}")),
        agent: Some("plombier-fr".to_owned()),
        ..Belongs::default()
    }
}

fn of_lead(id: &str) -> Belongs {
    Belongs {
        site: SITE.to_owned(),
        lead: Some(Uuid::try_parse(id).unwrap()),
        provider: Some(PROVIDER.to_owned()),
        ..Belongs::default()
    }
}

/// A month in which no number stood.
fn february(group: By) -> wire::GetEconomicsRequest {
    wire::GetEconomicsRequest {
        group: group.into(),
        from_time: Some(timestamp(at("2024-02-01T00:00"))),
        ..Default::default()
    }
}

/// Three leads of two calls, a spam call, a number's month, and a message that belongs to nobody.
async fn month(world: &mut World) -> [String; 3] {
    execute(&world.store, RATES).await.unwrap();
    let now = clock::now();
    let first = world.dispatch(customer(1)).await.lead_id;
    let mut need = customer(1);
    need.service = "dentiste".to_owned();
    need.another_need = "true".to_owned();
    let second = world.dispatch(need).await.lead_id;
    assert_ne!(first, second);
    let third = world.dispatch(customer(2)).await.lead_id;
    world.is_offered(&first, 1).await;
    world.confirm(&first, 1, LINK).await.unwrap();
    world.confirm(&third, 1, LINK).await.unwrap();
    world.cancel(&third).await.unwrap();
    world
        .calls(vec![
            call(1, now, Class::Lead, 200),
            call(2, now, Class::Lead, 100),
            call(3, now, Class::Spam, 9),
        ])
        .await;
    let number = Belongs {
        site: SITE.to_owned(),
        number: Some("+41225394512".to_owned()),
        ..Belongs::default()
    };
    let line = |key: &str, part, belongs, amount| cost(key, part, now, belongs, amount);
    let lines: Vec<CostLine> = vec![
        line(
            "call:1:agent",
            Part::Agent,
            of_call(1),
            Some("USD 0.000005"),
        ),
        line(
            "call:1:carrier",
            Part::Carrier,
            of_call(1),
            Some("USD 0.0255"),
        ),
        line("call:2:agent", Part::Agent, of_call(2), None),
        line(
            "call:3:carrier",
            Part::Carrier,
            of_call(3),
            Some("USD 0.0085"),
        ),
        line(
            "number:+41225394512:x:did_month",
            Part::Did,
            number,
            Some("USD 1.15"),
        ),
        line("message:d1", Part::Sms, of_lead(&first), Some("USD 0.07")),
        line(
            "message:d2",
            Part::Email,
            of_lead(&second),
            Some("GBP 0.01"),
        ),
        line(
            "message:d3",
            Part::Email,
            Belongs::default(),
            Some("USD 0.0008"),
        ),
    ];
    world.cost_lines(lines).await;
    [first, second, third]
}

fn add(sum: &mut (i64, i32), part: Option<&wire::Sum>) {
    let part = part.copied().unwrap_or_default();
    sum.0 += part.known_micros;
    sum.1 += part.unknown_lines;
}

on_both! {
    async fn every_grouping_adds_up_to_the_same_total(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let ids = month(&mut world).await;
        let mut totals = Vec::new();
        for group in GROUPS {
            let told = world.economics(group).await;
            assert_eq!((told.currency.as_str(), told.next_page_token.as_str()), ("EUR", ""));
            let total = told.total.unwrap();
            let (mut cost, mut due, mut credited, mut margin) = ((0, 0), (0, 0), (0, 0), (0, 0));
            let mut parts: BTreeMap<i32, i64> = BTreeMap::new();
            let mut leads = 0;
            for row in &told.rows {
                add(&mut cost, row.cost.as_ref());
                add(&mut due, row.income_due.as_ref());
                add(&mut credited, row.income_credited.as_ref());
                add(&mut margin, row.margin.as_ref());
                for part in &row.costs {
                    *parts.entry(part.part).or_default() += part.sum.unwrap().known_micros;
                }
                leads += row.leads;
                let own = row.own_cost.unwrap().known_micros + row.share_cost.unwrap().known_micros;
                assert_eq!(own, row.cost.unwrap().known_micros);
            }
            assert_eq!(leads, 3, "{group:?}");
            assert_eq!(cost.0, total.cost.unwrap().known_micros, "{group:?}");
            assert_eq!(due.0, 200_000_000, "{group:?}: two confirmed");
            assert_eq!(credited.0, 100_000_000, "{group:?}: one cancelled");
            assert_eq!(margin.0, total.margin.unwrap().known_micros);
            assert_eq!(margin.0, 100_000_000 - cost.0);
            let known: i64 = total.costs.iter().map(|part| part.sum.unwrap().known_micros).sum();
            assert_eq!(parts.values().sum::<i64>(), known);
            totals.push((total.cost, total.calls, total.real_calls, total.leads));
        }
        assert!(totals.windows(2).all(|pair| pair[0] == pair[1]), "{totals:?}");
        // Half of each dollar, half-even to the micro: 2 + 12 750 + 4 250 + 575 000 + 35 000 + 400.
        let (cost, calls, real, _) = totals[0];
        assert_eq!(cost.unwrap(), wire::Sum { known_micros: 627_402, unknown_lines: 5 });
        assert_eq!((calls, real), (3, 2));
        let sites = world.economics(By::Site).await;
        let keys: Vec<_> = sites.rows.iter().map(|row| row.key.as_str()).collect();
        assert_eq!(keys, ["", SITE, "zurich-hilfe"], "a message of no lead has no site");
        let site = &sites.rows[1];
        assert_eq!(site.average_call_duration.unwrap().seconds, 150);
        assert_eq!(site.cost_per_lead_micros, Some(627_002 / 3 + 1));
        let leads = world.economics(By::Lead).await;
        assert_eq!(leads.rows.iter().filter(|row| ids.contains(&row.key)).count(), 3);
        let agents = world.economics(By::Agent).await;
        assert!(agents.rows.iter().any(|row| row.key == "plombier-fr"));
    }

    async fn own_costs_and_shares_of_all_leads_are_the_sites_month_d4(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let ids = month(&mut world).await;
        let site = world.economics(By::Site).await;
        let site = site.rows.iter().find(|row| row.key == SITE).unwrap().clone();
        let rows = world.economics(By::Lead).await.rows;
        let mut sum = 0;
        for id in &ids {
            let lead = world.lead_economics(id).await;
            let row = lead.row.unwrap();
            sum += row.own_cost.unwrap().known_micros + row.share_cost.unwrap().known_micros;
            assert_eq!(Some(&row), rows.iter().find(|other| other.key == *id), "as in the table");
            assert_eq!(lead.month, Month::of(clock::now()).to_string());
        }
        assert_eq!(sum, site.cost.unwrap().known_micros);
        // Two leads of one call: each bears a part of the carrier's line, and its own message.
        let parts: Vec<Vec<_>> = {
            let mut all = Vec::new();
            for id in &ids[..2] {
                let lines = world.lead_economics(id).await.cost_lines;
                all.push(lines.into_iter().map(|line| (line.part(), line.amount.unwrap().micros, line.unknown_reason)).collect());
            }
            all
        };
        let of = |lines: &[(wire::CostPart, i64, String)], part| lines.iter().find(|line| line.0 == part).unwrap().clone();
        assert_eq!(of(&parts[0], wire::CostPart::Carrier).1, 12_750);
        let agents = [&parts[0], &parts[1]].map(|lines| of(lines, wire::CostPart::Agent).1);
        assert_eq!((agents[0] + agents[1], (agents[0] - agents[1]).abs()), (5, 1), "five micros of two leads");
        assert_eq!(of(&parts[0], wire::CostPart::Sms).1, 70_000);
        assert_eq!(of(&parts[1], wire::CostPart::Email).2, "NO_RATE");
        let third = world.lead_economics(&ids[2]).await.cost_lines;
        assert_eq!((third.len(), third[0].amount.clone(), third[0].unknown_reason.as_str()), (1, None, "NO_WORD_YET"));
        assert_eq!(third[0].subject, format!("CA{:032x}", 2));
        let unknown = wire::GetLeadEconomicsRequest { lead_id: Uuid::nil().to_string() };
        let refused = world.ledger.get_lead_economics(unknown).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::NotFound, "UNKNOWN_LEAD".to_owned()));
    }

    async fn a_lead_shows_what_came_after_its_month_too(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        execute(&world.store, RATES).await.unwrap();
        let id = world.dispatch(customer(1)).await.lead_id;
        let later = Month::of(clock::now()).next().start() + TimeDelta::days(3);
        let before = Month::of(clock::now()).start() - TimeDelta::days(3);
        world.cost_lines(vec![
            cost("message:a", Part::Sms, clock::now(), of_lead(&id), Some("EUR 0.10")),
            cost("message:b", Part::Email, later, of_lead(&id), Some("EUR 0.02")),
            cost("message:c", Part::Email, before, of_lead(&id), Some("EUR 0.03")),
        ]).await;
        let lead = world.lead_economics(&id).await;
        assert_eq!(lead.cost_lines.len(), 3);
        let row = lead.row.unwrap();
        assert_eq!((row.own_cost.unwrap().known_micros, row.leads), (150_000, 1));
    }

    async fn rows_come_in_pages_and_a_site_can_be_asked_for_alone(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        month(&mut world).await;
        let mut zurich = customer(5);
        zurich.call_token = crate::calls::call_token(crate::calls::SECRET, &zurich.call_sid, "zurich-hilfe", crate::calls::ZURICH_DID, 25);
        zurich.called_number = crate::calls::ZURICH_DID.to_owned();
        zurich.location = "Zürich".to_owned();
        zurich.service = "Klempner".to_owned();
        world.dispatch(zurich).await;
        let whole = world.economics(By::Lead).await.rows;
        let (mut token, mut paged) = (String::new(), Vec::new());
        loop {
            let request = wire::GetEconomicsRequest { group: By::Lead.into(), page_size: 2, page_token: token, ..Default::default() };
            let page = world.ledger.get_economics(request).await.unwrap().into_inner();
            assert!(page.rows.len() <= 2);
            assert_eq!(page.total.unwrap().leads, 4, "of all pages");
            paged.extend(page.rows);
            token = page.next_page_token;
            if token.is_empty() { break; }
        }
        assert_eq!(paged, whole);
        let request = wire::GetEconomicsRequest { group: By::Site.into(), site_id: "zurich-hilfe".to_owned(), ..Default::default() };
        let only = world.ledger.get_economics(request).await.unwrap().into_inner();
        assert_eq!(only.rows.len(), 1);
        assert_eq!((only.rows[0].key.as_str(), only.rows[0].leads), ("zurich-hilfe", 1));
        let wrong = wire::GetEconomicsRequest { page_size: -1, page_token: "x".to_owned(), ..Default::default() };
        let refused = world.ledger.get_economics(wrong).await.unwrap_err();
        let fields: Vec<_> = chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["group", "page_size", "page_token"]);
    }

    async fn an_empty_month_is_zero_and_not_unknown(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let told = world.economics(By::Site).await;
        assert_eq!(told.from_time, Some(timestamp(Month::of(clock::now()).start())));
        // Before any number stood.
        let february = wire::GetEconomicsRequest {
            group: By::Month.into(),
            from_time: Some(timestamp(at("2024-02-01T00:00"))),
            ..Default::default()
        };
        let told = world.ledger.get_economics(february).await.unwrap().into_inner();
        assert_eq!(told.until_time, Some(timestamp(at("2024-03-01T00:00"))), "a leap day is in it");
        assert!(told.rows.is_empty());
        let total = told.total.unwrap();
        assert_eq!((total.cost, total.cost_per_lead_micros), (Some(wire::Sum::default()), None));
    }

    async fn a_repeat_is_counted_as_waived_and_a_share_as_expected(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        world.roster.add(SECOND);
        for n in 1..=2 {
            let id = world.dispatch(tool_call(n)).await.lead_id;
            world.confirm(&id, 1, LINK).await.unwrap();
        }
        let other = world.dispatch(customer(3)).await.lead_id;
        world.is_offered(&other, 1).await;
        world.offer(&other, SECOND).await.unwrap();
        world.confirm(&other, 2, OPERATOR).await.unwrap();
        let providers = world.economics(By::Provider).await.rows;
        let of = |key: &str| providers.iter().find(|row| row.key == key).unwrap();
        assert_eq!((of(PROVIDER).income_waived, of(PROVIDER).income_expected), (1, 0));
        assert_eq!((of(SECOND).income_waived, of(SECOND).income_expected), (0, 1));
    }

    /// Planned: 3 minutes, USD 0.04 a real call. 20 calls of 180 s at USD 0.10 are 2.5 times that.
    async fn the_operator_hears_once_a_month_of_a_figure_that_left_the_plan_r75(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        execute(&world.store, RATES).await.unwrap();
        let planned = r#"UPDATE ledger_rules SET expected = '{"call_seconds": 180, "cost_per_lead": null,
            "agent_per_call": {"micros": 40000, "currency": "USD"}}'"#;
        execute(&world.store, planned).await.unwrap();
        let now: DateTime<Utc> = clock::now();
        world.calls((1..=20).map(|n| call(n, now, Class::OffTopic, 180)).collect()).await;
        let lines = (1..=20).map(|n| cost(&format!("call:{n}:agent"), Part::Agent, now, of_call(n), Some("USD 0.10")));
        world.cost_lines(lines.collect()).await;
        let told = world.economics(By::Site).await;
        let divergence = wire::Divergence {
            site_id: SITE.to_owned(),
            month: Month::of(now).to_string(),
            figure: "cost_per_real_call".to_owned(),
            expected: 20_000,
            actual: 50_000,
            unknown_lines: 0,
        };
        assert_eq!(told.divergences, [divergence]);
        assert_eq!(told.expected.unwrap().agent_per_call.unwrap().micros, 20_000);
        let key = format!("alarm:ECONOMICS_DIVERGE:{SITE}:{}:cost_per_real_call", Month::of(now));
        let looked = "SELECT COUNT(*) FROM task WHERE name = 'economics' AND counted = 1";
        world.pass_time(Duration::from_secs(3601)).await;
        world.tells(&key).await;
        assert_eq!(world.count(looked).await, 1);
        world.pass_time(Duration::from_secs(3601)).await;
        test_support::eventually(Duration::from_secs(10), async || {
            let due = "SELECT COUNT(*) FROM task WHERE name = 'economics' AND due_us > (SELECT us FROM clock)";
            (world.count(due).await == 1).then_some(())
        }).await;
        assert_eq!(world.notification.told("alarm:ECONOMICS_DIVERGE:").len(), 1);
    }

    async fn a_period_with_more_lines_than_can_be_told_is_refused_with_a_remedy(db: TestDb) {
        let settings = Settings { most_cost_lines: 2, most_statement_lines: 2, ..settings() };
        let mut world = World::start_with(db, settings).await;
        world.roster.pays_as_usual();
        let then = at("2024-02-10T10:00");
        let line = |n: u32| cost(&format!("call:{n}:agent"), Part::Agent, then, of_call(n), Some("EUR 0.10"));
        world.cost_lines(vec![line(1), line(2)]).await;
        let request = february(By::Site);
        let told = world.ledger.get_economics(request.clone()).await.unwrap().into_inner();
        assert_eq!(told.rows.len(), 1, "as many as may be");
        world.cost_lines(vec![line(3)]).await;
        let refused = world.ledger.get_economics(request.clone()).await.unwrap_err();
        let told = chassis::fault::violations(&refused).remove(0);
        assert_eq!((refused.code(), told.field.as_str()), (Code::InvalidArgument, "until_time"));
        assert!(told.rule.contains("more than 2 cost lines; ask for a shorter period"), "{}", told.rule);
        let elsewhere = wire::GetEconomicsRequest { site_id: "zurich-hilfe".to_owned(), ..request };
        assert!(world.ledger.get_economics(elsewhere).await.is_ok());
        for n in 1..=2 {
            crate::ledger::confirmed(&mut world, n).await;
        }
        assert_eq!(world.statement(PROVIDER).await.lines.len(), 2);
        crate::ledger::confirmed(&mut world, 3).await;
        let request = wire::GetStatementRequest { provider_id: PROVIDER.to_owned(), ..Default::default() };
        let refused = world.ledger.get_statement(request).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&refused)[0].field, "until_time");
    }

    async fn tables_that_are_asked_for_at_once_are_each_told_and_what_diverges_with_the_first_page(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        execute(&world.store, RATES).await.unwrap();
        let planned = r#"UPDATE ledger_rules SET expected = '{"call_seconds": 10, "cost_per_lead": null, "agent_per_call": null}'"#;
        execute(&world.store, planned).await.unwrap();
        let then = at("2024-02-10T10:00");
        world.calls((1..=20).map(|n| call(n, then, Class::OffTopic, 180)).collect()).await;
        let request = february(By::Site);
        let asked = (0..6).map(|_| {
            let (mut ledger, request) = (world.ledger.clone(), request.clone());
            async move { ledger.get_economics(request).await.unwrap().into_inner() }
        });
        for told in futures::future::join_all(asked).await {
            assert_eq!((told.rows.len(), told.divergences.len()), (1, 1));
        }
        let next = wire::GetEconomicsRequest { page_token: "after:".to_owned(), ..request };
        let told = world.ledger.get_economics(next).await.unwrap().into_inner();
        assert_eq!((told.rows.len(), told.divergences.len()), (1, 0));
    }
}
