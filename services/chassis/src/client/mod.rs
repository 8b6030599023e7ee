//! The client side of a call between services: a channel that any generated client can use.
//!
//! It connects at the first call, to every address of the host, and spreads the calls over them; it
//! passes on trace and remaining time, holds the deadline itself, and repeats a call at most once,
//! only where no service took it.

mod address;
mod failed;
mod pool;
mod retry;
mod target;

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response};
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::{Code, Status};
use tower::{Service, ServiceExt as _};
use tracing::Instrument as _;
use tracing::field::Empty;

use crate::{deadline, telemetry, transport};
use address::Address;
use failed::Failed;
use pool::Pool;
use retry::{Budget, Recoverable};
use target::Target;

/// For calls made where no deadline was set.
const DEFAULT_LIMIT: Duration = Duration::from_secs(10);
/// Calls under way to one service at a time; more wait within their deadline.
const AT_ONCE: usize = 512;
/// Addresses that one attempt may go through while none of them was sent anything.
const ADDRESSES: usize = 4;

/// Clones share the connections and the retry budget.
#[derive(Clone)]
pub struct Channel {
    pool: Arc<Pool>,
    host: Arc<str>,
    port: u16,
    budget: Arc<Budget>,
    turns: Arc<Semaphore>,
}

/// A channel to the service at `url`. It connects at the first call, and again when it must.
///
/// A host with several addresses, as a headless Service has, is asked at all of them; they are
/// looked up again every few seconds and when one is lost. https shows this process's certificate.
pub fn channel(url: impl AsRef<str>) -> anyhow::Result<Channel> {
    channel_with(url, by_system)
}

/// As [`channel`], with the addresses of the host from `resolve`.
pub fn channel_with<R, F>(url: impl AsRef<str>, resolve: R) -> anyhow::Result<Channel>
where
    R: Fn(String, u16) -> F + Send + Sync + 'static,
    F: Future<Output = std::io::Result<Vec<SocketAddr>>> + Send + 'static,
{
    let target = Target::parse(url.as_ref(), &transport::current())?;
    Ok(Channel {
        host: target.host.as_str().into(),
        port: target.port,
        pool: Arc::new(Pool::new(target, resolve)),
        budget: Arc::default(),
        turns: Arc::new(Semaphore::new(AT_ONCE)),
    })
}

/// The addresses of `host` as the system's resolver tells them; an address is its own.
async fn by_system(host: String, port: u16) -> std::io::Result<Vec<SocketAddr>> {
    Ok(tokio::net::lookup_host((host, port)).await?.collect())
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
        let labels = [
            ("service", service.to_owned()),
            ("method", method.to_owned()),
        ];
        let span = tracing::info_span!(
            "rpc.client",
            otel.name = format!("{service}/{method}"),
            otel.kind = "client",
            otel.status_code = Empty,
            rpc.system.name = "grpc",
            rpc.method = format!("{service}/{method}"),
            rpc.response.status_code = Empty,
            server.address = &*self.host,
            server.port = self.port,
            error.type = Empty,
        );
        let limit = deadline::remaining().unwrap_or(DEFAULT_LIMIT);
        Box::pin(
            async move {
                let started = Instant::now();
                let until = started + limit;
                let answer = tokio::time::timeout_at(until.into(), channel.send(request, until));
                let response = match answer.await {
                    Ok(Ok(response)) => response,
                    Ok(Err(status)) => status.into_http(),
                    Err(_) => Status::from(Failed::late()).into_http(),
                };
                let code = Status::from_header_map(response.headers())
                    .map_or(Code::Ok, |status| status.code());
                let span = tracing::Span::current();
                span.record("rpc.response.status_code", telemetry::code_name(code));
                if code != Code::Ok {
                    span.record("otel.status_code", "ERROR");
                    span.record("error.type", telemetry::code_name(code));
                }
                count(labels, code, started.elapsed());
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
        // Never closed, so there is always a turn to wait for.
        let _turn = self.turns.acquire().await.ok();
        let body = Recoverable::new(body);
        let failed = match self.attempt(&parts, &body, until).await {
            Ok(response) => return Ok(response),
            Err(failed) => failed,
        };
        if failed.may_be_repeated(&body) && self.budget.withdraw() {
            ::metrics::counter!("rpc_client_retries_total").increment(1);
            tokio::time::sleep(retry::jitter()).await;
            return Ok(self.attempt(&parts, &body, until).await?);
        }
        Err(failed.into())
    }

    /// One attempt: at a connected address and, while no service took the call, at the next one.
    /// That takes nothing of the budget: it asks nobody twice.
    async fn attempt(
        &self,
        parts: &http::request::Parts,
        body: &Recoverable,
        until: Instant,
    ) -> Result<Response<Body>, Failed> {
        if Instant::now() >= until {
            return Err(Failed::late());
        }
        let found = self.pool.connected().await;
        let mut address = found.ok_or_else(Failed::unreachable)?;
        let mut tried = Vec::new();
        loop {
            let failed = match call(&address, parts, body.anew(), until).await {
                Ok(response) => return Ok(response),
                Err(failed) => failed,
            };
            tried.push(address.at());
            match self.pool.another(&tried) {
                Some(next) if failed.may_be_repeated(body) && tried.len() < ADDRESSES => {
                    address = next;
                }
                _ => return Err(failed),
            }
        }
    }
}

async fn call(
    address: &Address,
    parts: &http::request::Parts,
    body: Recoverable,
    until: Instant,
) -> Result<Response<Body>, Failed> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Err(Failed::late());
    }
    let mut request = Request::from_parts(parts.clone(), Body::new(body));
    if let Some(value) = header(Some(deadline::format_grpc_timeout(left))) {
        request.headers_mut().insert("grpc-timeout", value);
    }
    let (_pending, mut inner) = address.take();
    let ready = inner.ready().await.map_err(|error| Failed::by(&error))?;
    let answer = ready.call(request).await;
    answer.map_err(|error| Failed::by(&error))
}

/// Methods are those of generated clients, so the labels are bounded.
fn count([service, method]: [(&'static str, String); 2], code: Code, took: Duration) {
    let both = [service.clone(), method.clone()];
    ::metrics::histogram!("rpc_client_duration_seconds", &both).record(took);
    let labels = [service, method, ("code", format!("{code:?}"))];
    ::metrics::counter!("rpc_client_requests_total", &labels).increment(1);
}

fn header(value: Option<String>) -> Option<HeaderValue> {
    HeaderValue::try_from(value?).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::fault;

    /// A channel that can never connect, and the number of its attempts.
    fn dead_end() -> (Channel, Arc<AtomicU32>) {
        let attempts = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&attempts);
        // The discard port, on which nothing listens.
        let channel = channel_with("http://localhost:9", move |_, _| {
            counted.fetch_add(1, Ordering::Relaxed);
            std::future::ready(Ok(vec![SocketAddr::from(([127, 0, 0, 1], 9))]))
        });
        (channel.unwrap(), attempts)
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
