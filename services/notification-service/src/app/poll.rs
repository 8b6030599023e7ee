//! Polling: an accepted delivery that nobody reported on for long is asked for at the carrier,
//! since callbacks are hints and get lost. Rarely, and not for ever: `sent` may be all there is.

use chassis::clock;
use chassis::db::{StoreError, unit};
use tracing::Instrument as _;

use crate::domain::carrier::Meaning;
use crate::domain::delivery::{Channel, State, Task};
use crate::domain::search::Listed;
use crate::provider::Unanswered;
use crate::store::claims::Job;
use crate::store::moves::{self, Move};

use super::{Notification, report};

/// Asks the carrier how far a delivery is.
pub(super) async fn poll(service: Notification, job: Job) {
    let span = tracing::info_span!(
        "delivery.poll",
        delivery.id = %job.id,
        delivery.channel = job.channel.name(),
    );
    chassis::telemetry::resume(job.traceparent.as_deref(), &span);
    async {
        let listed = match ask(&service, &job).await {
            Ok(listed) => listed,
            Err(unanswered) => {
                tracing::warn!(
                    reason = unanswered.reason,
                    "the carrier did not answer a poll"
                );
                None
            }
        };
        let inner = service.clone();
        let written = unit(async move { write(&inner, &job, listed).await }).await;
        if written.is_err() {
            tracing::warn!("a poll could not be stored; it falls due again");
        }
    }
    .instrument(span)
    .await;
}

async fn ask(service: &Notification, job: &Job) -> Result<Option<Listed>, Unanswered> {
    match (job.channel, &job.carrier_id) {
        (Channel::Email, _) => Ok(service.mailgun.events(job.id, job.retries).await?.pop()),
        (_, Some(sid)) => service.twilio.fetch(sid).await,
        (_, None) => Ok(None),
    }
}

async fn write(
    service: &Notification,
    job: &Job,
    listed: Option<Listed>,
) -> Result<(), StoreError> {
    let mut tx = service.db.begin().await?;
    let mut moved = false;
    if let Some(listed) = &listed
        && !matches!(listed.report.meaning, Meaning::Nothing)
    {
        moved = report::apply(service, &mut tx, job.id, &listed.carrier_id, &listed.report).await?;
    }
    if !moved {
        let Some(row) = moves::lock(&mut tx, job.id).await? else {
            return Ok(());
        };
        let factor = 1_u32 << u32::try_from(job.polls.clamp(0, 8)).unwrap_or(0);
        let change = Move {
            state: State::Accepted,
            task: (job.polls < service.timing.most_polls).then_some(Task::Poll),
            wait: service.timing.poll_after.saturating_mul(factor),
            reason: String::new(),
            error_class: "",
            carrier_id: row.carrier_id,
            carrier_rank: row.carrier_rank,
            now: clock::now(),
        };
        moves::settle(&mut tx, job.id, job.fence, State::Accepted, &change).await?;
    }
    tx.commit().await
}
