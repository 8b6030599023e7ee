//! A loss of data (B3): the last minutes of every schema, then of one, are gone. Nobody who was told of
//! a lead loses it to another, nobody is told twice, and every need is a lead again.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use contracts::lead::v1 as lead;
use contracts::quality::v1 as quality;
use test_support::{TestDb, eventually, on_both};
use vendor_twin::{PlaceCall, Scenario};

use crate::calls::delivered;
use crate::judged::{books, scan, world};
use crate::tool::GENEVA;
use crate::world::World;

const PATIENCE: Duration = Duration::from_secs(90);
const SCHEMAS: [&str; 5] = ["telephony", "lead", "roster", "notification", "quality"];
const SERVICES: [&str; 5] = [
    "telephony-gateway",
    "lead-service",
    "roster-service",
    "notification-service",
    "quality-service",
];

/// Two people call and are told of their provider.
async fn two_calls(world: &World, from: usize) -> Vec<lead::Lead> {
    let mut leads = Vec::new();
    for number in from..from + 2 {
        let caller = format!("+4179{:07}", 2_000_000 + number);
        let call = PlaceCall::new(&caller, GENEVA, Scenario::PlumbingFrench);
        let outcome = world.twin.place_call(call).await;
        let lead = eventually(PATIENCE, async || {
            let found = all(world).await.into_iter();
            let mut mine = found.filter(|lead| lead.call_sid == outcome.call_sid);
            mine.find(|lead| lead.state() == lead::LeadState::Notified)
        })
        .await;
        delivered(world, &lead).await;
        leads.push(lead);
    }
    leads
}

async fn all(world: &World) -> Vec<lead::Lead> {
    let asked = lead::ListLeadsRequest {
        page_size: 200,
        ..lead::ListLeadsRequest::default()
    };
    let found = world.peers.leads.clone().list_leads(asked).await;
    found
        .map(|found| found.into_inner().leads)
        .unwrap_or_default()
}

/// Whom the carriers took messages to, the operator's mails and summaries left out.
fn told(world: &World) -> BTreeMap<String, usize> {
    let operator = world.setting("OPERATOR_EMAIL");
    let mut told = BTreeMap::new();
    for message in world.twin.messages() {
        *told.entry(message.to).or_default() += 1;
    }
    for mail in world.twin.mails() {
        for to in mail.to.into_iter().filter(|to| !to.contains(&operator)) {
            *told.entry(to).or_default() += 1;
        }
    }
    told
}

async fn stop_all(world: &mut World) {
    for service in SERVICES {
        world.stop(service).await;
    }
}

async fn start_all(world: &mut World) {
    for service in SERVICES {
        world.start_alone(service).await;
    }
    world.ready().await;
}

/// What `bord recover` asks for: the providers' assignments, then everything since.
async fn recover(world: &World) -> quality::Scan {
    let since = prost_types::Timestamp {
        seconds: chassis::clock::now().timestamp() - 600,
        nanos: 0,
    };
    let asked = lead::RestoreAssignmentsRequest {
        since_time: Some(since),
        actor: "operator:ana".to_owned(),
    };
    let restored = world.peers.leads.clone().restore_assignments(asked).await;
    restored.expect("assignments are restored");
    scan(&world.peers.quality).await
}

/// The leads of both calls are back, at the providers who were told, and nobody was told again.
async fn whole_again(world: &World, before: &[lead::Lead], told_before: &BTreeMap<String, usize>) {
    let after = eventually(PATIENCE, async || {
        let scan = recover(world).await;
        let books = books(&world.peers.quality).await;
        let open = books
            .calls_by_class
            .get("open")
            .copied()
            .unwrap_or_default();
        let after = all(world).await;
        let settled = before.iter().all(|was| {
            let now = after.iter().find(|now| now.lead_id == was.lead_id);
            now.is_some_and(|now| now.provider_id == was.provider_id || now.operator_owned)
        });
        (scan.state() == quality::ScanState::Good && open == 0 && settled).then_some(after)
    })
    .await;
    let ids: BTreeSet<&str> = after.iter().map(|lead| lead.lead_id.as_str()).collect();
    assert_eq!(ids.len(), after.len());
    for was in before {
        let now = after.iter().find(|now| now.lead_id == was.lead_id);
        let now = now.expect("every need is a lead again, under its own id");
        assert!(
            now.provider_id == was.provider_id || now.provider_id.is_empty(),
            "{} was told of it, and now {} has it",
            was.provider_id,
            now.provider_id
        );
    }
    assert_eq!(after.len(), before.len(), "and there is no other");
    assert_eq!(
        &told(world),
        told_before,
        "nobody was told twice, and nobody else"
    );
    let asked = lead::CheckOwnershipRequest::default();
    let checked = world.peers.leads.clone().check_ownership(asked).await;
    let found = checked.expect("owners are recounted").into_inner().findings;
    let twice: Vec<_> = found.iter().filter(|f| f.kind == "TWO_OWNERS").collect();
    assert!(twice.is_empty(), "{twice:?}");
}

async fn lose(db: &TestDb, lost: &[&str]) {
    let mut world = world(db).await;
    let mut before = two_calls(&world, 0).await;
    stop_all(&mut world).await;
    let mut snapshots = Vec::new();
    for schema in lost {
        snapshots.push(db.snapshot(schema).await);
    }
    start_all(&mut world).await;
    before.extend(two_calls(&world, 2).await);
    let told_before = told(&world);
    stop_all(&mut world).await;
    for snapshot in &snapshots {
        db.restore(snapshot).await;
    }
    start_all(&mut world).await;
    if lost.contains(&"lead") {
        assert_eq!(
            all(&world).await.len(),
            2,
            "the later leads are really lost"
        );
    }
    whole_again(&world, &before, &told_before).await;
}

on_both! {
    async fn after_the_loss_of_every_schemas_last_minutes_nobody_who_was_told_loses_the_lead(db: TestDb) {
        lose(&db, &SCHEMAS).await;
    }

    async fn after_the_loss_of_lead_services_last_minutes_its_leads_come_back_to_their_providers(db: TestDb) {
        lose(&db, &["lead"]).await;
    }

    async fn after_the_loss_of_rosters_last_minutes_providers_have_their_assignments_again(db: TestDb) {
        lose(&db, &["roster"]).await;
    }

    async fn after_the_loss_of_notifications_last_minutes_nobody_is_told_twice(db: TestDb) {
        lose(&db, &["notification"]).await;
    }

    async fn after_the_loss_of_telephonys_last_minutes_its_calls_are_polled_again(db: TestDb) {
        lose(&db, &["telephony"]).await;
    }

    async fn after_the_loss_of_qualitys_last_minutes_every_call_is_judged_again(db: TestDb) {
        lose(&db, &["quality"]).await;
    }
}
