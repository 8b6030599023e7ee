//! Conversions between wire and domain; every field of a message is taken by name. What all messages
//! share stands here: times, lengths, what is missing.

mod account;
mod call;
mod catalog;
mod conversation;
mod erasure;
mod run;
mod seal;

use std::time::Duration;

use chassis::fault::{InvalidRequest, Violations};
use chrono::{DateTime, Utc};

use crate::domain::text;

pub(crate) use account::of_account;
pub(crate) use call::{call_sid, of_call, of_handling, of_state};
pub(crate) use catalog::{
    agent, manner, number, of_agent, of_difference, of_number, of_site, put, site,
};
pub(crate) use conversation::{of_conversation, of_execution};
pub(crate) use erasure::{erasure, of_erased};
pub(crate) use run::{of_run, own_scenario};
pub(crate) use seal::approver;

pub(crate) fn timestamp(time: DateTime<Utc>) -> prost_types::Timestamp {
    let nanos = i32::try_from(time.timestamp_subsec_nanos()).unwrap_or(0);
    prost_types::Timestamp {
        seconds: time.timestamp(),
        nanos,
    }
}

pub(crate) fn time(stamp: prost_types::Timestamp) -> Option<DateTime<Utc>> {
    let time = DateTime::from_timestamp(stamp.seconds, u32::try_from(stamp.nanos).ok()?)?;
    // Kept to microseconds, as both databases keep it.
    DateTime::from_timestamp_micros(time.timestamp_micros())
}

pub(crate) fn duration(duration: Duration) -> prost_types::Duration {
    duration.try_into().unwrap_or_default()
}

pub(crate) fn length(duration: prost_types::Duration) -> Option<Duration> {
    duration.try_into().ok()
}

/// Names that rows are looked for by: no stored one has a control character, and a database refuses
/// some of them.
pub(crate) fn keys(keys: &[(&str, &str)]) -> Result<(), InvalidRequest> {
    let mut found = Violations::new();
    for (field, key) in keys {
        text::check_line(field, key, &mut found);
    }
    found.finish()
}

pub(crate) fn missing(field: &str) -> InvalidRequest {
    let mut found = Violations::new();
    found.add(field, "is required");
    found.finish().expect_err("a violation was added")
}
