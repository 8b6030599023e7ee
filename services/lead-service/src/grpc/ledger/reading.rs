//! What the ledger's requests have in common: periods, pages, amounts and who asks.

use chassis::clock;
use chassis::fault::Violations;
use chrono::{DateTime, Datelike as _, Months, TimeDelta, Utc};
use contracts::lead::v1 as wire;
use prost_types::Timestamp;

use super::money;
use crate::domain::attempt::is_operator;
use crate::domain::ledger::money::Amount;
use crate::domain::ledger::month::{Month, Period};

const LONGEST_PERIOD: TimeDelta = TimeDelta::days(400);
const LARGEST_PAGE: i32 = 1000;
const PAGE: i32 = 200;

/// From the first of this month, or from what is told, to the end of that month.
pub(super) fn period(
    v: &mut Violations,
    from: Option<Timestamp>,
    until: Option<Timestamp>,
) -> Period {
    let mut read = |field, told: Option<Timestamp>| {
        let read = told.map(instant);
        if read == Some(None) {
            v.add(field, "must be a time between 2000 and 2200");
        }
        read.flatten()
    };
    let (from, until) = (read("from_time", from), read("until_time", until));
    let from = from.unwrap_or_else(|| Month::of(clock::now()).start());
    let until = until.unwrap_or_else(|| Month::of(from).next().start());
    if until <= from {
        v.add("until_time", "must lie after from_time");
    } else if until - from > LONGEST_PERIOD {
        v.add("until_time", "must be at most 400 days after from_time");
    }
    Period { from, until }
}

pub(super) fn instant(time: Timestamp) -> Option<DateTime<Utc>> {
    let nanos = u32::try_from(time.nanos).ok()?;
    // As it is kept.
    let read = DateTime::from_timestamp(time.seconds, nanos / 1000 * 1000)?;
    (2000..2200).contains(&read.year()).then_some(read)
}

pub(super) fn page_size(v: &mut Violations, size: i32) -> usize {
    if size < 0 {
        v.add("page_size", "must not be negative");
    }
    let size = if size == 0 {
        PAGE
    } else {
        size.min(LARGEST_PAGE)
    };
    usize::try_from(size).unwrap_or_default()
}

/// An amount that people pay, under `amount`: of a known currency, and no more than anybody pays.
pub(super) fn amount(v: &mut Violations, told: &wire::Amount) -> Option<Amount> {
    let read = money::read(told).ok();
    if read.is_none() {
        v.add(
            "amount.currency",
            "must have a currency by ISO 4217, such as CHF",
        );
    }
    if read.is_some_and(|amount| !amount.is_of_a_job()) {
        v.add(
            "amount.micros",
            "must have at most ten digits before the point; it counts millionths: 100000000 is EUR \
             100",
        );
    }
    read
}

pub(super) fn operator(v: &mut Violations, actor: &str) {
    let plain = !actor.chars().any(char::is_control) && actor.len() <= 100;
    if !is_operator(actor) || !plain {
        v.add("actor", "must be an operator, such as operator:ana");
    }
}

/// Required, short, and without control characters.
pub(super) fn text(v: &mut Violations, field: &'static str, text: &str, longest: usize) {
    let plain = !text.chars().any(char::is_control);
    if text.trim().is_empty() || text.chars().count() > longest || !plain {
        v.add(
            field,
            format!(
                "is required, in at most {longest} characters, none of them a control character"
            ),
        );
    }
}

/// Not later than a day from now: a clock may be ahead.
pub(super) fn past(
    v: &mut Violations,
    field: &'static str,
    time: Option<Timestamp>,
) -> DateTime<Utc> {
    let read = time.and_then(instant);
    let latest = clock::now() + TimeDelta::days(1);
    let earliest = clock::now() - Months::new(1200);
    match read {
        Some(time) if time <= latest => time,
        Some(_) => {
            v.add(field, "must not lie in the future");
            earliest
        }
        None => {
            v.add(field, "is required: when it came");
            earliest
        }
    }
}
