//! As many leads as there is room, all at once: everybody gets one, nobody is over capacity, and
//! nobody hears "no provider" while a slot is free (I4, I5, I6).

use std::collections::BTreeMap;
use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::roster::v1 as roster;
use futures::StreamExt as _;
use test_support::{TestDb, eventually, on_both};

use crate::tool;
use crate::world::World;

const LEADS: usize = 1_000;
const CLIENTS: usize = 64;

on_both! {
    async fn a_thousand_leads_meet_one_provider_of_a_thousand(db: TestDb) {
        all_at_once(&db, 1, 1_000, LEADS, 0).await;
    }

    async fn a_thousand_leads_meet_a_hundred_providers_of_ten(db: TestDb) {
        all_at_once(&db, 100, 10, LEADS, 0).await;
    }

    async fn a_thousand_leads_meet_a_thousand_providers_of_one(db: TestDb) {
        all_at_once(&db, 1_000, 1, LEADS, 0).await;
    }

    async fn a_thousand_leads_meet_ten_providers_of_a_hundred(db: TestDb) {
        all_at_once(&db, 10, 100, LEADS, 0).await;
    }

    async fn with_one_slot_less_exactly_one_lead_is_unmatched(db: TestDb) {
        all_at_once(&db, 9, 111, LEADS, 1).await;
    }
}

/// `providers` × `each` is the room; `LEADS` calls come from `CLIENTS` at once.
async fn all_at_once(db: &TestDb, providers: usize, each: i32, leads: usize, unmatched: usize) {
    let world = World::bare(db).await;
    site(&world).await;
    for n in 0..providers {
        provider(&world, n, each).await;
    }
    let answers: Vec<_> = futures::stream::iter(0..leads)
        .map(|n| {
            let world = &world;
            async move { insistent(world, &tool::leak(&format!("conv_{n}"))).await }
        })
        .buffer_unordered(CLIENTS)
        .collect()
        .await;
    for answer in &answers {
        assert_eq!(answer["ok"], true, "{answer}");
    }
    // What did not fit into the caller's second is finished by the worker.
    eventually(Duration::from_secs(120), async || {
        let mut counts = states(&world).await;
        let settled =
            counts.remove("notified").unwrap_or(0) + counts.remove("unmatched").unwrap_or(0);
        (settled == leads).then_some(())
    })
    .await;
    assert_eq!(
        states(&world).await.get("unmatched").copied().unwrap_or(0),
        unmatched
    );

    let mut held: BTreeMap<String, i32> = BTreeMap::new();
    let mut owners: BTreeMap<String, i32> = BTreeMap::new();
    let mut token = String::new();
    loop {
        let asked = roster::ListAssignmentsRequest {
            page_size: 200,
            page_token: token,
            ..Default::default()
        };
        let page = world
            .peers
            .roster
            .clone()
            .list_assignments(asked)
            .await
            .expect("a page")
            .into_inner();
        for one in page
            .assignments
            .iter()
            .filter(|a| a.state() != roster::AssignmentState::Released)
        {
            *held.entry(one.provider_id.clone()).or_default() += 1;
            *owners.entry(one.lead_id.clone()).or_default() += 1;
        }
        token = page.next_page_token;
        if token.is_empty() {
            break;
        }
    }
    assert_eq!(
        owners.len(),
        leads - unmatched,
        "every lead that fits has an owner"
    );
    assert!(owners.values().all(|many| *many == 1), "nobody has two");
    assert!(
        held.values().all(|many| *many <= each),
        "nobody is over capacity: {held:?}"
    );
}

/// Calls the tool as the agent does: told that nothing is stored yet, it tries again.
async fn insistent(world: &World, body: &serde_json::Value) -> serde_json::Value {
    eventually(Duration::from_secs(60), async || {
        let answer = tool::dispatch(world, body).await;
        (answer["status"] != "try_again").then_some(answer)
    })
    .await
}

async fn states(world: &World) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    let mut token = String::new();
    loop {
        let asked = lead::ListLeadsRequest {
            page_size: 200,
            page_token: token,
            ..Default::default()
        };
        let page = world
            .peers
            .leads
            .clone()
            .list_leads(asked)
            .await
            .expect("a page")
            .into_inner();
        for one in &page.leads {
            let name = match one.state() {
                lead::LeadState::Notified => "notified",
                lead::LeadState::Unmatched => "unmatched",
                _ => "under way",
            };
            *counts.entry(name).or_default() += 1;
        }
        token = page.next_page_token;
        if token.is_empty() {
            return counts;
        }
    }
}

async fn site(world: &World) {
    let facts = lead::SiteFacts {
        site_id: tool::GENEVA_SITE.into(),
        url: "https://plombiersgeneve.ch".into(),
        country: "CH".into(),
        languages: vec!["fr".into()],
        categories: vec!["plumbing".into()],
        cities: vec!["geneve".into()],
        numbers: vec![tool::GENEVA.into()],
        time_zone: "Europe/Zurich".into(),
        max_call_duration: Some(prost_types::Duration {
            seconds: 600,
            nanos: 0,
        }),
        ..Default::default()
    };
    let mut leads = world.peers.leads.clone();
    leads
        .put_taxonomy(lead::PutTaxonomyRequest {
            categories: vec![lead::Category {
                category_id: "plumbing".into(),
                names: [("fr".to_owned(), "plomberie".to_owned())].into(),
                synonyms: vec!["plombier".into(), "fuite".into()],
                ..Default::default()
            }],
            cities: vec![lead::City {
                city_id: "geneve".into(),
                country: "CH".into(),
                names: [("fr".to_owned(), "Genève".to_owned())].into(),
                synonyms: vec!["Genève".into(), "Carouge".into()],
            }],
            dry_run: false,
            ..Default::default()
        })
        .await
        .expect("the taxonomy is taken");
    leads
        .put_site_facts(lead::PutSiteFactsRequest {
            site: Some(facts),
            dry_run: false,
        })
        .await
        .expect("the site is taken");
}

async fn provider(world: &World, n: usize, capacity: i32) {
    let provider = roster::Provider {
        provider_id: format!("provider-{n}"),
        name: format!("Plomberie {n}"),
        country: "CH".into(),
        language: "fr".into(),
        categories: vec!["plumbing".into()],
        cities: vec!["geneve".into()],
        priority: 1,
        capacity,
        time_zone: "Europe/Zurich".into(),
        channels: vec![roster::Channel {
            kind: roster::ChannelKind::Email.into(),
            address: format!("provider-{n}@example.ch"),
            ..Default::default()
        }],
        terms: Some(roster::PayoutTerms {
            terms: Some(roster::payout_terms::Terms::PercentHundredths(1_500)),
        }),
        ..Default::default()
    };
    world
        .peers
        .roster
        .clone()
        .put_provider(roster::PutProviderRequest {
            provider: Some(provider),
            source: roster::Source::Catalog.into(),
            ..Default::default()
        })
        .await
        .expect("the provider is taken");
}
