//! Telephony: sites, numbers, agents, calls and conversations. It answers a ringing call, gives the
//! caller to the agent or to the voicemail, and alone speaks to Twilio's voice API and ElevenLabs.
//!
//! `grpc` decodes and encodes, `app` has a file for each use case, `domain` the rules, `store` the
//! SQL, `provider` the vendors.

pub mod config;
pub mod domain;
pub mod measures;

pub mod crash;

mod app;
mod grpc;
mod provider;
mod store;

use std::time::Duration;

use anyhow::Context as _;
use chassis::config::Env;
use chassis::db::{self, Db};
use chassis::run::Life;
use chassis::server::Bound;
use sqlx::migrate::Migrator;

pub use config::{Config, Pace};
pub use store::personal;

pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// The name of the schema, and of the SQLite file.
pub const SCHEMA: &str = "telephony";

/// Serves on `bound` until `life` stops.
pub async fn start(config: Config, bound: Bound, life: Life) -> anyhow::Result<()> {
    let db = open(&config)
        .await
        .context("the database cannot be opened")?;
    start_on(config, db, bound, life).await
}

/// Serves with a database that is open already: for tests that take it away again.
pub async fn start_on(config: Config, db: Db, bound: Bound, life: Life) -> anyhow::Result<()> {
    chassis::metrics::describe(measures::METRICS);
    let telephony = app::Telephony::new(config, db, life.clone());
    telephony
        .directory
        .refresh(&telephony.db)
        .await
        .context("sites and numbers cannot be read")?;
    app::background::spawn(&telephony, &life);
    let served = grpc::serve(telephony, bound, life.clone()).await;
    life.drained().await;
    served
}

async fn open(config: &Config) -> anyhow::Result<Db> {
    let url = config.database.expose();
    if config.migrate_at_start {
        return Ok(Db::open(url, SCHEMA, &MIGRATIONS).await?);
    }
    let db = Db::open_without_migrating(url, SCHEMA).await?;
    db.wait_for_migrations(&MIGRATIONS, Duration::from_secs(300))
        .await?;
    Ok(db)
}

/// Brings the database up to date and ends.
pub async fn migrate(env: &mut Env) -> anyhow::Result<()> {
    let url = db::url(env, SCHEMA);
    env.finish()?;
    let db = Db::open(url.expose(), SCHEMA, &MIGRATIONS).await?;
    db.close().await;
    Ok(())
}
