//! Follows telephony's stream of calls and carries each entry on; judges every conversation, closes
//! the books on every call, recovers lost leads and raises flags; erases a caller everywhere.
//!
//! In reading order: `domain::fact` is what telephony tells, `app::carry` what follows from it,
//! `domain::judge` reads a transcript, `app::scan` judges, closes and recovers, `app::prompt` mends
//! prompts through the gate, `app::summary` mails, `app::costs` tells the ledger,
//! `app::flags` shows what was found, `app::erase_caller` goes through every store, `outbound` asks the
//! neighbours, `store` keeps the books, `grpc` answers.

pub mod app;
pub mod config;
pub mod crash;
pub mod domain;
pub mod grpc;
pub mod measures;
mod outbound;
pub mod store;

use std::sync::Arc;
use std::time::Duration;

use chassis::config::Env;
use chassis::db::{self, Db};
use chassis::feed;
use chassis::run::Life;
use chassis::server::{Bound, MESSAGE_LIMIT, Server};
use contracts::quality::v1::quality_service_server::QualityServiceServer;
use sqlx::migrate::Migrator;

use app::carry::Carrier;
use app::erase_caller::Eraser;
use app::prompt::Prompts;
use app::scan::Scanner;
use config::Config;
use outbound::{Conversations, Leads, Ledger, Notification, Roster, Sites, Telephony};
use tokio::sync::Notify;

pub static MIGRATIONS: Migrator = sqlx::migrate!();

/// Schema on PostgreSQL, file on SQLite.
const SCHEMA: &str = "quality";
/// Name under which the position in telephony's stream is stored.
pub const FOLLOWER: &str = "calls";
/// How long a service may wait for the migration Job.
const MIGRATION_LIMIT: Duration = Duration::from_secs(120);

/// Brings the database up to date and returns.
pub async fn migrate(env: &mut Env) -> anyhow::Result<()> {
    let url = db::url(env, SCHEMA);
    env.finish()?;
    Db::open(url.expose(), SCHEMA, &MIGRATIONS)
        .await?
        .close()
        .await;
    Ok(())
}

/// Serves until `life` stops, and returns when drained.
pub async fn start(config: Config, bound: Bound, life: Life) -> anyhow::Result<()> {
    chassis::metrics::describe(measures::METRICS);
    let db = open(&config).await?;
    let telephony = Telephony::new(&config.telephony_url)?;
    let leads = Leads::new(&config.lead_url)?;
    let notification = Notification::new(&config.notification_url)?;
    let roster = Roster::new(&config.roster_url)?;
    let prompts = Prompts::new(&config, db.clone())?;
    prompts.spawn(&life);
    let summaries = Arc::new(Notify::new());
    let scanner = Scanner {
        db: db.clone(),
        telephony: telephony.clone(),
        conversations: Conversations::new(&config.telephony_url)?,
        sites: Sites::new(&config.telephony_url)?,
        roster: roster.clone(),
        leads: leads.clone(),
        notification: notification.clone(),
        http: chassis::http::client(),
        prompts: prompts.clone(),
        settings: config.scan,
        points: config.crash_points.clone(),
        wake: Arc::new(Notify::new()),
    };
    let carrier = Carrier {
        db: db.clone(),
        telephony: telephony.clone(),
        leads: leads.clone(),
        points: config.crash_points,
        summaries: Arc::clone(&summaries),
    };
    let eraser = Eraser {
        telephony: telephony.clone(),
        notification,
        roster,
        leads: leads.clone(),
    };
    life.spawn(app::measure::run(db.clone(), life.clone()));
    life.spawn(app::host_watch::run(leads.clone(), life.clone()));
    life.spawn(app::summary::run(scanner.clone(), summaries, life.clone()));
    let ledger = Ledger::new(&config.lead_url)?;
    life.spawn(app::costs::run(scanner.clone(), ledger, life.clone()));
    life.spawn(app::costs::plan_forgotten(scanner.clone(), life.clone()));
    life.spawn(scanner.clone().run(life.clone()));
    life.spawn(follow(db.clone(), telephony, carrier, life.clone()));
    let service = QualityServiceServer::new(grpc::Api {
        db,
        eraser,
        scanner,
        prompts,
    })
    .max_encoding_message_size(MESSAGE_LIMIT);
    Server::new("quality-service", bound)
        .add(service, contracts::DESCRIPTOR)
        .callers(contracts::CALLERS)
        .serve(life)
        .await
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

/// Carries entries on until `life` stops.
async fn follow(db: Db, telephony: Telephony, carrier: Carrier, life: Life) {
    let open = move |position| telephony.clone().follow(position);
    let effect = move |entry| {
        let carrier = carrier.clone();
        async move { carrier.carry(entry).await }
    };
    Box::pin(feed::follow_with_calls(db, FOLLOWER, life, open, effect)).await;
}
