//! Calls and recordings as the API lists them: what a client polls for whatever no webhook told.
//! The media of a recording is a short quiet tone in a WAV file.

use axum::Json;
use axum::extract::{OriginalUri, Path, RawForm, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use serde_json::Value;

use super::messages::Form;
use super::paging::{Query, page};
use super::{bare, error, not_found};
use crate::hub::{Shared, now};

pub(super) async fn list(State(hub): State<Shared>, OriginalUri(uri): OriginalUri) -> Response {
    let query = Query::parse(uri.query());
    let world = hub.world();
    let rows: Vec<Value> = world
        .twilio
        .calls
        .iter()
        .rev()
        .filter(|call| query.allows("To", &call.to) && query.allows("From", &call.from))
        .filter(|call| query.allows("Status", &call.status))
        .filter(|_| query.allows("ParentCallSid", ""))
        .filter(|call| query.allows_time("StartTime", call.started))
        .filter(|call| query.allows_time("EndTime", call.ended))
        .map(|call| call.json(&hub.config.twilio_account_sid))
        .collect();
    page(uri.path(), uri.query(), "calls", &rows)
}

pub(super) async fn fetch(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
) -> Response {
    match hub
        .world()
        .twilio
        .calls
        .iter()
        .find(|call| call.sid == bare(&sid))
    {
        Some(call) => Json(call.json(&hub.config.twilio_account_sid)).into_response(),
        None => not_found(uri.path()),
    }
}

/// Takes over a live call. A call that is over is refused with 21220.
pub(super) async fn update(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
    RawForm(body): RawForm,
) -> Response {
    let form = Form::parse(&body);
    let mut world = hub.world();
    let Some(call) = world
        .twilio
        .calls
        .iter_mut()
        .find(|call| call.sid == bare(&sid))
    else {
        return not_found(uri.path());
    };
    if call.ended.is_some() {
        return error(400, 21220, "Call is not in-progress. Cannot redirect.");
    }
    match form.get("Status") {
        Some(status @ ("completed" | "canceled")) => {
            call.status = status.to_owned();
            call.ended = Some(now());
        }
        _ => call.taken_over = form.owned("Twiml").or_else(|| form.owned("Url")),
    }
    Json(call.json(&hub.config.twilio_account_sid)).into_response()
}

/// Removes a call's record; its recordings stay. A call that goes on is refused with 20009.
pub(super) async fn delete(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
) -> Response {
    let mut world = hub.world();
    let calls = &mut world.twilio.calls;
    let Some(index) = calls.iter().position(|call| call.sid == bare(&sid)) else {
        return not_found(uri.path());
    };
    if calls[index].ended.is_none() {
        let text = "Cannot delete this resource before it is complete";
        return error(409, 20009, text);
    }
    calls.remove(index);
    StatusCode::NO_CONTENT.into_response()
}

pub(super) async fn recordings(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
) -> Response {
    rows(&hub, &uri, None)
}

pub(super) async fn recordings_of_call(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
) -> Response {
    rows(&hub, &uri, Some(&sid))
}

fn rows(hub: &Shared, uri: &http::Uri, call: Option<&str>) -> Response {
    let query = Query::parse(uri.query());
    let world = hub.world();
    let rows: Vec<Value> = world
        .twilio
        .recordings
        .iter()
        .rev()
        .filter(|r| {
            query.allows("CallSid", &r.call_sid) && call.is_none_or(|sid| sid == r.call_sid)
        })
        .filter(|r| query.allows_time("DateCreated", Some(r.created)))
        .map(|r| r.json(&hub.config.twilio_account_sid, &hub.own_url()))
        .collect();
    page(uri.path(), uri.query(), "recordings", &rows)
}

/// `RE….json` is the resource; without an ending or with `.wav` it is the media. The twin cannot
/// encode MP3, so `.mp3` answers the same WAV.
pub(super) async fn recording(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, name)): Path<(String, String)>,
) -> Response {
    let sid = name.split('.').next().unwrap_or_default();
    let world = hub.world();
    let Some(recording) = world.twilio.recordings.iter().find(|r| r.sid == sid) else {
        return not_found(uri.path());
    };
    if name.ends_with(".json") {
        return Json(recording.json(&hub.config.twilio_account_sid, &hub.own_url()))
            .into_response();
    }
    (
        [(header::CONTENT_TYPE, "audio/x-wav")],
        wav(recording.duration_secs),
    )
        .into_response()
}

pub(super) async fn delete_recording(
    State(hub): State<Shared>,
    OriginalUri(uri): OriginalUri,
    Path((_, sid)): Path<(String, String)>,
) -> Response {
    let mut world = hub.world();
    let before = world.twilio.recordings.len();
    world
        .twilio
        .recordings
        .retain(|recording| recording.sid != bare(&sid));
    if world.twilio.recordings.len() == before {
        return not_found(uri.path());
    }
    StatusCode::NO_CONTENT.into_response()
}

/// A mono WAV of 8 kHz, 8 bit: a quiet 400 Hz tone, at most five seconds however long the message.
pub(crate) fn wav(seconds: u32) -> Vec<u8> {
    let samples = 8000 * seconds.clamp(1, 5);
    let mut file = Vec::new();
    file.extend_from_slice(b"RIFF");
    file.extend_from_slice(&(36 + samples).to_le_bytes());
    file.extend_from_slice(b"WAVEfmt ");
    file.extend_from_slice(&16u32.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&8000u32.to_le_bytes());
    file.extend_from_slice(&8000u32.to_le_bytes());
    file.extend_from_slice(&1u16.to_le_bytes());
    file.extend_from_slice(&8u16.to_le_bytes());
    file.extend_from_slice(b"data");
    file.extend_from_slice(&samples.to_le_bytes());
    file.extend((0..samples).map(|n| if n % 20 < 10 { 136u8 } else { 120u8 }));
    file
}
