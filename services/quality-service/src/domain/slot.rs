//! A slot is a quarter of an hour; each is scanned once (R54).

use chrono::{DateTime, TimeDelta, Utc};

pub const LENGTH: TimeDelta = TimeDelta::minutes(15);

/// The start of the slot in which `time` lies.
#[must_use]
pub fn start(time: DateTime<Utc>) -> DateTime<Utc> {
    let seconds = LENGTH.num_seconds();
    let number = time.timestamp().div_euclid(seconds);
    DateTime::from_timestamp(number * seconds, 0).unwrap_or(time)
}

/// The slot's own name, unique in the database.
#[must_use]
pub fn name(start: DateTime<Utc>) -> String {
    format!("slot:{}", start.format("%Y-%m-%dT%H:%M:%SZ"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_starts_with_the_quarter_of_an_hour_r54() {
        let time = DateTime::from_timestamp(1_795_253_436, 0).unwrap();
        assert_eq!(name(start(time)), "slot:2026-11-21T09:30:00Z");
        assert_eq!(start(start(time)), start(time));
    }
}
