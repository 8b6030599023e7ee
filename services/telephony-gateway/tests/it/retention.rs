//! Retention: recordings and transcripts go when their time is over, here and at the vendors.

use std::time::Duration;

use chassis::db::{self, StoreError};
use chassis::on;
use contracts::telephony::v1 as wire;
use telephony_gateway::Pace;
use test_support::{eventually, on_both};
use vendor_twin::{Fault, FaultKind, Scenario, TwinConfig, Vendor};

use crate::erasure::{OTHER, quick};
use crate::harness::World;
use crate::samples::CALLER;

fn hourly() -> Pace {
    Pace {
        retention: Duration::from_millis(200),
        ..quick()
    }
}

const DAY: Duration = Duration::from_secs(24 * 3600);

impl World {
    async fn keep_for(&self, recordings: i32, transcripts: i32, dry_run: bool) -> bool {
        let request = wire::PutRetentionRequest {
            recording_days: recordings,
            transcript_days: transcripts,
            dry_run,
        };
        let done = self.catalog.clone().put_retention(request).await.unwrap();
        done.into_inner().changed
    }
}

/// Conversations without their transcripts, and deletions at the vendor that were asked for.
async fn ended(world: &World) -> (i64, i64) {
    let mut tx = world.db.read().await.unwrap();
    let emptied = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM conversation WHERE erase_time IS NOT NULL")
        .fetch_one(c).await.unwrap());
    let asked = on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM vendor_deletion")
        .fetch_one(c).await.unwrap());
    (emptied, asked)
}

on_both! {
    async fn recordings_and_transcripts_go_each_in_its_time_here_and_at_the_vendors(db: TestDb) {
        let world = World::start_with(&db, hourly(), TwinConfig::default()).await;
        world.with_agent().await;
        world.place(CALLER, "CA1", Scenario::PlumbingFrench).await;
        world.place(CALLER, "CA2", Scenario::Voicemail).await;
        let id = world.call("CA1").await.conversation_id;
        // A vendor that fails at first is asked again.
        let fault = FaultKind::ServerError { status: 500 };
        world.twin.fault(Fault::once(Vendor::Twilio, "recordings.delete", fault.clone()));
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "conversations.delete", fault));
        world.db.shift_clock(29 * DAY).await.unwrap();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(world.twin.recordings().len(), 1, "not before its time");
        world.db.shift_clock(2 * DAY).await.unwrap();
        eventually(Duration::from_secs(20), async || world.twin.recordings().is_empty().then_some(())).await;
        let recording = wire::ReadRecordingRequest { call_sid: "CA2".to_owned() };
        let refused = world.calls.clone().read_recording(recording).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::NotFound);
        assert!(!world.conversation(&id).await.turns.is_empty());
        assert_eq!(world.call("CA2").await.caller, CALLER);

        world.db.shift_clock(60 * DAY).await.unwrap();
        // Of the agent that never spoke nobody told telephony here: its record is for the poll to find.
        eventually(Duration::from_secs(20), async || {
            let mut left = world.twin.conversations().into_iter();
            (!left.any(|c| c.conversation_id == id)).then_some(())
        }).await;
        let emptied = world.conversation(&id).await;
        assert!(emptied.turns.is_empty() && emptied.status == "done");
        eventually(Duration::from_secs(10), async || {
            world.call("CA1").await.caller.is_empty().then_some(())
        })
        .await;
        assert_eq!(world.at_vendors().0.len(), 2, "the carrier's records of calls are its bills");
    }

    async fn what_is_past_its_time_goes_in_batches_and_the_rest_stays(db: TestDb) {
        let world = World::start_with(&db, hourly(), TwinConfig::default()).await;
        let db = world.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            let now = chassis::clock::now();
            on!(tx, c => sqlx::query(
                "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1200)
                 INSERT INTO conversation (conversation_id, vendor_agent_id, status, is_final, verified,
                        turns, collected, termination_reason, store_time, end_time)
                 SELECT 'conv_' || CAST(i AS TEXT), 'agent_x', 'done', $2, $2, $3, $4, '', $1,
                        CASE WHEN i <= 1100 THEN $5 ELSE $1 END
                   FROM n")
                .bind(now).bind(true).bind(serde_json::json!([])).bind(serde_json::json!({}))
                .bind(now - chrono::TimeDelta::days(91)).execute(c).await?.rows_affected());
            tx.commit().await?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
        eventually(Duration::from_secs(20), async || {
            (ended(&world).await == (1100, 1100)).then_some(())
        })
        .await;
    }

    async fn how_long_things_are_kept_is_declared_and_binds_from_then_on(db: TestDb) {
        let world = World::start_with(&db, hourly(), TwinConfig::default()).await;
        assert!(!world.keep_for(0, 0, false).await, "the defaults stand already");
        assert!(!world.keep_for(30, 90, false).await);
        assert!(world.keep_for(1, 7, true).await);
        assert!(world.keep_for(1, 7, false).await, "the dry run wrote nothing");
        assert!(!world.keep_for(1, 7, false).await);
        for (recordings, transcripts) in [(-1, 7), (7, 3_651)] {
            let request = wire::PutRetentionRequest {
                recording_days: recordings,
                transcript_days: transcripts,
                dry_run: false,
            };
            let refused = world.catalog.clone().put_retention(request).await.unwrap_err();
            assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        }
        world.with_agent().await;
        world.place(OTHER, "CA1", Scenario::PlumbingFrench).await;
        world.db.shift_clock(8 * DAY).await.unwrap();
        eventually(Duration::from_secs(20), async || world.twin.conversations().is_empty().then_some(())).await;
    }
}
