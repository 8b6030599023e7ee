//! Deadlines in a provider's hours (D8): by example, and whatever the hours are.

use proptest::prelude::*;

use super::*;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time of the test")
}

fn weekdays(open: i64, close: i64) -> Hours {
    let window = |weekday| Window {
        weekday,
        open_minute: open,
        close_minute: close,
    };
    Hours {
        time_zone: "Europe/Zurich".to_owned(),
        windows: (1..=5).map(window).collect(),
    }
}

fn rule(urgency: Option<Urgency>, hours: Hours) -> AnswerRule {
    AnswerRule::new(AnswerDeadlines::default(), urgency, hours)
}

#[test]
fn an_emergency_counts_straight_through_the_night() {
    let start = utc("2026-11-20T22:00:00Z");
    let deadline = rule(Some(Urgency::Emergency), weekdays(480, 1080)).from(start);
    assert_eq!(deadline.end, start + TimeDelta::minutes(10));
    assert_eq!(deadline.reminder, Some(start + TimeDelta::minutes(5)));
}

#[test]
fn soon_counts_only_opening_hours_over_a_weekend() {
    // Friday 17:40 in Zurich: 20 minutes are left, the other 40 are Monday's.
    let start = utc("2026-11-20T16:40:00Z");
    let deadline = rule(Some(Urgency::Soon), weekdays(480, 1080)).from(start);
    assert_eq!(deadline.end, utc("2026-11-23T07:40:00Z"));
    assert_eq!(deadline.reminder, Some(utc("2026-11-23T07:10:00Z")));
}

#[test]
fn no_urgency_is_flexible_and_no_window_is_always_open() {
    let start = utc("2026-11-20T16:40:00Z");
    let deadline = rule(None, Hours::default()).from(start);
    assert_eq!(deadline.end, start + TimeDelta::minutes(240));
    assert_eq!(
        rule(None, Hours::default()),
        rule(Some(Urgency::Flexible), Hours::default())
    );
}

#[test]
fn a_reminder_comes_after_five_minutes_or_not_at_all() {
    let start = utc("2026-11-20T16:40:00Z");
    let mut short = rule(None, Hours::default());
    short.minutes = 5;
    assert_eq!(short.from(start).reminder, None);
    short.minutes = 7;
    assert_eq!(
        short.from(start).reminder,
        Some(start + TimeDelta::minutes(5))
    );
}

#[test]
fn the_hour_that_summer_time_skips_is_not_counted() {
    // On 29 March 2026 the clock goes from 2:00 to 3:00: of 0:00 to 6:00 five hours are left.
    let hours = Hours {
        time_zone: "Europe/Zurich".to_owned(),
        windows: vec![Window {
            weekday: 7,
            open_minute: 0,
            close_minute: 360,
        }],
    };
    let start = utc("2026-03-28T23:00:00Z");
    let mut long = rule(None, hours);
    long.minutes = 300;
    assert_eq!(long.from(start).end, utc("2026-03-29T04:00:00Z"));
}

fn hours() -> impl Strategy<Value = Hours> {
    let window = (1u32..=7, 0i64..1439).prop_flat_map(|(weekday, open)| {
        (open + 1..=1440).prop_map(move |close| Window {
            weekday,
            open_minute: open,
            close_minute: close,
        })
    });
    let zones = prop_oneof![
        Just("Europe/Zurich"),
        Just("Asia/Makassar"),
        Just("America/New_York")
    ];
    (zones, proptest::collection::vec(window, 0..8)).prop_map(|(zone, windows)| Hours {
        time_zone: zone.to_owned(),
        windows,
    })
}

/// Open minutes between two moments, counted one by one.
fn open_minutes(hours: &Hours, from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    let zone: Tz = hours.time_zone.parse().expect("a zone of the test");
    let spans = hours.spans(zone, from);
    let mut counted = 0;
    let mut at = from;
    while at < to {
        if hours.windows.is_empty()
            || spans
                .iter()
                .any(|(open, close)| (*open..*close).contains(&at))
        {
            counted += 1;
        }
        at += TimeDelta::minutes(1);
    }
    counted
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn exactly_the_minutes_promised_are_counted_whatever_the_hours(
        hours in hours(),
        start in 0i64..(365 * 1440),
        minutes in 1i64..600,
    ) {
        let start = utc("2026-01-01T00:00:00Z") + TimeDelta::minutes(start);
        let rule = AnswerRule { minutes, straight: false, hours };
        let deadline = rule.from(start);
        prop_assert!(deadline.end >= start + TimeDelta::minutes(minutes));
        if let Some(reminder) = deadline.reminder {
            prop_assert!(reminder >= start + TimeDelta::minutes(5) && reminder < deadline.end);
        }
        let fallback = deadline.end == start + TimeDelta::minutes(minutes);
        let counted = open_minutes(&rule.hours, start, deadline.end);
        prop_assert!(counted == minutes || fallback, "{counted} of {minutes}");
        let later = rule.from(start + TimeDelta::minutes(1));
        prop_assert!(later.end >= deadline.end, "a later start never ends earlier");
    }
}
