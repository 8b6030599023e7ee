//! The points at which a test can break the carrying of an entry, a scan, a summary, and the
//! mending of a prompt.

/// Every point, in the order in which an entry, a summary, a scan and a candidate pass them.
pub const POINTS: [&str; 9] = [
    "quality.before_carry",
    "quality.after_carry",
    "quality.before_summary",
    "quality.after_page",
    "quality.before_scan_end",
    "quality.before_propose",
    "quality.after_propose",
    "quality.before_release",
    "quality.after_release",
];
