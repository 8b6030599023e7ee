//! The route by which a site's page tells a click (R35), against a played ledger.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use chassis::clock;
use chassis::fault::{self, Kind};
use contracts::lead::v1 as lead;
use gateway::click::client::Peer;

use chassis::run::Life;
use chassis::server::Bound;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::world::{Answer, World, post};

const METHOD: &str = "LedgerService/RecordClick";
const PATH: &str = "/t/plombiersgeneve";
const CLICK: &str = "Cj0KCQiA-Example_Click";

async fn world() -> World {
    let world = World::new().await;
    world
        .services
        .answer(METHOD, |asked: lead::RecordClickRequest| {
            if asked.site_id == "nowhere" {
                return Err(fault::plain(Kind::NotFound, "UNKNOWN_SITE", "no such site"));
            }
            Ok(lead::RecordClickResponse {})
        });
    world
}

fn told(world: &World) -> Vec<lead::RecordClickRequest> {
    world.services.asked(METHOD)
}

fn json() -> String {
    format!(r#"{{"click_id":"{CLICK}"}}"#)
}

async fn send(world: &World, kind: &str, body: impl Into<Body>) -> Answer {
    world.send(post(PATH, kind, body.into())).await
}

async fn send_from(world: &World, peer: &str, forwarded: Option<&str>) -> Answer {
    let mut request = post(PATH, "text/plain;charset=UTF-8", json().into());
    request.extensions_mut().insert(Peer(peer.parse().unwrap()));
    if let Some(from) = forwarded {
        let headers = request.headers_mut();
        headers.insert("x-forwarded-for", from.parse().unwrap());
    }
    world.send(request).await
}

#[tokio::test]
async fn a_click_is_taken_as_json_as_text_and_as_a_form_r35() {
    let world = world().await;
    let before = clock::now().timestamp();
    for (kind, body) in [
        ("application/json", json()),
        ("Application/JSON; charset=utf-8", json()),
        ("text/plain;charset=UTF-8", json()),
        (
            "application/x-www-form-urlencoded",
            format!("click_id={CLICK}&page=%2Ffuite"),
        ),
    ] {
        let answer = send(&world, kind, body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{kind}: {answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert!(answer.body.is_empty());
    }
    let told = told(&world);
    assert_eq!(told.len(), 4);
    for click in told {
        assert_eq!(
            (click.site_id.as_str(), click.click_id.as_str()),
            ("plombiersgeneve", CLICK)
        );
        assert!((before..=before + 60).contains(&click.click_time.unwrap().seconds));
    }
}

#[tokio::test]
async fn a_page_of_any_site_may_ask_first_and_other_methods_are_refused() {
    let world = world().await;
    let ask = async |method: Method| {
        let request = Request::builder().method(method).uri(PATH);
        let request = request
            .header("origin", "https://plombiersgeneve.ch")
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "content-type");
        world.send(request.body(Body::empty()).unwrap()).await
    };
    let may = ask(Method::OPTIONS).await;
    assert_eq!(may.status, StatusCode::NO_CONTENT);
    assert_eq!(may.header("access-control-allow-origin"), "*");
    assert_eq!(may.header("access-control-allow-methods"), "POST");
    assert_eq!(may.header("access-control-allow-headers"), "content-type");
    assert_eq!(may.header("access-control-max-age"), "86400");
    for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
        let refused = ask(method.clone()).await;
        assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{method}");
        assert_eq!(refused.header("allow"), "OPTIONS, POST");
        assert_eq!(refused.header("access-control-allow-origin"), "*");
    }
    assert!(told(&world).is_empty());
}

#[tokio::test]
async fn what_cannot_be_used_is_told_by_field_rule_and_remedy_and_never_repeated() {
    for (kind, body, status, reason) in [
        ("application/json", "{}", 400, "INVALID_REQUEST"),
        (
            "application/json",
            r#"{"click_id":"Mus ter"}"#,
            400,
            "INVALID_REQUEST",
        ),
        ("text/plain", "Muster", 400, "JSON_INVALID"),
        ("text/plain", r#"["Muster"]"#, 400, "JSON_UNEXPECTED"),
        (
            "application/x-www-form-urlencoded",
            "gclid=Muster",
            400,
            "INVALID_REQUEST",
        ),
        (
            "application/x-www-form-urlencoded",
            "click_id=%ff",
            400,
            "INVALID_REQUEST",
        ),
        ("text/html", "Muster", 415, "MEDIA_TYPE_UNSUPPORTED"),
    ] {
        let world = world().await;
        let answer = send(&world, kind, body).await;
        assert_eq!(
            (answer.status.as_u16(), answer.reason().as_str()),
            (status, reason),
            "{body}"
        );
        assert!(!answer.text().contains("Mus"), "{}", answer.text());
        if reason == "INVALID_REQUEST" {
            let error = &answer.json()["errors"][0];
            assert_eq!(error["field"], "click_id");
            assert!(error["rule"].is_string() && error["remedy"].is_string());
        }
        assert!(told(&world).is_empty());
    }
}

#[tokio::test]
async fn a_body_of_two_kilobytes_is_read_and_a_longer_one_is_not() {
    let world = world().await;
    let padded = |bytes: usize| {
        let body = json();
        format!("{body}{}", " ".repeat(bytes - body.len()))
    };
    let answer = send(&world, "application/json", padded(2_048)).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT);
    let answer = send(&world, "application/json", padded(2_049)).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.reason(), "BODY_TOO_LARGE");
    // The same without a length that says so beforehand.
    let pieces = padded(2_049).into_bytes();
    let pieces = pieces
        .chunks(512)
        .map(|piece| Ok::<_, std::io::Error>(piece.to_vec()));
    let stream = futures::stream::iter(pieces.collect::<Vec<_>>());
    let answer = send(&world, "application/json", Body::from_stream(stream)).await;
    assert_eq!(answer.reason(), "BODY_TOO_LARGE");
    assert_eq!(told(&world).len(), 1);
}

