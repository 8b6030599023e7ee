//! A carrier's word about a delivery, whoever brought it (callback, webhook, look-up, poll): it
//! moves the state forward or changes nothing (I15), under the delivery's lock.

use chassis::clock;
use chassis::db::{StoreError, Tx};
use std::time::Duration;
use uuid::Uuid;

use crate::domain::carrier::{ErrorClass, Meaning, Refusal, Report};
use crate::domain::delivery::{Event, State, Task};
use crate::domain::sms_errors;
use crate::store::attempts::{self, Attempt};
use crate::store::erasures;
use crate::store::moves::{self, Locked, Move};

use super::{Notification, settle};

/// Applies a report about the carrier's message `carrier_id`. False when it says nothing new.
pub(super) async fn apply(
    service: &Notification,
    tx: &mut Tx,
    id: Uuid,
    carrier_id: &str,
    report: &Report,
) -> Result<bool, StoreError> {
    let Some(row) = moves::lock(tx, id).await? else {
        return Ok(false);
    };
    // A message that the carrier already failed with was repeated since; its late words are void.
    if attempts::has_failed(tx, id, carrier_id).await? {
        return Ok(false);
    }
    let other = row
        .carrier_id
        .as_deref()
        .is_some_and(|known| known != carrier_id);
    if other {
        // Two messages of one delivery: the ambiguous send went out after all (I11).
        metrics::counter!("notification_doubles_total").increment(1);
        tracing::warn!(delivery.id = %id, "the carrier has a second message of this delivery");
        if report.meaning != Meaning::Delivered {
            return Ok(false);
        }
    } else if report.rank <= row.carrier_rank {
        return Ok(false);
    }
    let Some(step) = step(&row, report) else {
        return Ok(false);
    };
    if let Meaning::Failed(refusal) = &report.meaning {
        note_failure(tx, id, &row, carrier_id, refusal).await?;
    }
    let change = Move {
        state: step.state,
        task: step.task,
        wait: step.wait(service),
        reason: step.reason,
        error_class: step.class.map_or("", ErrorClass::name),
        carrier_id: (step.task != Some(Task::Send)).then(|| carrier_id.to_owned()),
        carrier_rank: if step.task == Some(Task::Send) {
            0
        } else {
            report.rank
        },
        now: clock::now(),
    };
    let moved = moves::settle(tx, id, row.fence, row.state, &change).await?;
    let Some(delivery) = moved else {
        return Ok(false);
    };
    // Whose message was erased meanwhile: the carrier's copy goes as well (B10).
    if erasures::follow(tx, id, carrier_id).await? {
        tx.wake_after_commit(&service.erasing);
    }
    // An accepted delivery that is only further on its way is no news to others.
    if delivery.state != row.state || !delivery.reason.is_empty() {
        settle::announce(service, tx, &delivery).await?;
        settle::count(&delivery);
    }
    Ok(true)
}

struct Step {
    state: State,
    task: Option<Task>,
    pause: Duration,
    class: Option<ErrorClass>,
    reason: String,
}

impl Step {
    fn wait(&self, service: &Notification) -> Duration {
        match self.task {
            Some(Task::Send) => self
                .pause
                .max(service.timing.backoff.after(1, settle::chance())),
            _ => service.timing.poll_after,
        }
    }
}

fn step(row: &Locked, report: &Report) -> Option<Step> {
    let refusal = match &report.meaning {
        Meaning::Failed(refusal) | Meaning::Remark(refusal) | Meaning::Objected(refusal) => {
            Some(refusal)
        }
        _ => None,
    };
    let may_repeat = !row.cancel_requested
        && refusal.is_some_and(|refusal| {
            // A repeat that could only expire would hide the failure behind its time.
            let wait = refusal.retry_after.unwrap_or_default();
            let due = i64::try_from(wait.as_micros()).unwrap_or(i64::MAX);
            row.now_us.saturating_add(due) < row.not_after_us
                && row.attempts < sms_errors::sends_allowed(&refusal.reason)
        });
    let event = report.meaning.event(may_repeat)?;
    let next = row.state.after(event).or_else(|| match event {
        Event::FailedForNow => row.state.after(Event::Refused),
        _ => None,
    });
    let state = match next {
        Some(state) => state,
        // Further on its way, or delivered and then complained about or bounced late: the state
        // stands, what is new is kept beside it.
        None if row.state == State::Accepted && event == Event::CarrierHasIt => State::Accepted,
        None if row.state == State::Delivered && refusal.is_some() => State::Delivered,
        None => return None,
    };
    Some(Step {
        state,
        task: match state {
            State::Queued => Some(Task::Send),
            State::Accepted => Some(Task::Poll),
            _ => None,
        },
        pause: refusal
            .and_then(|refusal| refusal.retry_after)
            .unwrap_or_default(),
        class: refusal.map(|refusal| match state {
            State::Failed => sms_errors::final_class(refusal),
            _ => refusal.class,
        }),
        reason: refusal
            .map(|refusal| refusal.reason.clone())
            .unwrap_or_default(),
    })
}

async fn note_failure(
    tx: &mut Tx,
    id: Uuid,
    row: &Locked,
    carrier_id: &str,
    refusal: &Refusal,
) -> Result<(), StoreError> {
    let failed = Attempt {
        delivery_id: id,
        fence: row.fence,
        task: Task::Send,
        start_us: row.attempt_start_us,
        end_time: clock::now(),
        outcome: "failed",
        error_class: refusal.class.name(),
        reason: &refusal.reason,
        carrier_id: Some(carrier_id),
    };
    attempts::record_failure(tx, &failed).await
}
