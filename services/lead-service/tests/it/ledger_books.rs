//! CheckBooks finds what was changed by hand, and nothing else; the operator hears of each once.

use std::time::Duration;

use chassis::clock;
use lead_service::domain::ledger::cost::{Belongs, Part};
use test_support::on_both;
use uuid::Uuid;

use crate::fake_lists::customer;
use crate::fake_roster::{PROVIDER, SECOND, percent};
use crate::harness::World;
use crate::ledger::cost;
use crate::schema::execute;
use crate::verbs::{LINK, OPERATOR, won};

/// Leads of every fate, and some costs.
async fn business(world: &mut World) -> Vec<String> {
    world.roster.add(SECOND);
    world.roster.pays(SECOND, percent(1_500));
    let mut ids = Vec::new();
    for n in 1..=4 {
        let id = world.dispatch(customer(n)).await.lead_id;
        world.confirm(&id, 1, LINK).await.unwrap();
        ids.push(id);
    }
    world
        .credit(&ids[1], 1, Some(crate::ledger::money("EUR 25")))
        .await
        .unwrap();
    world.decline(&ids[1], 1, OPERATOR).await.unwrap();
    world.is_offered(&ids[1], 2).await;
    world.confirm(&ids[1], 2, LINK).await.unwrap();
    world.close(&ids[1], 2, won(45_000)).await.unwrap();
    world.cancel(&ids[2]).await.unwrap();
    world
        .pay(PROVIDER, "EUR 50", "bank 1", clock::now())
        .await
        .unwrap();
    let now = clock::now();
    let belongs = || Belongs {
        site: "plombiersgeneve".to_owned(),
        ..Belongs::default()
    };
    let line = |key: &str, amount| cost(key, Part::Agent, now, belongs(), amount);
    world
        .cost_lines(vec![
            line("call:1:agent", Some("USD 0.12")),
            line("call:2:agent", Some("USD 0")),
            line("call:3:agent", None),
        ])
        .await;
    ids
}

async fn found(world: &mut World) -> Vec<(String, String)> {
    let findings = world.check_books().await.findings.into_iter();
    findings
        .map(|finding| (finding.kind, finding.subject))
        .collect()
}

