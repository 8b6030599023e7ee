//! What runs beside the calls: the directory's refresh, the journal, the feed's publisher, the
//! pollers and the scenario runs. Each may run in every replica; leases let one of them work.

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{self, StoreError};
use chassis::run::Life;
use chassis::{feed, worker};
use tokio::sync::Notify;

use super::{Error, Telephony, journal, poll_calls, poll_conversations, run_step};
use crate::store;

/// Long enough for a round, short enough that a dead replica's work moves on.
const LEASE: Duration = Duration::from_secs(90);

pub(crate) fn spawn(telephony: &Arc<Telephony>, life: &Life) {
    life.spawn(feed::publisher(telephony.db.clone(), life.clone()));
    let this = Arc::clone(telephony);
    let pace = telephony.pace;
    let never = || Arc::new(Notify::new());
    life.spawn(worker::run(
        "directory",
        life.clone(),
        never(),
        pace.refresh,
        async move || {
            // A database that is away is told by its own alarms; what is held stays in use.
            if this.directory.refresh(&this.db).await.is_err() {
                metrics::counter!("telephony_directory_stale_total").increment(1);
            }
            Ok(false)
        },
    ));
    let this = Arc::clone(telephony);
    let stopping = life.clone();
    life.spawn(async move {
        let wake = Arc::clone(&this.journal.wake);
        let flushing = Arc::clone(&this);
        worker::run("journal", stopping, wake, pace.journal, async move || {
            journal::flush(&flushing).await;
            Ok(false)
        })
        .await;
        // The last chance of what waits in memory.
        let _ = tokio::time::timeout(Duration::from_secs(2), journal::flush(&this)).await;
    });
    let this = Arc::clone(telephony);
    life.spawn(worker::run(
        "poll calls",
        life.clone(),
        never(),
        pace.poll_calls,
        async move || {
            poll(&this, "calls", pace.poll_calls, async |since| {
                poll_calls::calls(&this, since).await
            })
            .await
        },
    ));
    let this = Arc::clone(telephony);
    let interval = pace.poll_recordings;
    life.spawn(worker::run(
        "poll recordings",
        life.clone(),
        never(),
        interval,
        async move || {
            poll(&this, "recordings", interval, async |since| {
                poll_calls::recordings(&this, since).await
            })
            .await
        },
    ));
    let this = Arc::clone(telephony);
    let interval = pace.poll_conversations;
    life.spawn(worker::run(
        "poll conversations",
        life.clone(),
        never(),
        interval,
        async move || {
            poll(&this, "conversations", interval, async |since| {
                poll_conversations::conversations(&this, since).await
            })
            .await
        },
    ));
    let this = Arc::clone(telephony);
    let wake = Arc::clone(&telephony.runs_wake);
    let interval = pace.poll_run.min(Duration::from_secs(5));
    life.spawn(worker::run(
        "scenario runs",
        life.clone(),
        wake,
        interval,
        async move || run_step::step(&this).await,
    ));
}

/// One round of a poller under its lease. `round` gets the time from which on it must look: the
/// last success less the overlap, or the overlap alone at the first time.
async fn poll(
    telephony: &Telephony,
    name: &'static str,
    interval: Duration,
    round: impl AsyncFnOnce(i64) -> Result<(), Error>,
) -> anyhow::Result<bool> {
    let db = telephony.db.clone();
    let now_us = db.now_us().await?;
    let Some(success_us) = take(telephony, name).await? else {
        return Ok(false);
    };
    let overlap = i64::try_from(telephony.pace.poll_overlap.as_micros()).unwrap_or(i64::MAX);
    // A gap of more than thirty days is beyond what the vendors keep in a list.
    let oldest = now_us - 30 * 24 * 3_600 * 1_000_000;
    let from = if success_us == 0 {
        now_us
    } else {
        success_us.min(now_us)
    };
    let outcome = round((from - overlap).max(oldest)).await;
    let success = outcome.is_ok().then_some(now_us);
    // Slightly less than the interval, so that this replica's next round is not just too early.
    let rest = interval.mul_f64(0.9);
    db::unit(async move {
        let mut tx = db.begin().await?;
        store::polls::give_back(&mut tx, name, rest, success).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(())
    })
    .await?;
    #[expect(clippy::cast_precision_loss, reason = "seconds since the epoch fit")]
    if outcome.is_ok() {
        metrics::gauge!("telephony_poll_success_seconds", "poll" => name)
            .set((now_us / 1_000_000) as f64);
    }
    outcome.map(|()| false).map_err(Into::into)
}

async fn take(telephony: &Telephony, name: &'static str) -> Result<Option<i64>, StoreError> {
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        let taken = store::polls::take(&mut tx, name, LEASE).await?;
        tx.commit().await?;
        Ok(taken)
    })
    .await
}
