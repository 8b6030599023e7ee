//! The numbers of a process, in Prometheus' text form, with health and readiness beside them.
//!
//! One recorder for the process; services record through the `metrics` crate's macros, re-exported
//! here, and say in a list of [`Metric`]s what each means. `METRICS_ADDR` serves `/metrics`,
//! `/healthz` and `/readyz`.

mod described;
mod list;
pub mod queue;
mod sampled;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::get;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};

pub use ::metrics::{counter, gauge, histogram};

pub use described::{Kind, Label, Metric, describe};
pub use list::METRICS;
pub(crate) use sampled::{Sampled, sample_at_scrape};

use crate::host;
use crate::run::Life;

/// From half a millisecond to the longest deadline, with the promises as bounds: an answer to the
/// agent within 1 s, a registration within 2.5 s, a call answered within 3 s (R15).
const BUCKETS: [f64; 15] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 3.0, 5.0, 10.0,
];

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
static DOCUMENTS: Mutex<Vec<Document>> = Mutex::new(Vec::new());
static READY: Mutex<BTreeMap<&'static str, bool>> = Mutex::new(BTreeMap::new());

/// Installs the recorder once; a second call changes nothing.
pub fn install() {
    HANDLE.get_or_init(|| {
        let recorder = PrometheusBuilder::new()
            .set_buckets(&BUCKETS)
            .expect("the list of buckets is not empty")
            .build_recorder();
        let handle = recorder.handle();
        // Fails only where a host program installed a recorder of its own.
        let _ = ::metrics::set_global_recorder(recorder);
        described::tell(METRICS);
        handle
    });
}

/// Everything recorded so far, in Prometheus' text form.
#[must_use]
pub fn render() -> String {
    sampled::sample();
    HANDLE
        .get()
        .map(PrometheusHandle::render)
        .unwrap_or_default()
}

/// Says whether `service` takes work; the process is ready when all of its services are.
pub fn set_ready(service: &'static str, ready: bool) {
    READY
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .insert(service, ready);
}

#[must_use]
pub fn is_ready() -> bool {
    let ready = READY.lock().unwrap_or_else(PoisonError::into_inner);
    !ready.is_empty() && ready.values().all(|ready| *ready)
}

/// A fixed text that the platform's port serves besides: an OpenAPI document, say.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Document {
    path: &'static str,
    content_type: &'static str,
    body: &'static str,
}

/// Serves `body` at `path` on the platform's port, from now on; a repeat changes nothing.
pub fn publish(path: &'static str, content_type: &'static str, body: &'static str) {
    let document = Document {
        path,
        content_type,
        body,
    };
    let mut documents = DOCUMENTS.lock().unwrap_or_else(PoisonError::into_inner);
    if !documents.contains(&document) {
        documents.push(document);
    }
}

async fn published(uri: axum::http::Uri) -> axum::response::Response {
    let documents = DOCUMENTS.lock().unwrap_or_else(PoisonError::into_inner);
    match documents
        .iter()
        .find(|document| document.path == uri.path())
    {
        Some(found) => (
            [(axum::http::header::CONTENT_TYPE, found.content_type)],
            found.body,
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Alive, and what else is to be said: a host that slept is told here, but is no reason to end.
#[must_use]
pub fn health() -> String {
    host::last().map_or_else(|| "ok".to_owned(), |slept| format!("ok; {slept}"))
}

/// The routes for the platform, to serve alone or beside others.
pub fn routes() -> Router {
    Router::new()
        .fallback(published)
        .route("/metrics", get(async || render()))
        .route("/healthz", get(async || health()))
        .route(
            "/readyz",
            get(async || {
                if is_ready() {
                    (StatusCode::OK, "ready")
                } else {
                    (StatusCode::SERVICE_UNAVAILABLE, "not ready")
                }
            }),
        )
}

/// Serves the routes on `addr` until the life stops: a probe that is refused then means not ready,
/// as it should. Returns the address once it is bound.
pub async fn serve(addr: SocketAddr, life: &Life) -> std::io::Result<SocketAddr> {
    install();
    let listener = tokio::net::TcpListener::bind(addr).await?;
    let bound = listener.local_addr()?;
    let stopping = life.stopping();
    life.spawn(async move {
        tokio::select! {
            _ = axum::serve(listener, routes()) => {}
            () = upkeep() => {}
            () = stopping => {}
        }
    });
    Ok(bound)
}

/// Histograms keep raw samples until they are folded; a process that nobody scrapes must not grow.
async fn upkeep() {
    loop {
        tokio::time::sleep(Duration::from_secs(5)).await;
        if let Some(handle) = HANDLE.get() {
            handle.run_upkeep();
        }
    }
}
