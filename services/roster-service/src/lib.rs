//! The roster: providers, coverage, hours, capacity, channels, and the one promise of the business,
//! that a lead belongs to exactly one provider.
//!
//! Layers: `grpc` (wire) -> `app` (use cases) -> `domain` (rules), with `store` (SQL) and `outbound`
//! (calls) called by `app`. Nothing points back.

pub mod app;
pub mod config;
pub mod crash;
pub mod domain;
pub mod grpc;
pub mod measures;
pub mod outbound;
pub mod store;

use std::sync::Arc;
use std::time::Duration;

use chassis::client;
use chassis::config::Env;
use chassis::db::{self, Db};
use chassis::feed;
use chassis::run::Life;
use chassis::server::{Listen, Server};
use chassis::worker;

pub use config::Config;
use outbound::notification::Notifications;

/// Limit of a call to notification-service.
const CALL_LIMIT: Duration = Duration::from_secs(3);
/// How long a process waits for the Job that migrates.
const MIGRATION_LIMIT: Duration = Duration::from_secs(120);

/// Serves until `life` stops; returns when it is drained.
pub async fn start(config: Config, listen: impl Into<Listen>, life: Life) -> anyhow::Result<()> {
    chassis::metrics::describe(measures::METRICS);
    let db = open(&config).await?;
    life.spawn(feed::publisher(db.clone(), life.clone()));
    let notifications = Notifications::new(client::channel(&config.notification)?, CALL_LIMIT);
    let points = config.crash_points;
    let roster = app::Roster::new(db.clone(), life.clone(), notifications, points);
    background(&roster, &life, config.poll);
    let served = Server::new("roster-service", listen)
        .add(grpc::service(roster), grpc::DESCRIPTOR)
        .callers(grpc::CALLERS)
        .serve(life.clone())
        .await;
    // A proof under way is taken up again by its lease.
    let _ = tokio::time::timeout(life.drain_limit(), life.drained()).await;
    db.close().await;
    served
}

fn background(roster: &app::Roster, life: &Life, poll: Duration) {
    let (wake, proofs) = (roster.wake(), roster.clone());
    let work = async move || proofs.send_proof().await;
    life.spawn(worker::run("proofs", life.clone(), wake, poll, work));
    let measured = roster.clone();
    let work = async move || measured.measure().await;
    let every = Duration::from_secs(15);
    life.spawn(worker::run(
        "metrics",
        life.clone(),
        Arc::default(),
        every,
        work,
    ));
    let duties = roster.clone();
    let work = async move || duties.do_duties().await;
    let never = Arc::default();
    life.spawn(worker::run("duties", life.clone(), never, poll, work));
}

async fn open(config: &Config) -> anyhow::Result<Db> {
    let url = config.database_url.expose();
    let migrations = store::migrations(url);
    if config.migrate {
        return Ok(Db::open(url, store::NAME, migrations).await?);
    }
    let db = Db::open_without_migrating(url, store::NAME).await?;
    db.wait_for_migrations(migrations, MIGRATION_LIMIT).await?;
    Ok(db)
}

/// Brings the schema up to date and returns.
pub async fn migrate(env: &mut Env) -> anyhow::Result<()> {
    let url = db::url(env, store::NAME);
    env.finish()?;
    let url = url.expose();
    Db::open(url, store::NAME, store::migrations(url))
        .await?
        .close()
        .await;
    Ok(())
}
