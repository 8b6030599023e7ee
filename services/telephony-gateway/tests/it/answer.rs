//! Ringing calls: what is answered, by whom, and once.

use std::time::{Duration, Instant};

use chassis::config::Secret;
use contracts::telephony::v1 as wire;
use futures::future::join_all;
use serde::Deserialize;
use test_support::on_both;
use vendor_twin::{Fault, FaultKind, Vendor};

use crate::harness::World;
use crate::samples::{AGENT, CALLER, CHAIN, DID, SITE, agent, number, ring, site};

#[derive(Deserialize)]
struct Claims {
    call_sid: String,
    site_id: String,
    called_number: String,
    country: String,
    caller: String,
    exp: i64,
}

fn is_voicemail(answer: &wire::AnswerCallResponse) -> bool {
    answer.handling() == wire::CallHandling::Voicemail
        && answer.twiml.contains("<Say language=\"fr-FR\"")
        && answer.twiml.contains("<Record action=")
}

on_both! {
    async fn a_call_gets_the_disclosure_the_agent_and_a_way_back_d9_r14_r15(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let answer = world.answer("CA1").await;
        assert_eq!(answer.handling(), wire::CallHandling::Agent);
        let say = answer.twiml.find("vous parlez à une IA &amp; l&apos;appel est enregistré").unwrap();
        let connect = answer.twiml.find("<Connect><Stream url=\"wss://").unwrap();
        let redirect = answer.twiml.find("</Connect><Redirect method=\"POST\">").unwrap();
        assert!(say < connect && connect < redirect);

        let call = world.call("CA1").await;
        assert_eq!((call.site_id.as_str(), call.agent_name.as_str()), (SITE, AGENT));
        assert_eq!(call.twiml, answer.twiml, "the document stands with the call");
        assert_eq!(call.registrations, 1);
        assert!(!call.conversation_id.is_empty());
        let answer_time: Duration = call.answer_time.unwrap().try_into().unwrap();
        assert!(answer_time < Duration::from_secs(3), "R15");
        let kinds: Vec<&str> = call.events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["received", "registered", "disclosure"], "D9 is an event of the call");
    }

    async fn the_agent_is_given_every_variable_and_a_signed_token(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        world.answer("CA1").await;
        world.answer_from("CA2", DID, "anonymous", "").await;
        let conversations = world.twin.conversations();
        let data = &conversations[0].client_data["dynamic_variables"];
        assert_eq!(data["call_sid"], "CA1");
        assert_eq!(data["caller_id"], CALLER);
        assert_eq!(data["called_number"], DID);
        assert_eq!(data["site_url"], "https://plombiersgeneve.ch");
        assert_eq!(conversations[1].client_data["dynamic_variables"]["caller_id"], "unknown");
        let token = data["secret__call_token"].as_str().unwrap();
        let now = chassis::clock::now();
        let secrets = [Secret::new("call-secret")];
        let claims: Claims = chassis::token::verify(&secrets, "call", token, now).unwrap();
        assert_eq!(claims.call_sid, "CA1");
        assert_eq!((claims.site_id.as_str(), claims.country.as_str()), (SITE, "CH"));
        assert_eq!((claims.called_number.as_str(), claims.caller.as_str()), (DID, CALLER));
        assert!((claims.exp - now.timestamp() - 600 - 900).abs() < 30, "longest call and 15 min");
    }

    async fn the_origin_is_kept_and_the_chains_mobile_is_never_the_caller_r11(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        world.answer_from("CA1", DID, CALLER, CHAIN).await;
        world.answer_from("CA2", DID, CALLER, "").await;
        world.answer_from("CA3", DID, CHAIN, "").await;
        let seen = async |sid: &str| {
            let call = world.call(sid).await;
            (call.origin(), call.caller)
        };
        assert_eq!(seen("CA1").await, (wire::CallOrigin::Chain, CALLER.to_owned()));
        assert_eq!(seen("CA2").await, (wire::CallOrigin::Unknown, CALLER.to_owned()));
        assert_eq!(seen("CA3").await, (wire::CallOrigin::Chain, String::new()));
    }

    async fn fifty_concurrent_requests_of_one_call_register_once_and_get_the_same_bytes(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let delay = FaultKind::Delay { ms: 200 };
        world.twin.fault(Fault::forever(Vendor::Elevenlabs, "register_call", delay));
        let answers = join_all((0..50).map(|_| world.answer("CA1"))).await;
        assert!(answers.iter().all(|answer| answer.twiml == answers[0].twiml));
        assert_eq!(world.twin.requests("register_call"), 1);
        assert_eq!(world.answer("CA1").await.twiml, answers[0].twiml, "also later");
        assert_eq!(world.twin.requests("register_call"), 1);
    }

    async fn two_replicas_register_one_call_once(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let other = world.replica().await;
        let delay = FaultKind::Delay { ms: 300 };
        world.twin.fault(Fault::forever(Vendor::Elevenlabs, "register_call", delay));
        for round in 0..5 {
            let sid = format!("CA{round}");
            let (one, two) = tokio::join!(world.answer(&sid), other.answer(&sid));
            assert_eq!(one.twiml, two.twiml);
            assert_eq!(world.twin.requests("register_call"), round + 1);
            assert_eq!(world.call(&sid).await.registrations, 1);
        }
    }

    async fn every_failure_of_the_vendor_ends_in_the_voicemail_in_time(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let cases = [
            (FaultKind::Unprocessable, "REGISTER_FAILED"),
            (FaultKind::Html { status: 502 }, "REGISTER_FAILED"),
            (FaultKind::Html { status: 200 }, "REGISTER_NO_TWIML"),
            (FaultKind::ServerError { status: 500 }, "REGISTER_FAILED"),
            (FaultKind::TooManyRequests { retry_after: None }, "REGISTER_FAILED"),
            (FaultKind::Unauthorized, "REGISTER_FAILED"),
            (FaultKind::Reset, "REGISTER_FAILED"),
            (FaultKind::Delay { ms: 6_000 }, "REGISTER_TIMEOUT"),
            (FaultKind::Hang, "REGISTER_TIMEOUT"),
        ];
        for (index, (fault, reason)) in cases.iter().enumerate() {
            world.twin.clear_faults();
            let before = world.twin.requests("register_call");
            world.twin.fault(Fault::forever(Vendor::Elevenlabs, "register_call", fault.clone()));
            let sid = format!("CA{index}");
            let started = Instant::now();
            let answer = world.answer(&sid).await;
            assert!(started.elapsed() < Duration::from_secs(3), "{fault:?}: R15");
            assert!(is_voicemail(&answer), "{fault:?}");
            assert_eq!(world.twin.requests("register_call"), before + 1, "{fault:?}: one try");
            let call = world.call(&sid).await;
            assert_eq!(call.fallback_reason, *reason, "{fault:?}");
            assert_eq!(call.twiml, answer.twiml);
        }
        let kinds = world.kinds(cases.len() * 2).await;
        assert_eq!(kinds.iter().filter(|kind| **kind == "fallback").count(), cases.len());
        assert_eq!(kinds.iter().filter(|kind| **kind == "alarm").count(), cases.len());
    }

    async fn a_json_string_and_a_missing_conversation_id_are_no_failures(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "register_call", FaultKind::JsonString));
        let answer = world.answer("CA1").await;
        assert_eq!(answer.handling(), wire::CallHandling::Agent);
        assert!(answer.twiml.contains("<Connect><Stream url="));
        let fault = FaultKind::NoConversationId;
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "register_call", fault));
        let answer = world.answer("CA2").await;
        assert_eq!(answer.handling(), wire::CallHandling::Agent);
        assert_eq!(world.call("CA2").await.conversation_id, "");
    }

    async fn an_unknown_number_is_rejected_without_being_answered(db: TestDb) {
        let world = World::start(&db).await;
        let answer = world.answer("CA1").await;
        assert_eq!(answer.handling(), wire::CallHandling::Rejected);
        assert!(answer.twiml.contains("<Response><Reject/></Response>"));
        assert_eq!(world.call("CA1").await.handling(), wire::CallHandling::Rejected);
        assert_eq!(world.twin.requests("register_call"), 0);
    }

    async fn an_agent_that_was_never_released_and_paused_parts_get_the_voicemail(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        assert!(is_voicemail(&world.answer("CA1").await));
        assert_eq!(world.call("CA1").await.fallback_reason, "NO_AGENT");
        world.put_agent(agent()).await.unwrap();
        assert!(is_voicemail(&world.answer("CA2").await));
        assert_eq!(world.call("CA2").await.fallback_reason, "AGENT_NOT_RELEASED");
        world.with_agent().await;
        world.put_agent(wire::Agent { paused: true, ..agent() }).await.unwrap();
        assert!(is_voicemail(&world.answer("CA3").await));
        assert_eq!(world.call("CA3").await.fallback_reason, "AGENT_PAUSED");
        world.put_number(wire::Number { paused: true, ..number() }).await.unwrap();
        assert!(is_voicemail(&world.answer("CA4").await));
        assert_eq!(world.call("CA4").await.fallback_reason, "NUMBER_PAUSED");
        world.put_site(wire::Site { paused: true, ..site() }).await.unwrap();
        assert!(is_voicemail(&world.answer("CA5").await));
        assert_eq!(world.call("CA5").await.fallback_reason, "SITE_PAUSED");
        assert_eq!(world.twin.requests("register_call"), 0);
    }

    async fn a_ring_without_sid_or_number_is_refused_with_every_fault(db: TestDb) {
        let world = World::start(&db).await;
        let refused = world.calls.clone().answer_call(ring("", "", "", "")).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
        assert_eq!(chassis::fault::violations(&refused).len(), 2);
    }

    async fn progress_moves_forward_only_and_the_end_is_told_once_i15(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        world.answer("CA1").await;
        let report = async |status: &str| {
            let request = wire::RecordCallProgressRequest {
                call_sid: "CA1".to_owned(),
                status: status.to_owned(),
                to: DID.to_owned(),
                from: CALLER.to_owned(),
                duration: Some(prost_types::Duration { seconds: 42, nanos: 0 }),
                ..Default::default()
            };
            world.calls.clone().record_call_progress(request).await.unwrap();
        };
        for status in ["in-progress", "completed", "completed", "ringing", "busy", "news"] {
            report(status).await;
        }
        let call = world.call("CA1").await;
        assert_eq!(call.state(), wire::CallState::Completed);
        assert_eq!(call.duration.unwrap().seconds, 42);
        assert_eq!(world.kinds(1).await, ["ended"]);
    }

    async fn calls_are_listed_newest_first_in_pages(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        for index in 0..5 {
            world.answer(&format!("CA{index}")).await;
        }
        let mut seen = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = wire::ListCallsRequest { site_id: SITE.to_owned(), page_size: 2, page_token, ..Default::default() };
            let page = world.calls.clone().list_calls(request).await.unwrap().into_inner();
            seen.extend(page.calls.into_iter().map(|call| call.call_sid));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(seen, ["CA4", "CA3", "CA2", "CA1", "CA0"]);
        let negative = wire::ListCallsRequest { page_size: -1, ..Default::default() };
        let refused = world.calls.clone().list_calls(negative).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::InvalidArgument);
    }

    async fn a_ring_that_a_poll_saw_first_still_gets_the_agent(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        for status in ["ringing", "in-progress"] {
            let request = wire::RecordCallProgressRequest {
                call_sid: "CA1".to_owned(),
                status: status.to_owned(),
                to: DID.to_owned(),
                from: CALLER.to_owned(),
                ..Default::default()
            };
            world.calls.clone().record_call_progress(request).await.unwrap();
        }
        assert_eq!(world.answer("CA1").await.handling(), wire::CallHandling::Agent);
        assert_eq!(world.call("CA1").await.registrations, 1);
    }

    async fn a_token_outlasts_the_call_of_the_agent_that_is_live_not_of_a_candidate(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let mut candidate = agent();
        let minute = prost_types::Duration { seconds: 60, nanos: 0 };
        candidate.configuration.as_mut().unwrap().max_duration = Some(minute);
        world.put_agent(candidate).await.unwrap();
        world.answer("CA1").await;
        let conversations = world.twin.conversations();
        let token = &conversations[0].client_data["dynamic_variables"]["secret__call_token"];
        let (secrets, now) = ([Secret::new("call-secret")], chassis::clock::now());
        let claims: Claims =
            chassis::token::verify(&secrets, "call", token.as_str().unwrap(), now).unwrap();
        assert!((claims.exp - now.timestamp() - 600 - 900).abs() < 30);
    }
}
