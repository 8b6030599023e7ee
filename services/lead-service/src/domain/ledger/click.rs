//! Which click of an advertisement a call came from (R35): the only one of its site that stands in
//! the ten minutes before the call, both edges included. Of none, or of several, nothing is said.

use chrono::{DateTime, TimeDelta, Utc};

/// Before the call's start.
const WINDOW: TimeDelta = TimeDelta::minutes(10);

/// From the first to the last moment that counts for a call that began at `start`.
#[must_use]
pub fn window(start: DateTime<Utc>) -> (DateTime<Utc>, DateTime<Utc>) {
    (start - WINDOW, start)
}

/// The one click, where there is exactly one.
#[must_use]
pub fn the_one(mut clicks: Vec<String>) -> Option<String> {
    let last = clicks.pop()?;
    clicks.is_empty().then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_click_counts_and_none_or_two_say_nothing_r35() {
        let clicks = |ids: &[&str]| the_one(ids.iter().map(|&id| id.to_owned()).collect());
        assert_eq!(clicks(&[]), None);
        assert_eq!(clicks(&["gclid-1"]).as_deref(), Some("gclid-1"));
        assert_eq!(clicks(&["gclid-1", "gclid-2"]), None);
    }
}
