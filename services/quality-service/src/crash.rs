//! The points at which a test can break the carrying of an entry.

/// Every point, in the order in which an entry passes them.
pub const POINTS: [&str; 2] = ["quality.before_carry", "quality.after_carry"];
