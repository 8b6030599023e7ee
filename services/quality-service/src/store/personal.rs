//! Which text columns of this service hold personal data: none. A test fails when a column is on
//! neither list, so that a new one must be thought about (design, section 2).

/// Columns that erasure would have to empty, as `table.column`.
pub const PERSONAL: &[&str] = &[];

/// Columns that hold ids, states and our own words.
pub const PLAIN: &[&str] = &["carried.call_sid", "carried.epoch", "carried.kind"];
