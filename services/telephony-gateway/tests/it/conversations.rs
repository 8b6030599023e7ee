//! Post-call webhooks: every sample body is understood, stored once, and told once.

use contracts::telephony::v1 as wire;
use serde_json::{Value, json};
use test_support::on_both;

use crate::harness::World;
use crate::samples::{CALLER, DID, SITE};

async fn record(world: &World, body: &[u8]) -> bool {
    let request = wire::RecordConversationRequest {
        body: body.to_vec(),
    };
    world
        .conversations
        .clone()
        .record_conversation(request)
        .await
        .unwrap()
        .into_inner()
        .stored
}

async fn get(world: &World, id: &str) -> wire::Conversation {
    let request = wire::GetConversationRequest {
        conversation_id: id.to_owned(),
    };
    let found = world
        .conversations
        .clone()
        .get_conversation(request)
        .await
        .unwrap();
    found.into_inner().conversation.unwrap()
}

fn sample(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures");
    std::fs::read(format!("{folder}/{name}.json")).unwrap()
}

on_both! {
    async fn every_sample_body_is_understood_and_a_repeat_writes_nothing(db: TestDb) {
        let world = World::start(&db).await;
        for (name, id, turns) in [
            ("post_call_transcription", "conv_8701k9r2d4f6h8j0m1n3p5q7s9tv", 7),
            ("post_call_transcription_minimal", "conv_8708k9r2d4f6h8j0m1n3p5q7s9uc", 3),
            ("post_call_transcription_hangup", "conv_8702k9r2d4f6h8j0m1n3p5q7s9tw", 2),
            ("post_call_transcription_tool_error", "conv_8703k9r2d4f6h8j0m1n3p5q7s9tx", 7),
        ] {
            assert!(record(&world, &sample(name)).await, "{name}");
            assert!(!record(&world, &sample(name)).await, "{name}: a repeat");
            let conversation = get(&world, id).await;
            assert_eq!(conversation.status, "done");
            assert!(conversation.turns.len() >= turns, "{name}: {}", conversation.turns.len());
            assert_eq!(conversation.call_sid, "CA3f0c1d7e9b8a4c62a5d41e8f7b6c9d02");
        }
        let good = get(&world, "conv_8701k9r2d4f6h8j0m1n3p5q7s9tv").await;
        let call = good.turns.iter().flat_map(|turn| &turn.tool_calls).next().unwrap();
        assert_eq!(call.tool_name, "dispatch_lead");
        assert!(call.arguments.contains("Dana Reyes") && call.result.contains("L-20931") && !call.failed);
        // R75, D4: the vendor's own figure in money, exactly; unset where it names none.
        assert_eq!((good.cost_credits, good.cost_usd_micros), (Some(58), Some(43_500)));
        let hangup = get(&world, "conv_8702k9r2d4f6h8j0m1n3p5q7s9tw").await;
        assert_eq!((hangup.cost_credits, hangup.cost_usd_micros), (Some(12), Some(9_000)));
        let minimal = get(&world, "conv_8708k9r2d4f6h8j0m1n3p5q7s9uc").await;
        assert_eq!((minimal.cost_credits, minimal.cost_usd_micros), (Some(14), None));
        let bad = get(&world, "conv_8703k9r2d4f6h8j0m1n3p5q7s9tx").await;
        assert!(bad.turns.iter().flat_map(|turn| &turn.tool_calls).any(|call| call.failed));
        for name in ["post_call_audio", "call_initiation_failure_sip", "call_initiation_failure_twilio"] {
            assert!(!record(&world, &sample(name)).await, "{name} is taken and dropped");
        }
        // None of them is one of our calls.
        assert_eq!(world.kinds(4).await, ["conversation"; 4]);
        let request = wire::ListConversationsRequest { page_size: 3, ..Default::default() };
        let page = world.conversations.clone().list_conversations(request).await.unwrap().into_inner();
        assert_eq!(page.conversations.len(), 3);
        assert!(page.conversations.iter().any(|listed| listed.cost_usd_micros == Some(43_500)));
        assert!(page.conversations.iter().all(|conversation| conversation.turns.is_empty()));
        assert!(!page.next_page_token.is_empty());
    }

    // R75, D4: a cost that the vendor names after the end is added, told once more, and then stands.
    async fn a_cost_that_comes_later_is_added_to_a_final_conversation_and_told_again(db: TestDb) {
        let world = World::start(&db).await;
        let body = |cost: Value, status: &str| {
            let body = json!({ "type": "post_call_transcription", "data": {
                "conversation_id": "conv_late", "status": status, "transcript": [],
                "metadata": { "start_time_unix_secs": 1_795_253_400, "call_duration_secs": 180,
                              "cost_fiat": cost } } });
            body.to_string().into_bytes()
        };
        assert!(record(&world, &body(Value::Null, "done")).await);
        assert!(!record(&world, &body(Value::Null, "done")).await);
        assert_eq!(get(&world, "conv_late").await.cost_usd_micros, None);
        assert!(!record(&world, &body(json!(-1), "done")).await, "no price");
        assert!(record(&world, &body(json!(0.04), "failed")).await);
        let priced = get(&world, "conv_late").await;
        assert_eq!((priced.cost_usd_micros, priced.status.as_str()), (Some(40_000), "done"));
        assert!(!record(&world, &body(json!(0.05), "done")).await, "what stands, stands");
        assert_eq!(get(&world, "conv_late").await.cost_usd_micros, Some(40_000));
        assert_eq!(world.kinds(2).await, ["conversation"; 2]);
    }

    async fn malformed_and_unknown_bodies_are_taken_and_dropped(db: TestDb) {
        let world = World::start(&db).await;
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        for body in [
            b"".as_slice(), b"\xff\xfe", b"null", b"[]", b"{}", br#"{"type":5}"#,
            br#"{"type":"answering_machine_detection","data":{}}"#,
            br#"{"type":"post_call_transcription"}"#,
            br#"{"type":"post_call_transcription","data":{"conversation_id":7}}"#,
            deep.as_bytes(),
        ] {
            assert!(!record(&world, body).await);
        }
        let odd = json!({ "type": "post_call_transcription", "event_timestamp": "1795253436", "data": {
            "conversation_id": "conv_odd", "status": "done", "transcript": [5, null, { "role": "agent",
            "message": "a\u{0}b", "tool_calls": "none", "time_in_call_secs": "3" }],
            "metadata": { "cost": 1.5, "start_time_unix_secs": "x" }, "analysis": [] } });
        assert!(record(&world, odd.to_string().as_bytes()).await);
        assert_eq!(get(&world, "conv_odd").await.turns[2].text, "ab");
    }

    async fn our_own_call_is_verified_once_and_a_strangers_is_not(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        world.answer("CA1").await;
        let id = world.call("CA1").await.conversation_id;
        let body = |id: &str, sid: &str, number: Option<&str>, status: &str| {
            let phone = number.map(|number| json!({ "type": "twilio", "agent_number": number }));
            let body: Value = json!({ "type": "post_call_transcription", "data": {
                "conversation_id": id, "agent_id": "agent_x", "status": status, "transcript": [],
                "metadata": { "start_time_unix_secs": 1_795_253_400, "call_duration_secs": 9,
                              "phone_call": phone },
                "conversation_initiation_client_data": { "dynamic_variables": { "call_sid": sid } } } });
            body.to_string().into_bytes()
        };
        assert!(record(&world, &body(&id, "CA1", None, "processing")).await);
        assert!(record(&world, &body(&id, "CA1", None, "done")).await);
        assert!(!record(&world, &body(&id, "CA1", None, "failed")).await, "final is final");
        // Another conversation that claims the same call, and one of a call that never was.
        assert!(record(&world, &body("conv_forged", "CA1", None, "done")).await);
        assert!(record(&world, &body("conv_none", "CA404", None, "done")).await);
        // The vendor's own telephony names one of our numbers.
        assert!(record(&world, &body("conv_number", "CA405", Some(DID), "done")).await);
        let entries = world.entries(6).await;
        let verified: Vec<String> = entries
            .iter()
            .filter_map(|(_, entry)| match entry.entry.as_ref()? {
                wire::call_entry::Entry::Verified(verified) => {
                    assert_eq!((verified.site_id.as_str(), verified.called_number.as_str()), (SITE, DID));
                    Some(verified.conversation_id.clone())
                }
                _ => None,
            })
            .collect();
        assert_eq!(verified, [id, "conv_number".to_owned()]);
        assert_eq!(entries.iter().filter(|(kind, _)| *kind == "conversation").count(), 4);
    }

    async fn feed_entries_hold_no_number_and_no_words_of_a_caller_i25(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let ask = vendor_twin::PlaceCall::new(CALLER, DID, vendor_twin::Scenario::Voicemail);
        world.twin.place_call(ask.call_sid("CA1")).await;
        for (_, entry) in world.entries(4).await {
            assert!(!format!("{entry:?}").contains(CALLER));
        }
    }

    async fn two_tellers_at_once_verify_a_conversation_once(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        for round in 0..8 {
            let sid = format!("CA{round}");
            world.answer(&sid).await;
            let id = world.call(&sid).await.conversation_id;
            let body = |status: &str| {
                json!({ "type": "post_call_transcription", "data": {
                    "conversation_id": id, "agent_id": "agent_x", "status": status,
                    "conversation_initiation_client_data": { "dynamic_variables": { "call_sid": sid } } } })
                .to_string()
                .into_bytes()
            };
            let (early, late) = (body("processing"), body("done"));
            tokio::join!(record(&world, &early), record(&world, &late), record(&world, &late));
        }
        let kinds = world.kinds(16).await;
        for kind in ["verified", "conversation"] {
            assert_eq!(kinds.iter().filter(|known| **known == kind).count(), 8, "{kinds:?}");
        }
    }

    async fn variables_that_a_caller_made_up_keep_no_conversation_from_being_stored(db: TestDb) {
        let world = World::start(&db).await;
        let long = "x".repeat(100_000);
        for (index, made_up) in ["CA\u{0}1", long.as_str(), "two words", ""].iter().enumerate() {
            let id = format!("conv_{index}");
            let body = json!({ "type": "post_call_transcription", "data": {
                "conversation_id": id, "agent_id": "a\u{0}", "status": "done\u{0}",
                "metadata": { "phone_call": { "agent_number": "+41\u{0}" }, "start_time_unix_secs": i64::MAX },
                "transcript": [{ "role": "agent", "message": "a", "time_in_call_secs": i64::MAX }],
                "analysis": { "data_collection_results": { "a\u{0}b": { "value": "\u{0}" } } },
                "conversation_initiation_client_data": { "dynamic_variables": {
                    "call_sid": made_up, "traceparent": made_up } } } });
            assert!(record(&world, body.to_string().as_bytes()).await, "{index}");
            let stored = get(&world, &id).await;
            assert_eq!((stored.call_sid.as_str(), stored.status.as_str()), ("", "done"));
        }
        for (_, entry) in world.entries(4).await {
            assert!(entry.traceparent.len() < 100 && entry.call_sid.is_empty());
        }
    }
}
