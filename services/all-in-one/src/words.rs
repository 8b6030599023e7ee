//! Wire values as people read them: states in lower case, times with their zone.

use chrono::{DateTime, SecondsFormat};
use contracts::{lead, notification, telephony};

/// A point in time in UTC with its zone, or a dash.
#[must_use]
pub fn time(stamp: Option<&prost_types::Timestamp>) -> String {
    stamp
        .and_then(|t| DateTime::from_timestamp(t.seconds, u32::try_from(t.nanos).unwrap_or(0)))
        .map_or_else(
            || "-".to_owned(),
            |t| t.to_rfc3339_opts(SecondsFormat::Secs, true),
        )
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
}
