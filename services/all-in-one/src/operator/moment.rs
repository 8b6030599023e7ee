//! A moment in the past, as a person says it: RFC 3339, or how long ago ("10m", "24h", "3d").

use chrono::{DateTime, TimeDelta, Utc};

/// Farther back nothing is kept anywhere.
const FARTHEST: TimeDelta = TimeDelta::days(3_650);

/// For the command line.
///
/// # Errors
/// Says how a moment is written.
pub fn past(text: &str) -> Result<DateTime<Utc>, String> {
    parse(text, chassis::clock::now())
}

fn parse(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let text = text.trim();
    let then = match ago(text) {
        Some(ago) => now.checked_sub_signed(ago),
        None => DateTime::parse_from_rfc3339(text)
            .ok()
            .map(|then| then.to_utc()),
    };
    let then = then.ok_or("write it as 2026-11-21T08:30:00Z, or as so long ago: 10m, 24h, 3d")?;
    if then > now {
        return Err(format!("{} is still to come", then.to_rfc3339()));
    }
    if now - then > FARTHEST {
        return Err("that is more than ten years ago".to_owned());
    }
    Ok(then)
}

/// "10m" is ten minutes.
fn ago(text: &str) -> Option<TimeDelta> {
    let unit = text.chars().last()?;
    let number = text.strip_suffix(unit)?;
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number = number.parse().ok()?;
    match unit {
        's' => TimeDelta::try_seconds(number),
        'm' => TimeDelta::try_minutes(number),
        'h' => TimeDelta::try_hours(number),
        'd' => TimeDelta::try_days(number),
        _ => None,
    }
}

/// As the wire has it.
#[must_use]
pub fn stamp(at: DateTime<Utc>) -> prost_types::Timestamp {
    prost_types::Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_rfc_3339_or_so_long_ago() {
        let now = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
        let minutes = |many| now - TimeDelta::minutes(many);
        for (text, then) in [
            ("10m", minutes(10)),
            ("24h", minutes(24 * 60)),
            ("3d", minutes(3 * 24 * 60)),
            (" 60s ", minutes(1)),
            ("0m", now),
            ("2026-11-21T09:30:36Z", now),
            ("2026-11-21T10:30:36+01:00", now),
        ] {
            assert_eq!(parse(text, now), Ok(then), "{text}");
        }
        for wrong in [
            "",
            "m",
            "10",
            "-5m",
            "10 minutes",
            "ten",
            "2026-11-21",
            "2027-01-01T00:00:00Z",
            "9999999999999999999d",
            "99999d",
            "10é",
        ] {
            assert!(parse(wrong, now).is_err(), "{wrong}");
        }
        let told = parse("soon", now).unwrap_err();
        assert!(told.contains("24h") && told.contains("Z"), "{told}");
    }
}
