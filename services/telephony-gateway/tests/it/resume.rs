//! After the agent's leg: hang up, or the voicemail.

use std::time::{Duration, Instant};

use chassis::config::Secret;
use chrono::TimeDelta;
use contracts::telephony::v1 as wire;
use serde_json::json;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, PlaceCall, Scenario, Vendor};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, ResponseTemplate};

use crate::harness::{World, still};
use crate::samples::{CALLER, DID};

fn token(sid: &str, age: TimeDelta) -> String {
    let now = chassis::clock::now();
    let answered_us = (now - age).timestamp_micros();
    let claims = json!({ "call_sid": sid, "answered_us": answered_us, "called_number": DID });
    chassis::token::sign(
        &Secret::new("call-secret"),
        "resume",
        &claims,
        now + TimeDelta::hours(1),
    )
}

async fn resume(world: &World, sid: &str, token: String) -> String {
    let request = wire::ResumeCallRequest {
        call_sid: sid.to_owned(),
        stage: wire::ResumeStage::AfterAgent.into(),
        to: DID.to_owned(),
        from: CALLER.to_owned(),
        resume_token: token,
    };
    world
        .calls
        .clone()
        .resume_call(request)
        .await
        .unwrap()
        .into_inner()
        .twiml
}

fn hangs_up(twiml: &str) -> bool {
    twiml.contains("<Response><Hangup/></Response>")
}

fn is_voicemail(twiml: &str) -> bool {
    twiml.contains("<Say language=\"fr-FR\"") && twiml.contains("<Record action=")
}

on_both! {
    async fn a_good_call_that_ends_is_hung_up_and_told_in_order(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid("CA1");
        let outcome = world.twin.place_call(ask).await;
        assert!(outcome.agent_spoke() && outcome.recording_sid.is_none(), "{:?}", outcome.steps);
        assert!(hangs_up(outcome.twiml.last().unwrap()));
        let call = world.call("CA1").await;
        assert_eq!(call.state(), wire::CallState::Completed);
        assert_eq!(Some(call.conversation_id), outcome.conversation_id);
        let kinds = world.kinds(3).await;
        for kind in ["ended", "conversation", "verified"] {
            assert_eq!(kinds.iter().filter(|known| **known == kind).count(), 1, "{kinds:?}");
        }
    }

    async fn an_agent_that_fails_hands_the_caller_to_the_voicemail_b12(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let ask = PlaceCall::new(CALLER, DID, Scenario::Voicemail).call_sid("CA1");
        let outcome = world.twin.place_call(ask).await;
        assert!(outcome.recording_sid.is_some(), "{:?}", outcome.steps);
        let call = world.call("CA1").await;
        assert_eq!(call.handling(), wire::CallHandling::Voicemail);
        assert_eq!(call.fallback_reason, "AGENT_FAILED");
        let kinds = world.kinds(4).await;
        for kind in ["fallback", "alarm", "voicemail", "ended"] {
            assert_eq!(kinds.iter().filter(|known| **known == kind).count(), 1, "{kinds:?}");
        }
    }

    async fn what_cannot_be_read_is_decided_by_the_age_of_our_document(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        world.answer("CA1").await;
        for fault in [FaultKind::ServerError { status: 500 }, FaultKind::Hang, FaultKind::Html { status: 200 }] {
            world.twin.clear_faults();
            world.twin.fault(Fault::forever(Vendor::Elevenlabs, "conversations.*", fault.clone()));
            let started = Instant::now();
            let young = resume(&world, "CA1", token("CA1", TimeDelta::seconds(10))).await;
            assert!(started.elapsed() < Duration::from_secs(3), "{fault:?}");
            assert!(is_voicemail(&young), "{fault:?}");
            assert!(hangs_up(&resume(&world, "CA1", token("CA1", TimeDelta::seconds(21))).await));
            // A token of another call, or none at all, proves no age.
            assert!(is_voicemail(&resume(&world, "CA1", token("CA2", TimeDelta::seconds(60))).await));
            assert!(is_voicemail(&resume(&world, "CA1", "forged".to_owned()).await));
        }
        let kinds = world.kinds(2).await;
        assert_eq!(kinds, ["fallback", "alarm"], "told once, however often it is asked");
    }

    async fn a_call_whose_agent_never_spoke_is_found_by_its_sid(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let fault = FaultKind::NoConversationId;
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "register_call", fault));
        let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid("CA1");
        let outcome = world.twin.place_call(ask).await;
        assert!(outcome.agent_spoke(), "{:?}", outcome.steps);
        assert!(hangs_up(outcome.twiml.last().unwrap()));
    }

    async fn the_fallback_route_always_offers_the_voicemail(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let request = wire::ResumeCallRequest {
            call_sid: "CA9".to_owned(),
            stage: wire::ResumeStage::Fallback.into(),
            to: DID.to_owned(),
            ..Default::default()
        };
        let answer = world.calls.clone().resume_call(request).await.unwrap().into_inner();
        assert!(is_voicemail(&answer.twiml));
    }

    async fn the_whole_table_of_reports_holds(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let agent = json!([{ "role": "agent", "message": "Bonjour" }]);
        let caller = json!([{ "role": "user", "message": "Allô" }]);
        let (old, young) = (TimeDelta::seconds(25), TimeDelta::seconds(5));
        for (index, (status, transcript, age, hang_up)) in [
            ("done", &agent, young, true),
            ("processing", &agent, young, true),
            ("in-progress", &agent, young, true),
            ("failed", &caller, old, false),
            ("done", &caller, old, false),
            ("processing", &caller, old, true),
            ("processing", &caller, young, false),
            ("initiated", &caller, old, true),
            ("a word of tomorrow", &caller, young, false),
        ]
        .into_iter()
        .enumerate()
        {
            let vendor = MockServer::start().await;
            let list = json!({ "conversations": [{ "conversation_id": "conv_1" }], "has_more": false });
            let sid = format!("CA{index}");
            let found = json!({ "conversation_id": "conv_1", "status": status, "transcript": transcript,
                "conversation_initiation_client_data": { "dynamic_variables": { "call_sid": sid } } });
            for (at, body) in
                [("/v1/convai/conversations", list), ("/v1/convai/conversations/conv_1", found)]
            {
                let reply = ResponseTemplate::new(200).set_body_json(body);
                Mock::given(method("GET")).and(path(at)).respond_with(reply).mount(&vendor).await;
            }
            let twin = world.twin.clone();
            let (store, base) = (world.db.clone(), vendor.uri());
            let other = World::serve(twin, store, still(), base, world.gateway.clone()).await;
            let twiml = resume(&other, &sid, token(&sid, age)).await;
            assert_eq!(hangs_up(&twiml), hang_up, "{status} {transcript} {age}");
            assert_eq!(is_voicemail(&twiml), !hang_up);
            // Another caller's conversation says nothing of this one.
            let another = token("CA99", young);
            assert!(is_voicemail(&resume(&other, "CA99", another).await), "{status}");
        }
    }
}
