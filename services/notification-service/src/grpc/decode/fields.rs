//! Single fields of requests: each gives its value, or records what is wrong with it.

use chassis::fault::Violations;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Longer keys name nothing.
const KEY_LIMIT: usize = 300;
/// No text of ours is longer; what is beyond was not said by a person.
const TEXT_LIMIT: usize = 20_000;

pub(super) fn key(faults: &mut Violations, value: String) -> String {
    if value.is_empty() || value.len() > KEY_LIMIT || value.chars().any(char::is_control) {
        faults.add(
            "message_key",
            "is required, of at most 300 visible characters",
        );
    }
    value
}

pub(super) fn required(faults: &mut Violations, field: &str, value: String) -> String {
    if value.trim().is_empty() {
        faults.add(field, "is required");
    }
    text(faults, field, value)
}

pub(super) fn text(faults: &mut Violations, field: &str, value: String) -> String {
    if value.len() > TEXT_LIMIT {
        faults.add(field, "is longer than 20,000 bytes");
    }
    value
}

pub(super) fn id(faults: &mut Violations, field: &str, value: &str) -> Option<Uuid> {
    let parsed = value.parse().ok();
    if parsed.is_none() {
        faults.add(field, "is a UUID");
    }
    parsed
}

pub(super) fn optional_id(faults: &mut Violations, field: &str, value: &str) -> Option<Uuid> {
    if value.is_empty() {
        None
    } else {
        id(faults, field, value)
    }
}

pub(super) fn country(faults: &mut Violations, field: &str, value: &str) -> Option<String> {
    let code = value.trim().to_ascii_uppercase();
    let good = code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase());
    if !good {
        faults.add(field, "is an ISO 3166-1 code of two letters");
    }
    good.then_some(code)
}

pub(super) fn time(
    faults: &mut Violations,
    field: &str,
    at: prost_types::Timestamp,
) -> Option<DateTime<Utc>> {
    let nanos = u32::try_from(at.nanos).ok();
    let time = nanos.and_then(|nanos| DateTime::from_timestamp(at.seconds, nanos));
    // Times that a database column cannot hold are no times.
    let time = time.filter(|time| (1970..10_000).contains(&chrono::Datelike::year(time)));
    if time.is_none() {
        faults.add(field, "is a time between 1970 and 9999");
    }
    time.and_then(|time| DateTime::from_timestamp_micros(time.timestamp_micros()))
}
