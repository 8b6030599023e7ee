//! A request's body, read under limits: so many bytes, so long between pieces, so long in all.
//!
//! The limits hold before anything is parsed, and a body that breaks one is not read further.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use http_body_util::BodyExt as _;
use tokio::time::{Instant, timeout_at};

use crate::problem::Problem;

/// What a route takes.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub bytes: usize,
    /// Longest wait for the next piece.
    pub idle: Duration,
    /// Longest wait for the whole.
    pub total: Duration,
}

/// Twilio's forms; a caller may be waiting.
pub const FORM: Limits = limits(256 << 10, 1, 2);
/// The agent's tool call; a caller is waiting.
pub const TOOL: Limits = limits(64 << 10, 1, 2);
/// The form of the offer's page: a reason of 500 characters, escaped, from a telephone in a cellar.
pub const PAGE: Limits = limits(16 << 10, 5, 15);
/// Mailgun's events.
pub const EVENT: Limits = limits(1 << 20, 5, 10);
/// ElevenLabs' post-call bodies; audio of many megabytes comes in pieces.
pub const POST_CALL: Limits = limits(64 << 20, 10, 60);

const fn limits(bytes: usize, idle_s: u64, total_s: u64) -> Limits {
    Limits {
        bytes,
        idle: Duration::from_secs(idle_s),
        total: Duration::from_secs(total_s),
    }
}

/// A body being read.
#[derive(Debug)]
pub struct Pieces {
    body: Body,
    limits: Limits,
    read: usize,
    end: Instant,
}

impl Pieces {
    /// Refuses at once what says itself that it is too large.
    pub fn of(headers: &HeaderMap, body: Body, limits: Limits) -> Result<Self, Problem> {
        let stated = headers
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok());
        let stated: Option<usize> = stated.and_then(|value| value.parse().ok());
        if stated.is_some_and(|stated| stated > limits.bytes) {
            return Err(Problem::body_too_large(limits.bytes));
        }
        Ok(Self {
            body,
            limits,
            read: 0,
            end: Instant::now() + limits.total,
        })
    }

    /// The next piece; `None` at the end.
    pub async fn next(&mut self) -> Result<Option<Bytes>, Problem> {
        loop {
            let until = self.end.min(Instant::now() + self.limits.idle);
            let frame = timeout_at(until, self.body.frame())
                .await
                .map_err(|_| Problem::body_too_slow())?;
            let Some(frame) = frame else { return Ok(None) };
            let frame = frame.map_err(|_| Problem::body_incomplete())?;
            // Trailers say nothing that we use.
            let Ok(piece) = frame.into_data() else {
                continue;
            };
            self.read += piece.len();
            if self.read > self.limits.bytes {
                return Err(Problem::body_too_large(self.limits.bytes));
            }
            return Ok(Some(piece));
        }
    }

    /// The whole body.
    pub async fn all(mut self) -> Result<Bytes, Problem> {
        let Some(first) = self.next().await? else {
            return Ok(Bytes::new());
        };
        let Some(second) = self.next().await? else {
            return Ok(first);
        };
        let mut whole = [first, second].concat();
        while let Some(piece) = self.next().await? {
            whole.extend_from_slice(&piece);
        }
        Ok(whole.into())
    }
}

/// Parses JSON; the answer says where it breaks, never what stands there.
pub fn json<'a, T: serde::Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| Problem::bad_body("BODY_NOT_UTF8", "JSON is UTF-8; this body is not."))?;
    serde_json::from_str(text).map_err(|error| {
        let (reason, what) = if error.is_data() {
            (
                "JSON_UNEXPECTED",
                "A member has another type than documented, or is missing,",
            )
        } else if error.is_eof() {
            ("JSON_INVALID", "The document ends too early,")
        } else if error.to_string().starts_with("recursion limit") {
            ("JSON_TOO_DEEP", "The document is nested too deeply,")
        } else {
            ("JSON_INVALID", "The document is not JSON,")
        };
        let (line, column) = (error.line(), error.column());
        Problem::bad_body(reason, format!("{what} at line {line}, column {column}."))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_json_is_told_by_kind_and_place_and_never_repeated() {
        let reason = |bytes: &[u8]| {
            let problem = json::<serde_json::Value>(bytes).unwrap_err();
            assert!(!problem.detail.contains("Muster"));
            problem.reason.into_owned()
        };
        assert_eq!(reason(b"\"Muster\xff\""), "BODY_NOT_UTF8");
        assert_eq!(reason(b"{\"name\":\"Muster\""), "JSON_INVALID");
        assert_eq!(reason(b"Muster"), "JSON_INVALID");
        assert_eq!(reason(b""), "JSON_INVALID");
        assert_eq!(reason("[".repeat(100_000).as_bytes()), "JSON_TOO_DEEP");
        let wrong = json::<Vec<u8>>(b"[\"Muster\"]").unwrap_err();
        assert_eq!(wrong.reason, "JSON_UNEXPECTED");
        assert!(!wrong.detail.contains("Muster"));
    }
}
