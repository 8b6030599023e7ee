//! How long a provider may stay silent (D8): minutes by category and urgency, counted straight
//! through for an emergency, and in the provider's opening hours for everything else.

use chrono::Datelike as _;
use chrono::{DateTime, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::need::Urgency;

/// A reminder is never sooner.
const EARLIEST_REMINDER: i64 = 5;
/// Beyond so many days without an open minute the hours are taken for a mistake.
const LOOK_AHEAD: u64 = 60;

/// Minutes by urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerDeadlines {
    pub emergency_minutes: i32,
    pub soon_minutes: i32,
    /// Also where no urgency was said.
    pub flexible_minutes: i32,
}

impl Default for AnswerDeadlines {
    fn default() -> Self {
        Self {
            emergency_minutes: 10,
            soon_minutes: 60,
            flexible_minutes: 240,
        }
    }
}

/// A weekly window on the provider's wall clock; it never crosses midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// 1 is Monday.
    pub weekday: u32,
    pub open_minute: i64,
    /// Not part of the window; 1440 is midnight.
    pub close_minute: i64,
}

/// A provider's opening hours; no window means always open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Hours {
    pub time_zone: String,
    pub windows: Vec<Window>,
}

/// By what the deadline of one attempt is counted; kept with it, so that it needs no other service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRule {
    pub minutes: i64,
    /// An emergency counts straight through.
    pub straight: bool,
    pub hours: Hours,
}

/// When an offer's provider is reminded, and when its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// None where it would not come before the end.
    pub reminder: Option<DateTime<Utc>>,
    pub end: DateTime<Utc>,
}

impl AnswerRule {
    #[must_use]
    pub fn new(deadlines: AnswerDeadlines, urgency: Option<Urgency>, hours: Hours) -> Self {
        let minutes = match urgency {
            Some(Urgency::Emergency) => deadlines.emergency_minutes,
            Some(Urgency::Soon) => deadlines.soon_minutes,
            Some(Urgency::Flexible) | None => deadlines.flexible_minutes,
        };
        Self {
            minutes: i64::from(minutes.max(1)),
            straight: urgency == Some(Urgency::Emergency),
            hours,
        }
    }

    /// The deadline of an offer whose first message a carrier took at `start`.
    #[must_use]
    pub fn from(&self, start: DateTime<Utc>) -> Deadline {
        let end = self.after(start, self.minutes);
        let half = self.after(start, (self.minutes / 2).max(EARLIEST_REMINDER));
        Deadline {
            reminder: Some(half).filter(|half| *half < end),
            end,
        }
    }

    /// The moment at which so many counted minutes are over.
    fn after(&self, start: DateTime<Utc>, minutes: i64) -> DateTime<Utc> {
        let straight = start + TimeDelta::minutes(minutes);
        let zone: Result<Tz, _> = self.hours.time_zone.parse();
        let (false, Ok(zone)) = (self.straight || self.hours.windows.is_empty(), zone) else {
            return straight;
        };
        let mut left = TimeDelta::minutes(minutes);
        let mut counted_until = start;
        for (open, close) in self.hours.spans(zone, start) {
            let open = open.max(counted_until);
            if close <= open {
                continue;
            }
            if close - open >= left {
                return open + left;
            }
            left -= close - open;
            counted_until = close;
        }
        straight
    }
}

impl Hours {
    /// Open spans from the day of `start` on, by their opening.
    fn spans(&self, zone: Tz, start: DateTime<Utc>) -> Vec<(DateTime<Utc>, DateTime<Utc>)> {
        let today = start.with_timezone(&zone).date_naive();
        let days = (0..LOOK_AHEAD).filter_map(|n| today.checked_add_days(Days::new(n)));
        let mut spans: Vec<_> = days
            .flat_map(|date| {
                let weekday = date.weekday().number_from_monday();
                let windows = self.windows.iter().filter(move |w| w.weekday == weekday);
                windows.map(move |w| {
                    let open = moment(zone, date, w.open_minute, false);
                    (open, moment(zone, date, w.close_minute, true))
                })
            })
            .collect();
        spans.sort_unstable();
        spans
    }
}

/// When the wall clock shows a minute of a date. In the repeated hour a window opens at the first
/// and closes at the `last` of the two; what summer time skips is the end of the gap.
fn moment(zone: Tz, date: NaiveDate, minute: i64, last: bool) -> DateTime<Utc> {
    let wall = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(minute);
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) => at.to_utc(),
        LocalResult::Ambiguous(first, second) => if last { second } else { first }.to_utc(),
        LocalResult::None => (1..=1440)
            .find_map(|later| {
                let wall = wall + TimeDelta::minutes(later);
                zone.from_local_datetime(&wall).earliest()
            })
            .map_or_else(|| wall.and_utc(), |at| at.to_utc()),
    }
}

#[cfg(test)]
#[path = "deadline_tests.rs"]
mod tests;
