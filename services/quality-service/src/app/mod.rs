//! What the service does, a file for each use case.

pub mod books;
pub mod carry;
pub(crate) mod costs;
pub mod erase_caller;
pub(crate) mod flags;
pub(crate) mod host_watch;
pub(crate) mod measure;
pub mod prompt;
pub mod scan;
pub(crate) mod summary;
