//! Sending one claimed delivery. No transaction is open while it is on the wire; what the carrier
//! answers is settled afterwards, by the class of the answer.

use std::time::{Duration, Instant};

use chassis::crash::Crashed;
use chassis::db::StoreError;
use chassis::telemetry;
use tracing::Instrument as _;
use url::Url;

use crate::domain::border;
use crate::domain::carrier::{ErrorClass, Refusal, SendOutcome};
use crate::domain::delivery::{Channel, Event, Recipient, Task};
use crate::domain::phone::Phone;
use crate::provider::{mailgun, twilio};
use crate::store::claims::Job;
use crate::store::deliveries;
use crate::store::messages::{self, Message};

use super::Notification;
use super::settle::{self, Finding};

/// How long a carrier's own wish to wait is honoured: a healed carrier should not idle.
const LONGEST_WISH: Duration = Duration::from_secs(120);

/// Sends a claimed delivery in the trace of the call that it belongs to (B8), and settles it.
pub(super) async fn send(service: Notification, job: Job) {
    let span = tracing::info_span!(
        "delivery.send",
        delivery.id = %job.id,
        delivery.channel = job.channel.name(),
        delivery.attempt = job.attempts,
    );
    telemetry::resume(job.traceparent.as_deref(), &span);
    async {
        // A worker that breaks here or below is as good as dead: its lease ends, and what became of
        // the delivery is looked up.
        if service
            .crash_points
            .pass("outbox.after_claim")
            .await
            .is_err()
        {
            return;
        }
        if let Ok(finding) = outcome(&service, &job).await {
            settle::settle(&service, &job, Task::Send, finding).await;
        }
    }
    .instrument(span)
    .await;
}

async fn outcome(service: &Notification, job: &Job) -> Result<Finding, Crashed> {
    let message = match ready(service, job).await {
        Ok(message) => message,
        Err(finding) => return Ok(*finding),
    };
    service.crash_points.pass("outbox.before_send").await?;
    let started = Instant::now();
    let answer = match job.channel {
        Channel::Email => mail(service, job, &message).await,
        Channel::Whatsapp | Channel::Sms => text(service, job, &message).await,
    };
    service.crash_points.pass("outbox.after_send").await?;
    metrics::histogram!("notification_send_seconds", "channel" => job.channel.name())
        .record(started.elapsed());
    Ok(match answer {
        SendOutcome::Accepted { carrier_id } => {
            let mut finding = Finding::new(Event::CarrierHasIt, "accepted");
            finding.carrier_id = Some(carrier_id);
            finding
        }
        SendOutcome::Ambiguous { reason } => {
            let wait = service
                .timing
                .look_up_after
                .saturating_sub(started.elapsed());
            Finding::look_up(reason, wait)
        }
        SendOutcome::Refused(refusal) => refused(service, job, &refusal),
    })
}

/// What is to be sent, or why nothing is.
async fn ready(service: &Notification, job: &Job) -> Result<Message, Box<Finding>> {
    if job.is_expired() {
        let late = Finding::new(Event::TimePassed, "expired").because(None, "NOT_AFTER");
        return Err(Box::new(late));
    }
    let taken_back =
        || Box::new(Finding::new(Event::TakenBack, "cancelled").because(None, "CANCELLED"));
    if job.cancel_requested {
        return Err(taken_back());
    }
    let message = match load(service, job).await {
        // Asked for once more: it may have been taken back since the claim (D8).
        Ok((_, true)) => return Err(taken_back()),
        Ok((Some(message), false)) => message,
        // Retention or an erasure emptied it: nothing is left to say.
        Ok((None, false)) => {
            let empty = Finding::new(Event::Refused, "refused")
                .because(Some(ErrorClass::Config), "NO_CONTENT");
            return Err(Box::new(empty));
        }
        // Nothing was sent, so a plain retry is safe.
        Err(_) => {
            let away = Refusal::new(ErrorClass::Retry, "STORE_UNAVAILABLE");
            return Err(Box::new(retry(service, job, &away)));
        }
    };
    if let Some(reason) = crosses(job, &message.address) {
        let held = Finding::new(Event::HeldBack, "withheld").because(None, reason);
        return Err(Box::new(held));
    }
    // Who would still be sending when the lease is over might send beside its successor (I14).
    if job.claimed.elapsed() + service.timing.send_limit > service.timing.lease {
        let late = Refusal::new(ErrorClass::Retry, "LEASE_TOO_SHORT");
        return Err(Box::new(retry(service, job, &late)));
    }
    Ok(message)
}

