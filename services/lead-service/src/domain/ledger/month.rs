//! A calendar month in UTC: from the first day's 00:00:00 to just before the next month's.

use std::fmt;

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime, Utc};

/// Kept as its first day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Month(NaiveDate);

/// From an instant to just before another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: DateTime<Utc>,
    pub until: DateTime<Utc>,
}

impl Month {
    #[must_use]
    pub fn of(at: DateTime<Utc>) -> Self {
        let day = at.date_naive();
        Self(day.with_day(1).unwrap_or(day))
    }

    #[must_use]
    pub fn first_day(self) -> NaiveDate {
        self.0
    }

    #[must_use]
    pub fn start(self) -> DateTime<Utc> {
        self.0.and_time(NaiveTime::MIN).and_utc()
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + Months::new(1))
    }

    #[must_use]
    pub fn period(self) -> Period {
        Period {
            from: self.start(),
            until: self.next().start(),
        }
    }
}

impl Period {
    #[must_use]
    pub fn holds(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }

    /// The months of which it holds a moment: those in which a number stood, say.
    pub fn months(&self) -> impl Iterator<Item = Month> {
        let until = self.until;
        let first = (self.from < until).then(|| Month::of(self.from));
        std::iter::successors(first, |month| Some(month.next()))
            .take_while(move |month| month.start() < until)
    }
}

/// "2026-11".
impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.0.year(), self.0.month())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_last_second_of_january_is_january_s_and_the_next_is_february_s() {
        assert_eq!(Month::of(at("2026-01-31T23:59:59Z")).to_string(), "2026-01");
        assert_eq!(Month::of(at("2026-02-01T00:00:00Z")).to_string(), "2026-02");
        let geneva = at("2026-02-01T00:30:00+01:00");
        assert_eq!(Month::of(geneva).to_string(), "2026-01", "UTC decides");
    }

    #[test]
    fn february_2028_has_its_29th_day() {
        let february = Month::of(at("2028-02-29T12:00:00Z")).period();
        assert!(february.holds(at("2028-02-29T23:59:59.999999Z")));
        assert!(!february.holds(at("2028-03-01T00:00:00Z")));
        assert_eq!((february.until - february.from).num_days(), 29);
    }

    #[test]
    fn a_number_stood_in_each_month_of_which_it_had_a_moment() {
        let months = |from, until| {
            let stood = Period {
                from: at(from),
                until: at(until),
            };
            stood
                .months()
                .map(|month| month.to_string())
                .collect::<Vec<_>>()
        };
        let three = months("2026-12-31T23:59:59Z", "2027-02-01T00:00:01Z");
        assert_eq!(three, ["2026-12", "2027-01", "2027-02"]);
        let edge = months("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z");
        assert_eq!(edge, ["2026-12"]);
        assert!(months("2026-12-05T00:00:00Z", "2026-12-05T00:00:00Z").is_empty());
    }
}
