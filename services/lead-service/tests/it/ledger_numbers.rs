//! What numbers cost by the month (R10, R74): months as UTC has them, by the database's clock.

use std::time::Duration;

use contracts::lead::v1 as wire;
use test_support::{TestDb, on_both};

use crate::calls::{GENEVA_DID, GENEVA_MOBILE, ZURICH_DID};
use crate::catalogue::{geneva, zurich};
use crate::harness::World;
use crate::ledger_words::{list, price};

const EXTRA: &str = "+41225394599";
const HOUR: Duration = Duration::from_secs(3601);

async fn start(db: TestDb) -> World {
    let mut world = World::start(db).await;
    world.put_prices(list()).await.unwrap();
    world
}

async fn put(world: &mut World, site: wire::SiteFacts) -> bool {
    let request = wire::PutSiteFactsRequest {
        site: Some(site),
        dry_run: false,
    };
    let answer = world.client.put_site_facts(request).await.unwrap();
    answer.into_inner().changed
}

fn with(mut site: wire::SiteFacts, number: &str) -> wire::SiteFacts {
    site.numbers.push(number.to_owned());
    site
}

/// It is then, and the round that is due by then is over.
async fn jump(world: &World, moment: &str) {
    // A round under way would take the old time for the new.
    settled(world).await;
    world.it_is(moment).await;
    settled(world).await;
}

/// The next round is over.
async fn round(world: &World) {
    world.pass_time(HOUR).await;
    settled(world).await;
}

async fn settled(world: &World) {
    world
        .comes(
            "SELECT COUNT(*) FROM task WHERE name = 'ledger' AND due_us > (SELECT us FROM clock)",
        )
        .await;
}

async fn months_of(world: &World, number: &str) -> Vec<String> {
    let prefix = format!("number:{number}:");
    let lines = world.month_lines().await.into_iter();
    let of_it = lines.filter_map(|line| line.strip_prefix(&prefix).map(str::to_owned));
    of_it.collect()
}

on_both! {
    async fn a_did_is_usd_1_15_and_the_mobile_of_a_chain_chf_13_a_month_r10_r74(db: TestDb) {
        let world = start(db).await;
        world.is_repriced().await;
        settled(&world).await;
        let mut ends = Vec::new();
        for (number, end) in [
            (GENEVA_DID, ":did_month plombiersgeneve 1150000"),
            (GENEVA_MOBILE, ":chain_month plombiersgeneve 13000000"),
            (ZURICH_DID, ":did_month zurich-hilfe 1150000"),
        ] {
            let lines = months_of(&world, number).await;
            assert_eq!(lines.len(), 1, "{lines:?}");
            ends.push((lines[0].ends_with(end), lines));
        }
        assert!(ends.iter().all(|(right, _)| *right), "{ends:?}");
        let owed = "SELECT COUNT(*) FROM transfer WHERE credit = 'payable:digital-republic' AND currency = 'CHF'";
        assert_eq!(world.count(owed).await, 1);
        world.balances().await;
    }

    async fn a_number_of_31_january_23_59_costs_january_and_each_month_until_it_goes_in_a_leap_february(db: TestDb) {
        let mut world = start(db).await;
        jump(&world, "2028-01-31T23:59:00Z").await;
        assert!(put(&mut world, with(geneva(), EXTRA)).await);
        assert!(!put(&mut world, with(geneva(), EXTRA)).await, "a repeat changes nothing");
        world.comes("SELECT COUNT(*) FROM cost_line WHERE cost_key = 'number:+41225394599:2028-01:did_month'").await;
        assert_eq!(months_of(&world, EXTRA).await, ["2028-01:did_month plombiersgeneve 1150000"]);
        jump(&world, "2028-02-29T22:50:00Z").await;
        assert_eq!(months_of(&world, EXTRA).await.len(), 2);
        jump(&world, "2028-02-29T23:59:00Z").await;
        put(&mut world, geneva()).await;
        jump(&world, "2028-04-01T00:00:00Z").await;
        let two = ["2028-01:did_month plombiersgeneve 1150000", "2028-02:did_month plombiersgeneve 1150000"];
        assert_eq!(months_of(&world, EXTRA).await, two);
        assert_eq!(months_of(&world, GENEVA_DID).await.last().unwrap(), "2028-04:did_month plombiersgeneve 1150000");
        assert_eq!(world.count("SELECT COUNT(*) FROM number_period WHERE number = '+41225394599'").await, 1);
        world.balances().await;
    }

    async fn a_number_that_moves_in_mid_month_is_borne_once_by_the_site_that_had_it_first(db: TestDb) {
        let mut world = start(db).await;
        jump(&world, "2028-05-10T12:00:00Z").await;
        put(&mut world, with(geneva(), EXTRA)).await;
        jump(&world, "2028-06-15T12:00:00Z").await;
        put(&mut world, geneva()).await;
        put(&mut world, with(zurich(), EXTRA)).await;
        jump(&world, "2028-07-01T00:00:00Z").await;
        let borne = [
            "2028-05:did_month plombiersgeneve 1150000",
            "2028-06:did_month plombiersgeneve 1150000",
            "2028-07:did_month zurich-hilfe 1150000",
        ];
        assert_eq!(months_of(&world, EXTRA).await, borne);
        world.balances().await;
    }

    async fn months_in_which_nobody_ran_are_made_up_for_and_no_round_books_twice(db: TestDb) {
        let mut world = start(db).await;
        jump(&world, "2028-01-05T00:00:00Z").await;
        let before = months_of(&world, GENEVA_DID).await.len();
        world.stop().await;
        world.it_is("2028-05-20T00:00:00Z").await;
        world.serve().await;
        settled(&world).await;
        assert_eq!(months_of(&world, GENEVA_DID).await.len(), before + 4);
        let booked = "SELECT COUNT(*) FROM transfer WHERE base LIKE 'cost:number:%'";
        let entries = world.count(booked).await;
        for _ in 0..3 {
            round(&world).await;
        }
        assert_eq!(world.count(booked).await, entries);
    }

    async fn a_did_price_of_15_march_counts_from_april(db: TestDb) {
        let mut world = start(db).await;
        jump(&world, "2028-03-20T00:00:00Z").await;
        let mut dearer = list();
        dearer.prices.push(price("did_month", "CH", "USD 1.25", "2028-03-15"));
        world.put_prices(dearer).await.unwrap();
        world.is_repriced().await;
        jump(&world, "2028-04-02T00:00:00Z").await;
        let lines = months_of(&world, GENEVA_DID).await;
        let last = ["2028-03:did_month plombiersgeneve 1150000", "2028-04:did_month plombiersgeneve 1250000"];
        assert_eq!(lines[lines.len() - 2..], last);
        world.balances().await;
    }
}
