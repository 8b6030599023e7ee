//! lead-service: leads, their event log, and the saga that brings each to one provider.
//!
//! Read in this order: `domain` (the rules), `app` (use cases; `app::dispatch` is the saga),
//! `store` (SQL), `grpc` (the way in), `outbound` (the way out).

pub mod app;
pub mod config;
pub mod crash;
pub mod domain;
pub mod grpc;
pub mod measures;
pub mod outbound;
pub mod store;

use std::sync::{Arc, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use chassis::client;
use chassis::config::Env;
use chassis::db::{self, Db};
use chassis::feed;
use chassis::run::Life;
use chassis::server::{Listen, Server};
use tokio::sync::{Semaphore, broadcast};

use app::Leads;
use app::lanes::{Lane, Wakes};
use app::turns::Turns;
pub use config::Config;
use outbound::notification::{Links, Notifications};
use outbound::roster::Roster;
pub use store::migrations;

const NAME: &str = "lead-service";
/// The schema, or the file, of its database.
const SCHEMA: &str = "lead";
/// How long a process waits for the Job that migrates.
const MIGRATION_LIMIT: Duration = Duration::from_secs(120);

/// Brings the database up to date: `lead-service migrate`. It reads no setting but the database's,
/// so that the Job needs no other secret.
pub async fn migrate(env: &mut Env) -> anyhow::Result<()> {
    let url = db::url(env, SCHEMA);
    env.finish()?;
    let url = url.expose();
    Db::open(url, SCHEMA, migrations(url)).await?.close().await;
    Ok(())
}

/// Serves until `life` stops, and returns when everything has drained.
pub async fn start(config: Config, listen: impl Into<Listen>, life: Life) -> anyhow::Result<()> {
    chassis::metrics::describe(measures::METRICS);
    let db = open(&config).await.context("lead's database")?;
    let links = Links {
        secret: config
            .link_secrets
            .first()
            .context("LINK_SECRET is missing")?
            .clone(),
        base: config.public_base,
        valid: config.settings.link_valid,
        offer_valid: config.settings.offer_link_valid,
    };
    let limit = config.settings.call_limit;
    let leads = Arc::new(Leads {
        roster: Roster::new(client::channel(&config.roster)?, limit),
        notifications: Notifications::new(client::channel(&config.notification)?, limit, links),
        db: db.clone(),
        call_token_secrets: config.call_token_secrets,
        settings: config.settings,
        crash_points: config.crash_points,
        life: life.clone(),
        wakes: Wakes::default(),
        ledger: app::ledger::Wakes::default(),
        answered: broadcast::Sender::new(256),
        turns: Turns::default(),
        tables: Arc::new(Semaphore::new(1)),
        knowledge: RwLock::default(),
    });
    background(&leads, &life);
    let served = Server::new(NAME, listen)
        .add(grpc::service(Arc::clone(&leads)), contracts::DESCRIPTOR)
        .add(
            grpc::ledger::service(Arc::clone(&leads)),
            contracts::DESCRIPTOR,
        )
        .callers(contracts::CALLERS)
        .serve(life.clone())
        .await;
    // Steps under way end by themselves or are taken up by their lease.
    let _ = tokio::time::timeout(life.drain_limit(), life.drained()).await;
    db.close().await;
    served
}

async fn open(config: &Config) -> anyhow::Result<Db> {
    let url = config.database_url.expose();
    if config.migrate {
        return Ok(Db::open(url, SCHEMA, migrations(url)).await?);
    }
    let db = Db::open_without_migrating(url, SCHEMA).await?;
    db.wait_for_migrations(migrations(url), MIGRATION_LIMIT)
        .await?;
    Ok(db)
}

fn background(leads: &Arc<Leads>, life: &Life) {
    for lane in Lane::ALL {
        life.spawn(app::worker::run(Arc::clone(leads), life.clone(), lane));
    }
    life.spawn(app::measure::run(Arc::clone(leads)));
    life.spawn(app::host_watch::run(Arc::clone(leads), life.sleeps()));
    life.spawn(feed::publisher(leads.db.clone(), life.clone()));
    life.spawn(app::watchdog::run(Arc::clone(leads)));
    life.spawn(app::scan_watch::run(Arc::clone(leads)));
    life.spawn(app::ledger::check_books::run(Arc::clone(leads)));
    life.spawn(app::ledger::divergence::run(Arc::clone(leads)));
    life.spawn(app::erase::run(Arc::clone(leads)));
    life.spawn(app::follow_roster::run(Arc::clone(leads)));
    life.spawn(app::follow_outcomes::run(Arc::clone(leads)));
    life.spawn(app::ledger::repeats::run(Arc::clone(leads)));
    life.spawn(app::ledger::messages::run(Arc::clone(leads)));
    life.spawn(app::ledger::reprice::run(Arc::clone(leads)));
    life.spawn(app::ledger::numbers::run(Arc::clone(leads)));
}
