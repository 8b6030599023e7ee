//! The tool call and the post-call webhook when things go wrong.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use chassis::clock;
use chassis::config::Secret;
use chassis::fault::{self, Kind};
use contracts::lead::v1 as lead;
use contracts::telephony::v1 as telephony;
use futures::stream::{self, StreamExt as _};
use gateway::elevenlabs::signature::sign;
use serde_json::json;

use crate::world::{
    TOOL_SECRET, WEBHOOK_SECRET, World, fixture, post_call_request, tool_body, tool_request,
};

const NOBODY: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn only_a_bad_secret_is_an_http_error_and_reaches_nobody() {
    let world = World::new().await;
    for secret in ["", "wrong", "tool-secret-of-a-tes", "TOOL-SECRET-OF-A-TEST"] {
        let answer = world.send(tool_request(secret, Body::from("{}"))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.reason(), "TOOL_SECRET_WRONG");
    }
    let mut twice = tool_request(TOOL_SECRET, Body::from("{}"));
    twice
        .headers_mut()
        .append("x-bord-tool-secret", TOOL_SECRET.parse().unwrap());
    assert_eq!(world.send(twice).await.status, StatusCode::UNAUTHORIZED);
    assert!(world.services.methods().is_empty());
    let old = tool_request(
        &format!("old-{TOOL_SECRET}"),
        Body::from(tool_body().to_string()),
    );
    assert_eq!(world.send(old).await.json()["ok"], true);
}

/// I1: nothing but lead-service's own answer says `ok:true`.
#[tokio::test]
async fn a_lead_service_that_is_down_makes_the_agent_try_again_in_the_callers_language() {
    let world = World::with(|config| NOBODY.clone_into(&mut config.lead_url)).await;
    for (language, called, word) in [
        ("fr-CH", "+41445550142", "essaie"),
        ("de", "", "noch einmal"),
        ("", "+623618497215", "sekali lagi"),
        ("xx", "+14155550142", "once more"),
    ] {
        let mut body = tool_body();
        body["language"] = language.into();
        body["called_number"] = called.into();
        let started = Instant::now();
        let answer = world.tool(body.to_string()).await;
        assert!(started.elapsed() < Duration::from_millis(2_500));
        assert_eq!(answer.status, StatusCode::OK);
        let reply = answer.json();
        assert_eq!(
            (reply["ok"].as_bool(), reply["status"].as_str()),
            (Some(false), Some("try_again"))
        );
        assert!(reply["lead_id"].is_null());
        assert!(reply["say"].as_str().unwrap().contains(word), "{reply}");
    }
}

