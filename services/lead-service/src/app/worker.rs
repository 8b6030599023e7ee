//! The worker: takes up every lead, alarm, reply and piece of evidence that is due and that nobody
//! holds, each kind in its lane.

use std::sync::Arc;

use chassis::run::Life;
use chassis::{db, fault, telemetry, worker};
use futures::future::{BoxFuture, FutureExt as _};
use tracing::Instrument as _;

use super::lanes::Lane;
use super::{Leads, dispatch};
use crate::store::queue::{self, Claimed, Which};
use crate::store::{alarms, evidence, replies};

/// How many waiting leads are taken up together, to be asked for one by one.
const BATCH: i64 = 16;

/// Works until the process stops.
pub async fn run(app: Arc<Leads>, life: Life, lane: Lane) {
    let (wake, poll) = (Arc::clone(app.wakes.of(lane)), app.settings.poll);
    let claim = async move |free| claim(&app, lane, free).await;
    worker::side_by_side(lane.name(), life, wake, poll, lane.places(), claim).await;
}

type Work = BoxFuture<'static, ()>;

/// Claims what is due in a lane, as much as there are places. Looks first: a claim takes SQLite's
/// one writer.
async fn claim(app: &Arc<Leads>, lane: Lane, free: usize) -> anyhow::Result<Vec<Work>> {
    let mut tx = app.db.read().await?;
    let due = match lane {
        Lane::Leads => queue::any_due(&mut tx, Which::Others).await?,
        Lane::Waiting => queue::any_due(&mut tx, Which::Waiting).await?,
        Lane::Alarms => alarms::any_due(&mut tx).await?,
        Lane::Replies => replies::any_due(&mut tx).await?,
        Lane::Evidence => evidence::any_due(&mut tx).await?,
    };
    drop(tx);
    if !due {
        return Ok(Vec::new());
    }
    let app = Arc::clone(app);
    db::unit(async move {
        let (lease, limit) = (app.settings.lease, i64::try_from(free)?);
        let mut tx = app.db.begin().await?;
        let work = match lane {
            Lane::Leads => {
                let claimed = queue::claim(&mut tx, Which::Others, lease, limit).await?;
                each(&app, claimed, resume)
            }
            Lane::Waiting => {
                let claimed = queue::claim(&mut tx, Which::Waiting, lease, BATCH).await?;
                vec![one_by_one(Arc::clone(&app), claimed).boxed()]
            }
            Lane::Alarms => each(&app, alarms::claim(&mut tx, lease, limit).await?, mail),
            Lane::Replies => each(&app, replies::claim(&mut tx, lease, limit).await?, take_up),
            Lane::Evidence => each(&app, evidence::claim(&mut tx, lease, limit).await?, learn),
        };
        tx.commit().await?;
        Ok(work)
    })
    .await
}

fn each<T, F>(app: &Arc<Leads>, claimed: Vec<T>, work: fn(Arc<Leads>, T) -> F) -> Vec<Work>
where
    F: Future<Output = ()> + Send + 'static,
{
    let work = |one| work(Arc::clone(app), one).boxed();
    claimed.into_iter().map(work).collect()
}

/// The oldest is asked for first, and the next one only after its answer (D7).
async fn one_by_one(app: Arc<Leads>, waiting: Vec<Claimed>) {
    for lead in waiting {
        resume(Arc::clone(&app), lead).await;
    }
}

/// Goes on with a lead in the trace of its call (B8).
async fn resume(app: Arc<Leads>, lead: Claimed) {
    let span = tracing::info_span!("lead.dispatch", lead.id = %lead.id);
    telemetry::resume(lead.traceparent.as_deref(), &span);
    dispatch::drive(&app, lead.id).instrument(span).await;
}

async fn mail(app: Arc<Leads>, alarm: alarms::Due) {
    let span = tracing::info_span!("alarm.mail", alarm.kind = alarm.kind);
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
    let span = tracing::info_span!("evidence.tell", evidence.kind = due.evidence.kind.name());
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
