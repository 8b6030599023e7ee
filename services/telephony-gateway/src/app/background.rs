//! What runs beside the calls: the directory's refresh, the journal, the feed's publisher, the
//! pollers and the scenario runs. Each may run in every replica; leases let one of them work.

use std::sync::Arc;
use std::time::Duration;

use chassis::run::Life;
use chassis::{feed, worker};
use tokio::sync::Notify;

use super::lease::LOOK;
use super::poll::poll;
use super::{
    Telephony, delete_at_vendor, journal, poll_calls, poll_conversations, retention, run_step,
};
use crate::domain::deletion::Vendor;

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
        // The lease's rest keeps the pace; a round that a dead replica left is taken over at once.
        pace.poll_calls.min(LOOK),
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
        interval.min(LOOK),
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
        interval.min(LOOK),
        async move || {
            poll(&this, "conversations", interval, async |since| {
                poll_conversations::conversations(&this, since).await
            })
            .await
        },
    ));
    let this = Arc::clone(telephony);
    let wake = Arc::clone(&telephony.runs_wake);
    let interval = pace.poll_run.min(LOOK);
    life.spawn(worker::run(
        "scenario runs",
        life.clone(),
        wake,
        interval,
        async move || run_step::step(&this).await,
    ));
    for vendor in [Vendor::ElevenLabs, Vendor::Twilio] {
        let this = Arc::clone(telephony);
        let wake = telephony.deletions_wake(vendor);
        life.spawn(worker::run(
            "vendor deletions",
            life.clone(),
            wake,
            LOOK,
            async move || delete_at_vendor::step(&this, vendor).await,
        ));
    }
    let this = Arc::clone(telephony);
    let interval = pace.retention;
    life.spawn(worker::run(
        "retention",
        life.clone(),
        never(),
        interval.min(Duration::from_secs(10)),
        async move || {
            poll(&this, "retention", interval, async |_| {
                retention::round(&this).await
            })
            .await
        },
    ));
}
