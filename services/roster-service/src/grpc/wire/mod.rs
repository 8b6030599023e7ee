//! Conversions between wire and domain. Decoding takes every message apart by naming its fields and
//! collects every fault of a request before it refuses.

pub(super) mod assignment;
pub(super) mod channel;
pub(super) mod provider;
pub(super) mod shown;

use std::str::FromStr;
use std::time::SystemTime;

use chassis::fault::{InvalidRequest, Violations};
use chassis::feed::Entry;
use chrono::{DateTime, Utc};
use contracts::bord::roster::v1 as pb;
use prost_types::Timestamp;

use crate::app::pause_provider::Reason;
use crate::domain::Invalid;
use crate::domain::ids::{Attempt, LeadId, ProviderId};
use crate::store::coverage::CellCoverage;

pub(super) fn time(at: DateTime<Utc>) -> Timestamp {
    SystemTime::from(at).into()
}

/// A required value, parsed.
fn parsed<T>(violations: &mut Violations, field: &str, text: &str) -> Option<T>
where
    T: FromStr<Err = Invalid>,
{
    violations.check(field, text.parse())
}

/// A value that may be left out.
pub(super) fn optional<T>(violations: &mut Violations, field: &str, text: &str) -> Option<T>
where
    T: FromStr<Err = Invalid>,
{
    if text.is_empty() {
        None
    } else {
        violations.check(field, text.parse())
    }
}

/// A required text of at most `most` characters, on one line.
pub(super) fn text(violations: &mut Violations, field: &str, text: String, most: usize) -> String {
    if text.trim().is_empty() {
        violations.add(field, "is required");
    }
    short(violations, field, text, most)
}

/// A text of at most `most` characters, on one line.
fn short(violations: &mut Violations, field: &str, text: String, most: usize) -> String {
    if text.chars().count() > most || text.chars().any(char::is_control) {
        violations.add(
            field,
            format!("is too long or holds control characters; give one line of at most {most}"),
        );
    }
    text
}

pub(super) fn provider_id(text: &str) -> Result<ProviderId, InvalidRequest> {
    let mut violations = Violations::new();
    let id = parsed(&mut violations, "provider_id", text);
    violations.finish()?;
    Ok(id.expect("checked with the violations"))
}

/// The key of an assignment.
pub(super) fn attempt(
    violations: &mut Violations,
    lead_id: &str,
    attempt: i32,
) -> Option<(LeadId, Attempt)> {
    let lead_id = parsed(violations, "lead_id", lead_id);
    let attempt = violations.check("attempt", Attempt::new(attempt));
    lead_id.zip(attempt)
}

pub(super) fn pause(
    provider_id: &str,
    actor: String,
    cause: String,
) -> Result<(ProviderId, Reason), InvalidRequest> {
    let mut violations = Violations::new();
    let id = parsed(&mut violations, "provider_id", provider_id);
    let reason = Reason {
        actor: text(&mut violations, "actor", actor, 100),
        cause: text(&mut violations, "cause", cause, 500),
    };
    violations.finish()?;
    Ok((id.expect("checked with the violations"), reason))
}

pub(super) fn coverage(cell: CellCoverage) -> pb::Coverage {
    let figure = |value: i64| i32::try_from(value).unwrap_or(i32::MAX);
    pb::Coverage {
        country: cell.country,
        category: cell.category,
        city: cell.city,
        providers: figure(cell.providers),
        capacity: figure(cell.capacity),
        held: figure(cell.held),
    }
}

pub(super) fn entry(entry: Entry) -> pb::FollowRosterResponse {
    let country = entry
        .body
        .get("country")
        .and_then(|country| country.as_str());
    pb::FollowRosterResponse {
        entry: Some(pb::RosterEntry {
            epoch: entry.position.epoch,
            number: entry.position.number,
            entry_time: Some(time(entry.create_time)),
            kind: entry.kind,
            country: country.unwrap_or_default().to_owned(),
            provider_id: entry.subject,
        }),
    }
}
