//! Opening hours: weekly windows on the provider's own clock, summer time included.
//!
//! A window is open when the clock on the provider's wall shows a time inside it. In the hour that
//! summer time skips nothing opens; in the hour that it repeats a window is open both times.

use chrono::{
    DateTime, Datelike as _, Days, LocalResult, NaiveDate, TimeDelta, Timelike as _, Utc,
};
use chrono::{NaiveTime, TimeZone as _};
use chrono_tz::Tz;

use super::Invalid;

/// One weekly window; it never crosses midnight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Window {
    weekday: u8,
    open_minute: u16,
    close_minute: u16,
}

impl Window {
    /// `weekday` is 1 (Monday) to 7; minutes count from midnight, the close is not part of it.
    pub fn new(weekday: i32, open_minute: i32, close_minute: i32) -> Result<Self, Invalid> {
        let weekday = match u8::try_from(weekday) {
            Ok(day @ 1..=7) => day,
            _ => return Err(Invalid::new("is not a weekday", "name Monday to Sunday")),
        };
        let wrong = Invalid::new(
            "is not a window",
            "open at 0 to 1439 and close later, at 1 to 1440 minutes from midnight; \
             a night is two windows",
        );
        let (Ok(open), Ok(close)) = (u16::try_from(open_minute), u16::try_from(close_minute))
        else {
            return Err(wrong);
        };
        if open >= close || close > 1440 {
            return Err(wrong);
        }
        Ok(Self {
            weekday,
            open_minute: open,
            close_minute: close,
        })
    }

    #[must_use]
    pub fn parts(self) -> (u8, u16, u16) {
        (self.weekday, self.open_minute, self.close_minute)
    }
}

/// When a provider takes leads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hours {
    zone: Tz,
    windows: Vec<Window>,
}

impl Hours {
    /// No window means always open. Windows that overlap are refused: one of them is a mistake.
    pub fn new(zone: Tz, mut windows: Vec<Window>) -> Result<Self, Invalid> {
        windows.sort();
        let overlap = windows.windows(2).any(|pair| {
            pair[0].weekday == pair[1].weekday && pair[0].close_minute > pair[1].open_minute
        });
        if overlap {
            return Err(Invalid::new(
                "has windows that overlap",
                "let each window of a day end before the next one opens",
            ));
        }
        Ok(Self { zone, windows })
    }

    /// The same clock, never closed.
    #[must_use]
    pub fn always(&self) -> Self {
        Self {
            zone: self.zone,
            windows: Vec::new(),
        }
    }

    #[must_use]
    pub fn zone(&self) -> Tz {
        self.zone
    }

    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    #[must_use]
    pub fn is_open(&self, at: DateTime<Utc>) -> bool {
        if self.windows.is_empty() {
            return true;
        }
        let local = at.with_timezone(&self.zone);
        let weekday = local.weekday().number_from_monday();
        let minute = local.hour() * 60 + local.minute();
        self.windows.iter().any(|w| {
            u32::from(w.weekday) == weekday
                && (u32::from(w.open_minute)..u32::from(w.close_minute)).contains(&minute)
        })
    }

    /// The first moment after `after` at which a window opens; nothing when it is always open.
    #[must_use]
    pub fn next_opening(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let today = after.with_timezone(&self.zone).date_naive();
        // Two weeks, since a window may fall into the hour that is skipped.
        let days = (0..=14).filter_map(|n| today.checked_add_days(Days::new(n)));
        days.flat_map(|date| {
            let weekday = date.weekday().number_from_monday();
            let windows = self
                .windows
                .iter()
                .filter(move |w| u32::from(w.weekday) == weekday);
            windows.flat_map(move |w| moments(self.zone, date, w.open_minute))
        })
        .filter(|moment| *moment > after && self.is_open(*moment))
        .min()
    }

    /// The provider's own date at `at`: what a limit by the day counts.
    #[must_use]
    pub fn local_day(&self, at: DateTime<Utc>) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The first moment after `after` at which a lead may come again on a new date.
    #[must_use]
    pub fn next_day(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let tomorrow = self.local_day(after).checked_add_days(Days::new(1))?;
        let midnight = moments(self.zone, tomorrow, 0).into_iter().min()?;
        if self.is_open(midnight) {
            Some(midnight)
        } else {
            self.next_opening(midnight)
        }
    }
}