on_both! {
    async fn books_that_balance_have_no_findings_and_every_account_is_summed(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        business(&mut world).await;
        let books = world.check_books().await;
        assert_eq!(books.findings, []);
        assert_eq!(books.income_lines, 5);
        // Three of these, and the numbers of the sites.
        assert!(books.cost_lines >= 3, "{}", books.cost_lines);
        let of = |account: &str, currency: &str| {
            let mut balances = books.balances.iter();
            let found = balances.find(|b| b.account == account && b.currency == currency);
            found.map(|balance| balance.micros)
        };
        assert_eq!(of(&format!("receivable:{PROVIDER}"), "EUR"), Some(150_000_000));
        assert_eq!(of(&format!("receivable:{SECOND}"), "CHF"), Some(67_500_000));
        assert_eq!(of("income:flat", "EUR"), Some(-400_000_000));
        assert_eq!(of("income:credit", "EUR"), Some(200_000_000));
        assert_eq!(of("cost:agent", "USD"), Some(120_000));
        for currency in ["EUR", "CHF", "USD"] {
            let all = books.balances.iter().filter(|balance| balance.currency == currency);
            assert_eq!(all.map(|balance| balance.micros).sum::<i64>(), 0, "{currency}");
        }
        assert_eq!(books.transfers, world.count("SELECT COUNT(*) FROM transfer").await);
    }

    async fn a_changed_cost_line_is_found_and_so_is_one_that_is_gone(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        business(&mut world).await;
        execute(&world.store, "UPDATE cost_line SET amount_micros = 130000 WHERE cost_key = 'call:1:agent'").await.unwrap();
        execute(&world.store, "UPDATE cost_line SET amount_micros = 1 WHERE cost_key = 'call:2:agent'").await.unwrap();
        let pairs = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
            pairs.iter().map(|(kind, subject)| ((*kind).to_owned(), (*subject).to_owned())).collect()
        };
        let expected = pairs(&[("LINE_DIFFERS", "cost:call:1:agent"), ("LINE_MISSING", "cost:call:2:agent")]);
        assert_eq!(found(&mut world).await, expected);
        execute(&world.store, "UPDATE cost_line SET amount_micros = 120000, part = 'email' WHERE cost_key = 'call:1:agent'").await.unwrap();
        execute(&world.store, "UPDATE cost_line SET amount_micros = 0 WHERE cost_key = 'call:2:agent'").await.unwrap();
        assert_eq!(found(&mut world).await, pairs(&[("LINE_DIFFERS", "cost:call:1:agent")]), "another account");
        execute(&world.store, "DELETE FROM cost_line WHERE cost_key = 'call:1:agent'").await.unwrap();
        assert_eq!(found(&mut world).await, pairs(&[("LINE_MISSING", "cost:call:1:agent")]));
    }

    async fn a_charge_that_is_missing_or_nobodys_is_found_and_the_operator_hears_once(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        let ids = business(&mut world).await;
        let open = world.dispatch(customer(9)).await.lead_id;
        world.is_offered(&open, 1).await;
        // Confirmed behind the ledger's back.
        execute(&world.store, "UPDATE lead_attempt SET state = 'confirmed' WHERE state = 'offered'").await.unwrap();
        let missing = ("INCOME_MISSING".to_owned(), format!("income:{open}:1"));
        assert_eq!(found(&mut world).await, std::slice::from_ref(&missing));
        // Booked for a lead that owes nothing, and twice what is owed for another.
        let lite = !world.store.read().await.unwrap().is_postgres();
        let entry = |base: &str, place: i32, before: &str, accounts: &str, micros: i64| -> &'static str {
            let id = chassis::ids::derive("entry of the test", &[base]).simple().to_string();
            let id = if lite { format!("x'{id}'") } else { format!("'{id}'::uuid") };
            let sql = format!("INSERT INTO transfer (id, base, place, before, debit, credit, amount_micros, currency, transfer_time, create_time)
                SELECT {id}, '{base}', {place}, {before}, {accounts}, {micros}, 'EUR', MIN(transfer_time), MIN(create_time) FROM transfer");
            Box::leak(sql.into_boxed_str())
        };
        let nobody = format!("income:{}:1", Uuid::from_u128(7));
        let receivable = format!("'receivable:{PROVIDER}', 'income:flat'");
        execute(&world.store, entry(&nobody, 1, "NULL", &receivable, 5)).await.unwrap();
        execute(&world.store, entry("rent", 1, "NULL", &receivable, 5)).await.unwrap();
        // Taken back by another amount than stood: the chain is broken, and so nothing stands.
        let first = format!("income:{}:1", ids[0]);
        let swapped = format!("'income:flat', 'receivable:{PROVIDER}'");
        execute(&world.store, entry(&first, 2, "1", &swapped, 99_000_000)).await.unwrap();
        let mut expected = vec![
            ("CHAIN_BROKEN".to_owned(), first.clone()),
            ("INCOME_DIFFERS".to_owned(), nobody),
            missing,
            ("INCOME_MISSING".to_owned(), first),
            ("LINE_MISSING".to_owned(), "rent".to_owned()),
        ];
        expected.sort();
        assert_eq!(found(&mut world).await, expected);
        assert_eq!(world.notification.told("alarm:BOOKS_BROKEN:").len(), 0, "it ran at the start");
        for _ in 0..2 {
            world.pass_time(Duration::from_secs(24 * 3600 + 1)).await;
            world.tells(&format!("alarm:BOOKS_BROKEN:income:{open}:1:INCOME_MISSING")).await;
        }
        test_support::eventually(Duration::from_secs(15), async || {
            (world.notification.told("alarm:BOOKS_BROKEN:").len() == 5).then_some(())
        }).await;
        let again = "SELECT COUNT(*) FROM task WHERE name = 'books' AND counted = 5";
        test_support::eventually(Duration::from_secs(15), async || (world.count(again).await == 1).then_some(())).await;
        assert_eq!(world.notification.told("alarm:BOOKS_BROKEN:").len(), 5);
    }

    async fn books_that_cannot_be_recounted_are_told_once(db: TestDb) {
        let mut world = World::start(db).await;
        world.roster.pays_nothing(PROVIDER);
        let id = world.dispatch(customer(1)).await.lead_id;
        world.is_offered(&id, 1).await;
        let event = "INSERT INTO income_event (lead_id, attempt, number, event_time, kind, provider_id, terms)
            SELECT id, 1, 1, create_time, 'assigned', 'dentiste-carouge', '{}' FROM lead";
        execute(&world.store, event).await.unwrap();
        world.pass_time(Duration::from_secs(24 * 3600 + 1)).await;
        world.tells("alarm:BOOKS_BROKEN:books:UNREADABLE").await;
        world.pass_time(Duration::from_secs(3600)).await;
        let again = "SELECT COUNT(*) FROM task WHERE name = 'books' AND due_us > (SELECT us FROM clock)";
        test_support::eventually(Duration::from_secs(15), async || (world.count(again).await == 1).then_some(())).await;
        assert_eq!(world.notification.told("alarm:BOOKS_BROKEN:").len(), 1);
    }

    async fn entries_and_events_refuse_to_be_changed(db: TestDb) {
        let mut world = crate::ledger::start(db).await;
        business(&mut world).await;
        for sql in ["UPDATE transfer SET amount_micros = 1", "DELETE FROM transfer",
            "UPDATE income_event SET attempt = 9", "DELETE FROM income_event"] {
            execute(&world.store, sql).await.unwrap_err();
        }
        assert_eq!(world.check_books().await.findings, []);
    }
}
