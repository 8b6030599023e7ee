//! Times and lengths as they travel.

use std::time::Duration;

use chrono::{DateTime, Utc};
use prost_types::Timestamp;

pub(super) fn timestamp(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    Timestamp {
        seconds: time.timestamp(),
        nanos,
    }
}

pub(super) fn time(time: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(time.seconds, u32::try_from(time.nanos).ok()?)
}

pub(super) fn length(length: prost_types::Duration) -> Duration {
    let seconds = u64::try_from(length.seconds).unwrap_or(0);
    let nanos = u32::try_from(length.nanos).unwrap_or(0);
    Duration::new(seconds, nanos)
}

pub(super) fn duration(length: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(length.as_secs()).unwrap_or(i64::MAX),
        nanos: i32::try_from(length.subsec_nanos()).unwrap_or(0),
    }
}
