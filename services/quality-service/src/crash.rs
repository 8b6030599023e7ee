//! The points at which a test can break the carrying of an entry, a scan, a summary, the telling of a
//! call's cost, and the mending of a prompt.

/// Every point, in the order in which an entry, a summary, a scan, a cost and a candidate pass them.
pub const POINTS: [&str; 11] = [
    "quality.before_carry",
    "quality.after_carry",
    "quality.before_summary",
    "quality.after_page",
    "quality.before_scan_end",
    "quality.before_cost",
    "quality.after_cost",
    "quality.before_propose",
    "quality.after_propose",
    "quality.before_release",
    "quality.after_release",
];
