//! A voicemail by its signed link.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use chassis::config::Secret;
use chassis::fault::{self, Kind};
use chassis::{clock, token};
use chrono::TimeDelta;
use contracts::telephony::v1 as telephony;
use futures::stream::{self, BoxStream, StreamExt as _};
use serde_json::json;

use crate::world::{Answer, LINK_SECRET, World};

const METHOD: &str = "CallService/ReadRecording";

fn link(secret: &str, purpose: &str, left: TimeDelta) -> String {
    let claims = json!({"call_sid": "CA1", "exp": 0});
    token::sign(&Secret::new(secret), purpose, &claims, clock::now() + left)
}

async fn open(world: &World, token: &str) -> Answer {
    let request = Request::get(format!("/r/{token}"))
        .body(Body::empty())
        .unwrap();
    world.send(request).await
}

#[tokio::test]
async fn a_good_link_streams_the_sound_and_nobody_keeps_or_lists_it() {
    let world = World::new().await;
    for secret in [LINK_SECRET.to_owned(), format!("old-{LINK_SECRET}")] {
        let answer = open(&world, &link(&secret, "recording", TimeDelta::days(30))).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.text(), "ID3 and sound");
        assert_eq!(answer.header("content-type"), "audio/mpeg");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("x-robots-tag"), "noindex, nofollow");
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
    }
    let asked: Vec<telephony::ReadRecordingRequest> = world.services.asked(METHOD);
    assert_eq!(asked[0].call_sid, "CA1");
}

#[tokio::test]
async fn a_link_of_another_make_opens_nothing() {
    let world = World::new().await;
    let good = link(LINK_SECRET, "recording", TimeDelta::days(1));
    for token in [
        link("another secret", "recording", TimeDelta::days(1)),
        link(LINK_SECRET, "offer", TimeDelta::days(1)),
        good[..good.len() - 1].to_owned(),
        "x".to_owned(),
    ] {
        let answer = open(&world, &token).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert_eq!(answer.reason(), "LINK_INVALID");
    }
    let answer = open(
        &world,
        &link(LINK_SECRET, "recording", TimeDelta::seconds(-1)),
    )
    .await;
    assert_eq!(answer.status, StatusCode::GONE);
    assert_eq!(answer.reason(), "LINK_EXPIRED");
    assert!(world.services.methods().is_empty());
}

#[tokio::test]
async fn an_unknown_recording_is_told_as_such_and_an_outage_as_passing() {
    let world = World::new().await;
    let good = link(LINK_SECRET, "recording", TimeDelta::days(1));
    for (kind, reason, status) in [
        (Kind::NotFound, "UNKNOWN_RECORDING", StatusCode::NOT_FOUND),
        (
            Kind::Unavailable,
            "UNAVAILABLE",
            StatusCode::SERVICE_UNAVAILABLE,
        ),
    ] {
        type Pieces = BoxStream<'static, Result<telephony::ReadRecordingResponse, tonic::Status>>;
        world
            .services
            .stream(METHOD, move |_: telephony::ReadRecordingRequest| {
                Err::<Pieces, _>(fault::plain(kind, "UNKNOWN_RECORDING", "no such recording"))
            });
        let answer = open(&world, &good).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.reason(), reason);
    }
}

#[tokio::test]
async fn what_is_not_sound_is_not_shown_as_a_page() {
    let world = World::new().await;
    world
        .services
        .stream(METHOD, |_: telephony::ReadRecordingRequest| {
            let content_type = "text/html".to_owned();
            let data = b"<script>".to_vec();
            Ok(stream::iter([Ok(telephony::ReadRecordingResponse { content_type, data })]).boxed())
        });
    let answer = open(&world, &link(LINK_SECRET, "recording", TimeDelta::days(1))).await;
    assert_eq!(answer.header("content-type"), "application/octet-stream");
    assert!(
        answer
            .header("content-security-policy")
            .contains("default-src 'none'")
    );
}
