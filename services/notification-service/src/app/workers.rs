//! The workers: for each channel one loop that sends and one that looks up and polls, each with a
//! bound of its own, so that a carrier that hangs holds up no other channel (I12).

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{StoreError, unit};
use chassis::run::Life;
use chassis::worker;
use tokio::sync::{Notify, Semaphore};

use crate::domain::delivery::Channel;
use crate::store::claims::{self, Job};

use super::Notification;
use super::{duties, erasing, look_up, poll, send, settle};

/// Deliveries of one channel on the wire at once.
const SENDS: usize = 16;
/// Look-ups and polls of one channel at once.
const QUESTIONS: usize = 4;

/// The running workers, to wait for when the service stops.
pub struct Workers {
    gates: Vec<(Arc<Semaphore>, usize)>,
}

/// Starts all workers; they stop with `life`.
#[must_use]
pub fn start(service: &Notification, life: &Life) -> Workers {
    let mut gates = Vec::new();
    for channel in Channel::ALL.iter().copied() {
        let gate = Arc::new(Semaphore::new(SENDS));
        life.spawn(sending(
            service.clone(),
            life.clone(),
            channel,
            Arc::clone(&gate),
        ));
        gates.push((gate, SENDS));
        let gate = Arc::new(Semaphore::new(QUESTIONS));
        life.spawn(asking(
            service.clone(),
            life.clone(),
            channel,
            Arc::clone(&gate),
        ));
        gates.push((gate, QUESTIONS));
    }
    life.spawn(duties::run(service.clone(), life.clone()));
    life.spawn(erasing::run(service.clone(), life.clone()));
    Workers { gates }
}

impl Workers {
    /// Waits until nothing is on the wire; what a claim holds is settled by then.
    pub async fn drained(&self) {
        for (gate, places) in &self.gates {
            let all = u32::try_from(*places).unwrap_or(1);
            // An error would mean that the gate is closed; nothing closes it.
            let _ = gate.acquire_many(all).await;
        }
    }
}

async fn sending(service: Notification, life: Life, channel: Channel, gate: Arc<Semaphore>) {
    let wake = Arc::clone(&service.lane(channel).sends);
    let interval = service.timing.interval;
    let tasks = life.clone();
    let again = Arc::clone(&wake);
    worker::run("deliveries", life, wake, interval, async move || {
        let free = gate.available_permits();
        if free == 0 || service.lane(channel).breaker.remaining().is_some() {
            return Ok(false);
        }
        let jobs = claim(&service, channel, Take::Sends, free).await?;
        let full = jobs.len() == free;
        for job in jobs {
            let work = send::send(service.clone(), job);
            hold(&tasks, &gate, &again, work).await;
        }
        // A full batch: more may be due; a finished send wakes this worker.
        Ok(full && gate.available_permits() > 0)
    })
    .await;
}

async fn asking(service: Notification, life: Life, channel: Channel, gate: Arc<Semaphore>) {
    let wake = Arc::clone(&service.lane(channel).look_ups);
    let interval = service.timing.interval.max(Duration::from_millis(500));
    let tasks = life.clone();
    let again = Arc::clone(&wake);
    worker::run("look-ups", life, wake, interval, async move || {
        let free = gate.available_permits();
        // A look first: claims write, and there is seldom anything to ask.
        if free == 0 || !is_due(&service, channel).await? {
            return Ok(false);
        }
        let jobs = claim(&service, channel, Take::LookUps, free).await?;
        let left = free.saturating_sub(jobs.len());
        let polls = claim(&service, channel, Take::Polls, left).await?;
        let some = !jobs.is_empty() || !polls.is_empty();
        for job in jobs {
            hold(
                &tasks,
                &gate,
                &again,
                look_up::look_up(service.clone(), job),
            )
            .await;
        }
        for job in polls {
            hold(&tasks, &gate, &again, poll::poll(service.clone(), job)).await;
        }
        Ok(some && gate.available_permits() > 0)
    })
    .await;
}

async fn is_due(service: &Notification, channel: Channel) -> Result<bool, StoreError> {
    let mut tx = service.db.read().await?;
    claims::has_questions(&mut tx, channel).await
}

/// What a claim takes.
#[derive(Clone, Copy)]
enum Take {
    Sends,
    /// Unknown outcomes, those of workers that are gone first.
    LookUps,
    Polls,
}

/// Runs a claim as a unit: committed before anything goes on the wire.
async fn claim(
    service: &Notification,
    channel: Channel,
    take: Take,
    free: usize,
) -> Result<Vec<Job>, StoreError> {
    let (db, lease) = (service.db.clone(), service.timing.lease);
    let limit = i64::try_from(free).unwrap_or(0);
    if limit == 0 {
        return Ok(Vec::new());
    }
    unit(async move {
        let mut tx = db.begin().await?;
        let mut lost = 0;
        let jobs = match take {
            Take::Sends => claims::sends(&mut tx, channel, limit, lease).await?,
            Take::LookUps => {
                let mut jobs = claims::orphans(&mut tx, channel, limit, lease).await?;
                lost = jobs.len();
                let left = limit.saturating_sub(i64::try_from(jobs.len()).unwrap_or(limit));
                if left > 0 {
                    jobs.extend(claims::look_ups(&mut tx, channel, left, lease).await?);
                }
                jobs
            }
            Take::Polls => claims::polls(&mut tx, channel, limit, lease).await?,
        };
        tx.commit().await?;
        if lost > 0 {
            settle::count_ambiguous(channel, u64::try_from(lost).unwrap_or(0));
        }
        Ok(jobs)
    })
    .await
}

/// Spawns work that holds a place at the gate until it ends, and then wakes the worker.
async fn hold(
    life: &Life,
    gate: &Arc<Semaphore>,
    wake: &Arc<Notify>,
    work: impl Future<Output = ()> + Send + 'static,
) {
    // Claims are bounded by the free places, so this does not wait.
    let Ok(place) = Arc::clone(gate).acquire_owned().await else {
        return;
    };
    let wake = Arc::clone(wake);
    life.spawn(async move {
        work.await;
        drop(place);
        wake.notify_one();
    });
}
