//! RecordCallProgress: a status callback, or what a poll found, moves a call forward. The first
//! word of its end publishes `ended`; repeats and late ones change nothing (I15).

use std::time::Duration;

use chassis::db::{self, StoreError, Tx};
use chassis::{clock, feed, telemetry};
use chrono::{DateTime, Utc};
use serde_json::json;
use tracing::Instrument as _;

use super::{Error, Telephony};
use crate::crash;
use crate::domain::call::{Call, Event, Handling, State};
use crate::domain::origin::{self, Origin};
use crate::store;

#[derive(Debug, Clone)]
pub(crate) struct Progress {
    pub(crate) call_sid: String,
    pub(crate) status: String,
    pub(crate) to: String,
    pub(crate) from: String,
    pub(crate) forwarded_from: String,
    pub(crate) duration: Option<Duration>,
    pub(crate) event_time: Option<DateTime<Utc>>,
    /// When the call began, where the teller knows; for a call that no webhook told of.
    pub(crate) start_time: Option<DateTime<Utc>>,
    pub(crate) parent_call_sid: String,
}

pub(crate) async fn record_progress(
    telephony: &Telephony,
    progress: Progress,
) -> Result<(), Error> {
    // A child leg is part of its parent's call.
    let Some(state) = State::from_carrier(&progress.status) else {
        return Ok(());
    };
    if !progress.parent_call_sid.is_empty() {
        return Ok(());
    }
    let mut tx = telephony.db.read().await?;
    let ring = store::call_reads::traceparent(&mut tx, &progress.call_sid).await?;
    drop(tx);
    let span = tracing::info_span!("call.progress", call.sid = progress.call_sid);
    telemetry::join(ring.as_deref(), &span);
    move_on(telephony, progress, state).instrument(span).await
}

/// In the trace of the call, whatever told of it (B8).
async fn move_on(telephony: &Telephony, progress: Progress, state: State) -> Result<(), Error> {
    let unseen = unseen(telephony, &progress);
    let db = telephony.db.clone();
    let points = telephony.points.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        // The row of a call that still rings or runs is its ring's to write: standing before it, this
        // one would be taken for another replica's claim, and the caller would miss the agent.
        if state.is_final() && store::calls::claim(&mut tx, &unseen).await? {
            let event = Event::new(clock::now(), "found_at_carrier");
            store::calls::add_event(&mut tx, &unseen.sid, &event).await?;
        }
        let sid = &progress.call_sid;
        let time = progress.event_time.unwrap_or_else(clock::now);
        let end = store::calls::End {
            time,
            duration: progress.duration,
        };
        if store::calls::advance(&mut tx, sid, state, Some(&end)).await? {
            let kind = if state.is_final() {
                "ended"
            } else {
                "in_progress"
            };
            let event = Event::new(time, kind).with("status", state.name());
            store::calls::add_event(&mut tx, sid, &event).await?;
            if state.is_final() {
                crash::pass(&points, "telephony.before_publish").await?;
                publish_end(&mut tx, sid, state, &end).await?;
                metrics::counter!("telephony_calls_ended_total", "state" => state.name())
                    .increment(1);
            }
        }
        crash::pass(&points, "telephony.before_commit").await?;
        tx.commit().await?;
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(())
}

async fn publish_end(
    tx: &mut Tx,
    sid: &str,
    state: State,
    end: &store::calls::End,
) -> Result<(), StoreError> {
    let Some(call) = store::call_reads::find(tx, sid).await? else {
        return Ok(());
    };
    let body = json!({
        "call_sid": sid, "site_id": call.site_id, "conversation_id": call.conversation_id,
        "end_time": end.time, "state": state.name(), "traceparent": call.traceparent,
        "duration_ms": end.duration.map(|d| u64::try_from(d.as_millis()).unwrap_or(u64::MAX)),
    });
    feed::publish(tx, "ended", sid, body).await
}

/// The row of a call that was answered without us, or that nobody told us of.
pub(crate) fn unseen(telephony: &Telephony, progress: &Progress) -> Call {
    let route = telephony.directory.route(&progress.to);
    let chain = route
        .as_ref()
        .and_then(|route| route.number.chain_mobile.as_ref());
    let (origin, caller) = origin::of_call(&progress.from, &progress.forwarded_from, chain);
    let time = progress
        .start_time
        .or(progress.event_time)
        .unwrap_or_else(clock::now);
    Call {
        sid: progress.call_sid.clone(),
        site_id: route.as_ref().map(|route| route.site.id.clone()),
        agent_name: None,
        called_number: progress
            .to
            .chars()
            .filter(char::is_ascii_graphic)
            .take(40)
            .collect(),
        caller: caller.map(|caller| caller.as_str().to_owned()),
        origin: if route.is_some() {
            origin
        } else {
            Origin::Unknown
        },
        handling: Handling::Unknown,
        state: State::Ringing,
        conversation_id: None,
        answer_time: None,
        first_audio_time: None,
        receive_time: time,
        end_time: None,
        duration: None,
        twiml: None,
        fallback_reason: None,
        registrations: 0,
        events: Vec::new(),
        traceparent: chassis::telemetry::current_traceparent(),
    }
}
