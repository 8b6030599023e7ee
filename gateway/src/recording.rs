//! `GET /r/{token}`: a voicemail, streamed from the carrier through telephony to whoever holds the
//! signed, expiring link.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use chassis::{client, clock, deadline, token};
use contracts::telephony::v1::{ReadRecordingRequest, ReadRecordingResponse};
use futures::{StreamExt as _, TryStreamExt as _};
use serde::Deserialize;

use crate::Gateway;
use crate::problem::Problem;

/// Until the first piece is here.
const START_LIMIT: Duration = Duration::from_secs(10);
/// For the whole recording: two minutes of sound over a slow line.
const WHOLE_LIMIT: Duration = Duration::from_secs(120);

#[derive(Debug, Deserialize)]
struct Link {
    call_sid: String,
}

/// Serves the recording.
pub async fn read(
    State(gateway): State<Gateway>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let link: Link = token::verify(&gateway.link_secrets, "recording", &token, clock::now())
        .map_err(|invalid| match invalid {
            token::Invalid::Expired => Problem::link_expired(),
            token::Invalid::Forged | token::Invalid::Unreadable => Problem::link_invalid(),
        })?;
    let mut calls = gateway.clients.calls.clone();
    let request = ReadRecordingRequest {
        call_sid: link.call_sid,
    };
    let open = async {
        // The stream outlives this function, so its call carries the limit of the whole.
        let mut stream = client::with_timeout(WHOLE_LIMIT, calls.read_recording(request))
            .await?
            .into_inner();
        let first = stream.message().await?;
        Ok::<_, tonic::Status>((first.unwrap_or_default(), stream))
    };
    // Not `deadline::within`: it would shorten the deadline that the call carries.
    let opened = tokio::time::timeout(START_LIMIT, deadline::without(open)).await;
    let (first, rest) = opened
        .map_err(|_| Problem::too_late())?
        .map_err(Problem::from)?;
    let ReadRecordingResponse { content_type, data } = first;
    let rest = rest.map_ok(|piece| Bytes::from(piece.data));
    let pieces = futures::stream::once(async { Ok(Bytes::from(data)) }).chain(rest);
    let headers = [
        (CONTENT_TYPE, sound(&content_type)),
        (
            CONTENT_DISPOSITION,
            HeaderValue::from_static("inline; filename=\"voicemail\""),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

/// Only sound is called by its name, so that no browser runs what a carrier sent.
fn sound(content_type: &str) -> HeaderValue {
    let is_sound = content_type.starts_with("audio/");
    let named = HeaderValue::from_str(content_type)
        .ok()
        .filter(|_| is_sound);
    named.unwrap_or_else(|| HeaderValue::from_static("application/octet-stream"))
}
