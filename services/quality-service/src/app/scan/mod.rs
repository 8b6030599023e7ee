//! The scan: every quarter of an hour everything since the last good one is judged, every ended call
//! gets its class, lost leads are recovered, and what stands at the vendors is compared (R54 to R61).
//!
//! A slot's row lets it run once; a lease lets one replica work, and a takeover goes on from the
//! database alone. Each step is idempotent: a verdict, a class, a lead and a flag have keys.

mod close;
mod deliver;
mod held;
mod judge;
mod pages;
mod recover;
mod sync;

use std::sync::Arc;
use std::time::Duration;

use chassis::crash::Points;
use chassis::db::{self, Db, StoreError};
use chassis::run::Life;
use chassis::{clock, ids, worker};
use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tracing::Instrument as _;

use self::held::{Held, Hold};

use crate::app::prompt::Prompts;
use crate::domain::scan::{Counts, Scan};
use crate::domain::site::Knowledge;
use crate::domain::slot;
use crate::outbound::{Conversations, Leads, Notification, Roster, Sites, Telephony};
use crate::store;

/// A worker that does not renew within this lost its scan: a killed one's goes on elsewhere then.
const LEASE: Duration = Duration::from_secs(8);
/// Where and how often is looked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How often is asked whether a slot or a scan is due.
    pub poll: Duration,
    /// Off where only the route and the command scan.
    pub schedule: bool,
    /// Asked after each good scan: a dead-man's switch outside.
    pub heartbeat_url: Option<String>,
    /// Where pages are fetched instead of at their own addresses: `{base}/{host}`.
    pub page_base: Option<String>,
    /// How long after a call's end its books are closed.
    pub grace: Duration,
    /// How long after its making a lead's delivery is judged.
    pub delivery_grace: Duration,
}

/// What a scan needs. Clones share it.
#[derive(Clone)]
pub struct Scanner {
    pub(crate) db: Db,
    pub(crate) telephony: Telephony,
    pub(crate) conversations: Conversations,
    pub(crate) sites: Sites,
    pub(crate) roster: Roster,
    pub(crate) leads: Leads,
    pub(crate) notification: Notification,
    pub(crate) http: reqwest::Client,
    pub(crate) prompts: Prompts,
    pub(crate) settings: Settings,
    pub(crate) points: Points,
    pub(crate) wake: Arc<Notify>,
}

impl Scanner {
    /// Opens the slot that stands, or a recovery since `since`; whether it is new.
    pub(crate) async fn start(
        &self,
        asked_by: String,
        since: Option<DateTime<Utc>>,
    ) -> Result<(Scan, bool), StoreError> {
        let now = clock::now();
        let id = ids::random();
        let (slot_time, name) = match since {
            Some(_) => (now, format!("recovery:{id}")),
            None => (slot::start(now), slot::name(slot::start(now))),
        };
        let scan = Scan {
            id,
            slot_time,
            state: "running".to_owned(),
            is_recovery: since.is_some(),
            since_time: since,
            start_time: now,
            end_time: None,
            asked_by,
            counts: Counts::default(),
            failures: Vec::new(),
        };
        let (db, wake) = (self.db.clone(), Arc::clone(&self.wake));
        db::unit(async move {
            // Asked first: opening takes SQLite's one writer.
            if let Some(standing) = store::scans::of_slot(&mut db.read().await?, &name).await? {
                return Ok((standing, false));
            }
            let mut tx = db.begin().await?;
            let new = store::scans::start(&mut tx, &scan, &name).await?;
            let standing = store::scans::of_slot(&mut tx, &name).await?;
            tx.wake_after_commit(&wake);
            tx.commit().await?;
            Ok((standing.unwrap_or(scan), new))
        })
        .await
    }

    /// Works until `life` stops: opens each slot, and does what is open.
    pub(crate) async fn run(self, life: Life) {
        let (wake, poll) = (Arc::clone(&self.wake), self.settings.poll);
        let stopping = life.clone();
        worker::run("scan", life, wake, poll, async move || {
            if self.settings.schedule {
                self.start("schedule".to_owned(), None).await?;
            }
            self.show().await?;
            Box::pin(self.step(&stopping)).await
        })
        .await;
    }

    /// The age of the last good scan, for whoever watches (R72).
    async fn show(&self) -> Result<(), StoreError> {
        let last = store::scans::last_good(&mut self.db.read().await?).await?;
        if let Some((_, end)) = last {
            let age = (clock::now() - end).num_milliseconds();
            #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
            metrics::gauge!("bord_last_good_scan_age_seconds").set(age as f64 / 1_000.0);
        }
        Ok(())
    }

    async fn step(&self, life: &Life) -> anyhow::Result<bool> {
        let db = self.db.clone();
        let claimed = db::unit(async move {
            if !store::scans::any_due(&mut db.read().await?).await? {
                return Ok(None);
            }
            let mut tx = db.begin().await?;
            let claimed = store::scans::claim(&mut tx, LEASE).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(claimed)
        })
        .await?;
        let Some((scan, tries)) = claimed else {
            return Ok(false);
        };
        let hold = Hold::of(self.db.clone(), &scan, tries);
        let held = Held::new(self, scan, tries);
        // A trace of its own; each conversation's reading is a span in its call's (design, section 7).
        let span = tracing::info_span!(parent: None, "scan", scan.id = %held.scan.id);
        let work = Box::pin(held.work(life)).instrument(span);
        tokio::select! {
            done = work => done?,
            lost = hold.keep() => lost?,
        }
        Ok(true)
    }
}

const BEGINNING: DateTime<Utc> = DateTime::UNIX_EPOCH;

impl Scanner {
    /// Sites, agents and addresses, read once for a scan.
    pub(crate) async fn knowledge(&self) -> Result<Knowledge, crate::outbound::Failed> {
        let (sites, agents, addresses) = tokio::join!(
            self.sites.sites(),
            self.sites.agents(),
            self.roster.addresses()
        );
        Ok(Knowledge::new(sites?, agents?, &addresses?))
    }
}
