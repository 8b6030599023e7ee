//! A scan: one look at everything since the last good one (R54, R56).

use chrono::{DateTime, Utc};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq)]
pub struct Scan {
    pub id: Uuid,
    pub slot_time: DateTime<Utc>,
    /// "running", "good" or "failed".
    pub state: String,
    pub is_recovery: bool,
    pub since_time: Option<DateTime<Utc>>,
    pub start_time: DateTime<Utc>,
    pub end_time: Option<DateTime<Utc>>,
    pub asked_by: String,
    pub counts: Counts,
    pub failures: Vec<String>,
}

/// What a scan did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub judged: i64,
    pub ended_calls: i64,
    pub closed_calls: i64,
    pub recovered: i64,
    pub flags_raised: i64,
}
