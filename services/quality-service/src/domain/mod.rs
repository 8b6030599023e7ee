//! What quality-service knows of calls, without a word of wire or SQL.

pub mod books;
pub mod clause;
pub mod cusum;
pub mod erasure;
pub mod fact;
pub mod flag;
pub mod revision;
pub mod scenario;
