//! The whole of bord in one process: five services and the gateway on loopback sockets, the same
//! code path as in production, each with its own part of the life and its own database file.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::pin::Pin;

use anyhow::Context as _;
use chassis::config::Env;
use chassis::run::Life;
use chassis::server::Bound;
use url::Url;

use crate::peers::Addresses;

/// The ports of design §6 on an address of this host, or free ones on loopback.
#[derive(Clone, Copy, Debug)]
pub enum Ports {
    Fixed(IpAddr),
    Free,
}

impl Ports {
    /// Where the program with this fixed port listens.
    #[must_use]
    pub fn at(self, fixed: u16) -> SocketAddr {
        match self {
            Self::Fixed(host) => SocketAddr::new(host, fixed),
            Self::Free => SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        }
    }
}

/// Sockets that are bound before anything starts, so that every address is known to every service
/// and nobody has to wait for anybody.
pub struct Sockets {
    pub gateway: Bound,
    pub telephony: Bound,
    pub lead: Bound,
    pub roster: Bound,
    pub notification: Bound,
    pub quality: Bound,
}

impl Sockets {
    /// # Errors
    /// Names the port that is taken and what to do about it.
    pub async fn bind(ports: Ports) -> anyhow::Result<Self> {
        Self::bind_with_gateway(ports, ports.at(8080)).await
    }

    /// The gateway alone on an address of its own: the one that vendors reach.
    ///
    /// # Errors
    /// Names the port that is taken and what to do about it.
    pub async fn bind_with_gateway(ports: Ports, gateway: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self {
            gateway: bind(gateway).await?,
            telephony: bind(ports.at(50051)).await?,
            lead: bind(ports.at(50052)).await?,
            roster: bind(ports.at(50053)).await?,
            notification: bind(ports.at(50054)).await?,
            quality: bind(ports.at(50055)).await?,
        })
    }

    /// Where the services will listen.
    #[must_use]
    pub fn addresses(&self) -> Addresses {
        Addresses {
            telephony: url(self.telephony.addr()),
            lead: url(self.lead.addr()),
            roster: url(self.roster.addr()),
            notification: url(self.notification.addr()),
            quality: url(self.quality.addr()),
        }
    }

    /// Each program with its socket, in the order in which they start.
    #[must_use]
    pub fn by_name(self) -> [(&'static str, Bound); 6] {
        [
            ("roster-service", self.roster),
            ("notification-service", self.notification),
            ("lead-service", self.lead),
            ("telephony-gateway", self.telephony),
            ("quality-service", self.quality),
            ("gateway", self.gateway),
        ]
    }

    /// Where the gateway will listen.
    #[must_use]
    pub fn gateway_url(&self) -> Url {
        url(self.gateway.addr())
    }
}

async fn bind(addr: SocketAddr) -> anyhow::Result<Bound> {
    Bound::at(addr).await.with_context(|| {
        format!(
            "{addr} cannot be had: stop what listens there (another `bord up`?), or choose another \
             address with --host"
        )
    })
}

fn url(addr: SocketAddr) -> Url {
    Url::parse(&format!("http://{addr}")).expect("a socket address makes a URL")
}

/// The programs of bord, in the order in which they start.
pub const SERVICES: [&str; 6] = [
    "roster-service",
    "notification-service",
    "lead-service",
    "telephony-gateway",
    "quality-service",
    "gateway",
];

/// The settings with everybody's address.
#[must_use]
pub fn with_addresses(env: &Env, at: &Addresses) -> Env {
    let mut env = env.clone();
    for (name, url) in [
        ("TELEPHONY_URL", &at.telephony),
        ("LEAD_URL", &at.lead),
        ("ROSTER_URL", &at.roster),
        ("NOTIFICATION_URL", &at.notification),
        ("QUALITY_URL", &at.quality),
    ] {
        env.set(name, url.as_str());
    }
    env
}

/// Starts everything on the life; a service that fails stops the whole life, its error in the log.
///
/// # Errors
/// Every setting at fault of every service at once.
pub fn start(env: &Env, sockets: Sockets, life: &Life) -> anyhow::Result<()> {
    let lives = SERVICES.iter().map(|name| (*name, life.child())).collect();
    start_each(&with_addresses(env, &sockets.addresses()), sockets, &lives)
}

/// Starts everything, each program on a life of its own.
///
/// # Errors
/// Every setting at fault of every service at once.
pub fn start_each(
    env: &Env,
    sockets: Sockets,
    lives: &BTreeMap<&'static str, Life>,
) -> anyhow::Result<()> {
    let mut env = env.clone();
    let programs = sockets
        .by_name()
        .map(|(name, bound)| program(name, &mut env, bound));
    env.finish()?;
    for (name, start) in programs {
        serve(&lives[name], name, start);
    }
    Ok(())
}

/// Starts one program again, on the socket that it had.
///
/// # Errors
/// Every setting at fault.
pub fn start_one(env: &Env, name: &'static str, bound: Bound, life: &Life) -> anyhow::Result<()> {
    let mut env = env.clone();
    let (name, start) = program(name, &mut env, bound);
    env.finish()?;
    serve(life, name, start);
    Ok(())
}

type Start =
    Box<dyn FnOnce(Life) -> Pin<Box<dyn Future<Output = anyhow::Result<()>> + Send>> + Send>;

/// Reads a program's settings now, so that faults are told together, and starts it later.
fn program(name: &'static str, env: &mut Env, bound: Bound) -> (&'static str, Start) {
    let start: Start = match name {
        "roster-service" => {
            let config = roster_service::Config::read(env);
            Box::new(move |life| Box::pin(roster_service::start(config, bound, life)))
        }
        "notification-service" => {
            let config = notification_service::Config::read(env);
            Box::new(move |life| Box::pin(notification_service::start(config, bound, life)))
        }
        "lead-service" => {
            let config = lead_service::Config::read(env);
            Box::new(move |life| Box::pin(lead_service::start(config, bound, life)))
        }
        "telephony-gateway" => {
            let config = telephony_gateway::Config::read(env);
            Box::new(move |life| Box::pin(telephony_gateway::start(config, bound, life)))
        }
        "quality-service" => {
            let config = quality_service::config::Config::read(env);
            Box::new(move |life| Box::pin(quality_service::start(config, bound, life)))
        }
        _ => {
            let config = gateway::config::Config::read(env);
            Box::new(move |life| Box::pin(gateway::start(config, bound, life)))
        }
    };
    (name, start)
}

fn serve(life: &Life, name: &'static str, start: Start) {
    let own = life.clone();
    // A child: the service waits for its own tasks, and must not wait for this one.
    let child = life.child();
    life.spawn(async move {
        if let Err(error) = chassis::run::named(name, start(child)).await {
            tracing::error!(
                service = name,
                error = format!("{error:#}"),
                "stopped with an error"
            );
            own.stop();
        }
    });
}
