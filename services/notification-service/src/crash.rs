//! The points at which a test can break a worker between two of its steps, or a callback before
//! its commit.

/// Every point.
pub const POINTS: [&str; 5] = [
    "outbox.after_claim",
    "outbox.before_send",
    "outbox.after_send",
    "outbox.before_record",
    "callback.before_commit",
];
