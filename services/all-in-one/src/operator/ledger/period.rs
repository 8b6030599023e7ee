//! A period as a person says it: a month, or days from and until, all in UTC, the last one included.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDate, NaiveTime, Utc};
use prost_types::Timestamp;

use crate::operator::moment::stamp;
use crate::words;

#[derive(clap::Args, Debug, Default, Clone)]
pub struct Period {
    /// A month, such as 2026-11; this one when nothing is said.
    #[arg(long, value_name = "MONTH", value_parser = month, conflicts_with_all = ["from", "until"])]
    month: Option<NaiveDate>,
    #[command(flatten)]
    days: Span,
}

#[derive(clap::Args, Debug, Default, Clone)]
pub struct Span {
    /// The first day, such as 2026-11-01.
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<NaiveDate>,
    /// The last day, which belongs to it.
    #[arg(long, value_name = "DAY", value_parser = day)]
    until: Option<NaiveDate>,
}

/// From then on, until just before.
pub type Bounds = (Option<Timestamp>, Option<Timestamp>);

impl Period {
    /// What is not said is left to the service: this month.
    ///
    /// # Errors
    /// The last day comes before the first.
    pub fn bounds(&self) -> anyhow::Result<Bounds> {
        match self.month {
            Some(first) => {
                let next = first.checked_add_months(Months::new(1));
                Ok((Some(midnight(first)), next.map(midnight)))
            }
            None => self.days.bounds(),
        }
    }
}

impl Span {
    /// # Errors
    /// The last day comes before the first.
    pub fn bounds(&self) -> anyhow::Result<Bounds> {
        if let (Some(from), Some(until)) = (self.from, self.until) {
            anyhow::ensure!(from <= until, "--until {until} comes before --from {from}");
        }
        let after = self
            .until
            .and_then(|day| day.checked_add_days(Days::new(1)));
        Ok((self.from.map(midnight), after.map(midnight)))
    }
}

/// The first instant of a day, UTC.
#[must_use]
pub fn midnight(day: NaiveDate) -> Timestamp {
    stamp(day.and_time(NaiveTime::MIN).and_utc())
}

/// # Errors
/// Says how a month is written.
fn month(text: &str) -> Result<NaiveDate, String> {
    let first = NaiveDate::parse_from_str(&format!("{text}-01"), "%Y-%m-%d");
    first.map_err(|_| "write it as 2026-11".to_owned())
}

/// For the command line.
///
/// # Errors
/// Says how a day is written.
pub fn day(text: &str) -> Result<NaiveDate, String> {
    text.parse()
        .map_err(|_| "write it as 2026-11-30".to_owned())
}

/// "2026-11-01 to 2026-11-30 (UTC)": whole days by their dates, others by their times.
#[must_use]
pub fn told(from: Option<&Timestamp>, until: Option<&Timestamp>) -> String {
    let (Some(first), Some(end)) = (words::instant(from), words::instant(until)) else {
        return format!("{} to {}", words::time(from), words::time(until));
    };
    let whole = |at: DateTime<Utc>| at.time() == NaiveTime::MIN;
    match end.date_naive().pred_opt() {
        Some(last) if whole(first) && whole(end) && first < end => {
            format!("{} to {last} (UTC)", first.date_naive())
        }
        _ => format!("{} to {} (UTC)", words::time(from), words::time(until)),
    }
}

/// Whether it begins with a month, UTC; so does what is not said.
#[must_use]
pub fn begins_a_month(from: Option<&Timestamp>) -> bool {
    words::instant(from).is_none_or(|at| at.day() == 1 && at.time() == NaiveTime::MIN)
}

