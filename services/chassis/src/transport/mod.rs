//! The transport is how services reach each other: mutual TLS with a certificate of their own, or
//! plain text where it was asked for.
//!
//! It is part of a task's context, as the name of the service is: servers and channels take it
//! from where they are made, so services with different certificates can share a process.

mod identity;
mod io;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

pub use identity::{Files, Identity, Unusable};
pub(crate) use io::{Io, Peer};

use crate::config::Env;
use crate::context;

/// The default is what local use and tests need: plain text on loopback, and nowhere else.
#[derive(Debug, Default)]
pub struct Transport {
    /// Who this process is to its peers. With it servers take callers with a certificate only.
    pub identity: Option<Identity>,
    /// Plain text beyond loopback, both serving and calling. Never set in production.
    pub allow_plaintext: bool,
    /// Do not describe the services to whoever may ask.
    pub hide_reflection: bool,
    /// A second listener, in plain text, that answers gRPC health checks and nothing else:
    /// Kubernetes' gRPC probes can show no certificate.
    pub health: Option<SocketAddr>,
    /// How old a connection to this server may become; five minutes where nothing is set.
    pub connection_age: Option<Duration>,
}

impl Transport {
    /// `TLS_CERT`, `TLS_KEY` and `TLS_CA` (PEM files, all or none), `ALLOW_PLAINTEXT` (true or
    /// false), `GRPC_REFLECTION` (on or off), `HEALTH_ADDR`, `MAX_CONNECTION_AGE_SECONDS`.
    pub fn read(env: &mut Env) -> Self {
        Self {
            identity: read_identity(env),
            allow_plaintext: env.parse_or("ALLOW_PLAINTEXT", false),
            hide_reflection: read_reflection(env),
            health: env.parse_optional("HEALTH_ADDR"),
            connection_age: read_age(env),
        }
    }
}

fn read_identity(env: &mut Env) -> Option<Identity> {
    let names = ["TLS_CERT", "TLS_KEY", "TLS_CA"];
    let paths = names.map(|name| env.optional(name));
    if let [Some(cert), Some(key), Some(ca)] = &paths {
        let files = Files {
            cert: cert.into(),
            key: key.into(),
            ca: ca.into(),
        };
        return Identity::load(files)
            .map_err(|unusable| {
                let remedy = format!("{unusable}; give PEM files as cert-manager writes them");
                env.fault(unusable.variable(), "cannot be used", remedy);
            })
            .ok();
    }
    if paths.iter().any(Option::is_some) {
        for (name, _) in names.iter().zip(&paths).filter(|(_, path)| path.is_none()) {
            let remedy = "mutual TLS needs TLS_CERT, TLS_KEY and TLS_CA together".to_owned();
            env.fault(name, "is missing", remedy);
        }
    }
    None
}

/// Zero would end a connection before its first call.
fn read_age(env: &mut Env) -> Option<Duration> {
    let seconds = env.parse_optional::<u32>("MAX_CONNECTION_AGE_SECONDS")?;
    if seconds == 0 {
        let remedy = "give one second or more, or remove it".to_owned();
        env.fault("MAX_CONNECTION_AGE_SECONDS", "is zero", remedy);
    }
    Some(Duration::from_secs(u64::from(seconds)))
}

fn read_reflection(env: &mut Env) -> bool {
    match env.text_or("GRPC_REFLECTION", "on").as_str() {
        "on" => false,
        "off" => true,
        _ => {
            let remedy = "write on or off".to_owned();
            env.fault("GRPC_REFLECTION", "cannot be read", remedy);
            false
        }
    }
}

/// Runs `future` so that the servers and channels made inside use `transport`.
pub async fn with<F: Future>(transport: Arc<Transport>, future: F) -> F::Output {
    let mut inner = context::current();
    inner.transport = Some(transport);
    context::scope(inner, future).await
}

/// The transport of the current task.
pub(crate) fn current() -> Arc<Transport> {
    context::current().transport.unwrap_or_default()
}
