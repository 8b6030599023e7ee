//! The client side of a call between services: a channel that any generated client can use.
//!
//! It connects lazily, keeps the connection alive, passes on trace and remaining time, holds the
//! deadline itself, and repeats a call at most once, only where nothing of it was sent.

mod retry;

use std::convert::Infallible;
use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response};
use tonic::body::Body;
use tonic::transport::Endpoint;
use tonic::{Code, Status};
use tower::{Service, ServiceExt as _};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::fault::{self, Kind};
use crate::{deadline, telemetry};
use retry::{Budget, Recoverable};

/// For calls made where no deadline was set.
const DEFAULT_LIMIT: Duration = Duration::from_secs(10);
/// Calls under way to one service at a time; more wait within their deadline.
const AT_ONCE: usize = 512;

/// Clones share the connection and the retry budget.
#[derive(Clone)]
pub struct Channel {
    inner: tonic::transport::Channel,
    budget: Arc<Budget>,
}

/// A channel to the service at `url`. It connects at the first call, and again when it must.
pub fn channel(url: impl AsRef<str>) -> anyhow::Result<Channel> {
    let endpoint = endpoint(url.as_ref())?;
    Ok(Channel {
        inner: endpoint.connect_lazy(),
        budget: Arc::default(),
    })
}

fn endpoint(url: &str) -> anyhow::Result<Endpoint> {
    let endpoint = Endpoint::from_shared(url.to_owned())?
        .connect_timeout(Duration::from_secs(1))
        .tcp_nodelay(true)
        .tcp_keepalive(Some(Duration::from_secs(15)))
        // Without these a half-open connection stays broken after the network healed.
        .http2_keep_alive_interval(Duration::from_secs(5))
        .keep_alive_timeout(Duration::from_secs(3))
        .keep_alive_while_idle(true)
        .concurrency_limit(AT_ONCE);
    Ok(endpoint)
}

/// Runs `future` so that the calls made inside end within `limit`, or within the caller's own
/// deadline when that is nearer. They then fail with DEADLINE_EXCEEDED.
pub async fn with_timeout<F: Future>(limit: Duration, future: F) -> F::Output {
    deadline::passing_on(limit, future).await
}

impl Service<Request<Body>> for Channel {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    /// Always ready: waiting for a connection counts against the deadline of the call.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let channel = self.clone();
        let (service, method) = crate::server::split_path(request.uri().path());
        let span = tracing::info_span!(
            "rpc.client",
            otel.name = format!("{service}/{method}"),
            otel.kind = "client",
            otel.status_code = Empty,
            rpc.system = "grpc",
            rpc.service = service,
            rpc.method = method,
            rpc.grpc.status_code = Empty,
        );
        let limit = deadline::remaining().unwrap_or(DEFAULT_LIMIT);
        Box::pin(
            async move {
                let until = Instant::now() + limit;
                let answer = tokio::time::timeout_at(until.into(), channel.send(request, until));
                let response = match answer.await {
                    Ok(Ok(response)) => response,
                    Ok(Err(status)) => status.into_http(),
                    Err(_) => late().into_http(),
                };
                let code = Status::from_header_map(response.headers())
                    .map_or(Code::Ok, |status| status.code());
                let span = tracing::Span::current();
                span.record("rpc.grpc.status_code", code as i32);
                if code != Code::Ok {
                    span.record("otel.status_code", "ERROR");
                }
                Ok(response)
            }
            .instrument(span),
        )
    }
}

impl Channel {
    async fn send(self, request: Request<Body>, until: Instant) -> Result<Response<Body>, Status> {
        self.budget.deposit();
        let (mut parts, body) = request.into_parts();
        if let Some(value) = header(telemetry::current_traceparent()) {
            parts.headers.insert("traceparent", value);
        }
        let body = Recoverable::new(body);
        let failed = match self.attempt(&parts, body.clone(), until).await {
            Ok(response) => return Ok(response),
            Err(failed) => failed,
        };
        // A body that nobody asked for was not sent, so the other side has seen nothing to act on.
        if failed.code() == Code::Unavailable && body.is_untouched() && self.budget.withdraw() {
            ::metrics::counter!("rpc_client_retries_total").increment(1);
            tokio::time::sleep(retry::jitter()).await;
            return self.attempt(&parts, body, until).await;
        }
        Err(failed)
    }

    async fn attempt(
        &self,
        parts: &http::request::Parts,
        body: Recoverable,
        until: Instant,
    ) -> Result<Response<Body>, Status> {
        let mut request = Request::from_parts(parts.clone(), Body::new(body));
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(late());
        }
        if let Some(value) = header(Some(deadline::format_grpc_timeout(left))) {
            request.headers_mut().insert("grpc-timeout", value);
        }
        let mut inner = self.inner.clone();
        let ready = inner.ready().await.map_err(|error| unreachable(&error))?;
        ready
            .call(request)
            .await
            .map_err(|error| unreachable(&error))
    }
}

fn header(value: Option<String>) -> Option<HeaderValue> {
    HeaderValue::try_from(value?).ok()
}

fn late() -> Status {
    fault::plain(
        Kind::Deadline,
        "DEADLINE_EXCEEDED",
        "the deadline passed before the answer",
    )
}

/// Names the code of a transport failure; tonic reports its own time limits as CANCELLED.
fn unreachable(error: &tonic::transport::Error) -> Status {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if this.is::<tonic::TimeoutExpired>() {
            return late();
        }
        cause = this.source();
    }
    tracing::debug!(causes = %fault::causes(error), "call did not reach the service");
    fault::plain(
        Kind::Unavailable,
        "UNREACHABLE",
        "the service cannot be reached",
    )
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A channel that can never connect, and the number of its attempts.
    fn dead_end() -> (Channel, Arc<AtomicU32>) {
        let attempts = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&attempts);
        let connector = tower::service_fn(move |_: http::Uri| {
            counted.fetch_add(1, Ordering::Relaxed);
            let refused = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
            std::future::ready(Err::<hyper_util::rt::TokioIo<tokio::net::TcpStream>, _>(
                refused,
            ))
        });
        let inner = endpoint("http://dead.invalid")
            .unwrap()
            .connect_with_connector_lazy(connector);
        (
            Channel {
                inner,
                budget: Arc::default(),
            },
            attempts,
        )
    }

    async fn call(channel: &mut Channel) -> Status {
        let request = Request::builder()
            .uri("/test.Echo/Say")
            .body(Body::empty())
            .unwrap();
        let Ok(response) = channel.call(request).await;
        Status::from_header_map(response.headers()).unwrap()
    }

    #[tokio::test]
    async fn a_call_of_which_nothing_was_sent_is_repeated_once_and_within_the_budget() {
        let (mut channel, attempts) = dead_end();
        let status = call(&mut channel).await;
        assert_eq!(status.code(), Code::Unavailable);
        assert_eq!(fault::reason(&status).as_deref(), Some("UNREACHABLE"));
        assert_eq!(
            attempts.load(Ordering::Relaxed),
            2,
            "once more, not more often"
        );
        for _ in 0..99 {
            call(&mut channel).await;
        }
        let attempts = attempts.load(Ordering::Relaxed);
        assert!(
            (108..=111).contains(&attempts),
            "{attempts} attempts for 100 calls"
        );
    }

    #[tokio::test]
    async fn a_call_without_time_left_is_not_made() {
        let (mut channel, attempts) = dead_end();
        let status = with_timeout(Duration::ZERO, call(&mut channel)).await;
        assert_eq!(status.code(), Code::DeadlineExceeded);
        assert_eq!(attempts.load(Ordering::Relaxed), 0);
    }
}
