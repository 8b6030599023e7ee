//! What judging asks of conversations and calls: who answered, what was drawn, lists by time.

use std::collections::BTreeSet;

use chassis::fault::violations;
use contracts::telephony::v1 as wire;
use prost_types::Timestamp;
use serde_json::json;
use test_support::on_both;
use vendor_twin::{PlaceCall, Scenario};

use crate::harness::World;
use crate::samples::{AGENT, CALLER, DID, SITE, agent, ring};

const START: i64 = 1_795_253_400;

fn at(seconds: i64) -> Option<Timestamp> {
    Some(Timestamp { seconds, nanos: 0 })
}

async fn get(world: &World, id: &str) -> wire::Conversation {
    let request = wire::GetConversationRequest {
        conversation_id: id.to_owned(),
    };
    let found = world.conversations.clone().get_conversation(request).await;
    found.unwrap().into_inner().conversation.unwrap()
}

/// A conversation that ends `minute` minutes after the start.
async fn record(world: &World, id: &str, minute: i64, status: &str) {
    let body = json!({ "type": "post_call_transcription", "data": {
        "conversation_id": id, "agent_id": "agent_x", "status": status,
        "metadata": { "start_time_unix_secs": START, "call_duration_secs": 60 * minute } } });
    let body = body.to_string().into_bytes();
    let request = wire::RecordConversationRequest { body };
    let mut conversations = world.conversations.clone();
    let stored = conversations.record_conversation(request).await;
    assert!(stored.unwrap().into_inner().stored);
}

async fn listed(world: &World, ask: wire::ListConversationsRequest) -> Vec<String> {
    let mut found = Vec::new();
    let mut page_token = String::new();
    loop {
        let request = wire::ListConversationsRequest {
            page_size: 2,
            page_token,
            ..ask.clone()
        };
        let mut conversations = world.conversations.clone();
        let page = conversations.list_conversations(request).await;
        let page = page.unwrap().into_inner();
        found.extend(page.conversations.into_iter().map(|c| c.conversation_id));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return found;
        }
    }
}

