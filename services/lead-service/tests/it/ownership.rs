//! CheckOwnership over the three sources, and the five-minute task with its alarm (B1).

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1 as notice;
use contracts::roster::v1 as roster;
use test_support::{TestDb, eventually, on_both};

use crate::calls::tool_call;
use crate::fake_roster::PROVIDER;
use crate::harness::World;
use crate::schema::execute;

fn long_ago() -> Option<prost_types::Timestamp> {
    Some(prost_types::Timestamp {
        seconds: chassis::clock::now().timestamp() - 600,
        nanos: 0,
    })
}

fn assignment(lead: &wire::Lead) -> roster::Assignment {
    roster::Assignment {
        lead_id: lead.lead_id.clone(),
        attempt: lead.attempt,
        provider_id: lead.provider_id.clone(),
        state: roster::AssignmentState::Reserved.into(),
        assign_time: long_ago(),
        change_time: long_ago(),
        ..Default::default()
    }
}

fn told(lead: &wire::Lead) -> notice::Delivery {
    notice::Delivery {
        message_key: format!("lead:{}:{}", lead.lead_id, lead.attempt),
        recipient: notice::RecipientKind::Provider.into(),
        recipient_id: lead.provider_id.clone(),
        state: notice::DeliveryState::Delivered.into(),
        create_time: long_ago(),
        accept_time: long_ago(),
        ..Default::default()
    }
}

/// Two offered leads in good order in all three sources, old enough to be judged.
async fn good(db: TestDb) -> (World, Vec<wire::Lead>) {
    let mut world = World::start(db).await;
    let mut leads = Vec::new();
    for n in 1..=2 {
        let id = world.dispatch(tool_call(n)).await.lead_id;
        leads.push(world.is_offered(&id, 1).await);
    }
    age(&world).await;
    world
        .roster
        .lists(|lists| lists.assignments = leads.iter().map(assignment).collect());
    world.notification.list(leads.iter().map(told).collect());
    (world, leads)
}

/// Events of some minutes ago: the log cannot be changed, so it is replaced.
async fn age(world: &World) {
    let sql = if world.store.is_postgres() {
        "ALTER TABLE lead_event DISABLE TRIGGER USER;"
    } else {
        "DROP TRIGGER lead_event_no_update"
    };
    execute(&world.store, sql).await.unwrap();
    let sql = if world.store.is_postgres() {
        "UPDATE lead_event SET event_time = event_time - INTERVAL '10 minutes'"
    } else {
        "UPDATE lead_event SET event_time = replace(datetime(event_time, '-10 minutes'), 'T', ' ') || '+00:00'"
    };
    execute(&world.store, sql).await.unwrap();
}

async fn check(world: &mut World, lead_id: &str) -> wire::CheckOwnershipResponse {
    let request = wire::CheckOwnershipRequest {
        lead_id: lead_id.to_owned(),
        since_time: None,
    };
    world
        .client
        .check_ownership(request)
        .await
        .unwrap()
        .into_inner()
}

async fn kinds(world: &mut World) -> Vec<String> {
    let found = check(world, "").await.findings;
    found.into_iter().map(|finding| finding.kind).collect()
}

on_both! {
    async fn leads_in_good_order_are_counted_and_make_no_finding_b1(db: TestDb) {
        let (mut world, leads) = good(db).await;
        let report = check(&mut world, "").await;
        assert_eq!(report.findings, []);
        assert_eq!((report.leads, report.assignments, report.messages), (2, 2, 2));
        assert_eq!(check(&mut world, &leads[0].lead_id).await.leads, 1);
    }

    async fn each_source_that_differs_is_found(db: TestDb) {
        let (mut world, leads) = good(db).await;
        let one = assignment(&leads[0]);
        let second = roster::Assignment { attempt: 2, provider_id: "rhone".to_owned(), ..one.clone() };
        world.roster.lists(|lists| lists.assignments.push(second));
        assert_eq!(kinds(&mut world).await, ["TWO_OWNERS"]);
        world.roster.lists(|lists| {
            lists.assignments.truncate(2);
            lists.assignments[0].provider_id = "rhone".to_owned();
        });
        assert_eq!(kinds(&mut world).await, ["OWNERS_DIFFER", "TOLD_WITHOUT_ASSIGNMENT"]);
        world.roster.lists(|lists| {
            lists.assignments[0] = one;
            lists.assignments[0].state = roster::AssignmentState::Released.into();
        });
        assert_eq!(kinds(&mut world).await, ["NO_OWNER"]);
        world.roster.lists(|lists| lists.assignments[0].change_time = None);
        world.roster.lists(|lists| lists.assignments[0].assign_time = None);
        assert_eq!(kinds(&mut world).await, ["NO_OWNER", "TOLD_AFTER_RELEASE"]);
        world.roster.lists(|lists| lists.assignments[0] = assignment(&leads[0]));
        world.roster.set_country(Some("FR"));
        assert_eq!(kinds(&mut world).await, ["BORDER", "BORDER"]);
        world.roster.set_country(None);
        // The roster counts otherwise than it lists.
        world.roster.lists(|lists| lists.assignments[0].holds_slot = true);
        assert_eq!(kinds(&mut world).await, ["CAPACITY"]);
    }

    async fn an_alarm_is_raised_once_for_each_lead_and_kind_and_the_sums_are_shown(db: TestDb) {
        let (world, leads) = good(db).await;
        world.roster.lists(|lists| {
            lists.assignments.remove(0);
        });
        let id = leads[0].lead_id.clone();
        // The next run is due by the database's clock. Other steps of the lead become due by it too,
        // so that its owners are looked at again only when they have settled.
        let key = format!("alarm:OWNERSHIP_BROKEN:{id}:TOLD_WITHOUT_ASSIGNMENT");
        let notification = world.notification.clone();
        eventually(Duration::from_secs(30), async || {
            world.pass_time(Duration::from_secs(301)).await;
            (!notification.told(&key).is_empty()).then_some(())
        })
        .await;
        let raised = "SELECT COUNT(*) FROM alarm WHERE kind = 'OWNERSHIP_BROKEN'";
        let before = world.count(raised).await;
        eventually(Duration::from_secs(30), async || {
            let counted = world.count("SELECT counted FROM task WHERE name = 'ownership'").await;
            (counted >= 1).then_some(())
        })
        .await;
        assert_eq!(world.count(raised).await, before);
        assert_eq!(leads[0].provider_id, PROVIDER);
    }
}