#[tokio::test]
async fn a_lead_service_that_hangs_or_fails_makes_the_agent_try_again_in_time() {
    let world = World::new().await;
    world.services.stream(
        "LeadService/DispatchLead",
        |_: lead::DispatchLeadRequest| {
            Ok(stream::pending::<Result<lead::DispatchLeadResponse, _>>().boxed())
        },
    );
    let started = Instant::now();
    let reply = world.tool(tool_body().to_string()).await.json();
    assert!(
        started.elapsed() < Duration::from_millis(2_500),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(reply["status"], "try_again");
    for kind in [
        Kind::Unavailable,
        Kind::Internal,
        Kind::Exhausted,
        Kind::Conflict,
    ] {
        world.services.answer(
            "LeadService/DispatchLead",
            move |_: lead::DispatchLeadRequest| {
                Err::<lead::DispatchLeadResponse, _>(fault::plain(kind, "ANY", "x"))
            },
        );
        let answer = world.tool(tool_body().to_string()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["status"], "try_again", "{kind:?}");
    }
    world.services.answer(
        "LeadService/DispatchLead",
        |_: lead::DispatchLeadRequest| {
            Err::<lead::DispatchLeadResponse, _>(fault::plain(
                Kind::Invalid,
                "INVALID_REQUEST",
                "x",
            ))
        },
    );
    assert_eq!(
        world.tool(tool_body().to_string()).await.json()["status"],
        "invalid_request"
    );
}

#[tokio::test]
async fn what_lead_service_says_reaches_the_agent_as_it_is() {
    let world = World::new().await;
    world.services.answer(
        "LeadService/DispatchLead",
        |_: lead::DispatchLeadRequest| {
            Ok(lead::DispatchLeadResponse {
                ok: false,
                lead_id: String::new(),
                status: "needs_field".to_owned(),
                say: "À quel numéro ?".to_owned(),
            })
        },
    );
    let reply = world.tool(tool_body().to_string()).await.json();
    let expected =
        json!({"ok": false, "lead_id": null, "status": "needs_field", "say": "À quel numéro ?"});
    assert_eq!(reply, expected);
}

#[tokio::test]
async fn a_test_of_the_agent_is_told_so_and_stores_nothing() {
    let world = World::new().await;
    let mut body = tool_body();
    body["call_sid"] = "CA-test-1".into();
    let reply = world.tool(body.to_string()).await.json();
    assert_eq!(
        (reply["ok"].as_bool(), reply["status"].as_str()),
        (Some(false), Some("test_call"))
    );
    assert!(world.services.methods().is_empty());
}

/// Every shape that is not the documented one is answered 200 with a sentence, and harms nothing.
#[tokio::test]
async fn a_tool_call_that_cannot_be_read_asks_the_caller_again() {
    let world = World::new().await;
    let deep = "[".repeat(60_000);
    let envelope = json!({"tool_call_id": "x", "tool_name": "dispatch_lead",
        "parameters": tool_body(), "conversation_id": "conv_1"});
    let mut listed = tool_body();
    listed["phone"] = json!(["+41790000042"]);
    for body in [
        Bytes::new(),
        Bytes::from_static(b"not json"),
        Bytes::from_static(b"{\"customer_name\":\"\xff\"}"),
        Bytes::from_static(b"null"),
        Bytes::from(deep),
        Bytes::from(vec![b'x'; 70_000]),
        Bytes::from(envelope.to_string()),
        Bytes::from(listed.to_string()),
    ] {
        let answer = world.tool(body).await;
        assert_eq!(answer.status, StatusCode::OK);
        let reply = answer.json();
        assert_eq!(reply["ok"], false);
        assert_eq!(reply["status"], "invalid_request");
        assert!(reply["say"].as_str().unwrap().ends_with('?'));
    }
    assert!(world.services.methods().is_empty());
}

#[tokio::test]
async fn missing_fields_are_left_to_lead_service_which_asks_for_them() {
    let world = World::new().await;
    world
        .tool("{\"conversation_id\":\"conv_1\",\"phone\":41790000042,\"x\":{}}")
        .await;
    let asked: Vec<lead::DispatchLeadRequest> = world.services.asked("LeadService/DispatchLead");
    assert_eq!(asked[0].phone, "41790000042");
    assert_eq!(asked[0].customer_name, "");
}

fn signed(body: &str, secret: &str, at: i64) -> Request<Body> {
    let signature = sign(&Secret::new(secret), at, body.as_bytes());
    post_call_request(&signature, Body::from(body.to_owned()))
}

#[tokio::test]
async fn what_elevenlabs_did_not_sign_reaches_nobody() {
    let world = World::new().await;
    let body = fixture("elevenlabs/post_call_transcription.json");
    let now = clock::now().timestamp();
    let mut changed = signed(&body, WEBHOOK_SECRET, now);
    *changed.body_mut() = Body::from(body.replace("Dana", "Dina"));
    let mut twice = signed(&body, WEBHOOK_SECRET, now);
    let good = twice.headers()["elevenlabs-signature"].clone();
    twice.headers_mut().append("elevenlabs-signature", good);
    let mut none = signed(&body, WEBHOOK_SECRET, now);
    none.headers_mut().clear();
    for (request, reason) in [
        (none, "SIGNATURE_MISSING"),
        (twice, "SIGNATURE_MISSING"),
        (
            post_call_request("t=1", Body::from(body.clone())),
            "SIGNATURE_MALFORMED",
        ),
        (
            signed(&body, WEBHOOK_SECRET, now - 1_900),
            "SIGNATURE_TOO_OLD",
        ),
        (
            signed(&body, WEBHOOK_SECRET, now + 400),
            "SIGNATURE_IN_FUTURE",
        ),
        (signed(&body, "another secret", now), "SIGNATURE_INVALID"),
        (changed, "SIGNATURE_INVALID"),
    ] {
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{reason}");
        assert_eq!(answer.reason(), reason);
    }
    assert!(world.services.methods().is_empty());
    let old = signed(&body, &format!("old-{WEBHOOK_SECRET}"), now);
    assert_eq!(world.send(old).await.json()["outcome"], "stored");
}

/// The vendor switches a failing webhook off for good, and polling finds what was not stored.
#[tokio::test]
async fn whatever_is_authentic_is_answered_200() {
    let world = World::new().await;
    for (body, outcome) in [
        (
            r#"{"type":"voicemail_detection","event_timestamp":1,"data":{}}"#,
            "stored",
        ),
        (
            r#"{"type":"post_call_audio","data":{"full_audio":"AAAA"}}"#,
            "audio_dropped",
        ),
        (
            r#"{"type":"unredacted_audio","data":{"full_audio":"AAAA"}}"#,
            "audio_dropped",
        ),
        (r#"{"event_timestamp":1}"#, "unreadable"),
        (r#"{"type":7}"#, "unreadable"),
        ("not json", "unreadable"),
        ("", "unreadable"),
    ] {
        let answer = world.post_call(body).await;
        assert_eq!(answer.status, StatusCode::OK, "{body}");
        assert_eq!(answer.json()["outcome"], outcome, "{body}");
    }
    let deep = format!("{}1{}", "[".repeat(50_000), "]".repeat(50_000));
    for body in [deep.into_bytes(), b"{\"type\":\"\xff\xfe\"}".to_vec()] {
        let answer = world.post_call(body).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["outcome"], "unreadable");
    }
    let body = fixture("elevenlabs/post_call_transcription.json");
    let method = "ConversationService/RecordConversation";
    for kind in [Kind::Unavailable, Kind::Internal, Kind::Invalid] {
        world
            .services
            .answer(method, move |_: telephony::RecordConversationRequest| {
                Err::<telephony::RecordConversationResponse, _>(fault::plain(kind, "ANY", "x"))
            });
        let answer = world.post_call(body.clone()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["outcome"], "left_to_polling");
    }
    world
        .services
        .answer(method, |_: telephony::RecordConversationRequest| {
            Ok(telephony::RecordConversationResponse { stored: false })
        });
    assert_eq!(world.post_call(body).await.json()["outcome"], "nothing_new");
}

/// Audio comes chunked, without a length, and may have many megabytes: checked, never kept.
#[tokio::test]
async fn a_long_body_is_checked_to_its_end_and_not_kept() {
    let world = World::new().await;
    let head = r#"{"type":"post_call_audio","data":{"full_audio":""#;
    let body = format!("{head}{}\"}}}}", "A".repeat(8 << 20));
    let at = clock::now().timestamp();
    let signature = sign(&Secret::new(WEBHOOK_SECRET), at, body.as_bytes());
    let pieces: Vec<Result<Bytes, std::io::Error>> = body
        .as_bytes()
        .chunks(100_000)
        .map(|piece| Ok(Bytes::copy_from_slice(piece)))
        .collect();
    let request = post_call_request(&signature, Body::from_stream(stream::iter(pieces)));
    let answer = world.send(request).await;
    assert_eq!(answer.json()["outcome"], "too_long_left_to_polling");
    let mut forged = body.into_bytes();
    *forged.last_mut().unwrap() = b' ';
    let answer = world
        .send(post_call_request(&signature, Body::from(forged)))
        .await;
    assert_eq!(answer.reason(), "SIGNATURE_INVALID");
    assert!(world.services.methods().is_empty());
}
