//! The workers: for each channel one loop that sends and one that looks up and polls, each with a
//! bound of its own, so that a carrier that hangs holds up no other channel (I12).

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{StoreError, unit};
use chassis::metrics::queue::show;
use chassis::run::Life;
use chassis::worker;
use futures::future::FutureExt as _;

use crate::domain::delivery::Channel;
use crate::store::claims::{self, Job};

use super::Notification;
use super::{duties, erasing, look_up, poll, send, settle};

/// Deliveries of one channel on the wire at once.
const SENDS: usize = 16;
/// Look-ups and polls of one channel at once.
const QUESTIONS: usize = 4;

/// Starts all workers; they stop with `life`, which knows what is still on the wire.
pub fn start(service: &Notification, life: &Life) {
    for channel in Channel::ALL.iter().copied() {
        life.spawn(sending(service.clone(), life.clone(), channel));
        life.spawn(asking(service.clone(), life.clone(), channel));
    }
    life.spawn(measuring(service.clone(), life.clone()));
    life.spawn(duties::run(service.clone(), life.clone()));
    life.spawn(erasing::run(service.clone(), life.clone()));
}

async fn sending(service: Notification, life: Life, channel: Channel) {
    let wake = Arc::clone(&service.lane(channel).sends);
    let interval = service.timing.interval;
    worker::side_by_side(
        "deliveries",
        life,
        wake,
        interval,
        SENDS,
        async move |free| {
            if service.lane(channel).breaker.remaining().is_some() {
                return Ok(Vec::new());
            }
            let jobs = claim(&service, channel, Take::Sends, free).await?;
            let send = |job| send::send(service.clone(), job);
            Ok(jobs.into_iter().map(send).collect())
        },
    )
    .await;
}

async fn asking(service: Notification, life: Life, channel: Channel) {
    let wake = Arc::clone(&service.lane(channel).look_ups);
    let interval = service.timing.interval.max(Duration::from_millis(500));
    worker::side_by_side(
        "look-ups",
        life,
        wake,
        interval,
        QUESTIONS,
        async move |free| {
            // A look first: claims write, and there is seldom anything to ask.
            if !is_due(&service, channel).await? {
                return Ok(Vec::new());
            }
            let jobs = claim(&service, channel, Take::LookUps, free).await?;
            let left = free.saturating_sub(jobs.len());
            let polls = claim(&service, channel, Take::Polls, left).await?;
            let look_ups = jobs
                .into_iter()
                .map(|job| look_up::look_up(service.clone(), job).boxed());
            let polls = polls
                .into_iter()
                .map(|job| poll::poll(service.clone(), job).boxed());
            Ok(look_ups.chain(polls).collect())
        },
    )
    .await;
}

/// What is due on each channel, for the metrics.
async fn measuring(service: Notification, life: Life) {
    let every = Duration::from_secs(15);
    worker::run("metrics", life, Arc::default(), every, async move || {
        let mut tx = service.db.read().await?;
        for (queue, statement) in claims::BACKLOGS {
            show(&mut tx, queue, statement).await?;
        }
        Ok(false)
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
