//! The worker: takes up every lead, alarm and reply that is due and that nobody holds.
//!
//! Leads that wait for a provider are taken one after the other, the oldest first (D7); the rest
//! side by side, also with them.

use std::sync::Arc;

use chassis::{db, fault, telemetry};
use futures::future::{BoxFuture, FutureExt as _};
use futures::stream::{self, StreamExt as _};
use tracing::Instrument as _;

use super::{Leads, dispatch};
use crate::domain::state::LeadState;
use crate::store::queue::{self, Claimed};
use crate::store::{alarms, evidence, leads, replies};

const BATCH: i64 = 16;
const AT_ONCE: usize = 8;

/// One round; true when there was work.
pub async fn round(app: Arc<Leads>) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let due = queue::any_due(&mut tx).await?;
    drop(tx);
    if !due {
        return Ok(false);
    }
    let this = Arc::clone(&app);
    let (claimed, alarms, replies, evidence) = db::unit(async move {
        let lease = this.settings.lease;
        let mut tx = this.db.begin().await?;
        let claimed = queue::claim(&mut tx, lease, BATCH).await?;
        let alarms = alarms::claim(&mut tx, lease, BATCH).await?;
        let replies = replies::claim(&mut tx, lease, BATCH).await?;
        let evidence = evidence::claim(&mut tx, lease, BATCH).await?;
        tx.commit().await?;
        Ok::<_, anyhow::Error>((claimed, alarms, replies, evidence))
    })
    .await?;
    let found =
        !claimed.is_empty() || !alarms.is_empty() || !replies.is_empty() || !evidence.is_empty();
    let unmatched = LeadState::Unmatched.name();
    let (waiting, others): (Vec<Claimed>, Vec<Claimed>) = claimed
        .into_iter()
        .partition(|lead| lead.told && lead.state == unmatched);
    // Boxed, so that the kinds of work are one kind of future.
    let mut work: Vec<BoxFuture<'static, ()>> = vec![one_by_one(Arc::clone(&app), waiting).boxed()];
    work.extend(
        others
            .into_iter()
            .map(|lead| resume(Arc::clone(&app), lead).boxed()),
    );
    work.extend(
        alarms
            .into_iter()
            .map(|alarm| mail(Arc::clone(&app), alarm).boxed()),
    );
    work.extend(
        replies
            .into_iter()
            .map(|reply| take_up(Arc::clone(&app), reply).boxed()),
    );
    work.extend(
        evidence
            .into_iter()
            .map(|due| learn(Arc::clone(&app), due).boxed()),
    );
    stream::iter(work)
        .buffer_unordered(AT_ONCE)
        .for_each(|()| std::future::ready(()))
        .await;
    Ok(found)
}

/// The oldest is asked for first, and the next one only after its answer (D7).
async fn one_by_one(app: Arc<Leads>, waiting: Vec<Claimed>) {
    for lead in waiting {
        resume(Arc::clone(&app), lead).await;
    }
}

/// Goes on with a lead in the trace of its call (B8).
async fn resume(app: Arc<Leads>, lead: Claimed) {
    let span = tracing::info_span!("dispatch.resume", lead.id = %lead.id, state = lead.state);
    telemetry::resume(lead.traceparent.as_deref(), &span);
    dispatch::drive(&app, lead.id).instrument(span).await;
}

async fn mail(app: Arc<Leads>, alarm: alarms::Due) {
    let span = tracing::info_span!("alarm.mail", kind = alarm.kind);
    telemetry::resume(alarm.traceparent.as_deref(), &span);
    let sent = app.notifications.alarm(&alarm).instrument(span).await;
    let again = pause(&app, &sent, alarm.tries, alarm.id);
    let this = Arc::clone(&app);
    let settled = db::unit(async move {
        let mut tx = this.db.begin().await?;
        alarms::settle(&mut tx, &alarm, again).await?;
        tx.commit().await
    });
    report(settled.await, "alarm");
}

/// Goes on with an inbound message; whoever calls holds its lease.
pub(super) async fn take_up(app: Arc<Leads>, reply: replies::Due) {
    let span = tracing::info_span!("reply.take_up");
    telemetry::resume(reply.traceparent.as_deref(), &span);
    let sent = app.take_up_reply(&reply).instrument(span).await;
    let id = chassis::ids::derive("reply", &[&reply.message_sid]);
    let again = pause(&app, &sent, reply.tries, id);
    let this = Arc::clone(&app);
    let settled = db::unit(async move {
        let mut tx = this.db.begin().await?;
        replies::settle(&mut tx, &reply, again).await?;
        tx.commit().await
    });
    report(settled.await, "reply");
}

/// The roster is told what was learned of a channel (B4).
async fn learn(app: Arc<Leads>, due: evidence::Due) {
    let span = tracing::info_span!("evidence.tell", kind = due.evidence.kind.name());
    telemetry::resume(due.traceparent.as_deref(), &span);
    let told = super::evidence::tell(&app, &due).instrument(span).await;
    let id = chassis::ids::derive("evidence", &[&due.evidence.key]);
    if let Some(again) = pause(&app, &told, due.tries, id) {
        report(super::evidence::later(&app, due, again).await, "evidence");
    }
}

/// Nothing after success; a growing pause after a failure.
fn pause<E: std::error::Error + 'static>(
    app: &Arc<Leads>,
    sent: &Result<(), E>,
    tries: i32,
    id: uuid::Uuid,
) -> Option<std::time::Duration> {
    let failed = sent.as_ref().err()?;
    tracing::warn!(causes = %fault::causes(failed), tries, "notice not planned yet");
    metrics::counter!("lead_notice_failures_total").increment(1);
    Some(std::time::Duration::from_micros(
        u64::try_from(app.pause(tries, id)).unwrap_or_default(),
    ))
}

/// The lease runs out by itself, so there is nothing to undo.
fn report(settled: Result<(), chassis::db::StoreError>, what: &'static str) {
    if let Err(error) = settled {
        tracing::warn!(what, causes = %fault::causes(&error), "not settled");
    }
}

/// Leads by state, for the metrics.
pub async fn measure(app: Arc<Leads>) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let counted = leads::count(&mut tx).await?;
    for state in LeadState::ALL {
        let count = counted
            .iter()
            .find(|(name, _)| name == state.name())
            .map_or(0, |(_, n)| *n);
        #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
        metrics::gauge!("leads", "state" => state.name()).set(count as f64);
    }
    Ok(false)
}
