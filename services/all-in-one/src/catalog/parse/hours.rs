//! Opening hours as people write them: "mon-fri 07:00-19:00", "sat 08:00-12:00",
//! "mon-sun 00:00-24:00". They become one window for each day.

use crate::catalog::breach::Report;
use crate::catalog::document::At;
use crate::catalog::model::Window;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

pub(super) fn read(spans: &[String], at: &At, report: &Report) -> Vec<Window> {
    let mut windows: Vec<Window> = Vec::new();
    for (index, span) in spans.iter().enumerate() {
        let place = at.item("hours", index);
        match parse(span) {
            Err(remedy) => report.error(place, "hours", format!("`hours` \"{span}\": {remedy}")),
            Ok(read) => {
                if let Some(day) = overlap(&windows, &read) {
                    let day = DAYS[usize::from(day) - 1];
                    let message =
                        format!("`hours` \"{span}\" overlaps another entry on {day}: join the two");
                    report.error(place, "hours", message);
                }
                windows.extend(read);
            }
        }
    }
    windows.sort();
    windows
}

fn overlap(before: &[Window], new: &[Window]) -> Option<u8> {
    let meets =
        |a: &Window, b: &Window| a.weekday == b.weekday && a.open < b.close && b.open < a.close;
    new.iter()
        .find(|b| before.iter().any(|a| meets(a, b)))
        .map(|window| window.weekday)
}

fn parse(span: &str) -> Result<Vec<Window>, &'static str> {
    const SHAPE: &str = "write days and times, such as \"mon-fri 07:00-19:00\"";
    let (days, times) = span.trim().split_once(' ').ok_or(SHAPE)?;
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let day = |name: &str| {
        DAYS.iter()
            .position(|d| *d == name)
            .ok_or("a day is one of mon, tue, wed, thu, fri, sat, sun")
    };
    let (first, last) = (day(first)?, day(last)?);
    if first > last {
        return Err("the first day comes after the last: write two entries");
    }
    let (open, close) = times.trim().split_once('-').ok_or(SHAPE)?;
    let (open, close) = (minute(open).ok_or(SHAPE)?, minute(close).ok_or(SHAPE)?);
    if open >= close {
        return Err(
            "it closes before it opens: past midnight, write one entry up to 24:00 and one from 00:00",
        );
    }
    let weekday = |day: usize| u8::try_from(day + 1).unwrap_or(u8::MAX);
    Ok((first..=last)
        .map(|day| Window {
            weekday: weekday(day),
            open,
            close,
        })
        .collect())
}

fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.trim().split_once(':')?;
    let digits = |s: &str| s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit());
    if !digits(hours) || !digits(minutes) {
        return None;
    }
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    let total = hours * 60 + minutes;
    (minutes < 60 && total <= 24 * 60).then_some(total)
}

#[cfg(test)]
mod tests {
    use super::{Window, parse};

    #[test]
    fn a_span_of_days_becomes_a_window_for_each_day() {
        let windows = parse("fri-sun 07:30-24:00").unwrap();
        let expected = |weekday| Window {
            weekday,
            open: 450,
            close: 1440,
        };
        assert_eq!(windows, [expected(5), expected(6), expected(7)]);
    }

    #[test]
    fn hours_that_make_no_sense_are_refused() {
        for wrong in [
            "",
            "mon",
            "mon 9-17",
            "mon 09:00-24:01",
            "mon 09:60-10:00",
            "mon +9:00-10:00",
            "sun-mon 09:00-10:00",
            "mon 19:00-07:00",
            "mon 09:00-09:00",
            "lun 09:00-10:00",
        ] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
