//! The only SQL of the roster. Functions take the transaction; rows are private and become domain
//! values here, and a stored value that makes no sense is told by table, column and row.

pub mod assignments;
pub mod candidates;
pub mod coverage;
pub mod leads;
mod migrations;
pub mod personal;
pub mod providers;
mod rows;
pub mod writes;

pub use migrations::migrations;

/// The schema on PostgreSQL, the file on SQLite.
pub const NAME: &str = "roster";
