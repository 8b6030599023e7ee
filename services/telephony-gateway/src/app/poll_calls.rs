//! Polling the carrier: calls that nobody ended or that no webhook told of, and recordings that no
//! callback told of. Webhooks are hints; polling is the truth.

use std::time::Duration;

use chassis::db::{self, StoreError};
use chrono::{DateTime, Utc};

use super::record_progress::{Progress, record_progress};
use super::record_voicemail::{Voicemail, record_voicemail};
use super::{Error, Telephony};
use crate::provider::twilio::CarrierCall;
use crate::store;

/// A call without an end is asked about this often.
const AGAIN: Duration = Duration::from_secs(5 * 60);
const BATCH: i64 = 50;

/// Calls to our numbers since `since_us`, then those of ours that still lack an end.
pub(super) async fn calls(telephony: &Telephony, since_us: i64) -> Result<(), Error> {
    let since = at(since_us);
    for call in telephony.twilio.calls_since(since).await? {
        let recent = call.start_time.is_none_or(|start| start >= since);
        let inbound = call.direction.is_empty() || call.direction == "inbound";
        if recent && inbound && telephony.directory.route(&call.to).is_some() {
            record_progress(telephony, progress(call)).await?;
        }
    }
    for sid in due(telephony).await? {
        match telephony.twilio.call(&sid).await? {
            Some(call) => record_progress(telephony, progress(call)).await?,
            None => stop_checking(telephony, sid).await?,
        }
    }
    Ok(())
}

fn progress(call: CarrierCall) -> Progress {
    Progress {
        call_sid: call.sid,
        status: call.status,
        to: call.to,
        from: call.from,
        forwarded_from: call.forwarded_from,
        duration: call.duration,
        event_time: call.end_time,
        start_time: call.start_time,
        parent_call_sid: call.parent_sid,
    }
}

async fn due(telephony: &Telephony) -> Result<Vec<String>, StoreError> {
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        let due = store::calls::due_for_check(&mut tx, AGAIN, BATCH).await?;
        tx.commit().await?;
        Ok(due)
    })
    .await
}

async fn stop_checking(telephony: &Telephony, sid: String) -> Result<(), StoreError> {
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        store::calls::stop_checking(&mut tx, &sid).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Recordings of our calls since `since_us`.
pub(super) async fn recordings(telephony: &Telephony, since_us: i64) -> Result<(), Error> {
    for recording in telephony.twilio.recordings_since(at(since_us)).await? {
        if recording.status != "completed" {
            continue;
        }
        let call = {
            let mut tx = telephony.db.read().await?;
            store::call_reads::find(&mut tx, &recording.call_sid).await?
        };
        // A recording of another product's call is none of ours.
        let (to, from) = match call {
            Some(call) => (call.called_number, call.caller.unwrap_or_default()),
            None => match telephony.twilio.call(&recording.call_sid).await? {
                Some(call) if telephony.directory.route(&call.to).is_some() => (call.to, call.from),
                _ => continue,
            },
        };
        let voicemail = Voicemail {
            call_sid: recording.call_sid,
            recording_sid: recording.sid,
            duration: recording.duration,
            status: recording.status,
            to,
            from,
        };
        record_voicemail(telephony, voicemail).await?;
    }
    Ok(())
}

fn at(us: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_micros(us).unwrap_or_default()
}
