//! The server side of every service: what tonic leaves switched off, switched on.
//!
//! Limits on connections, streams, messages and calls under way; a deadline for each call; who may
//! call what; health and reflection; and a stop that ends within the drain limit whoever holds a
//! connection open.

mod callers;
mod edge;
mod incoming;
mod platform;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse;
use http::Request;
use rand::Rng as _;
use tokio::net::TcpListener;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::RoutesBuilder;
use tower::Service;

use crate::run::Life;
use crate::transport::{self, Transport};
use crate::{context, metrics};
pub use callers::{Callers, Malformed};
use edge::EdgeLayer;
pub(crate) use edge::split_path;

/// The largest message in either direction. tonic limits only what it receives, so each service
/// adds `.max_encoding_message_size(server::MESSAGE_LIMIT)`.
pub const MESSAGE_LIMIT: usize = 4 * 1024 * 1024;

const CONNECTION_AGE: Duration = Duration::from_secs(5 * 60);

/// Where to listen: an address, or a socket bound before, whose port is then known.
pub enum Listen {
    Addr(SocketAddr),
    Bound(Bound),
}

impl From<SocketAddr> for Listen {
    fn from(addr: SocketAddr) -> Self {
        Self::Addr(addr)
    }
}

impl From<Bound> for Listen {
    fn from(bound: Bound) -> Self {
        Self::Bound(bound)
    }
}

/// A socket that listens already: calls wait in its backlog until the server takes them.
pub struct Bound {
    listener: TcpListener,
    addr: SocketAddr,
}

impl Bound {
    pub async fn at(addr: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(addr).await?;
        let addr = listener.local_addr()?;
        Ok(Self { listener, addr })
    }

    /// A free port on loopback.
    pub async fn local() -> std::io::Result<Self> {
        Self::at(([127, 0, 0, 1], 0).into()).await
    }

    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// The socket itself, for servers of another kind.
    #[must_use]
    pub fn into_listener(self) -> TcpListener {
        self.listener
    }
}

/// A gRPC server under construction.
pub struct Server {
    name: &'static str,
    listen: Listen,
    routes: RoutesBuilder,
    services: Vec<&'static str>,
    descriptors: Vec<&'static [u8]>,
    callers: Option<&'static str>,
    default_deadline: Duration,
    at_once: usize,
}

impl Server {
    pub fn new(name: &'static str, listen: impl Into<Listen>) -> Self {
        Self {
            name,
            listen: listen.into(),
            routes: tonic::service::Routes::builder(),
            services: Vec::new(),
            descriptors: Vec::new(),
            callers: None,
            default_deadline: Duration::from_secs(10),
            at_once: 512,
        }
    }

