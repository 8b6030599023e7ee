//! notification-service: messages and their deliveries. It alone speaks to Twilio messaging and to
//! Mailgun; it calls nobody but them, and is followed through its stream of outcomes.

pub mod app;
pub mod config;
pub mod crash;
pub mod domain;
pub mod grpc;
pub mod measures;
pub mod provider;
pub mod store;
pub mod text;

use std::time::Duration;

use chassis::config::Secret;
use chassis::db::Db;
use chassis::feed;
use chassis::run::Life;
use chassis::server::{Listen, Server};
use sqlx::migrate::Migrator;

pub use config::Config;

use app::{Notification, workers};

/// The service's name, in health, logs and metrics.
pub const NAME: &str = "notification-service";
/// Its schema, or its file.
pub const SCHEMA: &str = "notification";

pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// How long a service that does not migrate waits for the Job that does.
const MIGRATION_LIMIT: Duration = Duration::from_secs(120);

/// Brings the database up to date and ends: what the migration Job runs. It needs no credentials.
pub async fn migrate(database: &Secret) -> anyhow::Result<()> {
    let db = Db::open(database.expose(), SCHEMA, &MIGRATIONS).await?;
    db.close().await;
    Ok(())
}

async fn open(config: &Config) -> anyhow::Result<Db> {
    let url = config.database.expose();
    if config.migrate {
        return Ok(Db::open(url, SCHEMA, &MIGRATIONS).await?);
    }
    let db = Db::open_without_migrating(url, SCHEMA).await?;
    db.wait_for_migrations(&MIGRATIONS, MIGRATION_LIMIT).await?;
    Ok(db)
}

/// Serves until `life` stops, and returns when what was on the wire is settled.
pub async fn start(config: Config, listen: impl Into<Listen>, life: Life) -> anyhow::Result<()> {
    chassis::metrics::describe(measures::METRICS);
    let db = open(&config).await?;
    let service = Notification::new(db.clone(), config);
    life.spawn(feed::publisher(db.clone(), life.clone()));
    workers::start(&service, &life);
    Server::new(NAME, listen)
        .add(grpc::server(service, life.clone()), contracts::DESCRIPTOR)
        .callers(contracts::CALLERS)
        .serve(life.clone())
        .await?;
    let drained = tokio::time::timeout(life.drain_limit(), life.drained());
    if drained.await.is_err() {
        tracing::warn!("messages were still on the wire at the drain limit; they are looked up");
    }
    Ok(())
}
