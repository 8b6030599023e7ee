//! What calls cost: prices with their days, a vendor's own figure, what is not known, and the books
//! after each change of mind (D4, R75).

use chassis::crash::Action;
use contracts::lead::v1 as wire;
use test_support::on_both;
use tonic::Code;

use crate::harness::World;
use crate::ledger_words::{amount, at, call, list, price, seconds, spoken};

const NOON: &str = "2026-01-15T12:00:00Z";
const CARRIER: &str = "call:CA00000000000000000000000000000001:carrier";
const AGENT: &str = "call:CA00000000000000000000000000000001:agent";

on_both! {
    async fn a_call_of_61_seconds_in_switzerland_is_two_minutes_usd_0_017_and_90_s_of_the_agent_are_usd_0_12(db: TestDb) {
        let mut world = World::start(db).await;
        assert!(world.put_prices(list()).await.unwrap());
        let mut told = call(1, NOON);
        told.with_agent = true;
        told.conversations = vec![spoken(1, 90)];
        assert!(world.costs(told).await);
        let lines = [format!("{CARRIER} 17000"), "conversation:conv_1:agent 120000".to_owned()];
        assert_eq!(world.call_lines().await, lines);
        let entries = [
            format!("cost:{CARRIER}:1 cost:carrier 17000"),
            "cost:conversation:conv_1:agent:1 cost:agent 120000".to_owned(),
        ];
        assert_eq!(world.entries().await, entries);
        let of_call = "SELECT COUNT(*) FROM cost_line WHERE call_sid LIKE 'CA%1'
            AND site_id = 'plombiersgeneve' AND agent_name = 'eric' AND number = '+41225394512'";
        assert_eq!(world.count(of_call).await, 2);
        world.balances().await;
    }

    async fn the_vendor_s_own_usd_0_04_goes_before_the_list_and_credits_before_seconds(db: TestDb) {
        let mut world = World::start(db).await;
        let mut listed = list();
        listed.prices.push(price("agent_credit", "", "USD 0.0002", "2020-01-01"));
        world.put_prices(listed).await.unwrap();
        let mut told = call(1, NOON);
        let mut by_credits = spoken(1, 90);
        by_credits.credits = Some(400);
        let mut by_vendor = spoken(2, 90);
        by_vendor.credits = Some(400);
        by_vendor.actual = Some(amount("USD 0.04"));
        told.conversations = vec![by_credits, by_vendor];
        world.costs(told).await;
        let lines = world.call_lines().await;
        assert_eq!(lines[1..], ["conversation:conv_1:agent 80000", "conversation:conv_2:agent 40000"]);
        let actual = "SELECT COUNT(*) FROM cost_line WHERE source = 'actual' AND conversation_id = 'conv_2'";
        assert_eq!(world.count(actual).await, 1);
    }

    async fn what_is_not_known_has_a_reason_is_never_zero_and_is_replaced_when_it_is_told_d4(db: TestDb) {
        let mut world = World::start(db).await;
        world.put_prices(list()).await.unwrap();
        let mut told = call(1, NOON);
        told.duration = None;
        told.with_agent = true;
        assert!(world.costs(told.clone()).await);
        let unknown = [format!("{AGENT} NO_WORD_YET"), format!("{CARRIER} NO_QUANTITY")];
        assert_eq!(world.call_lines().await, unknown);
        assert!(world.entries().await.is_empty(), "what is unknown is not in the books");
        // Before the first price there is none.
        world.costs(call(2, "2019-12-31T23:59:59Z")).await;
        assert!(world.call_lines().await.contains(&"call:CA00000000000000000000000000000002:carrier NO_PRICE".to_owned()));
        told.duration = Some(seconds(0));
        told.conversations = vec![spoken(1, 30)];
        assert!(world.costs(told.clone()).await);
        let lines = world.call_lines().await;
        assert_eq!(lines[0], format!("{CARRIER} 0"), "zero seconds are known to cost nothing");
        assert_eq!(lines[2], "conversation:conv_1:agent 40000");
        assert_eq!(lines.len(), 3, "nobody is waited for any more: {lines:?}");
        // And back: the conversation was another call's.
        told.conversations.clear();
        assert!(world.costs(told).await);
        assert_eq!(world.call_lines().await[0], format!("{AGENT} NO_WORD_YET"));
        let entries = world.entries().await;
        assert_eq!(entries.len(), 2, "taken back by a reversal: {entries:?}");
        world.balances().await;
    }

    async fn a_repeat_writes_nothing_and_other_figures_replace_by_reversal(db: TestDb) {
        let mut world = World::start(db).await;
        world.put_prices(list()).await.unwrap();
        assert!(world.costs(call(1, NOON)).await);
        for _ in 0..3 {
            assert!(!world.costs(call(1, NOON)).await);
        }
        assert_eq!(world.entries().await.len(), 1);
        let mut longer = call(1, NOON);
        longer.duration = Some(seconds(181));
        assert!(world.costs(longer).await);
        let entries = [
            format!("cost:{CARRIER}:1 cost:carrier 17000"),
            format!("cost:{CARRIER}:2 payable:twilio 17000"),
            format!("cost:{CARRIER}:3 cost:carrier 34000"),
        ];
        assert_eq!(world.entries().await, entries);
        let mut class = call(1, NOON);
        class.duration = Some(seconds(181));
        class.call_class = wire::CallClass::Spam.into();
        assert!(world.costs(class.clone()).await, "it is judged otherwise");
        assert_eq!(world.count("SELECT COUNT(*) FROM ended_call WHERE class = 'spam'").await, 1);
        class.caller_heard = true;
        assert!(world.costs(class.clone()).await, "somebody was heard after all");
        assert!(!world.costs(class).await);
        assert_eq!(world.count("SELECT COUNT(*) FROM ended_call WHERE heard").await, 1);
        assert_eq!(world.entries().await.len(), 3);
        world.balances().await;
    }

    async fn ten_tellings_of_one_call_at_once_are_booked_once(db: TestDb) {
        let mut world = World::start(db).await;
        world.put_prices(list()).await.unwrap();
        let mut told = call(1, NOON);
        told.conversations = vec![spoken(1, 90)];
        let all = (0..10).map(|_| {
            let (mut ledger, told) = (world.ledger.clone(), told.clone());
            async move { ledger.record_cost(told).await.unwrap().into_inner().changed }
        });
        let changed = futures::future::join_all(all).await;
        assert_eq!(changed.iter().filter(|changed| **changed).count(), 1);
        assert_eq!(world.entries().await.len(), 2);
        assert_eq!(world.call_lines().await.len(), 2);
        world.balances().await;
    }

    async fn spam_costs_too_and_a_call_to_nobody_s_number_is_nobody_s(db: TestDb) {
        let mut world = World::start(db).await;
        let mut listed = list();
        listed.prices.push(price("carrier_minute", "", "USD 0.01", "2020-01-01"));
        world.put_prices(listed).await.unwrap();
        let mut spam = call(1, NOON);
        spam.call_class = wire::CallClass::Spam.into();
        world.costs(spam).await;
        let mut stray = call(2, NOON);
        stray.site_id = "gone".to_owned();
        world.costs(stray).await;
        let sites = world.texts("SELECT site_id || ' ' || CAST(amount_micros AS TEXT) FROM cost_line
            WHERE part = 'carrier' ORDER BY cost_key").await;
        assert_eq!(sites, ["plombiersgeneve 17000", " 20000"]);
        assert_eq!(world.count("SELECT COUNT(*) FROM ended_call WHERE site_id = ''").await, 1);
    }

    async fn every_fault_of_a_call_is_told_at_once(db: TestDb) {
        let mut world = World::start(db).await;
        let mut wrong = call(1, NOON);
        wrong.call_sid.clear();
        wrong.call_class = 0;
        wrong.end_time = Some(at("2026-01-15T11:59:59Z"));
        wrong.duration = Some(seconds(-1));
        let mut minus = spoken(1, -5);
        minus.credits = Some(-1);
        minus.actual = Some(wire::Amount { micros: -1, currency: "usd".to_owned() });
        wrong.conversations = vec![spoken(1, 1), minus];
        let refused = world.ledger.record_cost(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let mut fields: Vec<_> = chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        fields.sort();
        let told = [
            "call_class", "call_sid", "conversations[1].actual.currency", "conversations[1].actual.micros",
            "conversations[1].conversation_id", "conversations[1].credits", "conversations[1].duration",
            "duration", "end_time",
        ];
        assert_eq!(fields, told);
        assert!(world.call_lines().await.is_empty());
    }

    async fn a_price_of_1_february_counts_from_its_midnight_and_what_was_before_stays(db: TestDb) {
        let mut world = World::start(db).await;
        world.put_prices(list()).await.unwrap();
        world.costs(call(1, "2026-01-31T23:59:59Z")).await;
        world.costs(call(2, "2026-02-01T00:00:00Z")).await;
        let mut dearer = list();
        dearer.prices.push(price("carrier_minute", "CH", "USD 0.009", "2026-02-01"));
        assert!(world.put_prices(dearer.clone()).await.unwrap());
        world.is_repriced().await;
        let second = "call:CA00000000000000000000000000000002:carrier";
        assert_eq!(world.call_lines().await, [format!("{CARRIER} 17000"), format!("{second} 18000")]);
        let entries = [
            format!("cost:{CARRIER}:1 cost:carrier 17000"),
            format!("cost:{second}:1 cost:carrier 17000"),
            format!("cost:{second}:2 payable:twilio 17000"),
            format!("cost:{second}:3 cost:carrier 18000"),
        ];
        assert_eq!(world.entries().await, entries);
        // What is told after the change is priced by it at once, and the same list changes nothing.
        world.costs(call(3, "2026-02-03T00:00:00Z")).await;
        assert!(world.call_lines().await[2].ends_with(" 18000"));
        dearer.prices.reverse();
        assert!(!world.put_prices(dearer).await.unwrap());
        assert_eq!(world.count("SELECT version FROM ledger_rules").await, 2);
        world.balances().await;
    }

    async fn a_price_that_goes_makes_what_it_priced_unknown_again(db: TestDb) {
        let mut world = World::start(db).await;
        world.put_prices(list()).await.unwrap();
        world.costs(call(1, NOON)).await;
        let mut without = list();
        without.prices.retain(|price| price.item != "carrier_minute");
        world.put_prices(without).await.unwrap();
        world.is_repriced().await;
        assert_eq!(world.call_lines().await, [format!("{CARRIER} NO_PRICE")]);
        assert_eq!(world.entries().await.len(), 2);
        world.balances().await;
    }

    async fn pricing_anew_goes_on_where_a_crash_ended_it_and_books_each_line_once(db: TestDb) {
        let mut world = World::start(db).await;
        world.put_prices(list()).await.unwrap();
        for n in 1..=60 {
            world.costs(call(n, &format!("2026-03-01T10:{:02}:{:02}Z", n / 60, n % 60))).await;
        }
        // The first page is committed; then the process does nothing more.
        world.points.arm("lead.after_reprice", Action::Hang);
        let mut dearer = list();
        dearer.prices.push(price("carrier_minute", "CH", "USD 0.009", "2026-03-01"));
        world.put_prices(dearer).await.unwrap();
        world.comes("SELECT COUNT(*) FROM ledger_rules WHERE reprice_key LIKE 'call:%'").await;
        assert_eq!(world.count("SELECT COUNT(*) FROM cost_line WHERE amount_micros = 18000").await, 25);
        world.balances().await;
        world.restart().await;
        world.is_repriced().await;
        assert_eq!(world.count("SELECT COUNT(*) FROM cost_line WHERE amount_micros = 18000").await, 60);
        let entries = "SELECT COUNT(*) FROM transfer WHERE base LIKE 'cost:call:%'";
        assert_eq!(world.count(entries).await, 3 * 60);
        world.balances().await;
    }

    async fn a_list_that_comes_while_another_is_priced_by_moves_the_place_back(db: TestDb) {
        let mut world = World::start(db).await;
        world.put_prices(list()).await.unwrap();
        world.costs(call(1, "2026-02-10T10:00:00Z")).await;
        for n in 2..=31 {
            world.costs(call(n, &format!("2026-03-01T10:{:02}:{:02}Z", n / 60, n % 60))).await;
        }
        world.points.arm("lead.after_reprice", Action::Hold);
        let mut march = list();
        march.prices.push(price("carrier_minute", "CH", "USD 0.009", "2026-03-01"));
        world.put_prices(march).await.unwrap();
        world.comes("SELECT COUNT(*) FROM ledger_rules WHERE reprice_key LIKE 'call:%'").await;
        // Of the first change five lines are left; the second one begins in February.
        let mut february = list();
        february.prices.push(price("carrier_minute", "CH", "USD 0.01", "2026-02-01"));
        world.put_prices(february).await.unwrap();
        let back = "SELECT COUNT(*) FROM ledger_rules WHERE reprice_key = ''";
        assert_eq!(world.count(back).await, 1);
        // A call that is told meanwhile is priced by the list that stands.
        world.costs(call(32, "2026-03-02T10:00:00Z")).await;
        world.points.release("lead.after_reprice");
        world.is_repriced().await;
        assert_eq!(world.count("SELECT COUNT(*) FROM cost_line WHERE amount_micros = 20000").await, 32);
        // 32 is 20.
        let once = "SELECT COUNT(*) FROM transfer WHERE base LIKE 'cost:call:%020:carrier'";
        assert_eq!(world.count(once).await, 1);
        world.balances().await;
    }

    async fn a_list_with_five_faults_tells_all_five_and_changes_nothing(db: TestDb) {
        let mut world = World::start(db).await;
        world.put_prices(list()).await.unwrap();
        let mut wrong = list();
        wrong.prices[0].item = "fax".to_owned();
        wrong.prices[1].country = "Switzerland".to_owned();
        wrong.prices[2].from_date = "2026-02-30".to_owned();
        wrong.prices.push(price("email", "", "USD 0.0009", "2020-01-01"));
        wrong.rates[0].rate = "0".to_owned();
        let refused = world.put_prices(wrong).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
        let told: Vec<_> = chassis::fault::violations(&refused).into_iter().map(|v| v.field).collect();
        let fields = ["prices[0].item", "prices[1].country", "prices[2].from_date", "prices[7]", "rates[0].rate"];
        assert_eq!(told, fields);
        let mut wrong = list();
        wrong.prices[0].amount = None;
        wrong.prices[1].amount = Some(wire::Amount { micros: -1, currency: "CHF".to_owned() });
        wrong.report_currency = "euro".to_owned();
        wrong.credit_days = Some(0);
        wrong.rates[0].to_currency = "USD".to_owned();
        let refused = world.put_prices(wrong).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&refused).len(), 5);
        assert_eq!(world.count("SELECT version FROM ledger_rules").await, 1);
        assert!(!world.put_prices(list()).await.unwrap());
    }

    async fn what_is_expected_is_kept_with_the_list_r75_r77_r78(db: TestDb) {
        let mut world = World::start(db).await;
        let mut listed = list();
        listed.expected = Some(wire::Expected {
            call_duration: Some(seconds(180)),
            cost_per_lead: Some(amount("USD 0.04")),
            agent_per_call: None,
        });
        listed.credit_days = Some(30);
        listed.report_currency = "CHF".to_owned();
        assert!(world.put_prices(listed.clone()).await.unwrap());
        assert!(!world.put_prices(listed).await.unwrap());
        let kept = world.texts("SELECT CAST(expected AS TEXT) FROM ledger_rules
            WHERE report_currency = 'CHF' AND credit_days = 30").await;
        let kept: serde_json::Value = serde_json::from_str(&kept[0]).unwrap();
        let expected = serde_json::json!({
            "call_seconds": 180,
            "cost_per_lead": { "micros": 40_000, "currency": "USD" },
            "agent_per_call": null,
        });
        assert_eq!(kept, expected);
    }
}
