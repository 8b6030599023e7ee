//! What comes in after an erasure: webhooks, polls, a call that goes on. None of it brings the
//! caller back (I26).

use std::time::Duration;

use contracts::telephony::v1 as wire;
use serde_json::json;
use telephony_gateway::Pace;
use test_support::{eventually, on_both};
use vendor_twin::{Fault, FaultKind, Scenario, TwinConfig, Vendor};

use crate::erasure::quick;
use crate::harness::World;
use crate::samples::{CALLER, DID};

fn post_call(id: &str, sid: &str, status: &str) -> wire::RecordConversationRequest {
    let body = json!({ "type": "post_call_transcription", "data": {
        "conversation_id": id, "agent_id": "agent_x", "status": status,
        "transcript": [{ "role": "user", "message": "Camille Rochat, rue du Lac 3", "time_in_call_secs": 2 }],
        "analysis": { "data_collection_results": { "name": { "value": "Camille Rochat" } } },
        "conversation_initiation_client_data": { "dynamic_variables": { "call_sid": sid } } } });
    wire::RecordConversationRequest {
        body: body.to_string().into_bytes(),
    }
}

fn voicemail(sid: &str) -> wire::RecordVoicemailRequest {
    wire::RecordVoicemailRequest {
        call_sid: sid.to_owned(),
        recording_sid: "RE9".to_owned(),
        duration: Some(prost_types::Duration {
            seconds: 9,
            nanos: 0,
        }),
        status: "completed".to_owned(),
        to: DID.to_owned(),
        from: CALLER.to_owned(),
    }
}

fn progress(sid: &str, status: &str) -> wire::RecordCallProgressRequest {
    wire::RecordCallProgressRequest {
        call_sid: sid.to_owned(),
        status: status.to_owned(),
        to: DID.to_owned(),
        from: CALLER.to_owned(),
        ..Default::default()
    }
}

/// Entries of the feed, but for the alarms that a vendor raises which does not delete.
async fn told(world: &World, count: usize) -> usize {
    let kinds = world.kinds(count).await;
    kinds.iter().filter(|kind| **kind != "alarm").count()
}

on_both! {
    async fn polls_bring_nothing_of_an_erased_caller_back_i26(db: TestDb) {
        let often = Duration::from_millis(100);
        let pace = Pace { poll_calls: often, poll_recordings: often, poll_conversations: often, ..quick() };
        let world = World::start_with(&db, pace, TwinConfig::default()).await;
        world.with_agent().await;
        world.place(CALLER, "CA1", Scenario::PlumbingFrench).await;
        world.place(CALLER, "CA2", Scenario::Voicemail).await;
        let id = world.call("CA1").await.conversation_id;
        // The vendors keep showing what they do not delete.
        for (vendor, operation) in [
            (Vendor::Elevenlabs, "conversations.delete"),
            (Vendor::Twilio, "recordings.delete"),
            (Vendor::Twilio, "calls.delete"),
        ] {
            world.twin.fault(Fault::forever(vendor, operation, FaultKind::ServerError { status: 500 }));
        }
        let kinds = told(&world, 3).await;
        world.erase(false).await;
        for operation in ["calls.list", "recordings.list", "conversations.list"] {
            let asked = world.twin.requests(operation);
            eventually(Duration::from_secs(20), async || {
                (world.twin.requests(operation) >= asked + 4).then_some(())
            })
            .await;
        }
        for sid in ["CA1", "CA2"] {
            assert!(world.call(sid).await.caller.is_empty(), "{sid}");
        }
        let conversation = world.conversation(&id).await;
        assert!(conversation.turns.is_empty() && conversation.collected.is_empty());
        assert_eq!(told(&world, kinds).await, kinds, "nothing is told again");
        world.twin.clear_faults();
        eventually(Duration::from_secs(20), async || {
            let (calls, conversations, recordings) = world.at_vendors();
            (calls.is_empty() && conversations == 0 && recordings.is_empty()).then_some(())
        })
        .await;
    }

    async fn late_webhooks_of_an_erased_caller_are_taken_and_kept_out_i26(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        world.with_agent().await;
        world.place(CALLER, "CA1", Scenario::PlumbingFrench).await;
        let id = world.call("CA1").await.conversation_id;
        world.erase(false).await;
        let kinds = world.kinds(3).await.len();
        for (id, status) in [(id.as_str(), "done"), ("conv_second", "processing"), ("conv_second", "done")] {
            let deleted = world.twin.requests("conversations.delete");
            let taken = world.conversations.clone().record_conversation(post_call(id, "CA1", status)).await;
            assert!(!taken.unwrap().into_inner().stored);
            assert!(world.conversation(id).await.turns.is_empty(), "{id}");
            // It is at the vendor, or it would not have been told of.
            eventually(Duration::from_secs(10), async || {
                (world.twin.requests("conversations.delete") > deleted).then_some(())
            })
            .await;
        }
        world.calls.clone().record_voicemail(voicemail("CA1")).await.unwrap();
        world.calls.clone().record_call_progress(progress("CA1", "completed")).await.unwrap();
        assert!(world.call("CA1").await.caller.is_empty());
        assert_eq!(world.kinds(kinds).await.len(), kinds, "nobody is told of it");
    }

    async fn a_call_that_goes_on_ends_as_it_would_and_leaves_nothing(db: TestDb) {
        let world = World::start_with(&db, quick(), TwinConfig::default()).await;
        world.with_agent().await;
        let heard = world.answer("CA1").await.twiml;
        let receipt = world.erase(false).await;
        assert_eq!(receipt["telephony.call"].0, 1);
        assert_eq!(world.answer("CA1").await.twiml, heard, "the caller hears the same to the end (I3)");
        world.calls.clone().record_call_progress(progress("CA1", "in-progress")).await.unwrap();
        world.calls.clone().record_call_progress(progress("CA1", "completed")).await.unwrap();
        let call = world.call("CA1").await;
        assert_eq!(call.state(), wire::CallState::Completed);
        assert!(call.caller.is_empty() && call.twiml != heard);
        let id = call.conversation_id.clone();
        let taken = world.conversations.clone().record_conversation(post_call(&id, "CA1", "done")).await;
        assert!(!taken.unwrap().into_inner().stored);
        assert!(world.kinds(1).await.contains(&"ended"), "the call's end is told");
    }
}
