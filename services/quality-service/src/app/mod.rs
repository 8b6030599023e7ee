//! The use cases: carry one entry on, read the books.

pub mod books;
pub mod carry;
