//! What surrounds every request: an id, a span, a bound on how many run, a net for panics, headers,
//! metrics, and one log line without personal data.
//!
//! Routes are known by their template only: paths hold tokens and queries hold ids (I25).

use std::borrow::Cow;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chassis::{ids, telemetry};
use futures::FutureExt as _;
use tokio::sync::Semaphore;
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::click;
use crate::language::Language;
use crate::offer;
use crate::problem::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// How many requests run at once, by kind, so that a flood of one kind leaves room for the others:
/// a caller who waits is never turned away for a slow upload (I12, I22).
#[derive(Debug)]
pub struct Edge {
    voice: Semaphore,
    uploads: Semaphore,
    clicks: Semaphore,
    others: Semaphore,
    secure: bool,
}

impl Edge {
    /// `secure`: the public URL is https, so browsers are told to stay with it.
    #[must_use]
    pub fn new(secure: bool) -> Arc<Self> {
        Arc::new(Self {
            voice: Semaphore::new(512),
            // Each may hold a transcript of 3 MiB in memory.
            uploads: Semaphore::new(32),
            // Anybody may send these, and none of them matters much.
            clicks: Semaphore::new(64),
            others: Semaphore::new(512),
            secure,
        })
    }

    fn lane(&self, route: &str) -> &Semaphore {
        if route.starts_with("/twilio/voice") {
            &self.voice
        } else if route == "/elevenlabs/post-call" {
            &self.uploads
        } else if route == click::ROUTE {
            &self.clicks
        } else {
            &self.others
        }
    }
}

/// The reason of a refusal that a handler told in a page of its own, in an answer's extensions: it is
/// counted and logged as every refusal.
#[derive(Debug, Clone)]
pub struct Told(pub Cow<'static, str>);

/// The outermost layer of every route and of the fallback.
pub async fn around(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let request_id = ids::random().to_string();
    let matched = request.extensions().get::<MatchedPath>();
    let route = matched.map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned());
    let method = known(request.method());
    let reader = (route == offer::ROUTE).then(|| Language::accepted(request.headers()));
    let span = tracing::info_span!(
        "http.server",
        otel.name = format!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = Empty,
        url.scheme = if edge.secure { "https" } else { "http" },
        error.type = Empty,
        bord.request_id = request_id,
    );
    async {
        let response = match edge.lane(&route).try_acquire() {
            Err(_) => Problem::overloaded().into_response(),
            Ok(_permit) => AssertUnwindSafe(next.run(request))
                .catch_unwind()
                .await
                .unwrap_or_else(|_| Problem::internal().into_response()),
        };
        finish(
            &edge,
            response,
            &Facts {
                method,
                route: &route,
                request_id: &request_id,
                reader,
                started,
            },
        )
    }
    .instrument(span)
    .await
}

struct Facts<'a> {
    method: &'static str,
    route: &'a str,
    request_id: &'a str,
    /// The language of the person who reads the answer; none where a machine does.
    reader: Option<Language>,
    started: Instant,
}

fn finish(edge: &Edge, response: Response, facts: &Facts<'_>) -> Response {
    let problem = response.extensions().get::<Problem>().cloned();
    let told = response.extensions().get::<Told>().cloned();
    let mut response = match (&problem, facts.reader) {
        (Some(problem), Some(language)) => offer::page::trouble(problem, language, None),
        (Some(problem), None) => problem.render(facts.request_id),
        (None, _) => response,
    };
    let status = response.status();
    let code = status.as_u16();
    let took = facts.started.elapsed();
    let route = facts.route.to_owned();
    metrics::counter!("http_requests_total", "route" => route.clone(),
        "method" => facts.method, "status" => code.to_string())
    .increment(1);
    metrics::histogram!("http_request_duration_seconds", "route" => route.clone(),
        "method" => facts.method)
    .record(took);
    let reason = problem
        .map(|problem| problem.reason.into_owned())
        .or_else(|| told.map(|Told(reason)| reason.into_owned()));
    if let Some(reason) = reason.clone() {
        metrics::counter!("http_refusals_total", "route" => route, "reason" => reason).increment(1);
    }
    let span = tracing::Span::current();
    span.record("http.response.status_code", code);
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", code.to_string());
    }
    tracing::info!(
        trace_id = telemetry::trace_id(),
        span_id = telemetry::span_id(),
        request_id = facts.request_id,
        method = facts.method,
        route = facts.route,
        status = code,
        reason,
        duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        "request"
    );
    decorate(edge, &mut response, facts.request_id);
    if facts.route == click::ROUTE {
        click::open_to_pages(response.headers_mut());
    }
    response
}

fn decorate(edge: &Edge, response: &mut Response, request_id: &str) {
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow"));
    // A page brings a policy of its own, which lets its one style in.
    headers
        .entry(CONTENT_SECURITY_POLICY)
        .or_insert(HeaderValue::from_static(
            "default-src 'none'; frame-ancestors 'none'",
        ));
    if edge.secure {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
}

/// A method's name where it is a known one: metrics must not grow with what strangers send.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

/// Puts the request into the trace that it brought along, once its signature was checked (design,
/// section 7); before anything else of it has a span.
pub fn resume(traceparent: &str) {
    telemetry::resume(Some(traceparent), &tracing::Span::current());
}

/// 204: taken, nothing to say.
#[must_use]
pub fn taken() -> Response {
    StatusCode::NO_CONTENT.into_response()
}