    /// Adds a generated service with the descriptor set that describes it.
    #[must_use]
    pub fn add<S>(mut self, service: S, descriptor: &'static [u8]) -> Self
    where
        S: Service<Request<Body>, Error = Infallible> + NamedService + Clone,
        S: Send + Sync + 'static,
        S::Response: IntoResponse,
        S::Future: Send + 'static,
    {
        self.routes.add_service(service);
        self.services.push(S::NAME);
        if !self
            .descriptors
            .iter()
            .any(|known| std::ptr::eq(*known, descriptor))
        {
            self.descriptors.push(descriptor);
        }
        self
    }

    /// The table of who may call what, as [`Callers`] reads it. It holds where callers show
    /// certificates; in plain text nobody has a name.
    #[must_use]
    pub fn callers(mut self, table: &'static str) -> Self {
        self.callers = Some(table);
        self
    }

    /// The deadline of calls that name none, or one that cannot be read. 10 s unless told.
    #[must_use]
    pub fn default_deadline(mut self, limit: Duration) -> Self {
        self.default_deadline = limit;
        self
    }

    /// How many calls may run at once; more are refused at once with RESOURCE_EXHAUSTED (I22).
    #[must_use]
    pub fn at_once(mut self, calls: usize) -> Self {
        self.at_once = calls;
        self
    }

    /// Serves until `life` stops: then not ready, no new calls, running ones finish, and after the
    /// drain limit whatever is left is abandoned (I21).
    pub async fn serve(mut self, life: Life) -> anyhow::Result<()> {
        metrics::install();
        let bound = match self.listen {
            Listen::Addr(addr) => Bound::at(addr).await?,
            Listen::Bound(bound) => bound,
        };
        let transport = transport::current();
        let callers = admission(self.name, self.callers, &transport, bound.addr)?;
        let health = platform::health(&self.services).await;
        self.routes.add_service(health.service.clone());
        if !transport.hide_reflection {
            platform::add_reflection(&mut self.routes, &self.services, &self.descriptors)?;
        }
        let probes = health.answer_probes(transport.health).await?;

        let mut drain = context::current();
        drain.service = Some(self.name);
        drain.deadline = None;
        let stopping = life.stopping();
        let name = self.name;
        let edge = EdgeLayer::new(name, self.default_deadline, self.at_once, callers);
        let age = connection_age(&transport);
        let incoming = incoming::incoming(bound.listener, transport);
        let serving = tonic::transport::Server::builder()
            .layer(edge)
            .http2_keepalive_interval(Some(Duration::from_secs(20)))
            .http2_keepalive_timeout(Some(Duration::from_secs(10)))
            .max_concurrent_streams(256)
            .http2_max_header_list_size(16 * 1024)
            .max_connection_age(age)
            .add_routes(self.routes.routes())
            .serve_with_incoming_shutdown(incoming, async move {
                stopping.await;
                // Told before the listener closes, so that balancers look away first.
                metrics::set_ready(name, false);
                health.stop_serving().await;
            });
        metrics::set_ready(name, true);
        tracing::info!(service = name, addr = %bound.addr, "serving");
        let limit = async {
            life.stopping().await;
            tokio::time::sleep(life.drain_limit()).await;
        };
        // On the heap: whoever awaits this holds it within a future of their own.
        let serving = Box::pin(serving);
        let ended = context::scope(drain, async {
            tokio::select! {
                served = serving => served.map_err(Into::into),
                () = limit => {
                    tracing::warn!(service = name, "drain limit reached with calls or connections open");
                    Ok(())
                }
            }
        })
        .await;
        // Probes are answered to the end: "not serving" is an answer, a closed port is none.
        drop(probes);
        ended
    }
}

/// Connections are renewed, so that old certificates come to an end and callers that know one address
/// alone meet new replicas. A tenth off or on: the replicas of a rollout do not renew all at once.
///
/// The end is a GOAWAY: running calls finish, new ones take the next connection. tonic's grace would
/// close the connection without one, under whatever runs (0.14.9), so there is none.
fn connection_age(transport: &Transport) -> Duration {
    let age = transport.connection_age.unwrap_or(CONNECTION_AGE);
    age.mul_f64(rand::rng().random_range(0.9..1.1))
}

/// Who is let in: nobody in plain text from elsewhere unless that was asked for, and nobody by
/// certificate without a table.
fn admission(
    name: &str,
    table: Option<&'static str>,
    transport: &Transport,
    addr: SocketAddr,
) -> anyhow::Result<Option<Arc<Callers>>> {
    if transport.identity.is_some() {
        let Some(table) = table else {
            anyhow::bail!("{name}: a server with a certificate needs callers()");
        };
        return Ok(Some(Arc::new(Callers::parse(table)?)));
    }
    if !addr.ip().is_loopback() && !transport.allow_plaintext {
        anyhow::bail!(
            "{addr} can be reached from elsewhere: set TLS_CERT, TLS_KEY and TLS_CA, or \
             ALLOW_PLAINTEXT=true where the network is trusted"
        );
    }
    Ok(None)
}
