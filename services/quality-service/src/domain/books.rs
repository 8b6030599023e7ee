//! The books say how far telephony's stream is carried on, how every call ended, what was judged and
//! what stands open.

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
    /// Ended calls by class (B2).
    pub calls_by_class: Vec<(String, i64)>,
    pub conversations: i64,
    /// Of them, by this version of the rules (I19).
    pub judged: i64,
    pub last_good_scan_time: Option<DateTime<Utc>>,
    /// Flags that are not resolved, by kind.
    pub open_flags: Vec<(String, i64)>,
    pub double_registrations: i64,
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
