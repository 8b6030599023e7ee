//! Answering while the database is down or stalled, and writing later.

use std::time::{Duration, Instant};

use chassis::db::{self, Db, StoreError};
use chassis::on;
use contracts::telephony::v1 as wire;
use futures::future::join_all;
use telephony_gateway::Pace;
use test_support::{eventually, on_both};
use tokio::sync::oneshot;
use vendor_twin::{Fault, FaultKind, PlaceCall, Scenario, TwinConfig, Vendor};

use crate::harness::{World, still};
use crate::samples::{CALLER, DID, ring};

/// Stalls every write to the calls until the sender is dropped.
async fn stall(db: &Db) -> oneshot::Sender<()> {
    let (release, released) = oneshot::channel::<()>();
    let (held, holding) = oneshot::channel();
    let db = db.clone();
    chassis::run::spawn(db::unit(async move {
        let mut tx = db.begin().await?;
        if tx.is_postgres() {
            on!(tx, c => sqlx::query("LOCK TABLE call IN ACCESS EXCLUSIVE MODE")
                .execute(c).await?.rows_affected());
        }
        held.send(()).expect("the test waits");
        let _ = released.await;
        Ok::<_, StoreError>(())
    }));
    holding.await.unwrap();
    release
}

/// Takes the calls' table away, or gives it back: every statement on it fails at once.
async fn rename(db: &Db, sql: &'static str) {
    let db = db.clone();
    let done = db::unit(async move {
        let mut tx = db.begin().await?;
        on!(tx, c => sqlx::query(sql).execute(c).await?.rows_affected());
        tx.commit().await
    });
    done.await.unwrap();
}

