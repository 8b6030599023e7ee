//! Calls as telephony keeps them: what the books need of one, and those that ended since.

use chrono::{DateTime, Utc};
use contracts::telephony::v1 as wire;
use tonic::Code;

use super::wire::{length, time, timestamp};
use super::{Failed, Telephony};
use crate::domain::call::Call;
use crate::domain::cost::Carried;

const PAGE: i32 = 200;

/// What telephony knows of a call beyond its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Detail {
    /// The caller was served by voicemail, or turned away.
    pub(crate) without_agent: bool,
    pub(crate) registrations: i64,
    /// E.164 as the carrier says; empty when withheld. Personal.
    pub(crate) caller: String,
    pub(crate) called_number: String,
    /// What the carrier bills.
    pub(crate) carried: Carried,
}

impl Telephony {
    /// Nothing when telephony does not know the call.
    pub(crate) async fn detail(&self, call_sid: &str) -> Result<Option<Detail>, Failed> {
        let request = wire::GetCallRequest {
            call_sid: call_sid.to_owned(),
        };
        let call = match self.0.clone().get_call(request).await {
            Ok(answer) => answer.into_inner().call,
            Err(status) if status.code() == Code::NotFound => None,
            Err(status) => return Err(Failed::new("GetCall", status)),
        };
        Ok(call.map(|call| Detail {
            without_agent: matches!(
                call.handling(),
                wire::CallHandling::Voicemail | wire::CallHandling::Rejected
            ),
            carried: Carried {
                start_time: call.receive_time.and_then(time),
                duration: call.duration.map(length),
                called_number: call.called_number.clone(),
                with_agent: call.handling() == wire::CallHandling::Agent,
                rejected: call.handling() == wire::CallHandling::Rejected,
            },
            registrations: i64::from(call.registrations),
            caller: call.caller,
            called_number: call.called_number,
        }))
    }

    /// Calls that rang since and ended, a page at a time; with the token of the next page.
    pub(crate) async fn ended_since(
        &self,
        since: DateTime<Utc>,
        page_token: String,
    ) -> Result<(Vec<Call>, String), Failed> {
        let request = wire::ListCallsRequest {
            page_size: PAGE,
            page_token,
            since_time: Some(timestamp(since)),
            ..wire::ListCallsRequest::default()
        };
        let answer = self.0.clone().list_calls(request).await;
        let page = answer
            .map_err(|status| Failed::new("ListCalls", status))?
            .into_inner();
        let ended = page.calls.into_iter().filter_map(|call| {
            let state = call_state(call.state());
            Some(Call {
                end_time: call.end_time.and_then(time)?,
                state: state.to_owned(),
                duration_ms: call
                    .duration
                    .map(|told| i64::try_from(length(told).as_millis()).unwrap_or(i64::MAX)),
                call_sid: call.call_sid,
                site_id: call.site_id,
                conversation_id: call.conversation_id,
            })
        });
        Ok((ended.collect(), page.next_page_token))
    }
}

/// The carrier's final state as the books keep it.
pub(super) fn call_state(state: wire::CallState) -> &'static str {
    use wire::CallState as S;
    match state {
        S::Completed => "completed",
        S::Busy => "busy",
        S::Failed => "failed",
        S::NoAnswer => "no_answer",
        S::Canceled => "canceled",
        S::Unspecified | S::Ringing | S::InProgress => "unknown",
    }
}
