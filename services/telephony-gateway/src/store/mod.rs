//! The only SQL of this service: rows in, domain values out, functions over an open transaction.

pub(crate) mod agents;
pub(crate) mod call_reads;
pub(crate) mod calls;
pub(crate) mod configurations;
pub(crate) mod conversations;
pub(crate) mod deletions;
pub(crate) mod erasures;
pub(crate) mod numbers;
pub mod personal;
pub(crate) mod polls;
pub(crate) mod releases;
pub(crate) mod retention;
pub(crate) mod runs;
pub(crate) mod sites;
pub(crate) mod voicemails;

use std::time::Duration;

use chassis::db::{CorruptRow, StoreError};
use serde_json::Value;

/// A stored word that must be one of a few.
fn word<T>(
    table: &'static str,
    column: &'static str,
    row: &str,
    parsed: Option<T>,
) -> Result<T, StoreError> {
    parsed.ok_or_else(|| CorruptRow::new(table, column, row).into())
}

/// A stored JSON value of a known shape.
fn shape<T: serde::de::DeserializeOwned>(
    table: &'static str,
    column: &'static str,
    row: &str,
    value: Value,
) -> Result<T, StoreError> {
    serde_json::from_value(value).map_err(|_| CorruptRow::new(table, column, row).into())
}

/// JSON of our own plain types.
fn json(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("plain data with string keys")
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn duration(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}
