//! What providers owe: charged once by their terms, credited when a lead is taken back, paid, and
//! told in statements that add up (R79, R80, D13).

use std::time::Duration;

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use test_support::on_both;
use tonic::Code;
use wire::IncomeState::{Credited, Due, Expected, Waived};

use crate::calls::{refusal, tool_call};
use crate::fake_lists::customer;
use crate::fake_roster::{PROVIDER, SECOND, flat, percent};
use crate::ledger::{closing, confirmed, lines, money, told};
use crate::verbs::{LINK, OPERATOR, lost, won};
use uuid::Uuid;

on_both! {
    async fn eur_100_is_due_when_the_provider_confirms_and_not_before_r79(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let id = world.dispatch(customer(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        assert_eq!(world.income(&id).await, []);
        assert_eq!(world.statement(PROVIDER).await.balances, []);
        world.confirm(&id, 1, LINK).await.unwrap();
        world.confirm(&id, 1, LINK).await.unwrap();
        let income = world.income(&id).await;
        assert_eq!((income.len(), income[0].state(), income[0].charged.clone()), (1, Due, Some(money("EUR 100"))));
        let statement = world.statement(PROVIDER).await;
        assert_eq!(lines(&statement), [told("flat", "EUR 10000")]);
        assert_eq!(statement.lines[0].lead_id, id);
        let reference = lead_service::domain::reference::of(Uuid::try_parse(&id).unwrap());
        assert_eq!(statement.lines[0].reference, reference);
        assert_eq!(closing(&statement, "EUR"), 10_000);
        // What the provider pays from now on does not touch what was agreed on.
        world.roster.pays(PROVIDER, flat(1, "EUR"));
        world.close(&id, 1, won(45_000)).await.unwrap();
        assert_eq!(world.income(&id).await[0].charged, Some(money("EUR 100")), "flat, whatever was billed");
        assert_eq!(world.count("SELECT COUNT(*) FROM transfer").await, 1);
    }

    async fn fifteen_percent_of_chf_450_is_chf_67_50_when_the_lead_is_won_r80(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        world.roster.pays(PROVIDER, percent(1_500));
        let id = world.dispatch(customer(1)).await.lead_id;
        world.confirm(&id, 1, LINK).await.unwrap();
        assert_eq!(world.income(&id).await[0].state(), Expected);
        let statement = world.statement(PROVIDER).await;
        assert_eq!(lines(&statement), [("expected".to_owned(), None)]);
        world.close(&id, 1, won(45_000)).await.unwrap();
        let income = world.income(&id).await;
        assert_eq!((income[0].state(), income[0].charged.clone()), (Due, Some(money("CHF 67.50"))));
        assert_eq!(income[0].work_closed, Some(money("CHF 450")));
        let statement = world.statement(PROVIDER).await;
        assert_eq!(lines(&statement), [told("commission", "CHF 6750")]);
        assert_eq!(statement.lines[0].percent_hundredths, 1_500);
        assert_eq!(statement.lines[0].work_closed, Some(money("CHF 450")));
        // Nothing comes of another: nothing is owed.
        let other = world.dispatch(customer(2)).await.lead_id;
        world.confirm(&other, 1, LINK).await.unwrap();
        world.close(&other, 1, lost("too far")).await.unwrap();
        assert_eq!(world.income(&other).await, []);
        let third = confirmed(&mut world, 3).await;
        let refused = world.close(&third, 1, won(i64::MAX)).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&refused)[0].field, "result.won.amount_minor");
        assert_eq!(world.check_books().await.findings, []);
    }

    async fn the_same_customer_with_the_same_need_is_charged_once_d13(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let first = world.dispatch(tool_call(1)).await.lead_id;
        world.confirm(&first, 1, LINK).await.unwrap();
        let again = world.dispatch(tool_call(2)).await.lead_id;
        assert_ne!(first, again);
        world.confirm(&again, 1, LINK).await.unwrap();
        let income = world.income(&again).await;
        assert_eq!((income[0].state(), income[0].charged.clone()), (Waived, None));
        let statement = world.statement(PROVIDER).await;
        assert_eq!(lines(&statement), [told("flat", "EUR 10000"), ("waived".to_owned(), None)]);
        assert!(statement.lines[1].reason.contains(&statement.lines[0].reference), "{}", statement.lines[1].reason);
        assert_eq!(closing(&statement, "EUR"), 10_000);
        assert_eq!(world.check_books().await.findings, []);
    }

    async fn a_confirmed_lead_taken_back_is_credited_whole_and_the_next_provider_charged_once(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        world.roster.add(SECOND);
        world.roster.pays(SECOND, flat(8_000, "CHF"));
        let id = world.dispatch(customer(1)).await.lead_id;
        world.confirm(&id, 1, LINK).await.unwrap();
        world.decline(&id, 1, OPERATOR).await.unwrap();
        world.is_offered(&id, 2).await;
        world.confirm(&id, 2, LINK).await.unwrap();
        let first = world.statement(PROVIDER).await;
        assert_eq!(lines(&first), [told("flat", "EUR 10000"), told("credit", "EUR -10000")]);
        assert_eq!((closing(&first, "EUR"), first.lines[1].reason.as_str()), (0, "returned"));
        let second = world.statement(SECOND).await;
        assert_eq!(lines(&second), [told("flat", "CHF 8000")]);
        let incomes = world.income(&id).await;
        let states: Vec<_> = incomes.iter().map(|line| (line.attempt, line.state())).collect();
        assert_eq!(states, [(1, Credited), (2, Due)]);
        assert_eq!(world.check_books().await.findings, []);
    }

    async fn a_lead_cancelled_after_its_confirmation_is_credited_and_one_before_owes_nothing(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let confirmed = world.dispatch(customer(1)).await.lead_id;
        world.confirm(&confirmed, 1, LINK).await.unwrap();
        world.cancel(&confirmed).await.unwrap();
        let offered = world.dispatch(customer(2)).await.lead_id;
        world.is_offered(&offered, 1).await;
        world.cancel(&offered).await.unwrap();
        let income = world.income(&confirmed).await;
        assert_eq!((income[0].state(), income[0].credited.clone()), (Credited, Some(money("EUR 100"))));
        assert_eq!(world.income(&offered).await, []);
        assert_eq!(closing(&world.statement(PROVIDER).await, "EUR"), 0);
        assert_eq!(world.check_books().await.findings, []);
    }

    async fn a_lead_that_was_assigned_without_terms_has_no_income_line(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        world.roster.pays_nothing(PROVIDER);
        let id = world.dispatch(customer(1)).await.lead_id;
        world.confirm(&id, 1, LINK).await.unwrap();
        world.close(&id, 1, won(45_000)).await.unwrap();
        assert_eq!(world.income(&id).await, []);
        let refused = world.credit(&id, 1, None).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::FailedPrecondition, "CREDIT_EXCEEDS".to_owned()));
        let statement = world.statement(PROVIDER).await;
        assert_eq!((statement.lines, statement.balances), (Vec::new(), Vec::new()));
        assert_eq!(world.check_books().await.findings, []);
    }

    async fn whatever_breaks_around_a_confirmation_a_result_or_a_return_each_line_stands_once(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        world.roster.add(SECOND);
        world.roster.pays(SECOND, flat(8_000, "CHF"));
        let points = ["lead.after_confirm", "lead.before_release", "lead.after_cancel", "lead.after_release"];
        let mut n = 0;
        for point in points {
            for action in [Action::Hang, Action::Error, Action::Panic] {
                n += 1;
                let hangs = matches!(action, Action::Hang);
                let id = world.dispatch(customer(n)).await.lead_id;
                world.is_offered(&id, 1).await;
                let returns = point != "lead.after_confirm";
                if returns {
                    world.confirm(&id, 1, LINK).await.unwrap();
                    world.logs(&id, "settled").await;
                }
                let before = world.points.fired(point);
                world.points.arm(point, action);
                if returns {
                    world.decline(&id, 1, OPERATOR).await.unwrap();
                } else {
                    world.confirm(&id, 1, LINK).await.unwrap();
                }
                let points = world.points.clone();
                test_support::eventually(Duration::from_secs(10), async || {
                    (points.fired(point) > before).then_some(())
                }).await;
                if hangs {
                    world.restart().await;
                }
                if returns {
                    world.is_offered(&id, 2).await;
                    world.confirm(&id, 2, LINK).await.unwrap();
                    world.confirm(&id, 2, LINK).await.unwrap();
                } else {
                    world.logs(&id, "settled").await;
                    world.confirm(&id, 1, LINK).await.unwrap();
                }
                let attempt = if returns { 2 } else { 1 };
                world.close(&id, attempt, won(45_000)).await.unwrap();
                world.close(&id, attempt, won(45_000)).await.unwrap();
                let states: Vec<_> = world.income(&id).await.iter().map(|line| (line.attempt, line.state())).collect();
                let expected = if returns { vec![(1, Credited), (2, Due)] } else { vec![(1, Due)] };
                assert_eq!(states, expected, "{point}");
            }
        }
        assert_eq!(closing(&world.statement(PROVIDER).await, "EUR"), 3 * 10_000);
        assert_eq!(closing(&world.statement(SECOND).await, "CHF"), 9 * 8_000);
        assert_eq!(world.count("SELECT COUNT(*) FROM transfer").await, 3 + 9 * 3);
        assert_eq!(world.check_books().await.findings, []);
    }
}
