//! A moment as a provider reads it: day and time in the zone of the work, with the zone's name.

use chrono::{DateTime, Datelike as _, Timelike as _, Utc};
use chrono_tz::{OffsetName as _, Tz};
use prost_types::Timestamp;

use super::words::TimeWords;

/// A moment for people and, as `datetime`, for programs.
#[derive(Debug, PartialEq, Eq)]
pub struct When {
    pub told: String,
    pub machine: String,
}

impl When {
    /// None where there is no such moment.
    #[must_use]
    pub fn of(time: &Timestamp, zone: &str, words: &TimeWords) -> Option<Self> {
        let nanos = u32::try_from(time.nanos).ok()?;
        let utc = DateTime::<Utc>::from_timestamp(time.seconds, nanos)?;
        // A zone that is none would be lead-service's fault; UTC then says so itself.
        let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
        let local = utc.with_timezone(&zone);
        let weekday = local.weekday().num_days_from_monday() as usize;
        let told = words
            .pattern
            .replace("{weekday}", words.weekdays[weekday])
            .replace("{day}", &local.day().to_string())
            .replace("{month}", words.months[local.month0() as usize])
            .replace("{year}", &local.year().to_string())
            .replace("{hour}", &format!("{:02}", local.hour()))
            .replace("{minute}", &format!("{:02}", local.minute()));
        let offset = local.format("%:z").to_string();
        // Many zones have no letters of their own, only their offset.
        let letters = local
            .offset()
            .abbreviation()
            .filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()));
        let zone = match letters {
            Some("UTC") => "UTC".to_owned(),
            Some(name) => format!("{name}, UTC{offset}"),
            None => format!("UTC{offset}"),
        };
        Some(Self {
            told: format!("{told} ({zone})"),
            machine: utc.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::words::Words;
    use super::*;
    use crate::language::Language;

    fn told(zone: &str, language: Language) -> String {
        let time = Timestamp {
            seconds: 1_795_282_200,
            nanos: 0,
        };
        let when = When::of(&time, zone, &Words::of(language).time).unwrap();
        assert_eq!(when.machine, "2026-11-21T17:30:00Z");
        when.told
    }

    #[test]
    fn a_moment_names_its_day_its_time_and_its_zone() {
        let zurich = |language| told("Europe/Zurich", language);
        assert_eq!(
            zurich(Language::French),
            "samedi 21 novembre 2026 à 18:30 (CET, UTC+01:00)"
        );
        assert_eq!(
            zurich(Language::German),
            "Samstag, 21. November 2026, 18:30 Uhr (CET, UTC+01:00)"
        );
        assert_eq!(
            told("Asia/Makassar", Language::Indonesian),
            "Minggu, 22 November 2026 pukul 01.30 (WITA, UTC+08:00)"
        );
        assert_eq!(
            told("America/Sao_Paulo", Language::English),
            "Saturday 21 November 2026, 14:30 (UTC-03:00)"
        );
        assert!(told("nowhere", Language::Spanish).ends_with("17:30 (UTC)"));
    }

    #[test]
    fn a_moment_beyond_all_calendars_is_left_out() {
        let time = Timestamp {
            seconds: i64::MAX,
            nanos: 0,
        };
        assert_eq!(
            When::of(&time, "UTC", &Words::of(Language::English).time),
            None
        );
    }
}
