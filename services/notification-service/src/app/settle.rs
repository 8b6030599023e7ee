//! Settling: what a worker found out becomes the delivery's state, if the worker still holds it.
//! One transaction writes state, history and outcome.

use std::time::Duration;

use chassis::clock;
use chassis::db::{StoreError, Tx, unit};
use rand::Rng as _;

use crate::domain::carrier::ErrorClass;
use crate::domain::delivery::{Channel, Delivery, Event, State, Task};
use crate::store::attempts::{self, Attempt};
use crate::store::claims::Job;
use crate::store::moves::{self, Move};
use crate::store::outcomes;

use super::{Notification, alarm};

/// How often a worker tries to write what it found out before its lease ends anyway.
const TRIES: u32 = 4;

/// What a worker found out.
#[derive(Clone, Debug)]
pub struct Finding {
    pub event: Event,
    /// For the history: "accepted", "refused", "ambiguous"…
    pub outcome: &'static str,
    pub class: Option<ErrorClass>,
    pub reason: String,
    pub carrier_id: Option<String>,
    /// Until the next task, if one follows.
    pub wait: Duration,
    /// The next task where the state alone does not say it.
    pub next: Next,
}

/// What follows on a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    ByState,
    /// Stays in `sending`, to be looked up (again).
    LookUp,
}

impl Finding {
    pub(super) fn new(event: Event, outcome: &'static str) -> Self {
        Self {
            event,
            outcome,
            class: None,
            reason: String::new(),
            carrier_id: None,
            wait: Duration::ZERO,
            next: Next::ByState,
        }
    }

    pub(super) fn because(mut self, class: Option<ErrorClass>, reason: impl Into<String>) -> Self {
        self.class = class;
        self.reason = reason.into();
        self
    }

    pub(super) fn after(mut self, wait: Duration) -> Self {
        self.wait = wait;
        self
    }

    /// Not known yet: to be looked up after `wait`.
    pub(super) fn look_up(reason: impl Into<String>, wait: Duration) -> Self {
        let mut finding = Self::new(Event::Claimed, "ambiguous")
            .because(Some(ErrorClass::Ambiguous), reason)
            .after(wait);
        finding.next = Next::LookUp;
        finding
    }
}

/// Writes what a worker found out about a job, and tries again while the database does not answer.
/// Should it fail for good, the lease ends and the delivery is looked up: nothing is sent blindly.
pub(super) async fn settle(service: &Notification, job: &Job, task: Task, finding: Finding) {
    for round in 1..=TRIES {
        let (service, job, finding) = (service.clone(), job.clone(), finding.clone());
        let written = unit(async move { write(&service, &job, task, &finding).await }).await;
        match written {
            Ok(()) => return,
            Err(error) if round == TRIES => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a delivery could not be settled; it will be looked up"
                );
            }
            Err(_) => tokio::time::sleep(Duration::from_millis(200) * round).await,
        }
    }
}

async fn write(
    service: &Notification,
    job: &Job,
    task: Task,
    finding: &Finding,
) -> Result<(), StoreError> {
    let passed = service.crash_points.pass("outbox.before_record").await;
    passed.map_err(|crash| StoreError::Setup(crash.to_string()))?;
    let mut tx = service.db.begin().await?;
    let now = clock::now();
    let mut finding = finding.clone();
    // Counted also where a callback was quicker than the answer that never came (B7).
    let ambiguous = task == Task::Send && finding.class == Some(ErrorClass::Ambiguous);
    let counted = ambiguous && moves::count_ambiguous(&mut tx, job.id, job.fence).await?;
    if finding.event == Event::TryAgain {
        // Whether it may be repeated is decided under the lock: a cancel may have come meanwhile.
        let Some(locked) = moves::lock(&mut tx, job.id).await? else {
            return Ok(());
        };
        if locked.cancel_requested {
            finding.event = Event::TakenBack;
            finding.reason = "CANCELLED".to_owned();
        } else if locked.attempts >= service.timing.most_sends {
            finding.event = Event::GaveUp;
        }
    }
    let to = match finding.next {
        Next::LookUp => State::Sending,
        Next::ByState => match State::Sending.after(finding.event) {
            Some(state) => state,
            None => return Ok(()),
        },
    };
    let next = match to {
        State::Queued => Some(Task::Send),
        State::Sending => Some(Task::LookUp),
        State::Accepted => Some(Task::Poll),
        _ => None,
    };
    let change = Move {
        state: to,
        task: next,
        wait: if to == State::Accepted {
            service.timing.poll_after
        } else {
            finding.wait
        },
        reason: finding.reason.clone(),
        error_class: finding.class.map_or("", ErrorClass::name),
        carrier_id: finding.carrier_id.clone(),
        carrier_rank: i64::from(to == State::Accepted),
        now,
    };
    let settled = moves::settle(&mut tx, job.id, job.fence, State::Sending, &change).await?;
    if settled.is_none() && finding.event == Event::CarrierHasIt {
        let holder = moves::lock(&mut tx, job.id)
            .await?
            .map(|locked| locked.fence);
        if holder != Some(job.fence) {
            // Its successor counted this send as one of unknown outcome, and may have repeated it.
            finding.outcome = "ambiguous";
            finding = finding.because(Some(ErrorClass::Ambiguous), "LEASE_LOST");
        }
    }
    let attempt = Attempt {
        delivery_id: job.id,
        fence: job.fence,
        task,
        start_us: if task == Task::Send {
            job.attempt_start_us
        } else {
            job.now_us
        },
        end_time: now,
        outcome: finding.outcome,
        error_class: finding.class.map_or("", ErrorClass::name),
        reason: &finding.reason,
        carrier_id: finding.carrier_id.as_deref(),
    };
    attempts::record(&mut tx, &attempt).await?;
    if let Some(delivery) = &settled {
        announce(service, &mut tx, delivery).await?;
    }
    tx.commit().await?;
    if counted {
        count_ambiguous(job.channel, 1);
    }
    if let Some(delivery) = &settled {
        count(delivery);
    }
    Ok(())
}

/// Publishes a delivery's new state, wakes whoever does the next step, and raises the alarm that
/// the state calls for.
pub(super) async fn announce(
    service: &Notification,
    tx: &mut Tx,
    delivery: &Delivery,
) -> Result<(), StoreError> {
    alarm::raise(service, tx, delivery).await?;
    if matches!(delivery.state, State::Queued | State::Sending) {
        tx.wake_after_commit(&service.lane(delivery.channel).sends);
        // Between two tries nothing is known that others could act upon, except that a carrier
        // failed with what it had accepted.
        if delivery.accept_time.is_none() {
            return Ok(());
        }
    }
    outcomes::publish(tx, delivery).await
}

/// Counts a delivery's new state.
pub(super) fn count(delivery: &Delivery) {
    metrics::counter!(
        "notification_deliveries_total",
        "channel" => delivery.channel.name(),
        "state" => delivery.state.name()
    )
    .increment(1);
}

/// Counts sends whose outcome is unknown: no more doubles than these can be (I11).
pub(super) fn count_ambiguous(channel: Channel, sends: u64) {
    metrics::counter!(
        "notification_ambiguous_attempts_total",
        "channel" => channel.name()
    )
    .increment(sends);
}

/// A number in [0, 1) that spreads waiting times.
pub(super) fn chance() -> f64 {
    rand::rng().random_range(0.0..1.0)
}
