//! The points at which a test can break the saga.

/// Every point, in the order in which a lead passes them.
pub const POINTS: [&str; 6] = [
    "lead.after_insert",
    "lead.before_assign",
    "lead.after_assign",
    "lead.before_notify",
    "lead.after_notify",
    "lead.before_reply",
];
