//! ReadRecording: a voicemail's media, passed through from the carrier as it arrives; nothing is
//! kept here.

use bytes::Bytes;

use super::{Error, Telephony};
use crate::store;

/// The media and its type. The body is read chunk by chunk by whoever sends it on.
pub(crate) struct Recording {
    pub(crate) content_type: String,
    pub(crate) body: reqwest::Response,
}

/// The largest piece that is sent on at once.
pub(crate) const PIECE: usize = 64 * 1024;

pub(crate) async fn read_recording(
    telephony: &Telephony,
    call_sid: &str,
) -> Result<Recording, Error> {
    let recording = {
        let mut tx = telephony.db.read().await?;
        store::voicemails::recording_of(&mut tx, call_sid).await?
    };
    let recording = recording.ok_or(Error::NotFound("UNKNOWN_RECORDING"))?;
    let body = telephony.twilio.recording(&recording).await?;
    let body = body.ok_or(Error::NotFound("UNKNOWN_RECORDING"))?;
    let content_type = body
        .headers()
        .get(reqwest::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .filter(|value| value.starts_with("audio/"))
        .unwrap_or("audio/mpeg")
        .to_owned();
    Ok(Recording { content_type, body })
}

/// Pieces of at most `PIECE` bytes.
pub(crate) fn pieces(mut chunk: Bytes) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    while chunk.len() > PIECE {
        pieces.push(chunk.split_to(PIECE));
    }
    if !chunk.is_empty() {
        pieces.push(chunk);
    }
    pieces
}
