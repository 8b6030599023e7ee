//! Polling is the truth: what no webhook told of is found, once.

use std::time::Duration;

use contracts::telephony::v1 as wire;
use telephony_gateway::Pace;
use test_support::{eventually, on_both};
use vendor_twin::{Fault, FaultKind, PlaceCall, Scenario, TwinConfig, Vendor};

use crate::harness::{World, still};
use crate::samples::{CALLER, DID};

fn polling() -> Pace {
    let often = Duration::from_millis(100);
    Pace {
        poll_calls: often,
        poll_recordings: often,
        poll_conversations: often,
        // A machine that is busy elsewhere must not send these callers to the voicemail.
        register_budget: Duration::from_secs(10),
        ..still()
    }
}

fn lost(world: &World, operation: &str) {
    for vendor in [Vendor::Twilio, Vendor::Elevenlabs] {
        world
            .twin
            .fault(Fault::forever(vendor, operation, FaultKind::Lost));
    }
}

on_both! {
    async fn the_end_the_conversation_and_the_call_are_found_without_webhooks(db: TestDb) {
        let world = World::start_with(&db, polling(), TwinConfig::default()).await;
        world.with_agent().await;
        lost(&world, "webhook.call_status");
        lost(&world, "webhook.post_call");
        let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid("CA1");
        let outcome = world.twin.place_call(ask).await;
        assert!(outcome.agent_spoke(), "{:?}", outcome.steps);
        let kinds = world.kinds(3).await;
        for kind in ["ended", "conversation", "verified"] {
            assert_eq!(kinds.iter().filter(|known| **known == kind).count(), 1, "{kinds:?}");
        }
        let call = eventually(Duration::from_secs(5), async || {
            let call = world.call("CA1").await;
            (call.state() == wire::CallState::Completed).then_some(call)
        })
        .await;
        assert!(call.end_time.is_some() && !call.conversation_id.is_empty());
    }

    // R75, D4: a cost that the vendor names only after the end is found by the poll.
    async fn a_cost_that_no_webhook_told_of_is_found_when_the_vendor_names_it(db: TestDb) {
        let world = World::start_with(&db, polling(), TwinConfig::default()).await;
        world.with_agent().await;
        world.twin.fault(Fault::forever(Vendor::Elevenlabs, "register_call", FaultKind::Unpriced));
        lost(&world, "webhook.post_call");
        let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid("CA1");
        assert!(world.twin.place_call(ask).await.agent_spoke());
        let told = async || {
            let id = world.call("CA1").await.conversation_id;
            let request = wire::GetConversationRequest { conversation_id: id };
            let found = world.conversations.clone().get_conversation(request).await.ok()?;
            found.into_inner().conversation.filter(|told| told.status == "done")
        };
        let unpriced = eventually(Duration::from_secs(10), told).await;
        assert_eq!(unpriced.cost_usd_micros, None);
        assert!(unpriced.cost_credits.is_some_and(|credits| credits > 0));
        world.twin.name_costs();
        let priced = eventually(Duration::from_secs(10), async || {
            told().await?.cost_usd_micros
        })
        .await;
        assert!((1_000..1_000_000).contains(&priced), "{priced}");
        let kinds = world.kinds(4).await;
        let told_of = kinds.iter().filter(|kind| **kind == "conversation").count();
        assert_eq!(told_of, 2, "once when it ended, once with its cost: {kinds:?}");
    }

    async fn a_voicemail_that_no_callback_told_of_is_found_once(db: TestDb) {
        let world = World::start_with(&db, polling(), TwinConfig::default()).await;
        world.with_agent().await;
        // Neither the action nor the callback of the recording arrives.
        for webhook in ["webhook.voice", "webhook.recording_status"] {
            let lost = Fault::forever(Vendor::Twilio, webhook, FaultKind::Lost);
            world.twin.fault(lost.matching("RecordingSid="));
        }
        let ask = PlaceCall::new(CALLER, DID, Scenario::Voicemail).call_sid("CA1");
        let told = world.twin.place_call(ask).await;
        assert!(told.recording_sid.is_some());
        let call = eventually(Duration::from_secs(10), async || {
            let call = world.call("CA1").await;
            call.events.iter().any(|event| event.kind == "voicemail").then_some(call)
        })
        .await;
        assert_eq!(call.handling(), wire::CallHandling::Voicemail);
        let kinds = world.kinds(4).await;
        assert_eq!(kinds.iter().filter(|kind| **kind == "voicemail").count(), 1, "{kinds:?}");
    }

    async fn two_replicas_that_poll_tell_each_thing_once(db: TestDb) {
        let world = World::start_with(&db, polling(), TwinConfig::default()).await;
        world.with_agent().await;
        let _other = world.replica().await;
        for index in 0..4 {
            let sid = format!("CA{index}");
            let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid(&sid);
            world.twin.place_call(ask).await;
        }
        let kinds = world.kinds(12).await;
        for kind in ["ended", "conversation", "verified"] {
            assert_eq!(kinds.iter().filter(|known| **known == kind).count(), 4, "{kinds:?}");
        }
    }

    async fn a_failing_vendor_is_polled_again_and_nothing_is_left_out(db: TestDb) {
        let world = World::start_with(&db, polling(), TwinConfig::default()).await;
        world.with_agent().await;
        lost(&world, "webhook.post_call");
        for operation in ["conversations.list", "conversations.fetch", "calls.list", "recordings.list"] {
            let fault = FaultKind::ServerError { status: 500 };
            for vendor in [Vendor::Twilio, Vendor::Elevenlabs] {
                world.twin.fault(Fault::forever(vendor, operation, fault.clone()).times(3));
            }
        }
        let ask = PlaceCall::new(CALLER, DID, Scenario::OffTopic).call_sid("CA1");
        world.twin.place_call(ask).await;
        // The vendor could not be asked when the agent left: the caller got the voicemail (fallback,
        // alarm, voicemail, ended), and the conversation is found all the same.
        let kinds = world.kinds(5).await;
        assert!(kinds.contains(&"conversation"), "{kinds:?}");
    }
}