on_both! {
    async fn a_call_is_answered_while_the_database_stalls_and_written_later(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let release = stall(&world.db).await;
        let started = Instant::now();
        let answers = join_all((0..20).map(|_| world.answer("CA1"))).await;
        assert!(started.elapsed() < Duration::from_secs(3), "R15");
        assert_eq!(answers[0].handling(), wire::CallHandling::Agent);
        assert!(answers.iter().all(|answer| answer.twiml == answers[0].twiml));
        assert_eq!(world.twin.requests("register_call"), 1);
        drop(release);
        let call = eventually(Duration::from_secs(10), async || {
            let request = wire::GetCallRequest { call_sid: "CA1".to_owned() };
            let call = world.calls.clone().get_call(request).await.ok()?.into_inner().call?;
            (!call.twiml.is_empty()).then_some(call)
        })
        .await;
        assert_eq!(call.twiml, answers[0].twiml);
        assert_eq!(call.registrations, 1);
        let kinds: Vec<&str> = call.events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["received", "registered", "disclosure"], "written once");
    }

    async fn a_second_registration_of_another_replica_is_counted_and_no_second_call(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let other = world.replica().await;
        let release = stall(&world.db).await;
        let (one, two) = tokio::join!(world.answer("CA1"), other.answer("CA1"));
        assert_eq!(world.twin.requests("register_call"), 2, "each replica holds for itself");
        drop(release);
        let call = eventually(Duration::from_secs(10), async || {
            let request = wire::GetCallRequest { call_sid: "CA1".to_owned() };
            let call = world.calls.clone().get_call(request).await.ok()?.into_inner().call?;
            (call.registrations == 2).then_some(call)
        })
        .await;
        assert!(call.twiml == one.twiml || call.twiml == two.twiml);
        assert!(call.events.iter().any(|event| event.kind == "registered_again"));
    }

    async fn a_call_is_answered_while_the_database_is_gone(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        world.db.close().await;
        let started = Instant::now();
        let answers = join_all((0..10).map(|_| world.answer("CA1"))).await;
        assert!(started.elapsed() < Duration::from_secs(3), "R15");
        assert_eq!(answers[0].handling(), wire::CallHandling::Agent);
        assert!(answers.iter().all(|answer| answer.twiml == answers[0].twiml));
        assert_eq!(world.twin.requests("register_call"), 1);
        let unknown = world.calls.clone().answer_call(ring("CA2", "+41227000000", CALLER, "")).await;
        assert_eq!(unknown.unwrap().into_inner().handling(), wire::CallHandling::Rejected);
        let request = wire::RecordCallProgressRequest {
            call_sid: "CA1".to_owned(),
            status: "completed".to_owned(),
            to: DID.to_owned(),
            ..Default::default()
        };
        let refused = world.calls.clone().record_call_progress(request).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::Unavailable, "never acknowledged unwritten");
    }

    async fn a_caller_whom_the_agent_left_while_the_database_failed_is_told_of_later(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        rename(&world.db, "ALTER TABLE call RENAME TO call_away").await;
        assert_eq!(world.answer("CA1").await.handling(), wire::CallHandling::Agent);
        let fault = FaultKind::ServerError { status: 500 };
        world.twin.fault(Fault::forever(Vendor::Elevenlabs, "conversations.*", fault));
        let request = wire::ResumeCallRequest {
            call_sid: "CA1".to_owned(),
            stage: wire::ResumeStage::AfterAgent.into(),
            to: DID.to_owned(),
            ..Default::default()
        };
        let answer = world.calls.clone().resume_call(request).await.unwrap().into_inner();
        assert!(answer.twiml.contains("<Record action="));
        rename(&world.db, "ALTER TABLE call_away RENAME TO call").await;
        let kinds = world.kinds(2).await;
        assert_eq!(kinds, ["fallback", "alarm"], "the operator is told");
        let call = world.call("CA1").await;
        assert_eq!(call.fallback_reason, "AGENT_UNREADABLE");
        let kinds: Vec<&str> = call.events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["received", "registered", "disclosure", "agent_left", "fallback"]);
    }

    async fn a_voicemail_left_while_the_database_fails_is_found_afterwards_b12(db: TestDb) {
        let pace = Pace { poll_recordings: Duration::from_millis(100), ..still() };
        let world = World::start_with(&db, pace, TwinConfig::default()).await;
        world.with_agent().await;
        rename(&world.db, "ALTER TABLE call RENAME TO call_away").await;
        let fault = FaultKind::ServerError { status: 500 };
        world.twin.fault(Fault::forever(Vendor::Elevenlabs, "register_call", fault));
        let ask = PlaceCall::new(CALLER, DID, Scenario::Voicemail).call_sid("CA1");
        let outcome = world.twin.place_call(ask).await;
        assert!(outcome.answer_ms.unwrap() < 3_000, "R15");
        assert!(outcome.recording_sid.is_some(), "{:?}", outcome.steps);
        rename(&world.db, "ALTER TABLE call_away RENAME TO call").await;
        eventually(Duration::from_secs(10), async || {
            let found = world.kinds(3).await;
            found.contains(&"voicemail").then_some(())
        })
        .await;
        let kinds = world.kinds(3).await;
        assert_eq!(kinds.iter().filter(|kind| **kind == "voicemail").count(), 1, "{kinds:?}");
    }

    async fn a_voicemail_heard_of_before_a_late_answer_is_written_stays_one_i15(db: TestDb) {
        let pace = Pace { journal: Duration::from_secs(2), ..still() };
        let world = World::start_with(&db, pace, TwinConfig::default()).await;
        world.with_agent().await;
        rename(&world.db, "ALTER TABLE call RENAME TO call_away").await;
        let answer = world.answer("CA1").await;
        rename(&world.db, "ALTER TABLE call_away RENAME TO call").await;
        let request = wire::RecordVoicemailRequest {
            call_sid: "CA1".to_owned(),
            recording_sid: "RE1".to_owned(),
            duration: Some(prost_types::Duration { seconds: 7, nanos: 0 }),
            status: "completed".to_owned(),
            to: DID.to_owned(),
            from: CALLER.to_owned(),
        };
        world.calls.clone().record_voicemail(request).await.unwrap();
        let call = eventually(Duration::from_secs(10), async || {
            let call = world.call("CA1").await;
            (!call.twiml.is_empty()).then_some(call)
        })
        .await;
        assert_eq!(call.twiml, answer.twiml);
        assert_eq!(call.handling(), wire::CallHandling::Voicemail);
        assert_eq!(call.registrations, 1);
    }
}
