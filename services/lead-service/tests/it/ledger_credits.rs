//! What is taken back of a charge, what is paid, and statements that add up from month to month.

use chassis::clock;
use chrono::TimeDelta;
use contracts::lead::v1 as wire;
use test_support::on_both;
use tonic::Code;
use wire::IncomeState::Credited;

use crate::calls::refusal;
use crate::fake_lists::customer;
use crate::fake_roster::{PROVIDER, SECOND};
use crate::ledger::{at, closing, confirmed, euros, lines, money, timestamp, told};
use crate::verbs::{LINK, OPERATOR, won};
use lead_service::domain::ledger::income::{self, Event, What};
use lead_service::domain::ledger::terms::{Percent, Terms};
use uuid::Uuid;

on_both! {
    async fn a_lead_is_credited_until_the_fourteenth_day_and_not_on_the_fifteenth(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        world.roster.pays_nothing(PROVIDER);
        for (n, days) in [(1, 14), (2, 15)] {
            let id = world.dispatch(customer(n)).await.lead_id;
            let due = clock::now() - TimeDelta::days(days);
            world.was_confirmed(&id, PROVIDER, euros("EUR 100"), due).await;
            let credited = world.credit(&id, n.into(), Some(money("EUR 40"))).await;
            match (days, credited) {
                (14, credited) => {
                    let line = credited.unwrap();
                    assert_eq!((line.state(), line.credited), (Credited, Some(money("EUR 40"))));
                }
                (_, credited) => {
                    let refused = refusal(&credited.unwrap_err());
                    assert_eq!(refused, (Code::FailedPrecondition, "CREDIT_WINDOW_OVER".to_owned()));
                }
            }
        }
    }

    async fn a_credit_is_taken_once_and_never_beyond_what_was_charged(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let id = confirmed(&mut world, 1).await;
        let other = confirmed(&mut world, 2).await;
        for wrong in ["EUR 0", "EUR 10.005", "CHF 10"] {
            let refused = world.credit(&id, 9, Some(money(wrong))).await.unwrap_err();
            assert_eq!(refusal(&refused), (Code::InvalidArgument, "CREDIT_INVALID".to_owned()), "{wrong}");
        }
        let exceeds = (Code::FailedPrecondition, "CREDIT_EXCEEDS".to_owned());
        let refused = world.credit(&id, 9, Some(money("EUR 100.01"))).await.unwrap_err();
        assert_eq!(refusal(&refused), exceeds);
        let once = world.credit(&id, 1, Some(money("EUR 30"))).await.unwrap();
        let again = world.credit(&id, 1, Some(money("EUR 30"))).await.unwrap();
        assert_eq!(once, again);
        assert_eq!(world.credit(&id, 1, None).await.unwrap(), once);
        let refused = world.credit(&id, 1, Some(money("EUR 31"))).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&refused)[0].field, "request_id", "another amount");
        assert_eq!((once.credited, once.reason.as_str()), (Some(money("EUR 30")), "undeliverable"));
        let refused = world.credit(&other, 1, None).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&refused)[0].field, "request_id");
        let rest = world.credit(&id, 2, None).await.unwrap();
        assert_eq!(rest.credited, Some(money("EUR 100")));
        assert_eq!(refusal(&world.credit(&id, 3, None).await.unwrap_err()), exceeds);
        // Taken back now, nothing is left to be credited.
        world.cancel(&id).await.unwrap();
        assert_eq!(world.income(&id).await[0].credited, Some(money("EUR 100")));
        assert_eq!(closing(&world.statement(PROVIDER).await, "EUR"), 10_000, "the other lead's");
        let nobody = world.credit(&Uuid::nil().to_string(), 4, None).await.unwrap_err();
        assert_eq!(refusal(&nobody), (Code::NotFound, "UNKNOWN_LEAD".to_owned()));
        let unsaid = wire::CreditLeadRequest { lead_id: id, reason: "x".repeat(201), actor: LINK.to_owned(), ..Default::default() };
        let refused = world.ledger.credit_lead(unsaid).await.unwrap_err();
        let fields: Vec<_> = chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        assert_eq!(fields, ["request_id", "reason", "actor"]);
        assert_eq!(world.check_books().await.findings, []);
    }

    async fn two_credits_at_once_never_exceed_the_charge(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let id = confirmed(&mut world, 1).await;
        let request = |n: u128| wire::CreditLeadRequest {
            lead_id: id.clone(),
            amount: Some(money("EUR 60")),
            reason: "undeliverable".to_owned(),
            request_id: Uuid::from_u128(n).to_string(),
            actor: OPERATOR.to_owned(),
        };
        let asked = (1..=6).map(|n| {
            let mut ledger = world.ledger.clone();
            // Each key twice.
            let request = request(n / 2);
            async move { ledger.credit_lead(request).await }
        });
        let answers = futures::future::join_all(asked).await;
        assert!(answers.iter().any(Result::is_ok));
        assert_eq!(closing(&world.statement(PROVIDER).await, "EUR"), 4_000);
        assert_eq!(world.check_books().await.findings, []);
    }

    async fn of_two_leads_credited_at_once_with_one_key_the_second_is_refused(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let ids = [confirmed(&mut world, 1).await, confirmed(&mut world, 2).await];
        for n in 1..=6 {
            let asked = ids.iter().map(|id| {
                let mut ledger = world.ledger.clone();
                let request = wire::CreditLeadRequest {
                    lead_id: id.clone(),
                    amount: Some(money("EUR 10")),
                    reason: "undeliverable".to_owned(),
                    request_id: Uuid::from_u128(n).to_string(),
                    actor: OPERATOR.to_owned(),
                };
                async move { ledger.credit_lead(request).await }
            });
            let (taken, refused): (Vec<_>, Vec<_>) =
                futures::future::join_all(asked).await.into_iter().partition(Result::is_ok);
            assert_eq!((taken.len(), refused.len()), (1, 1));
            let refused = refused.into_iter().next().unwrap().unwrap_err();
            assert_eq!(chassis::fault::violations(&refused)[0].field, "request_id");
        }
        assert_eq!(closing(&world.statement(PROVIDER).await, "EUR"), 20_000 - 6_000);
    }

    async fn nobody_bills_credits_or_pays_more_than_ten_digits(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let id = confirmed(&mut world, 1).await;
        let fields = |refused: &tonic::Status| -> Vec<String> {
            assert_eq!(refused.code(), Code::InvalidArgument);
            chassis::fault::violations(refused).into_iter().map(|v| v.field).collect()
        };
        let refused = world.credit(&id, 1, Some(money("EUR 10000000000"))).await.unwrap_err();
        assert_eq!(fields(&refused), ["amount.micros"]);
        let now = clock::now();
        for amount in ["EUR 10000000000", "EUR -10000000000"] {
            let refused = world.pay(PROVIDER, amount, "p", now).await.unwrap_err();
            assert_eq!(fields(&refused), ["amount.micros"], "{amount}");
        }
        assert!(world.pay(PROVIDER, "EUR 9999999999.99", "p1", now).await.unwrap());
        assert!(world.pay(PROVIDER, "EUR -9999999999.99", "p2", now).await.unwrap());
        for much in [1_000_000_000_000, i64::MAX] {
            let refused = world.close(&id, 1, won(much)).await.unwrap_err();
            assert_eq!(fields(&refused), ["result.won.amount_minor"]);
        }
        world.close(&id, 1, won(999_999_999_999)).await.unwrap();
        assert_eq!(world.check_books().await.findings, []);
    }

    async fn a_payment_is_booked_once_by_its_reference(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let now = clock::now();
        assert!(world.pay(PROVIDER, "EUR 80", "bank 4711", now).await.unwrap(), "also before it owes anything");
        assert!(!world.pay(PROVIDER, "EUR 80", "bank 4711", now).await.unwrap());
        for (amount, day) in [("EUR 81", now), ("EUR 80", now - TimeDelta::days(1))] {
            let refused = world.pay(PROVIDER, amount, "bank 4711", day).await.unwrap_err();
            assert_eq!(refusal(&refused), (Code::FailedPrecondition, "PAYMENT_DIFFERS".to_owned()));
        }
        assert!(world.pay(PROVIDER, "EUR -5", "bank 4712", now).await.unwrap(), "given back");
        let statement = world.statement(PROVIDER).await;
        let shown = lines(&statement);
        assert!(shown.contains(&told("payment", "EUR -8000")) && shown.contains(&told("payment", "EUR 500")), "{shown:?}");
        assert_eq!(closing(&statement, "EUR"), -7_500);
        assert!(statement.lines.iter().any(|line| line.reason == "bank 4711"));
        let unknown = (Code::NotFound, "UNKNOWN_PROVIDER".to_owned());
        assert_eq!(refusal(&world.pay("nobody", "EUR 1", "x", now).await.unwrap_err()), unknown);
        let request = wire::GetStatementRequest { provider_id: "nobody".to_owned(), ..Default::default() };
        assert_eq!(refusal(&world.ledger.get_statement(request).await.unwrap_err()), unknown);
        for (amount, when) in [("EUR 0", now), ("EUR 0.001", now), ("EUR 1", now + TimeDelta::days(3))] {
            let refused = world.pay(PROVIDER, amount, "x", when).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument, "{amount}");
        }
        let asked = (0..8).map(|_| {
            let mut ledger = world.ledger.clone();
            let request = wire::RecordPaymentRequest {
                provider_id: PROVIDER.to_owned(),
                amount: Some(money("EUR 20")),
                reference: "at once".to_owned(),
                payment_time: Some(timestamp(now)),
                actor: OPERATOR.to_owned(),
            };
            async move { ledger.record_payment(request).await.unwrap().into_inner().changed }
        });
        let changed = futures::future::join_all(asked).await;
        assert_eq!(changed.iter().filter(|changed| **changed).count(), 1);
        assert_eq!(world.check_books().await.findings, []);
    }

    /// January: EUR 100. February: EUR 100 returned in March, CHF 67.50. Paid: EUR 80 in February, CHF
    /// 70 in March.
    async fn a_month_opens_as_the_one_before_it_closed_in_each_currency(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let assigned = |terms| What::Assigned { provider: SECOND.to_owned(), terms };
        let fifteen = Percent::from_hundredths(1_500).unwrap();
        let billed = "CHF 450".parse().unwrap();
        let stories: [Vec<(&str, What)>; 3] = [
            vec![("2026-01-31T23:59", assigned(euros("EUR 100"))), ("2026-01-31T23:59", What::Confirmed)],
            vec![("2026-02-01T00:00", assigned(euros("EUR 100"))), ("2026-02-01T00:00", What::Confirmed), ("2026-03-01T00:00", What::Released)],
            vec![("2026-02-10T10:00", assigned(Terms::Percent(fifteen))), ("2026-02-11T10:00", What::Confirmed), ("2026-02-28T23:59", What::Won { billed })],
        ];
        for (n, story) in (1..).zip(stories) {
            let events: Vec<_> = story.into_iter().map(|(time, what)| Event { at: at(time), what }).collect();
            let line = income::line(Uuid::from_u128(n), 1, &events).unwrap();
            world.posts(line.wanted()).await;
        }
        world.pay(SECOND, "EUR 80", "p1", at("2026-02-20T10:00")).await.unwrap_err();
        world.roster.add(SECOND);
        world.pay(SECOND, "EUR 80", "p1", at("2026-02-20T10:00")).await.unwrap();
        world.pay(SECOND, "CHF 70", "p2", at("2026-03-02T10:00")).await.unwrap();
        let mut before = [0, 0];
        let mut closings = Vec::new();
        for month in ["2026-01", "2026-02", "2026-03", "2026-04"] {
            let from = at(&format!("{month}-01T00:00"));
            let request = wire::GetStatementRequest {
                provider_id: SECOND.to_owned(),
                from_time: Some(timestamp(from)),
                until_time: None,
            };
            let statement = world.ledger.get_statement(request).await.unwrap().into_inner();
            for (before, currency) in before.iter_mut().zip(["EUR", "CHF"]) {
                let balance = statement.balances.iter().find(|balance| balance.currency == currency);
                let opening = balance.map_or(0, |balance| balance.opening_micros / 10_000);
                let moved: i64 = statement.lines.iter().filter_map(|line| line.amount.as_ref())
                    .filter(|amount| amount.currency == currency).map(|amount| amount.micros / 10_000).sum();
                assert_eq!(opening, *before, "{month} {currency}");
                *before = closing(&statement, currency);
                assert_eq!(opening + moved, *before, "{month} {currency}");
            }
            closings.push(before);
        }
        assert_eq!(closings, [[10_000, 0], [12_000, 6_750], [2_000, -250], [2_000, -250]]);
        let long = wire::GetStatementRequest {
            provider_id: SECOND.to_owned(),
            from_time: Some(timestamp(at("2026-01-01T00:00"))),
            until_time: Some(timestamp(at("2027-02-06T00:00"))),
        };
        let refused = world.ledger.get_statement(long).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&refused)[0].field, "until_time");
    }
}
