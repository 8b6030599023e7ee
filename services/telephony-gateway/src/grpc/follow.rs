//! FollowCalls on the wire: feed entries as messages. An entry of a kind that this version does not
//! know goes out without a body, so that its number is not missed.

use std::time::Duration;

use chassis::db::Db;
use chassis::fault;
use chassis::feed::{self, Entry, Position};
use chassis::run::Life;
use chrono::{DateTime, Utc};
use contracts::telephony::v1 as wire;
use contracts::telephony::v1::call_entry;
use futures::{Stream, StreamExt as _};
use serde_json::Value;
use tonic::Status;

use super::wire::{duration, of_state, timestamp};
use crate::domain::call::State;

/// The stream ends then and the follower opens it again, so that load finds new replicas.
const LIFETIME: Duration = Duration::from_secs(10 * 60);

pub(crate) fn entries(
    db: Db,
    epoch: String,
    number: i64,
    life: Life,
) -> impl Stream<Item = Result<wire::FollowCallsResponse, Status>> + Send {
    let after = if epoch.is_empty() {
        Position::start()
    } else {
        Position::new(epoch, number)
    };
    let entries = feed::stream(db, after, life);
    entries
        .take_until(tokio::time::sleep(LIFETIME))
        .map(|entry| match entry {
            Ok(entry) => Ok(wire::FollowCallsResponse {
                entry: Some(of_entry(&entry)),
            }),
            Err(error) => Err(fault::status(&error)),
        })
}

fn of_entry(entry: &Entry) -> wire::CallEntry {
    let body = &entry.body;
    let traceparent = text(body, "traceparent");
    wire::CallEntry {
        epoch: entry.position.epoch.clone(),
        number: entry.position.number,
        entry_time: Some(timestamp(entry.create_time)),
        call_sid: text(body, "call_sid"),
        traceparent: if traceparent.is_empty() {
            entry.traceparent.clone().unwrap_or_default()
        } else {
            traceparent
        },
        entry: of_body(&entry.kind, body),
    }
}

fn of_body(kind: &str, body: &Value) -> Option<call_entry::Entry> {
    let text = |name: &str| text(body, name);
    let site_id = text("site_id");
    let length = || {
        body["duration_ms"]
            .as_u64()
            .map(|ms| duration(Duration::from_millis(ms)))
    };
    Some(match kind {
        "ended" => {
            let state =
                State::from_name(&text("state")).map_or(wire::CallState::Unspecified, of_state);
            let end: Option<DateTime<Utc>> = text("end_time").parse().ok();
            call_entry::Entry::Ended(wire::CallEnded {
                site_id,
                conversation_id: text("conversation_id"),
                end_time: end.map(timestamp),
                duration: length(),
                state: state.into(),
            })
        }
        "conversation" => call_entry::Entry::Conversation(wire::ConversationStored {
            conversation_id: text("conversation_id"),
            site_id,
            status: text("status"),
        }),
        "voicemail" => call_entry::Entry::Voicemail(wire::VoicemailLeft {
            site_id,
            recording_sid: text("recording_sid"),
            duration: length(),
        }),
        "fallback" => call_entry::Entry::Fallback(wire::FallbackServed {
            site_id,
            reason: text("reason"),
        }),
        "verified" => call_entry::Entry::Verified(wire::CallVerified {
            conversation_id: text("conversation_id"),
            site_id,
            called_number: text("called_number"),
        }),
        "alarm" => call_entry::Entry::Alarm(wire::AlarmRaised {
            kind: text("kind"),
            subject: text("subject"),
            text: text("text"),
        }),
        _ => return None,
    })
}

fn text(body: &Value, name: &str) -> String {
    body[name].as_str().unwrap_or_default().to_owned()
}
