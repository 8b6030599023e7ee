//! Wire values as people read them: states in lower case, times with their zone.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use contracts::{lead, notification, quality, roster, telephony};

/// A point in time in UTC with its zone, or a dash.
#[must_use]
pub fn time(stamp: Option<&prost_types::Timestamp>) -> String {
    instant(stamp).map_or_else(
        || "-".to_owned(),
        |t| t.to_rfc3339_opts(SecondsFormat::Secs, true),
    )
}

#[must_use]
pub fn instant(stamp: Option<&prost_types::Timestamp>) -> Option<DateTime<Utc>> {
    let stamp = stamp?;
    DateTime::from_timestamp(stamp.seconds, u32::try_from(stamp.nanos).unwrap_or(0))
}

/// How long ago it was; never less than nothing.
#[must_use]
pub fn since(stamp: Option<&prost_types::Timestamp>, now: DateTime<Utc>) -> Option<TimeDelta> {
    Some((now - instant(stamp)?).max(TimeDelta::zero()))
}

/// "40 s", "12 min", "1 h 2 min", "3 d 4 h", or a dash.
#[must_use]
pub fn age(age: Option<TimeDelta>) -> String {
    let Some(age) = age else {
        return "-".to_owned();
    };
    let (days, hours) = (age.num_days(), age.num_hours() % 24);
    let (minutes, seconds) = (age.num_minutes() % 60, age.num_seconds() % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        _ => format!("{days} d {hours} h"),
    }
}

/// "+0.4 s" from one instant to another, or a dash.
#[must_use]
pub fn after(from: Option<&prost_types::Timestamp>, to: Option<&prost_types::Timestamp>) -> String {
    let (Some(from), Some(to)) = (instant(from), instant(to)) else {
        return "-".to_owned();
    };
    let passed = (to - from).max(TimeDelta::zero());
    if passed < TimeDelta::minutes(1) {
        let tenths = passed.num_milliseconds() / 100;
        return format!("+{}.{} s", tenths / 10, tenths % 10);
    }
    format!("+{}", age(Some(passed)))
}

#[must_use]
pub fn or_dash(text: &str) -> String {
    if text.is_empty() {
        "-".to_owned()
    } else {
        text.to_owned()
    }
}

/// "NOTIFIED" → "notified"; an unknown number as it is.
fn lower(name: Option<&str>, prefix: &str, value: i32) -> String {
    name.map_or_else(
        || value.to_string(),
        |n| {
            n.trim_start_matches(prefix)
                .to_lowercase()
                .replace('_', " ")
        },
    )
}

#[must_use]
pub fn lead_state(value: i32) -> String {
    let known = lead::v1::LeadState::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "LEAD_STATE_", value)
}

#[must_use]
pub fn delivery_state(value: i32) -> String {
    let known = notification::v1::DeliveryState::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "DELIVERY_STATE_", value)
}

/// "WhatsApp", "SMS", "email": as people write it.
#[must_use]
pub fn channel(value: i32) -> String {
    match channel_id(value).as_str() {
        "whatsapp" => "WhatsApp".to_owned(),
        "sms" => "SMS".to_owned(),
        other => other.to_owned(),
    }
}

/// "whatsapp", "sms", "email": as programs read it.
#[must_use]
pub fn channel_id(value: i32) -> String {
    let known = notification::v1::ChannelKind::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "CHANNEL_KIND_", value)
}

/// A channel of the roster, as people write it.
#[must_use]
pub fn roster_channel(value: i32) -> String {
    // Both contexts number the channels alike; a test holds it.
    channel(value)
}

#[must_use]
pub fn channel_health(value: i32) -> String {
    let known = roster::v1::ChannelHealth::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "CHANNEL_HEALTH_", value)
}

#[must_use]
pub fn offer_state(value: i32) -> String {
    let known = lead::v1::OfferState::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "OFFER_STATE_", value)
}

