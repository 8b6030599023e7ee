//! What surrounds every request: ids, headers, bounds, and panics that stay inside.

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use chassis::clock;
use chassis::config::Secret;
use futures::stream;
use gateway::edge::{Edge, around};
use gateway::elevenlabs::signature::sign;
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use crate::world::{WEBHOOK_SECRET, World, post_call_request};

#[tokio::test]
async fn unknown_paths_and_methods_are_problems() {
    let world = World::new().await;
    for path in [
        "/",
        "/twilio",
        "/twilio/voice/",
        "/c",
        "/c/",
        "/t",
        "/t/",
        "/metrics",
        "/openapi.json",
    ] {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let answer = world.send(request).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.reason(), "NO_SUCH_ROUTE");
    }
    for (method, path, allow) in [
        ("GET", "/twilio/voice", "POST"),
        ("DELETE", "/mailgun/events", "POST"),
        ("POST", "/r/token", "GET"),
        ("BREW", "/healthz", "GET"),
        ("GET", "/t/plombiersgeneve", "OPTIONS, POST"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .body(Body::empty())
            .unwrap();
        let answer = world.send(request).await;
        assert_eq!(
            answer.status,
            StatusCode::METHOD_NOT_ALLOWED,
            "{method} {path}"
        );
        assert_eq!(answer.reason(), "METHOD_NOT_ALLOWED");
        assert_eq!(answer.header("allow"), allow);
    }
}

#[tokio::test]
async fn every_answer_has_an_id_and_the_headers_that_keep_it_private() {
    let world = World::new().await;
    let ask = async || {
        world
            .send(Request::get("/healthz").body(Body::empty()).unwrap())
            .await
    };
    let (one, two) = (ask().await, ask().await);
    assert_eq!(one.text(), "ok");
    assert_ne!(one.header("x-request-id"), two.header("x-request-id"));
    assert_eq!(one.header("cache-control"), "no-store");
    assert_eq!(one.header("strict-transport-security"), "max-age=31536000");
}

#[tokio::test]
async fn a_panic_in_a_handler_is_a_problem_and_nothing_more() {
    async fn boom() -> &'static str {
        panic!("+41 79 000 00 42")
    }
    let router = Router::new()
        .route("/boom", get(boom))
        .layer(from_fn_with_state(Edge::new(false), around));
    let request = Request::get("/boom").body(Body::empty()).unwrap();
    let response = router.oneshot(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    assert!(
        response
            .headers()
            .get("strict-transport-security")
            .is_none()
    );
    let body = response.into_body().collect().await.unwrap().to_bytes();
    let body = std::str::from_utf8(&body).unwrap();
    assert!(body.contains("\"INTERNAL\"") && !body.contains("+41"));
}

/// I22: a flood of uploads is refused fast, and a caller is answered meanwhile.
#[tokio::test]
async fn a_flood_of_uploads_leaves_room_for_callers() {
    let world = World::new().await;
    let signature = sign(&Secret::new(WEBHOOK_SECRET), clock::now().timestamp(), b"");
    let upload = || {
        let never = stream::pending::<Result<Bytes, std::io::Error>>();
        post_call_request(&signature, Body::from_stream(never))
    };
    let mut flood: Vec<_> = (0..32).map(|_| Box::pin(world.send(upload()))).collect();
    for held in &mut flood {
        assert!(futures::poll!(held).is_pending());
    }
    let answer = world.send(upload()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(answer.reason(), "OVERLOADED");
    assert_eq!(answer.header("retry-after"), "1");
    let answer = world
        .twilio("/twilio/voice", "CallSid=CA1&To=%2B41225394512")
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    drop(flood);
    assert_eq!(world.post_call("{}").await.status, StatusCode::OK);
}

/// Each refusal is a metric, by route template and reason.
#[tokio::test]
async fn refusals_are_counted_without_personal_data() {
    chassis::metrics::install();
    let world = World::new().await;
    let request = Request::post("/r/secret-token-41790000042")
        .body(Body::empty())
        .unwrap();
    world.send(request).await;
    let shown = chassis::metrics::render();
    assert!(
        shown.contains(r#"http_refusals_total{route="/r/{token}",reason="METHOD_NOT_ALLOWED"}"#),
        "{shown}"
    );
    assert!(shown.contains("http_request_duration_seconds"));
    assert!(!shown.contains("41790000042"));
}