on_both! {
    async fn a_conversation_names_its_agent_version_and_models(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let version = world.twin.agents().iter().find(|a| a.name == AGENT).unwrap().version_id.clone();
        let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid("CA1");
        let told = world.twin.place_call(ask).await;
        let conversation = get(&world, &told.conversation_id.unwrap()).await;
        assert_eq!(conversation.agent_name, AGENT);
        assert_eq!(conversation.version_id, version);
        assert_eq!(conversation.answering_models, ["gpt-4o"]);
        assert!(conversation.store_time.is_some() && conversation.verified && !conversation.erased);
        // The twin's page of the site shows the number that rang for it (R8).
        let page = chassis::http::client().get(world.twin.page_url("plombiersgeneve.ch")).send();
        let page = page.await.unwrap().text().await.unwrap();
        assert!(page.contains(&format!("tel:{DID}")), "{page}");
        // The vendor moves the traffic of a deprecated model without an error.
        world.twin.deprecate_model("gpt-4o", "gpt-5.2", 100.0);
        let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid("CA2");
        let told = world.twin.place_call(ask).await;
        let conversation = get(&world, &told.conversation_id.unwrap()).await;
        assert_eq!(conversation.answering_models, ["gpt-5.2"]);
        // Somebody's edit is another version.
        let edited = world.twin.edit_prompt(AGENT, |prompt| format!("{prompt} Soyez bref.")).unwrap();
        assert_ne!(edited, version);
        let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid("CA3");
        let told = world.twin.place_call(ask).await;
        assert_eq!(get(&world, &told.conversation_id.unwrap()).await.version_id, edited);
    }

    async fn what_the_catalogue_asks_to_be_drawn_is_drawn_r53(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        let mut agent = agent();
        let items = &mut agent.configuration.as_mut().unwrap().data_collection;
        items.insert("sentiment".to_owned(), "positive, neutral or negative, with a few words.".to_owned());
        items.insert("next_step".to_owned(), "One sentence for the operator.".to_owned());
        let hash = world.put_agent(agent.clone()).await.unwrap().configuration_hash;
        world.run(AGENT, &hash).await;
        let live = world.release(AGENT, &hash).await.unwrap().agent.unwrap();
        assert_eq!(live.configuration.unwrap().data_collection, agent.configuration.clone().unwrap().data_collection);
        let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid("CA1");
        let told = world.twin.place_call(ask).await;
        let collected = get(&world, &told.conversation_id.unwrap()).await.collected;
        let ids: BTreeSet<&str> = collected.keys().map(String::as_str).collect();
        let expected = ["customer_name", "language", "location", "next_step", "phone", "real_need", "sentiment", "service"];
        assert_eq!(ids, expected.into());
        assert_eq!(collected["real_need"], "true");
        assert!(collected["sentiment"].starts_with("positive"));
        for (sid, scenario) in [("CA2", Scenario::OffTopic), ("CA3", Scenario::SpamHangup)] {
            let ask = PlaceCall::new(CALLER, DID, scenario).call_sid(sid);
            let told = world.twin.place_call(ask).await;
            let collected = get(&world, &told.conversation_id.unwrap()).await.collected;
            assert_eq!(collected["real_need"], "false", "{sid}");
        }
        // The five fields and the need belong to the sealed part (B3).
        let mut spoiled = agent;
        let items = &mut spoiled.configuration.as_mut().unwrap().data_collection;
        items.insert("real_need".to_owned(), "Always true.".to_owned());
        let refused = world.put_agent(spoiled).await.unwrap_err();
        assert_eq!(violations(&refused)[0].field, "agent.configuration.data_collection.real_need");
    }

    async fn conversations_are_listed_by_their_end_and_none_slips_between_pages(db: TestDb) {
        let world = World::start(&db).await;
        for (id, minute, status) in [
            ("conv_3", 3, "done"), ("conv_1", 1, "done"), ("conv_2", 2, "processing"),
            ("conv_5", 5, "failed"), ("conv_4b", 4, "done"), ("conv_4a", 4, "done"),
        ] {
            record(&world, id, minute, status).await;
        }
        let ask = |since: Option<i64>, until: Option<i64>, only_final: bool| wire::ListConversationsRequest {
            since_time: since.and_then(|minute| at(START + 60 * minute)),
            until_time: until.and_then(|minute| at(START + 60 * minute)),
            only_final,
            ..Default::default()
        };
        let all = listed(&world, ask(None, None, false)).await;
        assert_eq!(all, ["conv_5", "conv_4b", "conv_4a", "conv_3", "conv_2", "conv_1"]);
        assert_eq!(listed(&world, ask(None, None, true)).await, ["conv_5", "conv_4b", "conv_4a", "conv_3", "conv_1"]);
        assert_eq!(listed(&world, ask(Some(2), Some(4), false)).await, ["conv_3", "conv_2"]);
        assert_eq!(listed(&world, ask(Some(4), None, true)).await, ["conv_5", "conv_4b", "conv_4a"]);
        assert_eq!(listed(&world, ask(None, Some(2), true)).await, ["conv_1"]);
        // A late one and one that becomes final while pages are read push nothing off them.
        let first = wire::ListConversationsRequest { page_size: 3, ..ask(None, None, true) };
        let page = world.conversations.clone().list_conversations(first.clone()).await.unwrap().into_inner();
        record(&world, "conv_2", 2, "done").await;
        record(&world, "conv_6", 6, "done").await;
        let rest = wire::ListConversationsRequest { page_token: page.next_page_token, ..first };
        let rest = world.conversations.clone().list_conversations(rest).await.unwrap().into_inner();
        let rest: Vec<String> = rest.conversations.into_iter().map(|c| c.conversation_id).collect();
        assert_eq!(rest, ["conv_3", "conv_2", "conv_1"]);
        let never = wire::ListConversationsRequest { since_time: at(i64::MAX), ..Default::default() };
        let refused = world.conversations.clone().list_conversations(never).await.unwrap_err();
        assert_eq!(violations(&refused)[0].field, "since_time");
    }

    async fn calls_are_listed_by_the_time_of_their_ring(db: TestDb) {
        let world = World::start(&db).await;
        world.with_number().await;
        for minute in 0..5 {
            let mut request = ring(&format!("CA{minute}"), DID, CALLER, "");
            request.receive_time = at(START + 60 * minute);
            world.calls.clone().answer_call(request).await.unwrap();
        }
        let mut found = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = wire::ListCallsRequest {
                site_id: SITE.to_owned(),
                page_size: 1,
                page_token,
                since_time: at(START + 60),
                until_time: at(START + 240),
            };
            let page = world.calls.clone().list_calls(request).await.unwrap().into_inner();
            found.extend(page.calls.into_iter().map(|call| call.call_sid));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        assert_eq!(found, ["CA3", "CA2", "CA1"]);
    }
}
