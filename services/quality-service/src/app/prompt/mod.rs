//! The mending of prompts: what is live is seen and compared with its seal, a flag makes a candidate,
//! the gate judges it, and what passed goes live (R62, R63, B5).
//!
//! The database alone says where a candidate stands, so that any replica takes it up after a crash.
//! No step holds a transaction across a call, and each may run twice: telephony answers a repeated
//! start with the run that is under way, and a repeated release changes nothing. Nothing here writes
//! at the vendor: telephony does, and refuses whatever it holds no seal for.

mod advance;
mod brakes;
mod candidate;
mod evaluate;
mod findings;
mod list;
mod mend;
mod observe;
mod propose;
mod put_back;
mod rates;
mod refusal;
mod release;
mod rollback;

use std::sync::Arc;
use std::time::Duration;

use chassis::config::Env;
use chassis::crash::Points;
use chassis::db::{self, Db, StoreError};
use chassis::run::Life;
use chassis::worker;
use tokio::sync::Notify;

use crate::config::Config;
use crate::domain::flag::Finding;
use crate::domain::revision::Revision;
use crate::outbound::Agents;
use crate::store::{flags, revisions};

pub use list::Shown;
pub use propose::{Basis, Proposal};
pub use rates::Rate;
pub use refusal::Refusal;

/// Who acts where no person does.
const MACHINE: &str = "machine";

/// How much, and how often.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// `PROMPT_CREDITS_PER_DAY`: what the gate may use at the vendor within 24 h (B5).
    pub credits_per_day: i64,
    /// Between two looks at a run of the gate.
    pub poll: Duration,
    /// Between two looks at the flags.
    pub look: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            credits_per_day: 20_000,
            poll: Duration::from_secs(5),
            look: Duration::from_secs(5),
        }
    }
}

impl Limits {
    pub fn read(env: &mut Env) -> Self {
        let standard = Self::default();
        let pace = Duration::from_millis(env.parse_or("PROMPT_POLL_MS", 5_000));
        Self {
            credits_per_day: env.parse_or("PROMPT_CREDITS_PER_DAY", standard.credits_per_day),
            poll: pace,
            look: pace,
        }
    }
}

/// What mending needs. Clones share it.
#[derive(Clone)]
pub struct Prompts {
    db: Db,
    agents: Agents,
    points: Points,
    limits: Limits,
    /// Wakes the worker.
    wake: Arc<Notify>,
}

impl Prompts {
    /// Connects to telephony; nothing runs yet.
    pub fn new(config: &Config, db: Db) -> anyhow::Result<Self> {
        Ok(Self {
            db,
            agents: Agents::new(&config.telephony_url)?,
            points: config.crash_points.clone(),
            limits: config.prompts,
            wake: Arc::new(Notify::new()),
        })
    }

    /// Mends until `life` stops.
    pub fn spawn(&self, life: &Life) {
        let (this, wake, look) = (self.clone(), Arc::clone(&self.wake), self.limits.look);
        let step = async move || this.step().await;
        life.spawn(worker::run("prompts", life.clone(), wake, look, step));
    }

    async fn find(&self, id: uuid::Uuid) -> Result<Revision, Refusal> {
        let mut tx = self.db.read().await?;
        let found = revisions::find(&mut tx, id).await?;
        found.ok_or(Refusal::UnknownRevision)
    }

    /// Raises findings, in one transaction.
    pub async fn raise(&self, findings: Vec<Finding>) -> Result<(), StoreError> {
        let db = self.db.clone();
        db::unit(async move {
            let mut tx = db.begin().await?;
            for found in &findings {
                flags::raise(&mut tx, found).await?;
            }
            tx.commit().await
        })
        .await
    }
}

/// The first letters of a hash, for people.
fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}
