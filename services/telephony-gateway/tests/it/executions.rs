//! Calls of the tool as the vendor logged them: what never reached us is found there (B3).

use chassis::clock;
use chassis::fault::{reason, violations};
use contracts::telephony::v1 as wire;
use prost_types::Timestamp;
use serde_json::{Value, json};
use test_support::on_both;
use vendor_twin::{CallOutcome, Fault, FaultKind, PlaceCall, Scenario, Vendor};

use crate::harness::World;
use crate::samples::{CALLER, DID};

fn ago(seconds: i64) -> Option<Timestamp> {
    let seconds = clock::now().timestamp() - seconds;
    Some(Timestamp { seconds, nanos: 0 })
}

async fn list(
    world: &World,
    request: wire::ListToolExecutionsRequest,
) -> Result<wire::ListToolExecutionsResponse, tonic::Status> {
    let mut conversations = world.conversations.clone();
    Ok(conversations
        .list_tool_executions(request)
        .await?
        .into_inner())
}

fn recent() -> wire::ListToolExecutionsRequest {
    wire::ListToolExecutionsRequest {
        since_time: ago(600),
        ..Default::default()
    }
}

async fn call(world: &World, sid: &str) -> CallOutcome {
    let ask = PlaceCall::new(CALLER, DID, Scenario::PlumbingFrench).call_sid(sid);
    world.twin.place_call(ask).await
}

async fn add_tool(world: &World, url: &str) {
    let body = json!({ "tool_config": { "type": "webhook", "name": "dispatch_lead",
        "description": "An older one. [bord 0123456789abcdef]", "api_schema": { "url": url } } });
    let sent = chassis::http::client()
        .post(format!("{}/v1/convai/tools", world.twin.url()))
        .header("xi-api-key", &world.twin.config().elevenlabs_api_key)
        .json(&body)
        .send()
        .await
        .unwrap();
    assert!(sent.status().is_success());
}

on_both! {
    async fn a_call_that_never_reached_us_is_listed_with_what_it_carried_b3(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let good = call(&world, "CA1").await;
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "webhook.tool", FaultKind::Severed));
        let lost = call(&world, "CA2").await;
        assert!(lost.tool_calls.iter().all(|call| call.is_error && call.status.is_none()));
        let found = list(&world, recent()).await.unwrap();
        assert_eq!(found.executions.len(), 1 + lost.tool_calls.len());
        assert_eq!(found.next_page_token, "");
        // Page by page, each one once.
        let (mut ids, mut page_token) = (Vec::new(), String::new());
        loop {
            let asked = wire::ListToolExecutionsRequest { page_size: 1, page_token, ..recent() };
            let page = list(&world, asked).await.unwrap();
            ids.extend(page.executions.into_iter().map(|execution| execution.execution_id));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                break;
            }
        }
        let all: Vec<String> = found.executions.iter().map(|found| found.execution_id.clone()).collect();
        assert_eq!(ids, all);
        let [first, second, ..] = found.executions.as_slice() else { panic!("{found:?}") };
        assert_eq!(Some(&first.conversation_id), good.conversation_id.as_ref(), "oldest first");
        assert!(!first.failed && first.result.contains("C'est transmis") && first.error_type.is_empty());
        assert!(second.failed && second.result.is_empty());
        assert_eq!(second.error_type, "client_timeout");
        let carried: Value = serde_json::from_str(&second.arguments).unwrap();
        assert_eq!((&carried["call_sid"], &carried["location"]), (&json!("CA2"), &json!("Carouge")));
        assert!(first.execution_time.is_some() && !first.vendor_agent_id.is_empty());
        let of_lost = wire::ListToolExecutionsRequest {
            conversation_id: lost.conversation_id.unwrap(),
            ..recent()
        };
        let of_lost = list(&world, of_lost).await.unwrap();
        assert_eq!(of_lost.executions.len(), lost.tool_calls.len());
        let before = wire::ListToolExecutionsRequest { until_time: ago(300), ..recent() };
        assert!(list(&world, before).await.unwrap().executions.is_empty());
    }

    async fn every_tool_of_ours_is_asked_and_none_of_another_installation(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        add_tool(&world, &format!("{}/elevenlabs/tools/dispatch_lead", world.gateway)).await;
        add_tool(&world, "https://staging.example/elevenlabs/tools/dispatch_lead").await;
        list(&world, recent()).await.unwrap();
        assert_eq!(world.twin.requests("tools.executions"), 2);
        for sid in 0..105 {
            call(&world, &format!("CA{sid}")).await;
        }
        let wanted = wire::ListToolExecutionsRequest { page_size: 200, ..recent() };
        let all = list(&world, wanted).await.unwrap();
        assert_eq!(all.executions.len(), 105, "over two pages");
        let times: Vec<_> = all.executions.iter().map(|e| e.execution_time.unwrap()).collect();
        assert!(times.is_sorted_by_key(|time| (time.seconds, time.nanos)));
    }

    async fn a_vendor_that_does_not_answer_is_told_as_such(db: TestDb) {
        let world = World::start(&db).await;
        world.with_agent().await;
        let fault = FaultKind::ServerError { status: 503 };
        world.twin.fault(Fault::once(Vendor::Elevenlabs, "tools.executions", fault));
        let away = list(&world, recent()).await.unwrap_err();
        assert_eq!(away.code(), tonic::Code::Unavailable);
        assert_eq!(reason(&away).as_deref(), Some("VENDOR_UNAVAILABLE"));
        let timeless = wire::ListToolExecutionsRequest::default();
        let refused = list(&world, timeless).await.unwrap_err();
        assert_eq!(violations(&refused)[0].field, "since_time");
    }
}
