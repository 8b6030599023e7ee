//! The voice webhooks: a ring, what follows the agent, the fallback, progress, a voicemail.
//!
//! Whatever fails behind the gateway, a caller hears something within three seconds (R15, B12).

use std::time::Duration;

use axum::extract::{Request, State};
use axum::response::Response;
use chassis::{clock, token};
use chrono::DateTime;
use contracts::telephony::v1::{
    AnswerCallRequest, RecordCallProgressRequest, RecordVoicemailRequest, ResumeCallRequest,
    ResumeStage,
};
use serde::Deserialize;
use tokio::time::Instant;

use crate::Gateway;
use crate::clients::{self, CALLBACK_LIMIT};
use crate::edge;
use crate::language::Language;
use crate::problem::Problem;
use crate::twilio::form::query_value;
use crate::twilio::{Signed, twiml};

/// From the request's arrival to the last moment at which telephony may still answer.
const ANSWER_LIMIT: Duration = Duration::from_millis(2800);
/// An agent's leg that lasted this long was a conversation (design, section 3).
const TALKED_US: i64 = 20_000_000;

/// What telephony signed into the redirect's URL.
#[derive(Debug, Deserialize)]
struct Resume {
    call_sid: String,
    answered_us: i64,
}

/// `POST /twilio/voice`: a number of ours rings.
pub async fn ring(State(gateway): State<Gateway>, request: Request) -> Result<Response, Problem> {
    let (arrived, received) = (Instant::now(), clock::now());
    let Signed { form, .. } = gateway.twilio.check(request).await?;
    let mut fields = form.fields();
    let request = AnswerCallRequest {
        call_sid: fields.required("CallSid"),
        to: fields.required("To"),
        from: fields.text("From"),
        forwarded_from: fields.text("ForwardedFrom"),
        account_sid: fields.text("AccountSid"),
        receive_time: Some(timestamp(received)),
    };
    fields.finish()?;
    let language = Language::of_number(&request.to);
    let mut calls = gateway.clients.calls.clone();
    let answer = clients::within(left(arrived), calls.answer_call(request)).await;
    let answer = answer.map(|answer| answer.twiml);
    Ok(spoken(&gateway, "answer", answer, || {
        gateway.voicemail(language)
    }))
}