/// The instants at which a wall clock in `zone` shows `minute` of `date`: two in the repeated hour,
/// the end of the gap where summer time skips it.
fn moments(zone: Tz, date: NaiveDate, minute: u16) -> Vec<DateTime<Utc>> {
    let wall = date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) => vec![at.to_utc()],
        LocalResult::Ambiguous(first, second) => vec![first.to_utc(), second.to_utc()],
        // Gaps are an hour or less nearly everywhere, a day in the worst case on record.
        LocalResult::None => (1..=1440)
            .find_map(|later| {
                let wall = wall + TimeDelta::minutes(later);
                zone.from_local_datetime(&wall).earliest()
            })
            .map(|at| at.to_utc())
            .into_iter()
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn hours(zone: &str, windows: &[(i32, i32, i32)]) -> Hours {
        let windows = windows
            .iter()
            .map(|(day, open, close)| Window::new(*day, *open, *close).unwrap());
        Hours::new(zone.parse().unwrap(), windows.collect()).unwrap()
    }

    #[test]
    fn no_window_means_always_open() {
        let always = hours("Asia/Makassar", &[]);
        assert!(always.is_open(at("2026-11-21T03:00:00Z")));
        assert_eq!(always.next_opening(at("2026-11-21T03:00:00Z")), None);
    }

    #[test]
    fn a_window_is_read_on_the_providers_own_clock() {
        // Saturday 21 November 2026, 07:00 to 20:00 in Zurich (UTC+1).
        let saturday = hours("Europe/Zurich", &[(6, 420, 1200)]);
        assert!(!saturday.is_open(at("2026-11-21T05:59:59Z")));
        assert!(saturday.is_open(at("2026-11-21T06:00:00Z")));
        assert!(saturday.is_open(at("2026-11-21T18:59:59Z")));
        assert!(!saturday.is_open(at("2026-11-21T19:00:00Z")));
        assert_eq!(
            saturday.next_opening(at("2026-11-21T19:00:00Z")),
            Some(at("2026-11-28T06:00:00Z"))
        );
    }

    #[test]
    fn a_window_to_midnight_joins_the_next_day() {
        let night = hours("Europe/Zurich", &[(6, 1320, 1440), (7, 0, 360)]);
        assert!(night.is_open(at("2026-11-21T22:59:59Z")));
        assert!(night.is_open(at("2026-11-21T23:00:00Z")));
        assert!(!night.is_open(at("2026-11-22T05:00:00Z")));
    }

    #[test]
    fn opening_moves_with_summer_time() {
        // Sunday 29 March 2026 is the first summer day in Zurich; Monday opens an hour earlier.
        let monday = hours("Europe/Zurich", &[(1, 480, 720)]);
        assert_eq!(
            monday.next_opening(at("2026-03-22T12:00:00Z")),
            Some(at("2026-03-23T07:00:00Z"))
        );
        assert_eq!(
            monday.next_opening(at("2026-03-28T12:00:00Z")),
            Some(at("2026-03-30T06:00:00Z"))
        );
    }

    #[test]
    fn in_the_skipped_hour_a_window_opens_at_its_end_or_not_at_all() {
        // 02:00 to 03:00 does not exist on 29 March 2026 in Zurich; 01:00Z is 03:00 local.
        let early = hours("Europe/Zurich", &[(7, 150, 300)]);
        assert_eq!(
            early.next_opening(at("2026-03-28T12:00:00Z")),
            Some(at("2026-03-29T01:00:00Z"))
        );
        let inside = hours("Europe/Zurich", &[(7, 130, 170)]);
        assert_eq!(
            inside.next_opening(at("2026-03-28T12:00:00Z")),
            Some(at("2026-04-05T00:10:00Z"))
        );
    }

    #[test]
    fn in_the_repeated_hour_a_window_is_open_both_times() {
        // 25 October 2026 in Zurich: 02:30 comes at 00:30Z and at 01:30Z.
        let repeated = hours("Europe/Zurich", &[(7, 150, 160)]);
        assert!(repeated.is_open(at("2026-10-25T00:35:00Z")));
        assert!(!repeated.is_open(at("2026-10-25T01:05:00Z")));
        assert!(repeated.is_open(at("2026-10-25T01:35:00Z")));
        assert_eq!(
            repeated.next_opening(at("2026-10-25T00:45:00Z")),
            Some(at("2026-10-25T01:30:00Z"))
        );
    }

    #[test]
    fn a_day_ends_at_the_providers_midnight() {
        let bali = hours("Asia/Makassar", &[]);
        assert_eq!(
            bali.local_day(at("2026-11-21T15:59:59Z")).to_string(),
            "2026-11-21"
        );
        assert_eq!(
            bali.local_day(at("2026-11-21T16:00:00Z")).to_string(),
            "2026-11-22"
        );
        assert_eq!(
            bali.next_day(at("2026-11-21T15:00:00Z")),
            Some(at("2026-11-21T16:00:00Z"))
        );
        let monday = hours("Asia/Makassar", &[(1, 480, 720)]);
        assert_eq!(
            monday.next_day(at("2026-11-23T01:00:00Z")),
            Some(at("2026-11-30T00:00:00Z"))
        );
    }

    #[test]
    fn impossible_and_overlapping_windows_are_refused() {
        for (day, open, close) in [(0, 1, 2), (8, 1, 2), (1, 60, 60), (1, -1, 60), (1, 0, 1441)] {
            assert!(
                Window::new(day, open, close).is_err(),
                "{day} {open} {close}"
            );
        }
        let overlap = vec![
            Window::new(1, 0, 100).unwrap(),
            Window::new(1, 99, 200).unwrap(),
        ];
        assert!(Hours::new(chrono_tz::UTC, overlap).is_err());
        let adjacent = vec![
            Window::new(1, 0, 100).unwrap(),
            Window::new(1, 100, 200).unwrap(),
        ];
        assert!(Hours::new(chrono_tz::UTC, adjacent).is_ok());
    }
}
