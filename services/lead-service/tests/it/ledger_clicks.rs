//! Where leads came from (R35): clicks, the rule of the ten minutes, and conversions as they are
//! listed.

use std::time::Duration;

use chassis::{clock, db};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::lead::v1 as wire;
use lead_service::domain::ledger::account::Account;
use lead_service::domain::ledger::transfer::{Posting, Wanted, adjust};
use lead_service::store::ledger::transfers;
use test_support::{eventually, on_both};
use tonic::{Code, Status};

use crate::calls::{CALLER, refusal, tool_call};
use crate::harness::World;
use crate::ledger_words::{call, stamp};
use crate::schema::execute;
use crate::verbs::{OPERATOR, lost};

const SITE: &str = "plombiersgeneve";

async fn click(world: &mut World, site: &str, id: &str, at: DateTime<Utc>) -> Result<(), Status> {
    let request = wire::RecordClickRequest {
        site_id: site.to_owned(),
        click_id: id.to_owned(),
        click_time: Some(stamp(at)),
    };
    world.ledger.record_click(request).await.map(|_| ())
}

/// The call of lead `n` is told: it began then.
async fn told(world: &mut World, n: u32, start: DateTime<Utc>) {
    let request = call(n, &start.to_rfc3339());
    world.costs(request).await;
}

async fn conversions(world: &mut World) -> Vec<wire::Conversion> {
    let request = wire::ListConversionsRequest::default();
    let listed = world.ledger.list_conversions(request).await.unwrap();
    listed.into_inner().conversions
}

/// Click and ambiguity of a lead.
async fn came(world: &mut World, lead_id: &str) -> (String, bool) {
    let mut all = conversions(world).await.into_iter();
    let of_lead = all
        .find(|conversion| conversion.lead_id == lead_id)
        .unwrap();
    (of_lead.click_id, of_lead.ambiguous)
}

async fn lead(world: &mut World, n: u32) -> String {
    world.dispatch(tool_call(n)).await.lead_id
}

/// As incomes are posted.
async fn post(world: &World, wanted: Vec<Wanted>) {
    let store = world.store.clone();
    db::unit(async move {
        let mut tx = store.begin().await?;
        for wanted in &wanted {
            for transfer in adjust(wanted, &[], clock::now()) {
                transfers::add(&mut tx, &transfer).await?;
            }
        }
        tx.commit().await
    })
    .await
    .unwrap();
}

fn owed(base: String, debit: Account, credit: Account, amount: &str) -> Wanted {
    Wanted {
        base,
        at: clock::now(),
        posting: Posting::new(debit, credit, amount.parse().unwrap()),
    }
}