#[must_use]
pub fn urgency(value: i32) -> String {
    let known = lead::v1::Urgency::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "URGENCY_", value)
}

#[must_use]
pub fn call_origin(value: i32) -> String {
    let known = telephony::v1::CallOrigin::try_from(value).ok();
    match known {
        Some(telephony::v1::CallOrigin::Chain) => "through the chain's mobile".to_owned(),
        _ => lower(known.map(|s| s.as_str_name()), "CALL_ORIGIN_", value),
    }
}

#[must_use]
pub fn call_state(value: i32) -> String {
    let known = telephony::v1::CallState::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "CALL_STATE_", value)
}

#[must_use]
pub fn recipient(value: i32) -> String {
    let known = notification::v1::RecipientKind::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "RECIPIENT_KIND_", value)
}

#[must_use]
pub fn scan_state(value: i32) -> String {
    let known = quality::v1::ScanState::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "SCAN_STATE_", value)
}

#[must_use]
pub fn severity(value: i32) -> String {
    let known = quality::v1::Severity::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "SEVERITY_", value)
}

#[must_use]
pub fn flag_state(value: i32) -> String {
    let known = quality::v1::FlagState::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "FLAG_STATE_", value)
}

#[must_use]
pub fn revision_state(value: i32) -> String {
    let known = quality::v1::RevisionState::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "REVISION_STATE_", value)
}

/// "carrier", "agent": what a cost line is for.
#[must_use]
pub fn cost_part(value: i32) -> String {
    let known = lead::v1::CostPart::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "COST_PART_", value)
}

#[must_use]
pub fn income_state(value: i32) -> String {
    let known = lead::v1::IncomeState::try_from(value).ok();
    lower(known.map(|s| s.as_str_name()), "INCOME_STATE_", value)
}

/// What somebody said, on one line that a terminal shows and does not obey.
#[must_use]
pub fn said(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The first characters of a hash, as people compare them.
#[must_use]
pub fn short(hash: &str) -> String {
    or_dash(&hash.chars().take(8).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_as_words_and_times_carry_their_zone() {
        assert_eq!(delivery_state(9), "not possible");
        assert_eq!(lead_state(4), "notified");
        assert_eq!(lead_state(99), "99");
        let stamp = prost_types::Timestamp {
            seconds: 1_795_253_436,
            nanos: 5,
        };
        assert_eq!(time(Some(&stamp)), "2026-11-21T09:30:36Z");
        assert_eq!(time(None), "-");
    }

    #[test]
    fn ages_and_distances_are_short_and_never_negative() {
        let stamp = |seconds: i64| prost_types::Timestamp { seconds, nanos: 0 };
        let now = DateTime::from_timestamp(100_000, 0).unwrap();
        let old = |seconds: i64| age(since(Some(&stamp(100_000 - seconds)), now));
        assert_eq!(old(40), "40 s");
        assert_eq!(old(720), "12 min");
        assert_eq!(old(3_720), "1 h 2 min");
        assert_eq!(old(90_000), "1 d 1 h");
        assert_eq!(old(-5), "0 s");
        assert_eq!(age(None), "-");
        assert_eq!(after(Some(&stamp(5)), Some(&stamp(7))), "+2.0 s");
        assert_eq!(after(Some(&stamp(5)), Some(&stamp(4))), "+0.0 s");
        assert_eq!(after(Some(&stamp(0)), Some(&stamp(600))), "+10 min");
        assert_eq!(after(None, Some(&stamp(7))), "-");
    }

    #[test]
    fn the_roster_numbers_channels_as_notification_does() {
        use notification::v1::ChannelKind as Told;
        use roster::v1::ChannelKind as Declared;
        for (declared, told) in [
            (Declared::Whatsapp, Told::Whatsapp),
            (Declared::Sms, Told::Sms),
            (Declared::Email, Told::Email),
        ] {
            assert_eq!(declared as i32, told as i32);
        }
    }
}
