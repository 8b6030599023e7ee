//! The only SQL of the roster. Functions take the transaction; rows are private and become domain
//! values here, and a stored value that makes no sense is told by table, column and row.

pub mod assignments;
pub mod candidates;
pub mod channels;
pub mod coverage;
pub mod duties;
pub mod evidence;
pub mod leads;
mod migrations;
pub mod personal;
pub mod proofs;
pub mod providers;
pub mod retention;
mod rows;
pub mod writes;

pub use migrations::migrations;

/// The schema on PostgreSQL, the file on SQLite.
pub const NAME: &str = "roster";
