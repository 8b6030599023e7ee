//! A world: all of bord on one test's own databases, with a vendor twin of its own, in process and
//! on loopback sockets, by mutual TLS on PostgreSQL. Services can be stopped and started again on the
//! same database and port.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::Duration;

use bord::catalog::Catalog;
use bord::peers::{Addresses, Peers};
use bord::stack::{Ports, Sockets};
use bord::{provision, ready, running, settings, stack};
use chassis::config::Env;
use chassis::db::Db;
use chassis::run::Life;
use chassis::server::Bound;
use test_support::TestDb;
use url::Url;
use vendor_twin::{Twin, TwinConfig};

use crate::passes::{OPERATOR, Passes};

const READY: Duration = Duration::from_secs(30);

/// Everything up, the sample catalogue applied, every agent through the gate.
pub(crate) struct World {
    pub twin: Twin,
    pub peers: Peers,
    pub addresses: Addresses,
    pub gateway: Url,
    pub passes: Passes,
    env: Env,
    lives: BTreeMap<&'static str, Life>,
}

impl World {
    /// Services only: no catalogue, no agents.
    pub(crate) async fn bare(db: &TestDb) -> Self {
        Self::with(db, &[]).await
    }

    pub(crate) async fn with(db: &TestDb, extra: &[(&str, &str)]) -> Self {
        chassis::telemetry::install_crypto();
        let sockets = Sockets::bind(Ports::Free).await.expect("free ports");
        let gateway = sockets.gateway_url();
        let passes = Passes::for_world(db);
        let addresses = passes.spell(sockets.addresses());
        let base = gateway.as_str().trim_end_matches('/').to_owned();
        let twin = Twin::start(TwinConfig {
            public_base_url: Some(base.clone()),
            bord_base_url: Some(base.clone()),
            ..TwinConfig::default()
        })
        .await
        .expect("the twin starts");
        let mut env = settings::made_up(&Env::default(), "sqlite:unused", &base);
        settings::point_at_twin(&mut env, &twin.url());
        for service in ["telephony", "lead", "roster", "notification", "quality"] {
            let name: &'static str = match service {
                "telephony" => "TELEPHONY_DATABASE_URL",
                "lead" => "LEAD_DATABASE_URL",
                "roster" => "ROSTER_DATABASE_URL",
                "notification" => "NOTIFICATION_DATABASE_URL",
                _ => "QUALITY_DATABASE_URL",
            };
            env.set(name, db.url(service));
        }
        for (name, value) in extra {
            env.set(name, *value);
        }
        let env = stack::with_addresses(&env, &addresses);
        let lives = stack::SERVICES.iter().map(|name| (*name, Life::for_test()));
        let lives: BTreeMap<_, _> = lives.collect();
        for (name, bound) in sockets.by_name() {
            let starting = async { stack::start_one(&env, name, bound, &lives[name]) };
            let started = passes.run(name, starting).await;
            started.expect("settings are complete");
        }
        let calling = async {
            let up = ready::all(&addresses, READY).await;
            up.expect("all become ready");
            Peers::at(&addresses).expect("addresses")
        };
        let peers = passes.run(OPERATOR, calling).await;
        Self {
            twin,
            peers,
            addresses,
            gateway,
            passes,
            env,
            lives,
        }
    }

    /// The whole product, ready for calls.
    pub(crate) async fn start(db: &TestDb) -> Self {
        let mut world = Self::bare(db).await;
        world
            .equip(&Catalog::sample().expect("the sample has no breach"))
            .await;
        world
    }

    /// Applies a catalogue and sends every agent through the gate.
    pub(crate) async fn equip(&mut self, catalog: &Catalog) {
        running::apply(&self.peers, catalog)
            .await
            .expect("the catalogue applies");
        provision::everything(&mut self.peers)
            .await
            .expect("numbers are provisioned");
        running::release_all(&self.peers, |_, _| {})
            .await
            .expect("every agent passes");
    }

    /// Stops one service and waits for its end; what hangs is abandoned, as a process does it.
    pub(crate) async fn stop(&mut self, service: &'static str) {
        let life = self.lives.get(service).expect("a service");
        life.stop();
        let limit = life.drain_limit() + Duration::from_secs(2);
        let _ = tokio::time::timeout(limit, life.drained()).await;
    }

    /// Starts a stopped service on its database and port, with settings changed.
    pub(crate) async fn start_again(&mut self, service: &'static str, changed: &[(&str, &str)]) {
        for (name, value) in changed {
            self.env.set(name, *value);
        }
        self.start_alone(service).await;
        self.ready().await;
    }

    /// Starts a stopped service without waiting for it: its neighbours may be away.
    pub(crate) async fn start_alone(&mut self, service: &'static str) {
        let life = Life::for_test();
        let bound = Bound::at(self.socket(service))
            .await
            .expect("its port is free again");
        let starting = async { stack::start_one(&self.env, service, bound, &life) };
        let started = self.passes.run(service, starting).await;
        started.expect("settings are complete");
        self.lives.insert(service, life);
    }

    pub(crate) async fn ready(&self) {
        let looking = ready::all(&self.addresses, READY);
        let up = self.passes.run(OPERATOR, looking).await;
        up.expect("ready again");
    }

    /// Time passes in every database at once: what is due by then is due now.
    pub(crate) async fn pass(&self, time: Duration) {
        for (schema, url) in [
            ("telephony", "TELEPHONY_DATABASE_URL"),
            ("lead", "LEAD_DATABASE_URL"),
            ("roster", "ROSTER_DATABASE_URL"),
            ("notification", "NOTIFICATION_DATABASE_URL"),
            ("quality", "QUALITY_DATABASE_URL"),
        ] {
            let db = Db::open_without_migrating(&self.setting(url), schema)
                .await
                .expect("the database opens");
            db.shift_clock(time).await.expect("its clock moves");
            db.close().await;
        }
    }

    pub(crate) fn setting(&self, name: &str) -> String {
        self.env.optional(name).expect("the setting is there")
    }

    /// The life of a service, to tell it what its process would.
    pub(crate) fn life(&self, service: &str) -> &Life {
        self.lives.get(service).expect("a service")
    }

    /// What every service is started with.
    pub(crate) fn env(&self) -> &Env {
        &self.env
    }

    fn socket(&self, service: &str) -> SocketAddr {
        let url = match service {
            "telephony-gateway" => &self.addresses.telephony,
            "lead-service" => &self.addresses.lead,
            "roster-service" => &self.addresses.roster,
            "notification-service" => &self.addresses.notification,
            "quality-service" => &self.addresses.quality,
            _ => &self.gateway,
        };
        *url.socket_addrs(|| None)
            .expect("an address")
            .first()
            .expect("an address")
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.lives.values().for_each(Life::stop);
    }
}
