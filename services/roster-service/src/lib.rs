//! The roster: providers, coverage, hours, capacity, channels, and the one promise of the business,
//! that a lead belongs to exactly one provider.
//!
//! Layers: `grpc` (wire) -> `app` (use cases) -> `domain` (rules), with `store` (SQL) called by
//! `app`. Nothing points back.

pub mod app;
pub mod config;
pub mod domain;
pub mod grpc;
pub mod store;

use std::time::Duration;

use chassis::db::Db;
use chassis::feed;
use chassis::run::Life;
use chassis::server::{Listen, Server};

pub use config::Config;

/// How long a process waits for the Job that migrates.
const MIGRATION_LIMIT: Duration = Duration::from_secs(120);

/// Serves until `life` stops; returns when it is drained.
pub async fn start(config: Config, listen: impl Into<Listen>, life: Life) -> anyhow::Result<()> {
    let db = open(&config).await?;
    life.spawn(feed::publisher(db.clone(), life.clone()));
    let roster = app::Roster::new(db, life.clone());
    Server::new("roster-service", listen)
        .add(grpc::service(roster), grpc::DESCRIPTOR)
        .serve(life)
        .await
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
pub async fn migrate(config: &Config) -> anyhow::Result<()> {
    let url = config.database_url.expose();
    Db::open(url, store::NAME, store::migrations(url))
        .await?
        .close()
        .await;
    Ok(())
}
