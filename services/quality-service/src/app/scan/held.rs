//! A scan that this worker holds: its parts in order, what each came to, and its end.

use chassis::db::{self, Db, StoreError};
use chassis::run::Life;
use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{LEASE, Scanner};
use crate::domain::flag::Finding;
use crate::domain::scan::{Counts, Scan};
use crate::store;

/// Calls that were still going on, or whose analysis was, when the last good scan looked; the longest
/// call and clocks that differ.
const OVERLAP: TimeDelta = TimeDelta::hours(2);
/// How far the very first scan looks back.
const FIRST: TimeDelta = TimeDelta::days(1);

/// A scan at work.
pub(super) struct Held<'a> {
    pub(super) scanner: &'a Scanner,
    pub(super) scan: Scan,
    tries: i64,
    pub(super) counts: Counts,
    failures: Vec<String>,
}

/// The lease of a scan, kept beside the work on it.
pub(super) struct Hold {
    db: Db,
    id: Uuid,
    tries: i64,
}

/// Another replica took the scan over.
#[derive(Debug, thiserror::Error)]
#[error("the scan was taken over")]
struct TakenOver;

impl Hold {
    pub(super) fn of(db: Db, scan: &Scan, tries: i64) -> Self {
        Self {
            db,
            id: scan.id,
            tries,
        }
    }

    /// Renews until it cannot: then the work is somebody else's, or the database is away. What is
    /// under way in the database ends all the same, since a unit is never cancelled.
    pub(super) async fn keep(self) -> anyhow::Result<()> {
        loop {
            tokio::time::sleep(LEASE / 4).await;
            let (db, id, tries) = (self.db.clone(), self.id, self.tries);
            let held = db::unit(async move {
                let mut tx = db.begin().await?;
                let held = store::scans::renew(&mut tx, id, tries, LEASE).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(held)
            })
            .await?;
            if !held {
                return Err(TakenOver.into());
            }
        }
    }
}

impl<'a> Held<'a> {
    pub(super) fn new(scanner: &'a Scanner, scan: Scan, tries: i64) -> Self {
        Self {
            scanner,
            scan,
            tries,
            counts: Counts::default(),
            failures: Vec::new(),
        }
    }

    /// Every part, in the order in which one needs the other. What fails is noted, and the rest is
    /// done all the same.
    pub(super) async fn work(mut self, life: &Life) -> anyhow::Result<()> {
        let since = self.since().await?;
        self.scan.since_time = Some(since);
        // A verdict names the configuration that was live: what is live is seen first.
        if let Err(refusal) = self.scanner.prompts.observe().await {
            self.failures.push(format!("agents: {refusal}"));
        }
        let knowledge = match self.scanner.knowledge().await {
            Ok(knowledge) => knowledge,
            Err(error) => {
                // Without it nothing can be judged rightly: the next try finds everything again.
                self.failures.push(format!("sites and roster: {error}"));
                return self.end(since).await;
            }
        };
        let parts = [
            Part::Sync,
            Part::Judge,
            Part::Close,
            Part::Deliver,
            Part::Watch,
        ];
        for part in parts {
            if life.is_stopping() {
                // Open as it stands: whoever comes next goes on after the lease.
                return Ok(());
            }
            let done = match part {
                Part::Sync => self.sync(since).await,
                Part::Judge => self.judge(&knowledge).await,
                Part::Close => self.close().await,
                Part::Deliver => self.deliver().await,
                Part::Watch => self.watch(&knowledge).await,
            };
            if let Err(error) = done {
                tracing::warn!(part = part.name(), causes = %causes(&error), "a part of the scan failed");
                self.failures.push(format!("{}: {error}", part.name()));
            }
        }
        self.end(since).await
    }

    async fn since(&self) -> Result<DateTime<Utc>, StoreError> {
        if let Some(since) = self.scan.since_time {
            return Ok(since);
        }
        let last = store::scans::last_good(&mut self.scanner.db.read().await?).await?;
        Ok(last.map_or(self.scan.slot_time - FIRST, |(slot, _)| slot - OVERLAP))
    }

    /// Raises findings, and counts those that are new.
    pub(super) async fn raise(&mut self, findings: Vec<Finding>) -> Result<(), StoreError> {
        if findings.is_empty() {
            return Ok(());
        }
        let db = self.scanner.db.clone();
        let new = db::unit(async move {
            let mut tx = db.begin().await?;
            let mut new = 0;
            for finding in &findings {
                if store::flags::raise(&mut tx, finding).await? {
                    metrics::counter!("bord_flags_total", "kind" => finding.kind.name())
                        .increment(1);
                    new += 1;
                }
            }
            tx.commit().await?;
            Ok::<_, StoreError>(new)
        })
        .await?;
        self.counts.flags_raised += new;
        Ok(())
    }

    async fn end(mut self, since: DateTime<Utc>) -> anyhow::Result<()> {
        let (ended, closed) =
            store::calls::coverage(&mut self.scanner.db.read().await?, since).await?;
        self.counts.ended_calls = ended;
        self.counts.closed_calls = closed;
        let good = self.failures.is_empty();
        let mut scan = self.scan.clone();
        scan.state = if good { "good" } else { "failed" }.to_owned();
        scan.counts = self.counts;
        scan.failures = std::mem::take(&mut self.failures);
        let (db, tries) = (self.scanner.db.clone(), self.tries);
        let (slot_time, state) = (scan.slot_time, scan.state.clone());
        self.scanner.points.pass("quality.before_scan_end").await?;
        let ended = db::unit(async move {
            let mut tx = db.begin().await?;
            let ended = store::scans::end(&mut tx, &scan, tries).await?;
            tx.commit().await?;
            Ok::<_, StoreError>(ended)
        })
        .await?;
        if ended {
            metrics::counter!("bord_scans_total", "state" => state).increment(1);
        }
        if ended && good {
            self.scanner.tell_good(slot_time).await;
        }
        Ok(())
    }
}

/// The parts of a scan, as failures name them.
#[derive(Debug, Clone, Copy)]
enum Part {
    Sync,
    Judge,
    Close,
    Deliver,
    Watch,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Sync => "calls and conversations",
            Self::Judge => "judging",
            Self::Close => "books",
            Self::Deliver => "deliveries",
            Self::Watch => "agents and pages",
        }
    }
}

fn causes(error: &anyhow::Error) -> String {
    let texts: Vec<String> = error.chain().map(ToString::to_string).collect();
    texts.join(": ")
}
