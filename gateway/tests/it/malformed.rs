//! Bodies that are too large, too slow or broken get a clear answer and reach nobody.

use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use chassis::clock;
use chassis::config::Secret;
use futures::StreamExt as _;
use futures::stream;
use gateway::body::{Limits, Pieces};
use gateway::elevenlabs::signature::sign;

use crate::world::{
    TOOL_SECRET, WEBHOOK_SECRET, World, post, post_call_request, tool_request, twilio_request,
};

/// Requests with a proof that is looked at only after the body, one for each kind of body.
fn each_with(body: impl Fn() -> Body) -> Vec<Request<Body>> {
    let mut form = twilio_request("/twilio/voice", b"");
    *form.body_mut() = body();
    let now = clock::now().timestamp();
    let signature = sign(&Secret::new(WEBHOOK_SECRET), now, b"");
    vec![
        form,
        post_call_request(&signature, body()),
        post("/mailgun/events", "application/json", body()),
    ]
}

fn a_hundred_megabytes() -> Body {
    let piece = Bytes::from(vec![b'a'; 1 << 20]);
    let pieces = stream::iter(0..100).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
    Body::from_stream(pieces)
}

#[tokio::test]
async fn a_hundred_megabytes_are_refused_when_the_limit_is_reached() {
    let world = World::new().await;
    for request in each_with(a_hundred_megabytes) {
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(answer.reason(), "BODY_TOO_LARGE");
        assert_eq!(answer.header("connection"), "close");
    }
    // The agent sees no HTTP error.
    let answer = world
        .send(tool_request(TOOL_SECRET, a_hundred_megabytes()))
        .await;
    assert_eq!(answer.json()["status"], "invalid_request");
    assert!(world.services.methods().is_empty());
}

#[tokio::test]
async fn a_stated_length_above_the_limit_is_refused_without_reading() {
    let world = World::new().await;
    for mut request in each_with(|| Body::from_stream(never())) {
        request
            .headers_mut()
            .insert("content-length", "104857600".parse().unwrap());
        let answer = world.send(request).await;
        assert_eq!(answer.reason(), "BODY_TOO_LARGE");
    }
}

#[tokio::test]
async fn a_form_that_never_comes_is_given_up_while_the_caller_still_waits() {
    let world = World::new().await;
    let mut form = twilio_request("/twilio/voice", b"");
    *form.body_mut() = Body::from_stream(never());
    let started = Instant::now();
    let answer = world.send(form).await;
    assert!(started.elapsed() < Duration::from_secs(3));
    assert_eq!(answer.status, StatusCode::REQUEST_TIMEOUT);
    assert_eq!(answer.reason(), "BODY_TOO_SLOW");
}

#[tokio::test]
async fn a_body_that_pauses_or_drips_too_long_is_given_up() {
    let drip = stream::repeat(()).then(async |()| {
        tokio::time::sleep(Duration::from_millis(5)).await;
        Ok::<_, std::io::Error>(Bytes::from_static(b"a"))
    });
    let (short, long) = (Duration::from_millis(40), Duration::from_secs(60));
    for (body, idle, total) in [
        (Body::from_stream(never()), short, long),
        (Body::from_stream(drip), long, short),
    ] {
        let limits = Limits {
            bytes: 1 << 20,
            idle,
            total,
        };
        let pieces = Pieces::of(&HeaderMap::new(), body, limits).unwrap();
        assert_eq!(pieces.all().await.unwrap_err().reason, "BODY_TOO_SLOW");
    }
}

fn never() -> impl futures::Stream<Item = Result<Bytes, std::io::Error>> + Send + 'static {
    stream::pending()
}

#[tokio::test]
async fn a_body_that_breaks_off_is_told_so() {
    let world = World::new().await;
    let broken = || {
        let pieces = [
            Ok(Bytes::from_static(b"a")),
            Err(std::io::Error::other("gone")),
        ];
        Body::from_stream(stream::iter(pieces))
    };
    for request in each_with(broken) {
        assert_eq!(world.send(request).await.reason(), "BODY_INCOMPLETE");
    }
}