on_both! {
    async fn one_click_before_the_call_is_the_lead_s_and_none_or_two_are_ambiguous_r35(db: TestDb) {
        let mut world = World::start(db).await;
        let start = clock::now() - TimeDelta::days(1);
        let far = start - TimeDelta::hours(2);
        let ids = [lead(&mut world, 1).await, lead(&mut world, 2).await, lead(&mut world, 3).await];
        assert_eq!(came(&mut world, &ids[0]).await, (String::new(), false), "not decided yet");
        // Another site's click says nothing.
        click(&mut world, "zurich-hilfe", "gclid-z", far).await.unwrap();
        told(&mut world, 1, far).await;
        click(&mut world, SITE, "gclid-1", start - TimeDelta::minutes(4)).await.unwrap();
        told(&mut world, 2, start).await;
        click(&mut world, SITE, "gclid-2", start - TimeDelta::minutes(3)).await.unwrap();
        told(&mut world, 3, start).await;
        assert_eq!(came(&mut world, &ids[0]).await, (String::new(), true), "none");
        assert_eq!(came(&mut world, &ids[1]).await, ("gclid-1".to_owned(), false), "one");
        assert_eq!(came(&mut world, &ids[2]).await, (String::new(), true), "two");
        // Told again, the first decision stands.
        told(&mut world, 2, start + TimeDelta::seconds(1)).await;
        assert_eq!(came(&mut world, &ids[1]).await.0, "gclid-1");
    }

    async fn ten_minutes_before_the_call_counts_and_so_does_its_start_and_a_microsecond_beyond_does_not(db: TestDb) {
        let mut world = World::start(db).await;
        let micro = TimeDelta::microseconds(1);
        let day = clock::now() - TimeDelta::days(2);
        let cases = [
            (TimeDelta::minutes(-10), true),
            (TimeDelta::minutes(-10) - micro, false),
            (TimeDelta::zero(), true),
            (micro, false),
        ];
        for (n, (offset, counts)) in (1u32..).zip(cases) {
            let start = day + TimeDelta::hours(n.into());
            let id = lead(&mut world, n).await;
            let name = format!("gclid-{n}");
            click(&mut world, SITE, &name, start + offset).await.unwrap();
            told(&mut world, n, start).await;
            let expected = if counts { (name, false) } else { (String::new(), true) };
            assert_eq!(came(&mut world, &id).await, expected, "{offset}");
        }
    }

    async fn a_page_that_is_loaded_again_leaves_the_click_where_it_was(db: TestDb) {
        let mut world = World::start(db).await;
        let day = clock::now() - TimeDelta::days(1);
        // On a whole minute: the moments of a case lie in minutes of their own, or all in one.
        let day = DateTime::from_timestamp(day.timestamp().div_euclid(60) * 60, 0).unwrap();
        let seconds = TimeDelta::seconds;
        // When the page was loaded, beside the call's start; and whether the click counts.
        let cases = [
            (vec![-180, 180], true),
            (vec![180, -180], true),
            (vec![-180, -60, -50], true),
            (vec![-3600, -180], true),
            (vec![10, -10, 20], true),
            (vec![-610, -590], true),
            (vec![-3600, 180], false),
            (vec![-610, 10], false),
        ];
        for (n, (loads, counts)) in (1u32..).zip(cases) {
            let start = day + TimeDelta::hours((3 * n).into()) + seconds(30);
            let id = lead(&mut world, n).await;
            let name = format!("gclid-{n}");
            for load in &loads {
                click(&mut world, SITE, &name, start + seconds(*load)).await.unwrap();
            }
            told(&mut world, n, start).await;
            let expected = if counts { (name, false) } else { (String::new(), true) };
            assert_eq!(came(&mut world, &id).await, expected, "{loads:?}");
        }
        // Another click beside it is another person's.
        let id = lead(&mut world, 20).await;
        for (name, load) in [("gclid-a", -180), ("gclid-a", -60), ("gclid-b", -30), ("gclid-a", 60)] {
            click(&mut world, SITE, name, day + seconds(load)).await.unwrap();
        }
        told(&mut world, 20, day).await;
        assert_eq!(came(&mut world, &id).await, (String::new(), true));
    }

    async fn after_a_thousand_clicks_in_ten_minutes_no_more_are_kept_and_nobody_is_refused(db: TestDb) {
        let mut world = World::start(db).await;
        let now = clock::now() - TimeDelta::hours(5);
        click(&mut world, SITE, "gclid", now).await.unwrap();
        let flood = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 998)
            INSERT INTO click (site_id, click_id, minute, first_time, last_time)
            SELECT site_id, 'gclid-' || i, minute, first_time, last_time FROM click, n";
        execute(&world.store, flood).await.unwrap();
        click(&mut world, SITE, "the-thousandth", now).await.unwrap();
        click(&mut world, SITE, "one-more", now + TimeDelta::minutes(1)).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM click").await, 1000);
        click(&mut world, "zurich-hilfe", "elsewhere", now).await.unwrap();
        click(&mut world, SITE, "later", now + TimeDelta::minutes(11)).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM click").await, 1002);
    }

    async fn a_click_told_again_counts_each_time_and_faults_of_it_are_told(db: TestDb) {
        let mut world = World::start(db).await;
        let start = clock::now() - TimeDelta::hours(5);
        let id = lead(&mut world, 1).await;
        click(&mut world, SITE, "gclid-1", start - TimeDelta::minutes(1)).await.unwrap();
        click(&mut world, SITE, "gclid-1", start - TimeDelta::hours(1)).await.unwrap();
        told(&mut world, 1, start).await;
        assert_eq!(came(&mut world, &id).await.0, "gclid-1", "the earlier time changes nothing");
        click(&mut world, SITE, "gclid-1", start - TimeDelta::hours(1)).await.unwrap();
        assert_eq!(world.count("SELECT COUNT(*) FROM click").await, 2, "a minute each");
        let refused = click(&mut world, "nowhere", "gclid-1", start).await.unwrap_err();
        assert_eq!(refusal(&refused), (Code::NotFound, "UNKNOWN_SITE".to_owned()));
        let late = clock::now() + TimeDelta::days(1);
        for (name, at) in [("", start), ("two words", start), ("é", start), ("=1+1", start), ("a,b", start), ("a/b", start), ("gclid-1", late)] {
            let refused = click(&mut world, SITE, name, at).await.unwrap_err();
            assert_eq!(refused.code(), Code::InvalidArgument, "{name}");
        }
        let long = "x".repeat(501);
        assert!(click(&mut world, SITE, &long, start).await.is_err());
        assert!(click(&mut world, SITE, &long[1..], start).await.is_ok());
        assert!(click(&mut world, SITE, "Cj0K.a_b~c-D9", start).await.is_ok());
    }

    async fn a_lead_made_after_its_call_was_told_is_matched_by_the_hourly_round(db: TestDb) {
        let mut world = World::start(db).await;
        let start = clock::now() - TimeDelta::hours(5);
        click(&mut world, SITE, "gclid-1", start - TimeDelta::minutes(1)).await.unwrap();
        told(&mut world, 1, start).await;
        let id = lead(&mut world, 1).await;
        let stranger = lead(&mut world, 2).await;
        world.pass_time(Duration::from_secs(3601)).await;
        world.comes("SELECT COUNT(*) FROM conversion WHERE ambiguous IS NOT NULL").await;
        assert_eq!(came(&mut world, &id).await, ("gclid-1".to_owned(), false));
        assert_eq!(world.count("SELECT COUNT(*) FROM conversion WHERE ambiguous IS NULL").await, 1);
        assert_eq!(came(&mut world, &stranger).await, (String::new(), false), "its call is not told");
    }

    async fn conversions_come_page_by_page_with_what_they_brought_less_credits_r35(db: TestDb) {
        let mut world = World::start(db).await;
        let mut ids = Vec::new();
        for n in 1..=5 {
            ids.push(lead(&mut world, n).await);
        }
        let provider = || Account::Receivable("dentiste-carouge".to_owned());
        post(&world, vec![
            owed(format!("income:{}:1", ids[0]), provider(), Account::Flat, "EUR 100"),
            owed(format!("credit:{}:1:c1", ids[0]), Account::Credit, provider(), "EUR 40"),
            owed(format!("income:{}:1", ids[1]), provider(), Account::Flat, "CHF 12.50"),
            owed(format!("credit:{}:1:returned", ids[1]), Account::Credit, provider(), "CHF 12.50"),
        ])
        .await;
        let event = |kind: &str, credit: &str| format!(
            "INSERT INTO income_event (lead_id, attempt, number, event_time, kind, provider_id, terms,
                    amount_micros, currency, credit_id, reason)
             SELECT id, 1, {n}, create_time, '{kind}', {provider}, {terms}, {credit}
               FROM lead WHERE conversation_id IN ('conv_1', 'conv_2')",
            n = if kind == "assigned" { 1 } else { 2 },
            provider = if kind == "assigned" { "'dentiste-carouge'" } else { "NULL" },
            terms = if kind == "assigned" { "'{}'" } else { "NULL" },
        );
        let assigned = event("assigned", "NULL, NULL, NULL, NULL");
        execute(&world.store, assigned.leak()).await.unwrap();
        let credited = event("credited", "40000000, 'EUR', 'c1', 'returned'")
            .replace("IN ('conv_1', 'conv_2')", "= 'conv_1'");
        execute(&world.store, credited.leak()).await.unwrap();
        let mut seen = Vec::new();
        let mut request = wire::ListConversionsRequest { page_size: 2, ..Default::default() };
        loop {
            let page = world.ledger.list_conversions(request.clone()).await.unwrap().into_inner();
            assert!(page.conversions.len() <= 2);
            seen.extend(page.conversions);
            if page.next_page_token.is_empty() {
                break;
            }
            request.page_token = page.next_page_token;
        }
        let listed: Vec<_> = seen.iter().map(|conversion| conversion.lead_id.clone()).collect();
        assert_eq!(listed, ids, "the oldest first");
        let value = |n: usize| seen[n].value.as_ref().map(|v| (v.micros, v.currency.as_str()));
        assert_eq!((value(0), value(1), value(2)), (Some((60_000_000, "EUR")), Some((0, "CHF")), None));
        let elsewhere = wire::ListConversionsRequest { site_id: "zurich-hilfe".to_owned(), ..Default::default() };
        assert!(world.ledger.list_conversions(elsewhere).await.unwrap().into_inner().conversions.is_empty());
        let from_time = seen[3].conversion_time;
        let until_time = seen[4].conversion_time;
        let between = wire::ListConversionsRequest { from_time, until_time, ..Default::default() };
        let found = world.ledger.list_conversions(between).await.unwrap().into_inner().conversions;
        assert_eq!(found.len(), 1, "from then on, until just before");
        let wrong = wire::ListConversionsRequest { page_size: -1, page_token: "x".to_owned(), ..Default::default() };
        let refused = world.ledger.list_conversions(wrong).await.unwrap_err();
        assert_eq!(chassis::fault::violations(&refused).len(), 2);
    }

    async fn an_erased_lead_has_no_click_and_gets_none_b10(db: TestDb) {
        let mut world = World::start(db).await;
        let start = clock::now() - TimeDelta::hours(5);
        click(&mut world, SITE, "gclid-1", start).await.unwrap();
        click(&mut world, SITE, "gclid-2", start - TimeDelta::hours(3)).await.unwrap();
        for n in [1, 2] {
            let id = lead(&mut world, n).await;
            if n == 1 {
                told(&mut world, 1, start).await;
                assert_eq!(came(&mut world, &id).await.0, "gclid-1");
            }
            world.reaches(&id, wire::LeadState::Notified).await;
            world.confirm(&id, 0, OPERATOR).await.unwrap();
            world.close(&id, 0, lost("nobody there")).await.unwrap();
        }
        eventually(Duration::from_secs(15), async || {
            (world.count("SELECT COUNT(*) FROM lead WHERE NOT settled").await == 0).then_some(())
        })
        .await;
        let request = wire::EraseRequest {
            phone_e164: CALLER.to_owned(),
            actor: OPERATOR.to_owned(),
            dry_run: false,
        };
        let erased = world.client.erase(request).await.unwrap().into_inner();
        let of_clicks = erased.stores.iter().find(|store| store.store == "lead.conversion");
        assert_eq!(of_clicks.unwrap().count, 1);
        // The call of the second is told after the erasure.
        told(&mut world, 2, start - TimeDelta::hours(3)).await;
        let left = "SELECT COUNT(*) FROM conversion WHERE click_id IS NOT NULL";
        assert_eq!(world.count(left).await, 0);
        assert_eq!(world.texts("SELECT click_id FROM click").await, ["gclid-2"], "nobody's as far as we know");
    }

    async fn clicks_older_than_two_days_are_deleted(db: TestDb) {
        let mut world = World::start(db).await;
        let now = clock::now();
        click(&mut world, SITE, "old", now - TimeDelta::hours(47)).await.unwrap();
        click(&mut world, SITE, "new", now).await.unwrap();
        world.pass_time(Duration::from_secs(2 * 3600)).await;
        eventually(Duration::from_secs(15), async || {
            (world.count("SELECT COUNT(*) FROM click").await == 1).then_some(())
        })
        .await;
        assert_eq!(world.texts("SELECT click_id FROM click").await, ["new"]);
    }
}
