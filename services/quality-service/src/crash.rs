//! The points at which a test can break the carrying of an entry, a scan and a summary.

/// Every point, in the order in which an entry, a summary and a scan pass them.
pub const POINTS: [&str; 5] = [
    "quality.before_carry",
    "quality.after_carry",
    "quality.before_summary",
    "quality.after_page",
    "quality.before_scan_end",
];
