//! The routes of the gateway, each with the methods that it takes.

use axum::Router;
use axum::handler::Handler;
use axum::middleware;
use axum::routing::{MethodRouter, get, post};

use crate::edge::{self, Edge};
use crate::problem::Problem;
use crate::{Gateway, click, elevenlabs, mailgun, offer, recording, scan, twilio};

/// What the public listener serves, described for people and programs.
pub const OPENAPI: &str = include_str!("openapi.json");

/// Every public route with its method; `openapi.json` describes exactly these.
pub const PUBLIC: &[(&str, &str)] = &[
    ("POST", "/twilio/voice"),
    ("POST", "/twilio/voice/after-agent"),
    ("POST", "/twilio/voice/fallback"),
    ("POST", "/twilio/voice/status"),
    ("POST", "/twilio/voice/voicemail"),
    ("POST", "/twilio/messages/status"),
    ("POST", "/twilio/messages/inbound"),
    ("POST", "/elevenlabs/tools/dispatch_lead"),
    ("POST", "/elevenlabs/post-call"),
    ("POST", "/mailgun/events"),
    ("GET", "/api/elevenlabs-quality-scan"),
    ("POST", "/api/elevenlabs-quality-scan"),
    ("GET", "/c/{token}"),
    ("POST", "/c/{token}"),
    ("GET", "/r/{token}"),
    ("POST", "/t/{site}"),
    ("OPTIONS", "/t/{site}"),
    ("GET", "/healthz"),
];

/// The router of the public listener.
pub fn public(gateway: Gateway) -> Router {
    let edge = Edge::new(gateway.twilio.public_base_url.starts_with("https://"));
    // Two methods each: they are put together below.
    let machines = PUBLIC
        .iter()
        .filter(|(_, path)| ![offer::ROUTE, scan::ROUTE, click::ROUTE].contains(path));
    let page = get(offer::show)
        .post(offer::answer)
        .fallback(offer::wrong_method);
    let scans = get(scan::start)
        .post(scan::start)
        .fallback(wrong_method("GET, POST"));
    let clicks = post(click::record)
        .options(click::preflight)
        .fallback(wrong_method(click::METHODS));
    machines
        .fold(Router::new(), |router, (method, path)| {
            router.route(path, served(path).fallback(wrong_method(method)))
        })
        .route(offer::ROUTE, page)
        .route(scan::ROUTE, scans)
        .route(click::ROUTE, clicks)
        .fallback(async || Problem::no_such_route())
        .layer(middleware::from_fn_with_state(edge, edge::around))
        .with_state(gateway)
}

fn served(path: &str) -> MethodRouter<Gateway> {
    match path {
        "/twilio/voice" => post(twilio::voice::ring),
        "/twilio/voice/after-agent" => post(twilio::voice::after_agent),
        "/twilio/voice/fallback" => post(twilio::voice::fallback),
        "/twilio/voice/status" => post(twilio::voice::status),
        "/twilio/voice/voicemail" => post(twilio::voice::voicemail),
        "/twilio/messages/status" => post(twilio::messages::status),
        "/twilio/messages/inbound" => post(twilio::messages::inbound),
        "/elevenlabs/tools/dispatch_lead" => post(elevenlabs::tool_call::dispatch_lead),
        "/elevenlabs/post-call" => post(elevenlabs::post_call::post_call),
        "/mailgun/events" => post(mailgun::events::events),
        "/r/{token}" => get(recording::read),
        "/healthz" => get(async || chassis::metrics::health()),
        _ => MethodRouter::new(),
    }
}

fn wrong_method(allowed: &'static str) -> impl Handler<((),), Gateway> {
    async move || Problem::wrong_method(allowed)
}

/// Puts the OpenAPI document beside the metrics, on the platform's port.
pub fn publish_document() {
    chassis::metrics::publish("/openapi.json", "application/json", OPENAPI);
}
