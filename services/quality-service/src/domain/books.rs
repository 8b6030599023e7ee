//! The books say how far telephony's stream is carried on, what was carried, and what could not be.

use chrono::{DateTime, Utc};

/// The books of the epoch that stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Books {
    pub epoch: String,
    pub number: i64,
    pub carry_time: Option<DateTime<Utc>>,
    /// Kind and count, by kind.
    pub carried: Vec<(String, i64)>,
    /// Oldest first.
    pub parked: Vec<Parked>,
}

/// An entry that failed too often and blocks nothing (I23).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    pub number: i64,
    pub kind: String,
    pub call_sid: String,
    pub reason: String,
    pub park_time: DateTime<Utc>,
}
