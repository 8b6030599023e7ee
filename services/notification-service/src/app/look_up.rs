//! Looking up an unknown outcome (B7): what does the carrier have? Found is settled by what it
//! says; two candidates are never repeated; nothing found is sent again, once it proves something.

use std::time::Duration;

use chassis::db::{StoreError, unit};
use chassis::telemetry;
use chrono::DateTime;
use tracing::Instrument as _;

use crate::domain::delivery::{Channel, Event, Task};
use crate::domain::search::{self, Found, Listed, Sought};
use crate::provider::Unanswered;
use crate::store::claims::Job;
use crate::store::messages;

use super::settle::{self, Finding};
use super::{Notification, report};

/// The carrier's clock may be behind ours; its times are whole seconds.
const SLACK_US: i64 = 5_000_000;
/// Between two look-ups.
const BASE: Duration = Duration::from_secs(5);
const CAP: Duration = Duration::from_secs(120);

/// Looks up one delivery and settles what it can.
pub(super) async fn look_up(service: Notification, job: Job) {
    let span = tracing::info_span!(
        "delivery.look_up",
        delivery.id = %job.id,
        delivery.channel = job.channel.name(),
    );
    telemetry::resume(job.traceparent.as_deref(), &span);
    async {
        let finding = match ask(&service, &job).await {
            Ok(Found::One(listed)) => match adopt(&service, &job, &listed).await {
                Ok(()) => return,
                Err(_) => Finding::look_up("STORE_UNAVAILABLE", pause(&service, &job)),
            },
            Ok(Found::Several) => {
                Finding::new(Event::Untraceable, "several").because(None, "SEVERAL_CANDIDATES")
            }
            Ok(Found::Nothing) => nothing(&service, &job),
            Err(unanswered) => unreached(&service, &job, &unanswered.reason),
        };
        settle::settle(&service, &job, Task::LookUp, finding).await;
    }
    .instrument(span)
    .await;
}

async fn ask(service: &Notification, job: &Job) -> Result<Found, Unanswered> {
    if job.channel == Channel::Email {
        let events = service.mailgun.events(job.id, job.retries).await?;
        // All events of one Message-Id are of one mail; the furthest says most.
        return Ok(events.into_iter().last().map_or(Found::Nothing, Found::One));
    }
    let store = |_: StoreError| Unanswered {
        reason: "STORE_UNAVAILABLE".to_owned(),
        credentials: false,
    };
    let mut tx = service.db.read().await.map_err(store)?;
    let message = messages::of_delivery(&mut tx, job.id)
        .await
        .map_err(store)?;
    let Some(message) = message else {
        return Ok(Found::Nothing);
    };
    let claimed = messages::claimed_carrier_ids(&mut tx, &message.address, job.id)
        .await
        .map_err(store)?;
    let others = messages::other_texts(&mut tx, &message.address, &job.reference, job.id)
        .await
        .map_err(store)?;
    drop(tx);
    let whatsapp = job.channel == Channel::Whatsapp;
    let since = DateTime::from_timestamp_micros(job.attempt_start_us).unwrap_or_default();
    let listed = service
        .twilio
        .list(whatsapp, &message.address, since)
        .await?;
    let sought = Sought {
        reference: &job.reference,
        text: &message.body,
        others: &others,
        claimed: &claimed,
        since_us: job.attempt_start_us - SLACK_US,
        template: whatsapp,
    };
    Ok(search::find(&listed, &sought))
}

/// The carrier has it: what it says about it is a report like any other.
async fn adopt(service: &Notification, job: &Job, listed: &Listed) -> Result<(), StoreError> {
    let (service, job, listed) = (service.clone(), job.clone(), listed.clone());
    unit(async move {
        let mut tx = service.db.begin().await?;
        report::apply(
            &service,
            &mut tx,
            job.id,
            &listed.carrier_id,
            &listed.proof(),
        )
        .await?;
        tx.commit().await
    })
    .await
}

/// Not at the carrier, as far as it shows. Before its index can be trusted this proves nothing.
fn nothing(service: &Notification, job: &Job) -> Finding {
    let trusted_after = match job.channel {
        Channel::Email => service.timing.index_delay.max(service.timing.look_up_after),
        _ => service.timing.look_up_after,
    };
    // Where the database's clock jumped (I18) a lease is over early, with its send still under way:
    // then what that clock says has passed proves nothing.
    let passed = match job.lease_lost {
        true => Duration::ZERO,
        false => job.elapsed(),
    };
    let left = trusted_after.saturating_sub(passed);
    if !left.is_zero() {
        // In between once more: what is found early is settled early.
        let wait = match job.channel {
            Channel::Email => left.min(pause(service, job)),
            _ => left,
        };
        return Finding::look_up("NOT_SHOWN_YET", wait);
    }
    if job.cancel_requested {
        return Finding::new(Event::TakenBack, "nothing").because(None, "CANCELLED");
    }
    if job.is_expired() {
        return Finding::new(Event::TimePassed, "nothing").because(None, "NOT_AFTER");
    }
    Finding::new(Event::TryAgain, "nothing").because(None, "NOT_AT_CARRIER")
}

/// The carrier cannot be asked. As long as the message is of use it is asked again; afterwards the
/// outcome stays unknown, and the operator is told.
fn unreached(service: &Notification, job: &Job, reason: &str) -> Finding {
    if job.is_expired() {
        return Finding::new(Event::Untraceable, "unreached").because(None, reason);
    }
    Finding::look_up(reason, pause(service, job))
}

fn pause(service: &Notification, job: &Job) -> Duration {
    let backoff = crate::domain::backoff::Backoff {
        base: BASE.min(service.timing.look_up_after),
        cap: CAP.min(service.timing.look_up_after.saturating_mul(4)),
    };
    backoff.after(job.look_ups, settle::chance())
}
