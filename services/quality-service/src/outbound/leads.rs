//! lead-service, to which calls are carried on.

use chassis::client::Channel;
use chrono::{DateTime, Utc};
use contracts::lead::v1::lead_service_client::LeadServiceClient;
use contracts::lead::v1::{
    CaptureVoicemailRequest, RaiseAlarmRequest, RecordCallEndedRequest, VerifyLeadRequest,
};
use prost_types::{Duration, Timestamp};

use super::Failed;

/// A client; clones share the connection.
#[derive(Clone)]
pub(crate) struct Leads(pub(super) LeadServiceClient<Channel>);

pub(crate) struct CallEnd<'a> {
    pub(crate) call_sid: &'a str,
    pub(crate) conversation_id: &'a str,
    pub(crate) end_time: Option<DateTime<Utc>>,
    pub(crate) duration_ms: Option<i64>,
}

pub(crate) struct Voicemail<'a> {
    pub(crate) call_sid: &'a str,
    pub(crate) site_id: &'a str,
    /// Empty when withheld.
    pub(crate) caller: String,
    pub(crate) recording_sid: &'a str,
    pub(crate) duration_ms: Option<i64>,
    pub(crate) record_time: DateTime<Utc>,
}

/// Mailed once for each kind, subject and slot.
pub(crate) struct Alarm<'a> {
    pub(crate) kind: &'a str,
    pub(crate) subject: &'a str,
    pub(crate) text: &'a str,
    pub(crate) slot: &'a str,
}

impl Leads {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(LeadServiceClient::new(chassis::client::channel(url)?)))
    }

    pub(crate) async fn record_call_ended(&self, end: CallEnd<'_>) -> Result<(), Failed> {
        let request = RecordCallEndedRequest {
            call_sid: end.call_sid.to_owned(),
            conversation_id: end.conversation_id.to_owned(),
            end_time: end.end_time.map(timestamp),
            duration: end.duration_ms.map(duration),
        };
        let answer = self.0.clone().record_call_ended(request).await;
        answer
            .map(drop)
            .map_err(|status| Failed::new("RecordCallEnded", status))
    }

    pub(crate) async fn verify(
        &self,
        conversation_id: &str,
        call_sid: &str,
        called_number: &str,
    ) -> Result<(), Failed> {
        let request = VerifyLeadRequest {
            conversation_id: conversation_id.to_owned(),
            call_sid: call_sid.to_owned(),
            called_number: called_number.to_owned(),
        };
        let answer = self.0.clone().verify_lead(request).await;
        answer
            .map(drop)
            .map_err(|status| Failed::new("VerifyLead", status))
    }

    pub(crate) async fn capture_voicemail(&self, left: Voicemail<'_>) -> Result<(), Failed> {
        let request = CaptureVoicemailRequest {
            call_sid: left.call_sid.to_owned(),
            site_id: left.site_id.to_owned(),
            caller: left.caller,
            recording_sid: left.recording_sid.to_owned(),
            duration: left.duration_ms.map(duration),
            record_time: Some(timestamp(left.record_time)),
        };
        let answer = self.0.clone().capture_voicemail(request).await;
        answer
            .map(drop)
            .map_err(|status| Failed::new("CaptureVoicemail", status))
    }

    pub(crate) async fn raise_alarm(&self, alarm: Alarm<'_>) -> Result<(), Failed> {
        let request = RaiseAlarmRequest {
            kind: alarm.kind.to_owned(),
            subject: alarm.subject.to_owned(),
            text: alarm.text.to_owned(),
            slot: alarm.slot.to_owned(),
        };
        let answer = self.0.clone().raise_alarm(request).await;
        answer
            .map(drop)
            .map_err(|status| Failed::new("RaiseAlarm", status))
    }
}

fn timestamp(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    Timestamp {
        seconds: time.timestamp(),
        nanos,
    }
}

fn duration(ms: i64) -> Duration {
    let nanos = i32::try_from(ms.rem_euclid(1_000) * 1_000_000).unwrap_or(0);
    Duration {
        seconds: ms.div_euclid(1_000),
        nanos,
    }
}
