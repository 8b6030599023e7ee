//! The points at which a test can break the carrying of an entry, or the mending of a prompt.

/// Every point: those of carrying in the order in which an entry passes them, then those of mending
/// in the order in which a candidate does.
pub const POINTS: [&str; 6] = [
    "quality.before_carry",
    "quality.after_carry",
    "quality.before_propose",
    "quality.after_propose",
    "quality.before_release",
    "quality.after_release",
];
