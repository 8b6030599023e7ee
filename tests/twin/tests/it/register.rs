//! Faults of registration and of the tool call: the answers that the vendor was seen to give.

use serde_json::json;
use vendor_twin::{Fault, FaultKind, PlaceCall, Scenario, Vendor};

use crate::support::{Bord, GOOD_PROMPT, http};

async fn register(bord: &Bord, kind: FaultKind) -> (u16, String) {
    bord.twin
        .fault(Fault::once(Vendor::Elevenlabs, "register_call", kind));
    let agent = bord.twin.agents()[0].agent_id.clone();
    let reply = http()
        .post(format!(
            "{}/v1/convai/twilio/register-call",
            bord.twin.url()
        ))
        .header("xi-api-key", &bord.twin.config().elevenlabs_api_key)
        .json(
            &json!({"agent_id": agent, "from_number": "+41790000042", "to_number": "+41225394512"}),
        )
        .send()
        .await
        .unwrap();
    (reply.status().as_u16(), reply.text().await.unwrap())
}

#[tokio::test]
async fn register_call_answers_in_every_way_that_the_vendor_was_seen_to() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let (status, body) = register(&bord, FaultKind::Unprocessable).await;
    assert_eq!(status, 422);
    assert!(body.contains("Field required"));
    let (_, body) = register(&bord, FaultKind::JsonString).await;
    let unwrapped: String = serde_json::from_str(&body).unwrap();
    assert!(unwrapped.starts_with("<?xml") && unwrapped.contains("conversation_id"));
    let (status, body) = register(&bord, FaultKind::NoConversationId).await;
    assert_eq!(status, 200);
    assert!(body.contains("<Stream") && !body.contains("conversation_id"));
    let (status, body) = register(&bord, FaultKind::Html { status: 200 }).await;
    assert_eq!(status, 200);
    assert!(body.starts_with("<html>"));
    assert_eq!(
        register(&bord, FaultKind::ServerError { status: 500 })
            .await
            .0,
        500
    );
}

#[tokio::test]
async fn an_expired_registration_and_a_missing_id_show_only_when_the_stream_opens() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    let ask = PlaceCall::new("+41790000042", "+41225394512", Scenario::PlumbingFrench);
    bord.twin.fault(Fault::once(
        Vendor::Elevenlabs,
        "register_call",
        FaultKind::ExpiredRegistration,
    ));
    let expired = bord.twin.place_call(ask.clone()).await;
    assert!(!expired.agent_spoke());
    assert_eq!(bord.twin.conversations()[0].status, "failed");
    bord.twin.fault(Fault::once(
        Vendor::Elevenlabs,
        "register_call",
        FaultKind::NoConversationId,
    ));
    let joined = bord.twin.place_call(ask).await;
    assert_eq!(joined.tool_calls.len(), 1);
    assert!(joined.conversation_id.is_some());
}

#[tokio::test]
async fn a_tool_call_that_never_arrives_is_still_in_the_vendors_log() {
    let bord = Bord::with_agent(GOOD_PROMPT, "fr").await;
    bord.twin.fault(Fault::forever(
        Vendor::Elevenlabs,
        "webhook.tool",
        FaultKind::Lost,
    ));
    let ask = PlaceCall::new("+41790000042", "+41225394512", Scenario::PlumbingFrench);
    let outcome = bord.twin.place_call(ask).await;
    assert!(outcome.tool_calls.iter().all(|call| call.is_error));
    assert!(bord.got("/elevenlabs/tools").is_empty());
    let log = bord.twin.executions();
    assert_eq!(log[0]["error_type"], "client_timeout");
    assert!(
        log[0]["request_payload"]
            .as_str()
            .unwrap()
            .contains("Carouge")
    );
}
