//! Page sizes and tokens. A token is the key of the last row, opaque to callers.

use chassis::fault::{InvalidRequest, Violations};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// 50 unless told, at most 200; too large is lowered, negative refused.
pub(super) fn size(asked: i32) -> Result<i64, InvalidRequest> {
    match asked {
        0 => Ok(50),
        1.. => Ok(i64::from(asked.min(200))),
        _ => Err(invalid("page_size", "is not negative")),
    }
}

/// The place of the last row in a list by time, newest first; before everything on the first page.
pub(super) fn place(token: &str) -> Result<(DateTime<Utc>, Uuid), InvalidRequest> {
    if token.is_empty() {
        return Ok((far(), Uuid::max()));
    }
    let (us, id) = token.split_once('.').ok_or_else(unknown)?;
    Ok((time(us)?, id.parse().map_err(|_| unknown())?))
}

pub(super) fn place_token(time: DateTime<Utc>, id: Uuid) -> String {
    format!("{}.{id}", time.timestamp_micros())
}

/// The place of the last row in the list of flags, the worst and oldest first.
pub(super) fn flag(token: &str) -> Result<(i64, DateTime<Utc>, Uuid), InvalidRequest> {
    if token.is_empty() {
        return Ok((i64::MAX, DateTime::UNIX_EPOCH, Uuid::nil()));
    }
    let (severity, place) = token.split_once('.').ok_or_else(unknown)?;
    let (us, id) = place.split_once('.').ok_or_else(unknown)?;
    let severity = severity.parse().map_err(|_| unknown())?;
    Ok((severity, time(us)?, id.parse().map_err(|_| unknown())?))
}

pub(super) fn flag_token(severity: i64, time: DateTime<Utc>, id: Uuid) -> String {
    format!("{severity}.{}.{id}", time.timestamp_micros())
}

fn time(us: &str) -> Result<DateTime<Utc>, InvalidRequest> {
    let us = us.parse().map_err(|_| unknown())?;
    DateTime::from_timestamp_micros(us).ok_or_else(unknown)
}

/// Later than everything that a database can compare.
fn far() -> DateTime<Utc> {
    DateTime::from_timestamp(253_402_300_799, 0).unwrap_or_default()
}

fn unknown() -> InvalidRequest {
    invalid("page_token", "is the next_page_token of an earlier answer")
}

pub(super) fn invalid(field: &str, rule: &str) -> InvalidRequest {
    let mut found = Violations::new();
    found.add(field, rule);
    found.finish().expect_err("a violation was added")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_names_the_place_that_it_was_made_of() {
        let time = DateTime::from_timestamp_micros(1_795_253_436_000_001).unwrap();
        let id = Uuid::from_u128(7);
        assert_eq!(place(&place_token(time, id)).unwrap(), (time, id));
        assert_eq!(flag(&flag_token(3, time, id)).unwrap(), (3, time, id));
        assert!(place("x").is_err());
        assert!(flag("3.x.y").is_err());
    }
}
