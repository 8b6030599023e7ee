//! The points at which a test can break the roster: around the commit of an assign and of a release.

/// Every point, in the order in which an assignment passes them.
pub const POINTS: [&str; 2] = ["roster.before_commit", "roster.after_commit"];
