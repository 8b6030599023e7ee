//! From the wire to commands: every field by name, every fault of a request at once.

use chassis::fault::{InvalidRequest, Violations};
use contracts::lead::v1 as wire;
use uuid::Uuid;

use crate::app::call_ended::Ended;
use crate::app::capture_voicemail::Voicemail;
use crate::app::dispatch_lead::ToolCall;
use crate::app::verify_lead::Verified;
use crate::domain::need::Need;
use crate::store::alarms::Alarm;
use crate::store::replies::Reply;

/// Longest id that a vendor or a caller may send.
const LONGEST_ID: usize = 200;
const LONGEST_TEXT: usize = 4000;

/// Nothing of a tool call is refused: what it lacks is asked for, and nothing is lost.
pub(super) fn tool_call(request: wire::DispatchLeadRequest) -> ToolCall {
    let wire::DispatchLeadRequest {
        customer_name,
        phone,
        language,
        service,
        location,
        urgency,
        another_need,
        conversation_id,
        caller_id,
        called_number,
        agent_id: _,
        call_sid,
        call_token,
    } = request;
    let another_need = another_need.trim().eq_ignore_ascii_case("true");
    ToolCall {
        need: Need {
            customer_name,
            phone,
            language,
            service,
            location,
            urgency,
            another_need,
        },
        conversation_id,
        caller_id,
        called_number,
        call_sid,
        call_token,
    }
}

pub(super) fn voicemail(
    request: wire::CaptureVoicemailRequest,
) -> Result<Voicemail, InvalidRequest> {
    let wire::CaptureVoicemailRequest {
        call_sid,
        site_id,
        caller,
        recording_sid,
        duration: _,
        record_time: _,
    } = request;
    let mut v = Violations::new();
    id(&mut v, "call_sid", &call_sid);
    id(&mut v, "site_id", &site_id);
    id(&mut v, "recording_sid", &recording_sid);
    short(&mut v, "caller", &caller);
    v.finish()?;
    Ok(Voicemail {
        call_sid,
        site_id,
        caller,
        recording_sid,
    })
}

pub(super) fn call_ended(request: wire::RecordCallEndedRequest) -> Result<Ended, InvalidRequest> {
    let wire::RecordCallEndedRequest {
        call_sid,
        conversation_id,
        end_time,
        duration: _,
    } = request;
    let mut v = Violations::new();
    id(&mut v, "call_sid", &call_sid);
    short(&mut v, "conversation_id", &conversation_id);
    v.finish()?;
    let micros = |time: prost_types::Timestamp| {
        time.seconds
            .saturating_mul(1_000_000)
            .saturating_add(i64::from(time.nanos) / 1000)
    };
    Ok(Ended {
        conversation_id,
        call_sid,
        end_us: end_time.map(micros),
    })
}

pub(super) fn verified(request: wire::VerifyLeadRequest) -> Result<Verified, InvalidRequest> {
    let wire::VerifyLeadRequest {
        conversation_id,
        call_sid,
        called_number,
    } = request;
    let mut v = Violations::new();
    id(&mut v, "conversation_id", &conversation_id);
    id(&mut v, "call_sid", &call_sid);
    id(&mut v, "called_number", &called_number);
    v.finish()?;
    Ok(Verified {
        conversation_id,
        call_sid,
        called_number,
    })
}

pub(super) fn alarm(request: wire::RaiseAlarmRequest) -> Result<Alarm, InvalidRequest> {
    let wire::RaiseAlarmRequest {
        kind,
        subject,
        text,
        slot,
    } = request;
    let mut v = Violations::new();
    let upper = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    if kind.is_empty() || kind.len() > 64 || !kind.bytes().all(upper) {
        v.add("kind", "must be upper snake case of at most 64 characters");
    }
    id(&mut v, "subject", &subject);
    id(&mut v, "slot", &slot);
    if text.trim().is_empty() || text.chars().count() > LONGEST_TEXT || text.contains('\0') {
        v.add("text", "must be a sentence of at most 4000 characters");
    }
    v.finish()?;
    Ok(Alarm {
        kind,
        subject,
        slot,
        text,
    })
}

pub(super) fn reply(request: wire::RecordReplyRequest) -> Result<Reply, InvalidRequest> {
    let wire::RecordReplyRequest {
        message_sid,
        from,
        to,
        channel,
        body,
        button_payload,
        opt_out_type,
    } = request;
    let mut v = Violations::new();
    id(&mut v, "message_sid", &message_sid);
    id(&mut v, "from", &from);
    id(&mut v, "to", &to);
    short(&mut v, "opt_out_type", &opt_out_type);
    if !matches!(channel.as_str(), "sms" | "whatsapp") {
        v.add("channel", "must be \"sms\" or \"whatsapp\"");
    }
    v.finish()?;
    Ok(Reply {
        message_sid,
        sender: from,
        our_number: to,
        channel,
        body,
        button_payload,
        opt_out_type,
    })
}

pub(super) fn lead_id(text: &str) -> Result<Uuid, InvalidRequest> {
    let mut v = Violations::new();
    let parsed = Uuid::try_parse(text);
    if parsed.is_err() {
        v.add("lead_id", "must be a UUID");
    }
    v.finish()?;
    Ok(parsed.unwrap_or_default())
}

pub(super) fn id(v: &mut Violations, field: &str, text: &str) {
    if text.trim().is_empty() {
        v.add(field, "is required");
    }
    short(v, field, text);
}

pub(super) fn short(v: &mut Violations, field: &str, text: &str) {
    if text.chars().count() > LONGEST_ID || text.chars().any(char::is_control) {
        v.add(
            field,
            "must be at most 200 characters, none of them a control character",
        );
    }
}