/// The months that begin in it, as "2026-11": the cost of a number's month is dated on its first day.
#[must_use]
pub fn months_begun(from: Option<&Timestamp>, until: Option<&Timestamp>) -> Vec<String> {
    let Some((from, until)) = words::instant(from).zip(words::instant(until)) else {
        return Vec::new();
    };
    let first = from.date_naive().with_day(1);
    let months = std::iter::successors(first, |day| day.checked_add_months(Months::new(1)));
    let begins = months.map(|day| (day, day.and_time(NaiveTime::MIN).and_utc()));
    begins
        .skip_while(|(_, at)| *at < from)
        .take_while(|(_, at)| *at < until)
        .map(|(day, _)| day.format("%Y-%m").to_string())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bounds: Bounds) -> (String, String) {
        let (from, until) = bounds;
        (words::time(from.as_ref()), words::time(until.as_ref()))
    }

    #[test]
    fn a_month_ends_before_the_next_one_and_a_leap_february_has_29_days() {
        for (text, until, told_as) in [
            (
                "2026-11",
                "2026-12-01T00:00:00Z",
                "2026-11-01 to 2026-11-30 (UTC)",
            ),
            (
                "2026-12",
                "2027-01-01T00:00:00Z",
                "2026-12-01 to 2026-12-31 (UTC)",
            ),
            (
                "2028-02",
                "2028-03-01T00:00:00Z",
                "2028-02-01 to 2028-02-29 (UTC)",
            ),
            (
                "2026-02",
                "2026-03-01T00:00:00Z",
                "2026-02-01 to 2026-02-28 (UTC)",
            ),
        ] {
            let period = Period {
                month: Some(month(text).unwrap()),
                ..Period::default()
            };
            let bounds = period.bounds().unwrap();
            assert_eq!(told(bounds.0.as_ref(), bounds.1.as_ref()), told_as);
            assert_eq!(shown(bounds).1, until);
        }
        for wrong in ["2026-13", "2026", "11-2026", "2026-11-01", "november"] {
            assert!(month(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_last_day_belongs_to_a_span_and_what_is_not_said_is_the_services() {
        let span = |from: &str, until: &str| Span {
            from: day(from).ok(),
            until: day(until).ok(),
        };
        let bounds = span("2026-11-10", "2026-11-10").bounds().unwrap();
        let one_day = (
            "2026-11-10T00:00:00Z".to_owned(),
            "2026-11-11T00:00:00Z".to_owned(),
        );
        assert_eq!(shown(bounds), one_day);
        assert_eq!(span("", "").bounds().unwrap(), (None, None));
        assert!(span("2026-11-10", "2026-11-09").bounds().is_err());
        assert!(day("10.11.2026").is_err());
    }

    #[test]
    fn the_months_that_begin_in_a_period_are_those_whose_first_day_lies_in_it() {
        let begun = |from: &str, until: &str| {
            let [from, until] = [from, until].map(|text| midnight(day(text).unwrap()));
            months_begun(Some(&from), Some(&until)).join(" ")
        };
        assert_eq!(begun("2026-11-01", "2026-12-01"), "2026-11");
        assert_eq!(begun("2026-11-02", "2026-12-01"), "");
        assert_eq!(begun("2026-11-15", "2027-01-02"), "2026-12 2027-01");
        assert_eq!(begun("2026-11-01", "2026-11-02"), "2026-11");
        let at = |text: &str| stamp(text.parse().unwrap());
        let late = at("2026-11-01T00:00:01Z");
        let end = at("2026-12-01T00:00:01Z");
        assert_eq!(months_begun(Some(&late), Some(&end)), ["2026-12"]);
        assert!(!begins_a_month(Some(&late)));
        assert!(begins_a_month(Some(&at("2026-11-01T00:00:00Z"))));
    }

    #[test]
    fn what_is_no_whole_day_is_told_with_its_time() {
        let at = |text: &str| stamp(text.parse().unwrap());
        let (from, until) = (at("2026-11-01T08:30:00Z"), at("2026-11-02T00:00:00Z"));
        let text = told(Some(&from), Some(&until));
        assert_eq!(text, "2026-11-01T08:30:00Z to 2026-11-02T00:00:00Z (UTC)");
    }
}
