//! Page sizes and tokens. A token is the key of the last row, opaque to callers.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chassis::fault::{InvalidRequest, Violations};
use chrono::{DateTime, Utc};

/// 50 unless told, at most 200; too large is lowered, negative refused.
pub(crate) fn size(asked: i32) -> Result<i64, InvalidRequest> {
    match asked {
        0 => Ok(50),
        1.. => Ok(i64::from(asked.min(200))),
        _ => Err(invalid("page_size", "is not negative")),
    }
}

/// The key in a token; empty for the first page.
pub(crate) fn key(token: &str) -> Result<String, InvalidRequest> {
    let bytes = BASE64.decode(token).map_err(|_| unknown_token())?;
    let key = String::from_utf8(bytes).map_err(|_| unknown_token())?;
    if key.contains(char::is_control) {
        return Err(unknown_token());
    }
    Ok(key)
}

pub(crate) fn token(key: &str) -> String {
    BASE64.encode(key)
}

/// The place (time, id) in a token; before everything on the first page, newest first.
pub(crate) fn place(token: &str) -> Result<(DateTime<Utc>, String), InvalidRequest> {
    let key = key(token)?;
    if key.is_empty() {
        return Ok((far(), String::new()));
    }
    let (us, id) = key.split_once(':').ok_or_else(unknown_token)?;
    let us = us.parse().map_err(|_| unknown_token())?;
    let time = DateTime::from_timestamp_micros(us).ok_or_else(unknown_token)?;
    Ok((time, id.to_owned()))
}

/// Later than everything.
fn far() -> DateTime<Utc> {
    DateTime::from_timestamp(253_402_300_799, 0).unwrap_or_default()
}

/// From `since_time` on, before `until_time`; what is unset bounds nothing.
pub(crate) fn span(
    since: Option<prost_types::Timestamp>,
    until: Option<prost_types::Timestamp>,
) -> Result<(DateTime<Utc>, DateTime<Utc>), InvalidRequest> {
    let since = bound("since_time", since)?.unwrap_or_default();
    Ok((since, bound("until_time", until)?.unwrap_or_else(far)))
}

/// A bound in time, which must be one that a database can compare.
pub(crate) fn bound(
    field: &str,
    stamp: Option<prost_types::Timestamp>,
) -> Result<Option<DateTime<Utc>>, InvalidRequest> {
    let Some(stamp) = stamp else { return Ok(None) };
    let time =
        super::wire::time(stamp).filter(|time| (DateTime::UNIX_EPOCH..=far()).contains(time));
    time.map(Some)
        .ok_or_else(|| invalid(field, "is a time between 1970 and 9999"))
}

pub(crate) fn place_token(time: DateTime<Utc>, id: &str) -> String {
    token(&format!("{}:{id}", time.timestamp_micros()))
}

fn unknown_token() -> InvalidRequest {
    invalid("page_token", "is the next_page_token of an earlier answer")
}

fn invalid(field: &str, rule: &str) -> InvalidRequest {
    let mut found = Violations::new();
    found.add(field, rule);
    found.finish().expect_err("a violation was added")
}
