//! The ledger's rows: the books (`transfers`), what cost something (`cost_lines`) and the calls that
//! were closed (`ended_calls`).

pub mod cost_lines;
pub mod ended_calls;
pub mod transfers;
