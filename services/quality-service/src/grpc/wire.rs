//! Books and their parts as they travel.

use chrono::{DateTime, Utc};
use contracts::quality::v1::{GetBooksResponse, ParkedEntry};
use prost_types::Timestamp;

use crate::domain::books::{Books, Parked};

pub(super) fn books(books: Books) -> GetBooksResponse {
    let Books {
        epoch,
        number,
        carry_time,
        carried,
        parked,
    } = books;
    GetBooksResponse {
        epoch,
        number,
        carry_time: carry_time.map(timestamp),
        carried: carried.into_iter().collect(),
        parked: parked.into_iter().map(entry).collect(),
    }
}

fn entry(parked: Parked) -> ParkedEntry {
    let Parked {
        number,
        kind,
        call_sid,
        reason,
        park_time,
    } = parked;
    ParkedEntry {
        number,
        kind,
        call_sid,
        reason,
        park_time: Some(timestamp(park_time)),
    }
}

fn timestamp(time: DateTime<Utc>) -> Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    Timestamp {
        seconds: time.timestamp(),
        nanos,
    }
}