#[tokio::test]
async fn an_unknown_site_is_404_and_an_impossible_one_is_asked_of_nobody() {
    let world = world().await;
    for (path, asked) in [
        ("/t/nowhere", 1),
        ("/t/%00", 1),
        ("/t/a%2Fb", 1),
        ("/t/%ff", 1),
    ] {
        let answer = world
            .send(post(path, "application/json", json().into()))
            .await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(answer.reason(), "UNKNOWN_SITE", "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        assert_eq!(told(&world).len(), asked, "{path}");
    }
}

#[tokio::test]
async fn a_ledger_that_is_away_is_503_with_a_time_to_come_back() {
    let world = World::with(|config| config.lead_url = "http://127.0.0.1:9".to_owned()).await;
    let answer = send(&world, "application/json", json()).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(answer.header("retry-after").parse::<u32>().unwrap() > 0);
    assert_eq!(answer.reason(), "UNAVAILABLE");
}

#[tokio::test]
async fn one_address_is_limited_and_another_is_not() {
    let world = world().await;
    for _ in 0..10 {
        let answer = send_from(&world, "203.0.113.9", None).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    // What it writes of itself changes nothing.
    for forwarded in [None, Some("198.51.100.1")] {
        let refused = send_from(&world, "203.0.113.9", forwarded).await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.reason(), "RATE_LIMITED");
        assert_eq!(refused.header("retry-after"), "1");
        assert_eq!(refused.header("access-control-allow-origin"), "*");
        assert!(!refused.text().contains("203.0.113"));
    }
    let other = send_from(&world, "203.0.113.10", None).await;
    assert_eq!(other.status, StatusCode::NO_CONTENT);
    assert_eq!(told(&world).len(), 11);
}

#[tokio::test]
async fn behind_a_proxy_of_ours_each_client_has_its_own_limit() {
    let world = world().await;
    for _ in 0..10 {
        let answer = send_from(&world, "10.42.0.7", Some("203.0.113.9")).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    let refused = send_from(&world, "10.42.0.7", Some("6.6.6.6, 203.0.113.9")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    let other = send_from(&world, "10.42.0.7", Some("203.0.113.10")).await;
    assert_eq!(other.status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn over_a_real_connection_the_other_end_is_known() {
    let world = world().await;
    let bound = Bound::local().await.unwrap();
    let (addr, life) = (bound.addr(), Life::for_test());
    let serving = gateway::start(world.config.clone(), bound, life.clone());
    let serving = chassis::run::spawn(serving);
    let status = async |forwarded: &str| {
        let body = json();
        let request = format!(
            "POST {PATH} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-forwarded-for: {forwarded}\r\n\
             content-type: text/plain\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut connection = TcpStream::connect(addr).await.unwrap();
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).await.unwrap();
        answer.split(' ').nth(1).unwrap().to_owned()
    };
    for _ in 0..10 {
        assert_eq!(status("203.0.113.9").await, "204");
    }
    assert_eq!(status("203.0.113.9").await, "429");
    assert_eq!(status("203.0.113.10").await, "204");
    life.stop();
    serving.await.unwrap().unwrap();
}
