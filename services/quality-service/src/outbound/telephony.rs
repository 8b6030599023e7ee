//! telephony-gateway, whose stream of calls is followed and which alone knows a caller's number.

use std::time::Duration;

use chassis::client::{self, Channel};
use chassis::clock;
use chassis::feed::{Entry, Position};
use contracts::telephony::v1::call_entry::Entry as Told;
use contracts::telephony::v1::call_service_client::CallServiceClient;
use contracts::telephony::v1::{CallEntry, FollowCallsRequest, GetCallRequest};
use futures::stream::{BoxStream, StreamExt as _};
use tonic::{Code, Status};

use super::Failed;
use super::calls::call_state;
use super::wire::time;
use crate::domain::fact::Fact;

/// The longest that one stream stays open; the follower then opens the next.
const STREAM_LIMIT: Duration = Duration::from_secs(30 * 60);

/// How long telephony may take to open it.
const OPEN_LIMIT: Duration = Duration::from_secs(10);

/// A client; clones share the connection.
#[derive(Clone)]
pub(crate) struct Telephony(pub(super) CallServiceClient<Channel>);

impl Telephony {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(CallServiceClient::new(client::channel(url)?)))
    }

    /// The caller's number, empty when withheld; nothing when the call is not known.
    pub(crate) async fn caller(&self, call_sid: &str) -> Result<Option<String>, Failed> {
        let request = GetCallRequest {
            call_sid: call_sid.to_owned(),
        };
        match self.0.clone().get_call(request).await {
            Ok(answer) => Ok(answer.into_inner().call.map(|call| call.caller)),
            Err(status) if status.code() == Code::NotFound => Ok(None),
            Err(status) => Err(Failed::new("GetCall", status)),
        }
    }

    /// The entries after `after`, and those to come until the stream ends.
    pub(crate) async fn follow(
        self,
        after: Position,
    ) -> anyhow::Result<BoxStream<'static, anyhow::Result<Entry>>> {
        let request = FollowCallsRequest {
            epoch: after.epoch,
            number: after.number,
        };
        let mut calls = self.0;
        let open = client::with_timeout(STREAM_LIMIT, calls.follow_calls(request));
        let opened = tokio::time::timeout(OPEN_LIMIT, open).await?;
        let stream = opened
            .map_err(|status| Failed::new("FollowCalls", status))?
            .into_inner();
        let told = stream.filter_map(|told| std::future::ready(understood(told)));
        Ok(told.boxed())
    }
}

/// An entry, an error, or nothing: a stream that reached its age ends without one.
fn understood(
    told: Result<contracts::telephony::v1::FollowCallsResponse, Status>,
) -> Option<anyhow::Result<Entry>> {
    match told {
        Ok(told) => told.entry.map(|entry| Ok(read(entry))),
        Err(status) if status.code() == Code::DeadlineExceeded => None,
        Err(status) => Some(Err(Failed::new("FollowCalls", status).into())),
    }
}

fn read(told: CallEntry) -> Entry {
    let CallEntry {
        epoch,
        number,
        entry_time,
        call_sid,
        traceparent,
        entry,
    } = told;
    let fact = fact(entry);
    Entry {
        position: Position { epoch, number },
        kind: fact.kind().to_owned(),
        subject: call_sid,
        body: serde_json::to_value(&fact).expect("a fact is plain data with string keys"),
        traceparent: (!traceparent.is_empty()).then_some(traceparent),
        create_time: entry_time.and_then(time).unwrap_or_else(clock::now),
    }
}

fn fact(told: Option<Told>) -> Fact {
    match told {
        Some(Told::Ended(ended)) => Fact::Ended {
            state: call_state(ended.state()).to_owned(),
            site_id: ended.site_id,
            conversation_id: ended.conversation_id,
            end_time: ended.end_time.and_then(time),
            duration_ms: ended.duration.map(milliseconds),
        },
        Some(Told::Conversation(stored)) => Fact::Conversation {
            conversation_id: stored.conversation_id,
            site_id: stored.site_id,
            status: stored.status,
        },
        Some(Told::Voicemail(left)) => Fact::Voicemail {
            site_id: left.site_id,
            recording_sid: left.recording_sid,
            duration_ms: left.duration.map(milliseconds),
        },
        Some(Told::Fallback(served)) => Fact::Fallback {
            site_id: served.site_id,
            reason: served.reason,
        },
        Some(Told::Verified(verified)) => Fact::Verified {
            conversation_id: verified.conversation_id,
            called_number: verified.called_number,
        },
        Some(Told::Alarm(raised)) => Fact::Alarm {
            kind: raised.kind,
            subject: raised.subject,
            text: raised.text,
        },
        None => Fact::Unknown,
    }
}

fn milliseconds(length: prost_types::Duration) -> i64 {
    length
        .seconds
        .saturating_mul(1_000)
        .saturating_add(i64::from(length.nanos) / 1_000_000)
}