/// The content, and whether it was taken back.
async fn load(service: &Notification, job: &Job) -> Result<(Option<Message>, bool), StoreError> {
    let mut tx = service.db.read().await?;
    let taken_back = deliveries::is_taken_back(&mut tx, job.id).await?;
    Ok((messages::of_delivery(&mut tx, job.id).await?, taken_back))
}

/// R43, once more and from the address itself: whatever a row claims about its countries, nothing
/// goes abroad.
fn crosses(job: &Job, address: &str) -> Option<&'static str> {
    if job.recipient == Recipient::Provider && job.recipient_country != job.source_country {
        return Some(border::PROVIDER_ABROAD);
    }
    if job.channel == Channel::Email {
        return None;
    }
    let phone = Phone::parse(address);
    let may = phone.is_some_and(|phone| {
        border::may_cross(
            job.recipient,
            &phone,
            &job.source_country,
            &job.allowed_country,
        )
    });
    (!may).then_some(border::ABROAD)
}

fn refused(service: &Notification, job: &Job, refusal: &Refusal) -> Finding {
    match refusal.class {
        ErrorClass::Retry => retry(service, job, refusal),
        ErrorClass::Credentials => {
            let pause = service.timing.pause;
            service.lane(job.channel).breaker.open(pause);
            Finding::new(Event::TryAgain, "refused")
                .because(Some(refusal.class), &refusal.reason)
                .after(pause)
        }
        _ => failed(refusal),
    }
}

fn failed(refusal: &Refusal) -> Finding {
    Finding::new(Event::Refused, "refused").because(Some(refusal.class), &refusal.reason)
}

fn retry(service: &Notification, job: &Job, refusal: &Refusal) -> Finding {
    let wait = service.timing.backoff.after(job.attempts, settle::chance());
    let wished = refusal.retry_after.unwrap_or_default().min(LONGEST_WISH);
    Finding::new(Event::TryAgain, "refused")
        .because(Some(refusal.class), &refusal.reason)
        .after(wait.max(wished))
}

async fn text(service: &Notification, job: &Job, message: &Message) -> SendOutcome {
    let callback = callback(&service.public_base_url, job);
    let variables = message.variables.to_string();
    let say = if message.content_sid.is_empty() {
        twilio::Say::Body(&message.body)
    } else {
        twilio::Say::Content {
            sid: &message.content_sid,
            variables: &variables,
        }
    };
    service
        .twilio
        .create(&twilio::Outgoing {
            whatsapp: job.channel == Channel::Whatsapp,
            from: &job.sender,
            to: &message.address,
            say,
            callback: &callback,
            valid: job.valid(),
        })
        .await
}

async fn mail(service: &Notification, job: &Job, message: &Message) -> SendOutcome {
    let traceparent = telemetry::current_traceparent().or_else(|| job.traceparent.clone());
    service
        .mailgun
        .send(&mailgun::Outgoing {
            delivery_id: job.id,
            retries: job.retries,
            to: &message.address,
            subject: &message.subject,
            text: &message.body,
            html: &message.html,
            traceparent: traceparent.as_deref(),
            valid: job.valid(),
        })
        .await
}

/// Where the carrier reports to. The delivery's id in it proves acceptance even when the answer to
/// our request was lost; the fragment (not sent, not signed) asks for retries of the callback.
fn callback(base: &Url, job: &Job) -> String {
    let mut url = base.clone();
    let path = format!(
        "{}/twilio/messages/status",
        base.path().trim_end_matches('/')
    );
    url.set_path(&path);
    url.query_pairs_mut().append_pair("d", &job.id.to_string());
    if let Some(traceparent) = telemetry::current_traceparent().or_else(|| job.traceparent.clone())
    {
        url.query_pairs_mut().append_pair("t", &traceparent);
    }
    url.set_fragment(Some("rc=5&rp=all"));
    url.into()
}
