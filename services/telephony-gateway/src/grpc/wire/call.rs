//! Calls between wire and domain.

use chassis::fault::Violations;
use contracts::telephony::v1 as wire;

use super::{duration, timestamp};
use crate::domain::call::{self, Handling};
use crate::domain::origin::Origin;

pub(crate) fn of_handling(handling: Handling) -> wire::CallHandling {
    match handling {
        Handling::Agent => wire::CallHandling::Agent,
        Handling::Voicemail => wire::CallHandling::Voicemail,
        Handling::Rejected => wire::CallHandling::Rejected,
        Handling::Unknown => wire::CallHandling::Unspecified,
    }
}

pub(crate) fn of_state(state: call::State) -> wire::CallState {
    match state {
        call::State::Ringing => wire::CallState::Ringing,
        call::State::InProgress => wire::CallState::InProgress,
        call::State::Completed => wire::CallState::Completed,
        call::State::Busy => wire::CallState::Busy,
        call::State::Failed => wire::CallState::Failed,
        call::State::NoAnswer => wire::CallState::NoAnswer,
        call::State::Canceled => wire::CallState::Canceled,
    }
}

pub(crate) fn of_call(call: call::Call) -> wire::Call {
    let origin = match call.origin {
        Origin::Chain => wire::CallOrigin::Chain,
        Origin::Direct => wire::CallOrigin::Direct,
        Origin::Unknown => wire::CallOrigin::Unknown,
    };
    wire::Call {
        call_sid: call.sid,
        site_id: call.site_id.unwrap_or_default(),
        agent_name: call.agent_name.unwrap_or_default(),
        called_number: call.called_number,
        caller: call.caller.unwrap_or_default(),
        origin: origin.into(),
        handling: of_handling(call.handling).into(),
        state: of_state(call.state).into(),
        conversation_id: call.conversation_id.unwrap_or_default(),
        answer_time: call.answer_time.map(duration),
        first_audio_time: call.first_audio_time.map(duration),
        receive_time: Some(timestamp(call.receive_time)),
        end_time: call.end_time.map(timestamp),
        duration: call.duration.map(duration),
        twiml: call.twiml.unwrap_or_default(),
        fallback_reason: call.fallback_reason.unwrap_or_default(),
        registrations: call.registrations,
        events: call.events.into_iter().map(of_event).collect(),
        traceparent: call.traceparent.unwrap_or_default(),
    }
}

fn of_event(event: call::Event) -> wire::CallEvent {
    let call::Event {
        time,
        kind,
        attributes,
    } = event;
    let attributes = attributes.into_iter().collect();
    wire::CallEvent {
        event_time: Some(timestamp(time)),
        kind,
        attributes,
    }
}

/// A call's sid as a key: short, printable, without blanks.
pub(crate) fn call_sid(text: &str, found: &mut Violations) -> String {
    let sid = text.trim();
    let sound = (1..=64).contains(&sid.len()) && sid.bytes().all(|byte| byte.is_ascii_graphic());
    if !sound {
        found.add("call_sid", "is the carrier's id of the call (CA…)");
    }
    sid.to_owned()
}