/// `POST /twilio/voice/after-agent`: the agent's leg ended.
pub async fn after_agent(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Problem> {
    resume(&gateway, request, ResumeStage::AfterAgent).await
}

/// `POST /twilio/voice/fallback`: our own redirect target, never a number's fallback URL.
pub async fn fallback(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Problem> {
    resume(&gateway, request, ResumeStage::Fallback).await
}

async fn resume(
    gateway: &Gateway,
    request: Request,
    stage: ResumeStage,
) -> Result<Response, Problem> {
    let arrived = Instant::now();
    let Signed { form, query } = gateway.twilio.check(request).await?;
    let mut fields = form.fields();
    let request = ResumeCallRequest {
        call_sid: fields.required("CallSid"),
        stage: stage.into(),
        to: fields.text("To"),
        from: fields.text("From"),
        resume_token: query_value(query.as_deref(), "t"),
    };
    fields.finish()?;
    let language = Language::of_number(&request.to);
    let talked = stage == ResumeStage::AfterAgent && talked(gateway, &request);
    let mut calls = gateway.clients.calls.clone();
    let answer = clients::within(left(arrived), calls.resume_call(request)).await;
    let answer = answer.map(|answer| answer.twiml);
    Ok(spoken(gateway, "resume", answer, || {
        if talked {
            twiml::hang_up()
        } else {
            gateway.voicemail(language)
        }
    }))
}

/// Telephony's own rule for a conversation that it cannot read, kept here for the time in which it
/// does not answer: 20 s between our TwiML and this request.
fn talked(gateway: &Gateway, request: &ResumeCallRequest) -> bool {
    let now = clock::now();
    let token = &request.resume_token;
    let resume: Result<Resume, _> =
        token::verify(&gateway.call_token_secrets, "resume", token, now);
    resume.is_ok_and(|resume| {
        resume.call_sid == request.call_sid
            && now.timestamp_micros() - resume.answered_us >= TALKED_US
    })
}

/// `POST /twilio/voice/status`: a call moved on, or ended.
pub async fn status(State(gateway): State<Gateway>, request: Request) -> Result<Response, Problem> {
    let Signed { form, .. } = gateway.twilio.check(request).await?;
    let mut fields = form.fields();
    let request = RecordCallProgressRequest {
        call_sid: fields.required("CallSid"),
        status: fields.required("CallStatus"),
        to: fields.text("To"),
        from: fields.text("From"),
        duration: seconds(fields.number("CallDuration")),
        event_time: DateTime::parse_from_rfc2822(&fields.text("Timestamp"))
            .ok()
            .map(|time| timestamp(time.to_utc())),
        parent_call_sid: fields.text("ParentCallSid"),
    };
    fields.finish()?;
    let mut calls = gateway.clients.calls.clone();
    clients::within(CALLBACK_LIMIT, calls.record_call_progress(request)).await?;
    Ok(edge::taken())
}

/// `POST /twilio/voice/voicemail`: a caller left a message; as `<Record>`'s action, while the
/// caller waits, and again as its status callback.
pub async fn voicemail(
    State(gateway): State<Gateway>,
    request: Request,
) -> Result<Response, Problem> {
    let arrived = Instant::now();
    let Signed { form, .. } = gateway.twilio.check(request).await?;
    let mut fields = form.fields();
    let request = RecordVoicemailRequest {
        call_sid: fields.required("CallSid"),
        recording_sid: fields.text("RecordingSid"),
        duration: seconds(fields.number("RecordingDuration")),
        status: fields.text("RecordingStatus"),
        to: fields.text("To"),
        from: fields.text("From"),
    };
    fields.finish()?;
    let mut calls = gateway.clients.calls.clone();
    if !request.status.is_empty() {
        clients::within(CALLBACK_LIMIT, calls.record_voicemail(request)).await?;
        return Ok(edge::taken());
    }
    // The caller is thanked even when it could not be stored: telephony's poller finds the
    // recording at the carrier.
    let language = Language::of_number(&request.to);
    let answer = clients::within(left(arrived), calls.record_voicemail(request)).await;
    let answer = answer.map(|answer| answer.twiml);
    Ok(spoken(&gateway, "voicemail", answer, || {
        twiml::thanks(language)
    }))
}

/// Telephony's TwiML, or our own and a word to the operator.
fn spoken(
    gateway: &Gateway,
    stage: &'static str,
    answer: Result<String, Problem>,
    built_in: impl FnOnce() -> String,
) -> Response {
    let reason = match answer {
        Ok(document) if !document.is_empty() => return twiml::answer(document),
        Ok(_) => "EMPTY_ANSWER".to_owned(),
        Err(problem) => problem.reason.into_owned(),
    };
    tracing::warn!(
        stage,
        reason,
        "telephony failed a caller, built-in TwiML served"
    );
    metrics::counter!("builtin_twiml_total", "stage" => stage, "reason" => reason).increment(1);
    gateway.alarms.raise(
        "TELEPHONY_UNAVAILABLE",
        stage,
        "telephony did not answer a call in time, so callers hear the gateway's built-in \
         voicemail instead of the agent; look at telephony-gateway's health and logs.",
    );
    twiml::answer(built_in())
}

fn left(arrived: Instant) -> Duration {
    ANSWER_LIMIT.saturating_sub(arrived.elapsed())
}

fn seconds(seconds: Option<u32>) -> Option<prost_types::Duration> {
    seconds.map(|seconds| prost_types::Duration {
        seconds: i64::from(seconds),
        nanos: 0,
    })
}

fn timestamp(time: DateTime<chrono::Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: time.timestamp(),
        nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0),
    }
}
