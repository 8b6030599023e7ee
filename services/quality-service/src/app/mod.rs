//! The use cases: carry one entry on, read the books, erase a caller.

pub mod books;
pub mod carry;
pub mod erase_caller;
pub mod prompt;
