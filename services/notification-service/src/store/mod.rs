//! The store: the only SQL of this service, one text for both databases. Rows become domain
//! values here; what makes no sense names table, column and row.

pub mod attempts;
pub mod claims;
pub mod deliveries;
pub mod duties;
pub mod erasures;
pub mod messages;
pub mod moves;
pub mod notices;
pub mod outcomes;
pub mod personal;
pub mod reports;
pub mod rules;
pub mod sums;

pub use chassis::db::{CorruptRow, StoreError, Tx};
