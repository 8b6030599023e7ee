//! The watch over the scan (R72): half an hour without a good one is mailed, once in each half hour.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::notify_request::Notice;
use lead_service::config::Settings;
use test_support::{TestDb, eventually, on_both};
use tonic::Code;

use crate::harness::{World, settings};

async fn start(db: TestDb) -> World {
    let scan_late = Settings::default().scan_late;
    World::start_with(
        db,
        Settings {
            scan_late,
            ..settings()
        },
    )
    .await
}

const LOOKS: &str = "SELECT COALESCE(MAX(due_us), 0) FROM task WHERE name = 'scan_watch'";

/// A minute passes, and the watch looks.
async fn looked(world: &World) {
    let before = world.count(LOOKS).await;
    world.pass_time(Duration::from_secs(61)).await;
    eventually(Duration::from_secs(15), async || {
        (world.count(LOOKS).await > before).then_some(())
    })
    .await;
}

async fn scanned(world: &mut World) {
    let seconds = chassis::clock::now().timestamp() / 900 * 900;
    let slot_time = Some(prost_types::Timestamp { seconds, nanos: 0 });
    let request = wire::RecordScanRequest { slot_time };
    world.client.record_scan(request).await.unwrap();
}

fn alarms(world: &World) -> Vec<String> {
    let told = world.notification.told("alarm:SCAN_LATE:quality-scan:");
    told.into_iter()
        .map(|message| message.message_key)
        .collect()
}

on_both! {
    async fn a_scan_that_is_late_is_mailed_once_in_each_half_hour_r72(db: TestDb) {
        let mut world = start(db).await;
        looked(&world).await;
        scanned(&mut world).await;
        world.pass_time(Duration::from_secs(28 * 60)).await;
        looked(&world).await;
        assert!(alarms(&world).is_empty());
        world.pass_time(Duration::from_secs(2 * 60)).await;
        world.tells("alarm:SCAN_LATE:").await;
        let Some(Notice::OperatorAlarm(alarm)) = &world.notification.told("alarm:SCAN_LATE:")[0].notice else {
            panic!("no alarm")
        };
        assert!(alarm.text.contains("31 minutes") && alarm.text.contains("bord scan"), "{}", alarm.text);
        looked(&world).await;
        // The half hour may have turned in between, and then it is the next one's.
        let first = alarms(&world).len();
        assert!((1..=2).contains(&first), "{:?}", alarms(&world));
        world.pass_time(Duration::from_secs(30 * 60)).await;
        eventually(Duration::from_secs(15), async || (alarms(&world).len() > first).then_some(())).await;
        scanned(&mut world).await;
        let told = alarms(&world).len();
        world.pass_time(Duration::from_secs(28 * 60)).await;
        looked(&world).await;
        assert_eq!(alarms(&world).len(), told, "after a good scan none");
    }

    async fn a_scan_that_never_came_is_late_too(db: TestDb) {
        let world = start(db).await;
        looked(&world).await;
        world.pass_time(Duration::from_secs(31 * 60)).await;
        world.tells("alarm:SCAN_LATE:quality-scan:").await;
    }

    async fn a_scan_names_its_slot(db: TestDb) {
        let mut world = start(db).await;
        let refused = world.client.record_scan(wire::RecordScanRequest::default()).await.unwrap_err();
        assert_eq!(refused.code(), Code::InvalidArgument);
    }
}