#[tokio::test]
async fn a_signed_form_that_lacks_fields_or_text_names_each_of_them() {
    let world = World::new().await;
    for (path, body, fields) in [
        ("/twilio/voice", &b"From=%2B41"[..], &["CallSid", "To"][..]),
        ("/twilio/voice", b"CallSid=CA1&To=%ff%fe", &["To"]),
        ("/twilio/voice/after-agent", b"", &["CallSid"]),
        ("/twilio/voice/status", b"CallSid=CA1", &["CallStatus"]),
        ("/twilio/voice/voicemail", b"RecordingSid=RE1", &["CallSid"]),
        (
            "/twilio/messages/status",
            b"MessageSid=",
            &["MessageSid", "MessageStatus"],
        ),
        (
            "/twilio/messages/inbound",
            b"Body=%c3%28",
            &["MessageSid", "From", "To", "Body"],
        ),
    ] {
        let answer = world.twilio(path, body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(answer.reason(), "INVALID_REQUEST");
        let document = answer.json();
        let errors = document["errors"].as_array().unwrap();
        let named: Vec<&str> = errors
            .iter()
            .map(|e| e["field"].as_str().unwrap())
            .collect();
        assert_eq!(named, fields, "{path}");
        assert!(
            errors
                .iter()
                .all(|e| e["rule"].is_string() && e["remedy"].is_string())
        );
    }
    assert!(world.services.methods().is_empty());
}

#[tokio::test]
async fn other_media_types_and_endless_forms_are_refused() {
    let world = World::new().await;
    let mut json = twilio_request("/twilio/voice", b"CallSid=CA1&To=x");
    json.headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    assert_eq!(world.send(json).await.reason(), "SIGNATURE_INVALID");
    let endless = world.twilio("/twilio/voice", "a&".repeat(2_000)).await;
    assert_eq!(endless.reason(), "FORM_TOO_LONG");
    // Signed as Twilio signs JSON, which none of our routes asks for.
    let body = b"{}";
    let hash = "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a";
    let mut signed = twilio_request(&format!("/twilio/voice?bodySHA256={hash}"), b"");
    signed
        .headers_mut()
        .insert("content-type", "application/json".parse().unwrap());
    *signed.body_mut() = Body::from(&body[..]);
    assert_eq!(
        world.send(signed).await.status,
        StatusCode::UNSUPPORTED_MEDIA_TYPE
    );
    assert!(world.services.methods().is_empty());
}

#[tokio::test]
async fn broken_json_is_told_by_its_kind() {
    let world = World::new().await;
    let deep = format!(
        "{{\"signature\":{{}},\"event-data\":{}",
        "[".repeat(200_000)
    );
    for (body, reason) in [
        (Vec::new(), "JSON_INVALID"),
        (b"{".to_vec(), "JSON_INVALID"),
        (b"\xff\xfe".to_vec(), "BODY_NOT_UTF8"),
        (b"\"text\"".to_vec(), "JSON_UNEXPECTED"),
        (b"7".to_vec(), "JSON_UNEXPECTED"),
        (deep.into_bytes(), "JSON_INVALID"),
    ] {
        let request = post("/mailgun/events", "application/json", Body::from(body));
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{reason}");
        assert_eq!(answer.reason(), reason);
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let answer = deep_event(&world, &deep).await;
    assert_eq!(answer.reason(), "JSON_TOO_DEEP");
    assert!(world.services.methods().is_empty());
}

async fn deep_event(world: &World, event: &str) -> crate::world::Answer {
    let at = clock::now().timestamp().to_string();
    let key = Secret::new(crate::world::SIGNING_KEY);
    let signature = gateway::mailgun::signature::sign(&key, &at, "t");
    let signed = format!(r#"{{"timestamp":"{at}","token":"t","signature":"{signature}"}}"#);
    let body = format!(r#"{{"signature":{signed},"event-data":{event}}}"#);
    world
        .send(post(
            "/mailgun/events",
            "application/json",
            Body::from(body),
        ))
        .await
}
