//! What quality-service knows of calls, without a word of wire or SQL.

pub mod books;
pub mod call;
pub mod clause;
pub mod conversation;
pub mod cost;
pub mod cusum;
pub mod erasure;
pub mod fact;
pub mod findings;
pub mod flag;
pub mod judge;
pub mod lead;
pub mod page;
pub mod recovery;
pub mod revision;
pub mod scan;
pub mod scenario;
pub mod site;
pub mod slot;
pub mod summary;
