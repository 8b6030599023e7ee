//! RecordVoicemail: a recording becomes a voicemail once, whichever of the action request, the
//! recording's callback and the poll tells of it first. Silence is a hang-up, no voicemail (B12).

use std::time::Duration;

use chassis::db::{self, StoreError};
use chassis::{clock, feed};
use serde_json::json;

use super::record_progress::{Progress, unseen};
use super::{Error, Telephony};
use crate::crash;
use crate::domain::call::Event;
use crate::domain::deletion::{Kind, Vendor};
use crate::domain::{speech, twiml};
use crate::store::{self, deletions, erasures};

#[derive(Debug, Clone)]
pub(crate) struct Voicemail {
    pub(crate) call_sid: String,
    pub(crate) recording_sid: String,
    pub(crate) duration: Option<Duration>,
    /// Twilio's RecordingStatus; empty on the action request.
    pub(crate) status: String,
    pub(crate) to: String,
    pub(crate) from: String,
}

/// The carrier cuts silence off; what is left of a message that says nothing is a click or a breath.
const SHORTEST: Duration = Duration::from_secs(2);

/// The document that closes the call.
pub(crate) async fn record_voicemail(
    telephony: &Telephony,
    voicemail: Voicemail,
) -> Result<String, Error> {
    let route = telephony.directory.route(&voicemail.to);
    let speech = speech::of_language(
        route
            .map_or("en".to_owned(), |r| r.site.language().to_owned())
            .as_str(),
    );
    if is_silence(&voicemail) {
        return Ok(twiml::hangup());
    }
    // Neither done nor silent: the carrier will say more.
    let done = matches!(voicemail.status.as_str(), "" | "completed");
    let named = !voicemail.recording_sid.is_empty();
    if named && done && (voicemail.status == "completed" || voicemail.duration.is_some()) {
        keep(telephony, voicemail).await?;
    }
    Ok(twiml::thanks(speech))
}

fn is_silence(voicemail: &Voicemail) -> bool {
    let spoken = voicemail.duration.is_some_and(|length| !length.is_zero());
    // The action request need not name the recording; its callback does.
    (voicemail.recording_sid.is_empty() && !spoken)
        || voicemail
            .duration
            .is_some_and(|duration| duration < SHORTEST)
        || matches!(voicemail.status.as_str(), "absent" | "failed")
}

async fn keep(telephony: &Telephony, voicemail: Voicemail) -> Result<(), Error> {
    let progress = Progress {
        call_sid: voicemail.call_sid.clone(),
        status: String::new(),
        to: voicemail.to.clone(),
        from: voicemail.from.clone(),
        forwarded_from: String::new(),
        duration: None,
        event_time: None,
        start_time: None,
        parent_call_sid: String::new(),
    };
    // The gateway answers by itself when telephony is away; the call is then first heard of here.
    let unseen = unseen(telephony, &progress);
    let db = telephony.db.clone();
    let points = telephony.points.clone();
    let wake = telephony.deletions_wake(Vendor::Twilio);
    db::unit(async move {
        let mut tx = db.begin().await?;
        store::calls::claim(&mut tx, &unseen).await?;
        let sid = &voicemail.call_sid;
        let trace = erasures::trace(&mut tx, sid).await?;
        if trace.is_some_and(|trace| trace.is_recording_erased) {
            // A recording that comes in of an erased caller goes at the carrier as well (I26).
            deletions::arm_again(&mut tx, Kind::RecordingsOfCall, sid).await?;
            tx.wake_after_commit(&wake);
            return tx.commit().await;
        }
        let duration = voicemail.duration.unwrap_or_default();
        if store::voicemails::keep(&mut tx, sid, &voicemail.recording_sid, duration).await? {
            store::calls::fall_back(&mut tx, sid, "VOICEMAIL").await?;
            let event = Event::new(clock::now(), "voicemail")
                .with("recording_sid", voicemail.recording_sid.as_str());
            store::calls::add_event(&mut tx, sid, &event).await?;
            let call = store::call_reads::find(&mut tx, sid).await?;
            let body = json!({
                "call_sid": sid, "recording_sid": voicemail.recording_sid,
                "site_id": call.as_ref().and_then(|call| call.site_id.clone()),
                "duration_ms": u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
                "traceparent": call.and_then(|call| call.traceparent),
            });
            crash::pass(&points, "telephony.before_publish").await?;
            feed::publish(&mut tx, "voicemail", sid, body).await?;
            metrics::counter!("telephony_voicemails_total").increment(1);
        }
        crash::pass(&points, "telephony.before_commit").await?;
        tx.commit().await?;
        Ok::<_, StoreError>(())
    })
    .await?;
    Ok(())
}
