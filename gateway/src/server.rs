//! The HTTP server: connections bounded in number and in patience, and a stop with an end.
//!
//! axum's own waits for ever on half a request head; here a head has its time, and after the drain
//! limit whatever is still open is abandoned (I21).

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use chassis::run::Life;
use chassis::server::Bound;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

use crate::click::client::Peer;

/// Name under which readiness is told.
const NAME: &str = "gateway";
const CONNECTIONS: usize = 4_096;
/// For a request's head, the wait for it on a kept-alive connection included: longer than proxies
/// keep an idle connection, so that none sends into one that is just being closed.
const HEAD_LIMIT: Duration = Duration::from_secs(65);
const MOST_HEADERS: usize = 64;
/// A pause after an accept that failed for want of descriptors or memory.
const BREATH: Duration = Duration::from_millis(50);

/// Serves `router` until `life` stops, then at most as long as its drain limit.
pub async fn serve(bound: Bound, router: Router, life: Life) -> anyhow::Result<()> {
    let addr = bound.addr();
    let listener = bound.into_listener();
    let open = GracefulShutdown::new();
    let free = Arc::new(Semaphore::new(CONNECTIONS));
    let abandon = tokio::sync::watch::Sender::new(false);
    chassis::metrics::set_ready(NAME, true);
    tracing::info!(service = NAME, %addr, "serving");
    let stopping = life.stopping();
    tokio::pin!(stopping);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stopping => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(BREATH).await;
                continue;
            }
        };
        let Ok(permit) = Arc::clone(&free).try_acquire_owned() else {
            metrics::counter!("http_connections_refused_total").increment(1);
            continue;
        };
        let connection = connection(stream, Peer(peer.ip()), router.clone(), &open);
        let mut abandoned = abandon.subscribe();
        life.spawn(async move {
            tokio::select! {
                () = connection => {}
                _ = abandoned.wait_for(|abandoned| *abandoned) => {}
            }
            drop(permit);
        });
    }
    chassis::metrics::set_ready(NAME, false);
    drop(listener);
    if tokio::time::timeout(life.drain_limit(), open.shutdown())
        .await
        .is_err()
    {
        tracing::warn!(service = NAME, "drain limit reached with connections open");
    }
    abandon.send_replace(true);
    Ok(())
}

fn connection(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    open: &GracefulShutdown,
) -> impl Future<Output = ()> + Send + 'static {
    // Small answers must not wait for more to send.
    let _ = stream.set_nodelay(true);
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_headers(MOST_HEADERS);
    let service = TowerToHyperService::new(router.map_request(move |request| boxed(request, peer)));
    let served = builder
        .serve_connection(TokioIo::new(stream), service)
        .into_owned();
    let served = open.watch(served);
    async move {
        // A client that goes away is its own business.
        let _ = served.await;
    }
}

fn boxed<B>(request: Request<B>, peer: Peer) -> Request
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(peer);
    request
}
