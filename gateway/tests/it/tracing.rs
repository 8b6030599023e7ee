//! One call is one trace (B8): what a vendor brings back is continued, and only once it is proven.

use axum::body::Body;
use axum::http::StatusCode;
use chassis::config::Env;
use chassis::telemetry;
use serde_json::{Value, json};

use crate::world::{TOOL_SECRET, World, fixture, tool_body, tool_request};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

fn traceparent() -> String {
    format!("00-{TRACE}-00f067aa0ba902b7-01")
}

async fn traced() -> World {
    let mut env = Env::from_map([("LOG", "off")]);
    telemetry::init("gateway", telemetry::Settings::read(&mut env)).unwrap();
    World::new().await
}

fn continued(world: &World) -> Vec<bool> {
    world
        .services
        .traceparents()
        .iter()
        .map(|found| found.contains(TRACE))
        .collect()
}

#[tokio::test]
async fn the_tool_call_goes_on_in_the_calls_trace() {
    let world = traced().await;
    let mut request = tool_request(TOOL_SECRET, Body::from(tool_body().to_string()));
    request
        .headers_mut()
        .insert("traceparent", traceparent().parse().unwrap());
    assert_eq!(world.send(request).await.status, StatusCode::OK);
    assert_eq!(continued(&world), [true]);
}

#[tokio::test]
async fn a_message_callback_goes_on_in_the_deliverys_trace() {
    let world = traced().await;
    let path = format!("/twilio/messages/status?d=1&t={}", traceparent());
    world
        .twilio(&path, "MessageSid=SM1&MessageStatus=sent")
        .await;
    assert_eq!(continued(&world), [true]);
}

#[tokio::test]
async fn a_conversation_and_a_mail_event_go_on_in_the_calls_trace() {
    let world = traced().await;
    let mut body: Value =
        serde_json::from_str(&fixture("elevenlabs/post_call_transcription.json")).unwrap();
    let data = &mut body["data"]["conversation_initiation_client_data"];
    data["dynamic_variables"]["traceparent"] = traceparent().into();
    world.post_call(body.to_string()).await;
    let mut event: Value =
        serde_json::from_str(&fixture("mailgun/webhook_delivered.json")).unwrap();
    event["event-data"]["user-variables"] = json!({"traceparent": traceparent()});
    world.mailgun(&event).await;
    assert_eq!(continued(&world), [true, true]);
}

/// A stranger's header must not be able to join or spoil a trace.
#[tokio::test]
async fn a_traceparent_of_an_ordinary_header_is_not_followed() {
    let world = traced().await;
    let mut request =
        crate::world::twilio_request("/twilio/voice", b"CallSid=CA1&To=%2B41225394512");
    request
        .headers_mut()
        .insert("traceparent", traceparent().parse().unwrap());
    world.send(request).await;
    assert_eq!(continued(&world), [false]);
}

#[tokio::test]
async fn what_is_no_traceparent_changes_nothing() {
    let world = traced().await;
    let mut request = tool_request(TOOL_SECRET, Body::from(tool_body().to_string()));
    request
        .headers_mut()
        .insert("traceparent", "00-zz-!".parse().unwrap());
    assert_eq!(world.send(request).await.json()["ok"], true);
    assert_eq!(continued(&world), [false]);
}
