//! The edge of a service: what happens to each call before and after its handler.
//!
//! From outside to inside: trace and service name, refusal of callers who may not, refusal when too
//! many run, deadline, panic guard; on the way out metrics and one log line.

use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::BoxFuture;
use http::{HeaderMap, Request, Response};
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Layer, Service};
use tracing::field::Empty;
use tracing::{Instrument as _, Span};

use crate::context;
use crate::deadline::{parse_grpc_timeout, remaining};
use crate::fault::{self, Kind};
use crate::telemetry;
use crate::transport::Peer;

use super::Callers;

/// No caller may hold a handler longer, whatever deadline it names.
const LONGEST: Duration = Duration::from_secs(300);
/// What metrics call a method that there is not.
const UNKNOWN: (&str, &str) = ("unknown", "unknown");

#[derive(Clone)]
pub(super) struct EdgeLayer {
    name: &'static str,
    default_deadline: Duration,
    slots: Arc<Semaphore>,
    /// Nothing where callers have no names.
    callers: Option<Arc<Callers>>,
}

impl EdgeLayer {
    pub(super) fn new(
        name: &'static str,
        default_deadline: Duration,
        at_once: usize,
        callers: Option<Arc<Callers>>,
    ) -> Self {
        Self {
            name,
            default_deadline,
            slots: Arc::new(Semaphore::new(at_once)),
            callers,
        }
    }
}

impl EdgeLayer {
    fn admit(&self, request: &Request<Body>) -> Result<(), Status> {
        let Some(callers) = &self.callers else {
            return Ok(());
        };
        let nobody = Peer::default();
        let peer = request.extensions().get::<Peer>().unwrap_or(&nobody);
        callers.check(request.uri().path().trim_start_matches('/'), peer)
    }

    /// Probes and reflection are no part of anybody's story.
    fn span(&self, service: &str, method: &str) -> Span {
        if is_platform(service) {
            return Span::none();
        }
        let name = if self.knows(service, method) {
            format!("{service}/{method}")
        } else {
            "_OTHER".to_owned()
        };
        tracing::info_span!(
            "rpc.server",
            otel.name = name,
            otel.kind = "server",
            otel.status_code = Empty,
            rpc.system.name = "grpc",
            rpc.method = name,
            rpc.response.status_code = Empty,
            error.type = Empty,
        )
    }

    fn knows(&self, service: &str, method: &str) -> bool {
        let callers = self.callers.as_ref();
        callers.is_none_or(|callers| callers.knows(&format!("{service}/{method}")))
    }
}

impl<S> Layer<S> for EdgeLayer {
    type Service = Edge<S>;

    fn layer(&self, inner: S) -> Edge<S> {
        Edge {
            inner,
            settings: self.clone(),
        }
    }
}

#[derive(Clone)]
pub(super) struct Edge<S> {
    inner: S,
    settings: EdgeLayer,
}

impl<S> Service<Request<Body>> for Edge<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S: Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        // The instance that was polled ready must be the one that is called.
        let fresh = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, fresh);
        let (service, method) = split_path(request.uri().path());
        let (service, method) = (service.to_owned(), method.to_owned());
        let name = self.settings.name;
        let limit = limit(request.headers(), self.settings.default_deadline);
        let settings = self.settings.clone();
        let own = context::Context {
            service: Some(name),
            deadline: Some(Instant::now() + limit),
            transport: None,
        };
        Box::pin(context::scope(own, async move {
            let span = settings.span(&service, &method);
            let parent = request
                .headers()
                .get("traceparent")
                .and_then(|v| v.to_str().ok());
            telemetry::continue_from(parent, &span);
            async move {
                let started = Instant::now();
                let (response, known) = match settings.admit(&request) {
                    Ok(()) => {
                        let platform = is_platform(&service);
                        (
                            guarded(inner, request, &settings.slots, platform).await,
                            true,
                        )
                    }
                    Err(refused) => (refused.into_http(), settings.knows(&service, &method)),
                };
                // Paths that no service has would otherwise grow the metrics without end.
                let (service, method) = if known {
                    (&*service, &*method)
                } else {
                    UNKNOWN
                };
                report(name, service, method, &response, started.elapsed());
                Ok(response)
            }
            .instrument(span)
            .await
        }))
    }
}

async fn guarded<S>(
    mut inner: S,
    request: Request<Body>,
    slots: &Semaphore,
    platform: bool,
) -> Response<Body>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
{
    // Excess is refused at once, so that accepted calls keep their latency; probes always pass.
    let slot = slots.try_acquire();
    if slot.is_err() && !platform {
        let text = "too many calls at once, try again later";
        return fault::plain(Kind::Exhausted, "OVERLOADED", text).into_http();
    }
    let limit = remaining().unwrap_or(LONGEST);
    let handled = AssertUnwindSafe(inner.call(request)).catch_unwind();
    // The handler is dropped when time is over; `db::unit` keeps its database work whole.
    match tokio::time::timeout(limit, handled).await {
        Ok(Ok(Ok(response))) => response,
        Ok(Ok(Err(never))) => match never {},
        Ok(Err(_)) => fault::plain(Kind::Internal, "PANIC", "internal error").into_http(),
        Err(_) => {
            let text = "the deadline passed before the answer";
            fault::plain(Kind::Deadline, "DEADLINE_EXCEEDED", text).into_http()
        }
    }
}

/// The caller's limit; the default where it is missing or malformed, which tonic takes for none.
fn limit(headers: &HeaderMap, default: Duration) -> Duration {
    let named = headers
        .get("grpc-timeout")
        .and_then(|value| value.to_str().ok());
    named
        .and_then(parse_grpc_timeout)
        .unwrap_or(default)
        .min(LONGEST)
}

fn report(
    name: &'static str,
    service: &str,
    method: &str,
    response: &Response<Body>,
    took: Duration,
) {
    let code = Status::from_header_map(response.headers()).map_or(Code::Ok, |s| s.code());
    let span = tracing::Span::current();
    span.record("rpc.response.status_code", telemetry::code_name(code));
    if is_ours(code) {
        span.record("otel.status_code", "ERROR");
        span.record("error.type", telemetry::code_name(code));
    }
    let (service, method) = if code == Code::Unimplemented {
        UNKNOWN
    } else {
        (service, method)
    };
    let labels = [
        ("service", service.to_owned()),
        ("method", method.to_owned()),
    ];
    let code_text = format!("{code:?}");
    ::metrics::counter!(
        "rpc_server_requests_total",
        &[&labels[..], &[("code", code_text.clone())]].concat()
    )
    .increment(1);
    ::metrics::histogram!("rpc_server_duration_seconds", &labels[..]).record(took);
    if !is_platform(service) {
        tracing::info!(
            service = name,
            rpc = format!("{service}/{method}"),
            code = code_text,
            ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            trace_id = telemetry::trace_id(),
            span_id = telemetry::span_id(),
            "rpc"
        );
    }
}

/// Failures of the service, as opposed to answers that the caller may not like.
fn is_ours(code: Code) -> bool {
    matches!(
        code,
        Code::Unknown
            | Code::DeadlineExceeded
            | Code::Unimplemented
            | Code::Internal
            | Code::Unavailable
            | Code::DataLoss
    )
}

fn is_platform(service: &str) -> bool {
    service.starts_with("grpc.")
}

/// `/package.Service/Method` in its two parts.
pub(crate) fn split_path(path: &str) -> (&str, &str) {
    path.trim_start_matches('/')
        .split_once('/')
        .unwrap_or(("unknown", "unknown"))
}
