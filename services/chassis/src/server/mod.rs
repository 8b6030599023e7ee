//! The server side of every service: what tonic leaves switched off, switched on.
//!
//! Limits on connections, streams, messages and calls under way; a deadline for each call; health
//! and reflection; and a stop that ends within the drain limit whoever holds a connection open.

mod edge;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::response::IntoResponse;
use http::Request;
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::server::NamedService;
use tonic::service::RoutesBuilder;
use tonic_health::ServingStatus;
use tower::Service;

use crate::run::Life;
use crate::{context, metrics};
use edge::EdgeLayer;
pub(crate) use edge::split_path;

/// The largest message in either direction. tonic limits only what it receives, so each service
/// adds `.max_encoding_message_size(server::MESSAGE_LIMIT)`.
pub const MESSAGE_LIMIT: usize = 4 * 1024 * 1024;

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
        let (health, health_service) = tonic_health::server::health_reporter();
        for service in self.services.iter().copied().chain([""]) {
            health
                .set_service_status(service, ServingStatus::Serving)
                .await;
        }
        self.routes.add_service(health_service);
        self.descriptors.push(tonic_health::pb::FILE_DESCRIPTOR_SET);
        let reflection = || {
            let builder = tonic_reflection::server::Builder::configure();
            self.descriptors
                .iter()
                .fold(builder, |builder, descriptor| {
                    builder.register_encoded_file_descriptor_set(descriptor)
                })
        };
        let (v1, v1alpha) = (reflection().build_v1()?, reflection().build_v1alpha()?);
        self.routes.add_service(v1).add_service(v1alpha);

        let mut drain = context::current();
        drain.service = Some(self.name);
        drain.deadline = None;
        let stopping = life.stopping();
        let services = std::mem::take(&mut self.services);
        let name = self.name;
        let serving = tonic::transport::Server::builder()
            .layer(EdgeLayer::new(name, self.default_deadline, self.at_once))
            .http2_keepalive_interval(Some(Duration::from_secs(20)))
            .http2_keepalive_timeout(Some(Duration::from_secs(10)))
            .tcp_keepalive(Some(Duration::from_secs(30)))
            .tcp_nodelay(true)
            .max_concurrent_streams(256)
            .http2_max_header_list_size(16 * 1024)
            // Connections are renewed, so that load finds new replicas.
            .max_connection_age(Duration::from_secs(30 * 60))
            .add_routes(self.routes.routes())
            .serve_with_incoming_shutdown(TcpListenerStream::new(bound.listener), async move {
                stopping.await;
                // Told before the listener closes, so that balancers look away first.
                metrics::set_ready(name, false);
                for service in services.into_iter().chain([""]) {
                    health
                        .set_service_status(service, ServingStatus::NotServing)
                        .await;
                }
            });
        metrics::set_ready(name, true);
        tracing::info!(service = name, addr = %bound.addr, "serving");
        let limit = async {
            life.stopping().await;
            tokio::time::sleep(life.drain_limit()).await;
        };
        context::scope(drain, async {
            tokio::select! {
                served = serving => served.map_err(Into::into),
                () = limit => {
                    tracing::warn!(service = name, "drain limit reached with calls or connections open");
                    Ok(())
                }
            }
        })
        .await
    }
}
