//! The HTTP client towards outside vendors: bounded in time, with the trace passed on.
//!
//! Roots come from `webpki-roots`, since an image may hold no CA files. Spans name the operation and
//! the host only: a URL or header may hold a phone number, an address or a key.

use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};
use tracing::Instrument as _;
use tracing::field::Empty;
use url::{Host, Url};

use crate::{deadline, telemetry};

/// For one request from start to the end of the body; a nearer deadline of the caller wins.
const LIMIT: Duration = Duration::from_secs(15);

/// Why no response came. It never quotes the URL.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request did not leave: no connection was made, so it had no effect.
    #[error("{operation}: no connection")]
    NotSent {
        operation: &'static str,
        #[source]
        source: reqwest::Error,
    },
    /// It may have had its effect, or not.
    #[error("{operation}: no answer")]
    Unknown {
        operation: &'static str,
        #[source]
        source: reqwest::Error,
    },
    #[error("{operation}: the deadline passed before it was sent")]
    Late { operation: &'static str },
    #[error("{operation}: plain http is for loopback and names inside the cluster")]
    Plain { operation: &'static str },
}

impl Error {
    /// True when the vendor may have done what was asked although no answer came (B7).
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown { .. })
    }

    /// As spans name it.
    fn name(&self) -> &'static str {
        match self {
            _ if self.is_timeout() => "timeout",
            Self::NotSent { .. } => "not_sent",
            Self::Unknown { .. } => "no_answer",
            Self::Late { .. } => "late",
            Self::Plain { .. } => "plain_http",
        }
    }

    #[must_use]
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Unknown { source, .. } | Self::NotSent { source, .. }
            if source.is_timeout())
    }
}

/// A client for one vendor; clones share its connections.
#[must_use]
pub fn client() -> reqwest::Client {
    telemetry::install_crypto();
    let roots = RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let tls = ClientConfig::builder()
        .with_root_certificates(roots)
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .connect_timeout(Duration::from_secs(3))
        .timeout(LIMIT)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(16)
        .tcp_keepalive(Duration::from_secs(15))
        // A vendor's API does not redirect; following one would carry credentials elsewhere.
        .redirect(reqwest::redirect::Policy::none())
        .user_agent("bord")
        .build()
        .expect("constant settings build")
}

/// Sends `request` within a client span named `operation`, with `traceparent` and at most the
/// caller's remaining time.
pub async fn send(
    operation: &'static str,
    request: reqwest::RequestBuilder,
) -> Result<reqwest::Response, Error> {
    let span = tracing::info_span!(
        "http.client",
        otel.name = operation,
        otel.kind = "client",
        otel.status_code = Empty,
        http.request.method = Empty,
        http.response.status_code = Empty,
        server.address = Empty,
        server.port = Empty,
        error.type = Empty,
    );
    let outcome = transmit(operation, request).instrument(span.clone()).await;
    let code = match &outcome {
        Ok(response) => {
            let code = response.status().as_u16();
            span.record("http.response.status_code", code);
            if code >= 400 {
                span.record("otel.status_code", "ERROR");
                span.record("error.type", code.to_string());
            }
            code.to_string()
        }
        Err(error) => {
            span.record("otel.status_code", "ERROR");
            span.record("error.type", error.name());
            "none".to_owned()
        }
    };
    ::metrics::counter!("http_client_requests_total", "operation" => operation, "code" => code)
        .increment(1);
    outcome
}

async fn transmit(
    operation: &'static str,
    request: reqwest::RequestBuilder,
) -> Result<reqwest::Response, Error> {
    let started = std::time::Instant::now();
    let (client, request) = request.build_split();
    let mut request = request.map_err(|e| Error::NotSent {
        operation,
        source: e.without_url(),
    })?;
    let span = tracing::Span::current();
    span.record("http.request.method", request.method().as_str());
    if let Some(host) = request.url().host_str() {
        span.record("server.address", host);
    }
    span.record("server.port", request.url().port_or_known_default());
    if !is_allowed(request.url()) {
        return Err(Error::Plain { operation });
    }
    if let Some(value) = telemetry::current_traceparent().and_then(|text| text.parse().ok()) {
        request.headers_mut().insert("traceparent", value);
    }
    if let Some(left) = deadline::remaining() {
        if left.is_zero() {
            return Err(Error::Late { operation });
        }
        let limit = request.timeout().copied().unwrap_or(LIMIT).min(left);
        *request.timeout_mut() = Some(limit);
    }
    let outcome = client
        .execute(request)
        .await
        .map_err(reqwest::Error::without_url);
    ::metrics::histogram!("http_client_duration_seconds", "operation" => operation)
        .record(started.elapsed());
    outcome.map_err(|source| {
        if source.is_connect() || source.is_builder() {
            Error::NotSent { operation, source }
        } else {
            Error::Unknown { operation, source }
        }
    })
}

/// Plain http only where nobody listens in: loopback, and names that only a cluster resolves.
fn is_allowed(url: &Url) -> bool {
    match url.host() {
        _ if url.scheme() == "https" => true,
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => {
            !name.contains('.') || name.ends_with(".svc") || name.ends_with(".svc.cluster.local")
        }
        None => false,
    }
}
