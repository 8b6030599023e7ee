//! The ledger's rows: the books (`transfers`, recounted in `recount`), what cost something
//! (`cost_lines`), the calls that were closed (`ended_calls`), what attempts bring in
//! (`income_events`), whose leads are looked at (`leads`), and what goes with the prices (`rules`).

pub mod cost_lines;
pub mod ended_calls;
pub mod income_events;
pub mod leads;
pub mod recount;
pub mod rules;
pub mod transfers;
