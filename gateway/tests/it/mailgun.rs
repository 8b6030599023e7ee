//! Mailgun's events when things go wrong.

use axum::body::Body;
use axum::http::StatusCode;
use chassis::clock;
use chassis::config::Secret;
use chassis::fault::{self, Kind};
use contracts::notification::v1 as notification;
use contracts::notification::v1::record_delivery_report_request::Report;
use gateway::mailgun::signature::sign;
use serde_json::{Value, json};

use crate::world::{SIGNING_KEY, World, fixture, post};

const METHOD: &str = "NotificationService/RecordDeliveryReport";

fn event() -> Value {
    serde_json::from_str(&fixture("mailgun/webhook_delivered.json")).unwrap()
}

fn signature(key: &str, at: i64) -> Value {
    let at = at.to_string();
    let token = "token-of-fifty-characters";
    json!({"timestamp": at, "token": token, "signature": sign(&Secret::new(key), &at, token)})
}

#[tokio::test]
async fn what_mailgun_did_not_sign_reaches_nobody() {
    let world = World::new().await;
    let now = clock::now().timestamp();
    let mut changed = signature(SIGNING_KEY, now);
    changed["token"] = "another".into();
    for (signature, reason) in [
        (Value::Null, "SIGNATURE_MISSING"),
        (json!("text"), "SIGNATURE_MALFORMED"),
        (
            json!({"timestamp": "abc", "token": "a", "signature": "b"}),
            "SIGNATURE_MALFORMED",
        ),
        (signature("key-another", now), "SIGNATURE_INVALID"),
        (changed, "SIGNATURE_INVALID"),
        (signature(SIGNING_KEY, now - 25 * 3600), "SIGNATURE_TOO_OLD"),
        (signature(SIGNING_KEY, now + 3600), "SIGNATURE_IN_FUTURE"),
    ] {
        let mut body = event();
        body["signature"] = signature;
        let body = Body::from(body.to_string());
        let answer = world
            .send(post("/mailgun/events", "application/json", body))
            .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{reason}");
        assert_eq!(answer.reason(), reason);
    }
    assert!(world.services.methods().is_empty());
}

#[tokio::test]
async fn a_number_as_time_the_old_key_and_the_parents_signature_are_taken() {
    let world = World::new().await;
    let now = clock::now().timestamp();
    let mut as_number = signature(SIGNING_KEY, now);
    as_number["timestamp"] = now.into();
    let mut by_parent = signature("key-of-a-subaccount", now);
    by_parent["parent-signature"] = signature(SIGNING_KEY, now)["signature"].clone();
    let old = signature(&format!("old-{SIGNING_KEY}"), now - 23 * 3600);
    for signature in [as_number, by_parent, old] {
        let mut body = event();
        body["signature"] = signature;
        let body = Body::from(body.to_string());
        let answer = world
            .send(post("/mailgun/events", "application/json", body))
            .await;
        assert_eq!(answer.status, StatusCode::OK);
    }
}

/// 406 is the one answer after which Mailgun does not come again (design, section 5).
#[tokio::test]
async fn a_token_used_for_another_event_is_406_and_an_outage_comes_again() {
    let world = World::new().await;
    type Request = notification::RecordDeliveryReportRequest;
    type Response = notification::RecordDeliveryReportResponse;
    world.services.answer(METHOD, |_: Request| {
        Err::<Response, _>(fault::plain(Kind::Refused, "TOKEN_REUSED", "used before"))
    });
    let answer = world.mailgun(&event()).await;
    assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
    assert_eq!(answer.reason(), "TOKEN_REUSED");
    world.services.answer(METHOD, |_: Request| {
        Err::<Response, _>(fault::plain(
            Kind::Unavailable,
            "DATABASE_UNAVAILABLE",
            "later",
        ))
    });
    assert_eq!(
        world.mailgun(&event()).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    // The same event again: known, without effect, and done.
    world
        .services
        .answer(METHOD, |_: Request| Ok(Response { applied: false }));
    assert_eq!(world.mailgun(&event()).await.status, StatusCode::OK);
}

#[tokio::test]
async fn our_own_variables_come_back() {
    let world = World::new().await;
    let mut body = event();
    body["event-data"]["user-variables"] = json!({"delivery_id": "0d15ea5e"});
    body["event-data"]["message"]["headers"]["message-id"] = "<0d15ea5e@mg.example.com>".into();
    world.mailgun(&body).await;
    let asked: Vec<notification::RecordDeliveryReportRequest> = world.services.asked(METHOD);
    let Some(Report::Mailgun(report)) = asked[0].report.clone() else {
        panic!("{asked:?}")
    };
    assert_eq!(report.delivery_id, "0d15ea5e");
    assert_eq!(report.message_id, "0d15ea5e@mg.example.com");
    assert_eq!(
        report.token,
        "9f3a7c1e5b8d2046af13c57e9b02d4681ace35f7902468bdf0"
    );
}

#[tokio::test]
async fn a_signed_event_that_lacks_what_names_it_is_told_so() {
    let world = World::new().await;
    let answer = world
        .mailgun(&json!({"event-data": {"event": "delivered"}}))
        .await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    let fields: Vec<Value> = answer.json()["errors"].as_array().unwrap().clone();
    let fields: Vec<&str> = fields
        .iter()
        .map(|error| error["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["event-data.id", "event-data.timestamp"]);
    for data in [json!(null), json!([]), json!("text"), json!(7)] {
        let answer = world.mailgun(&json!({"event-data": data})).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    }
    assert!(world.services.methods().is_empty());
}
