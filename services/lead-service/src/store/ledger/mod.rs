//! The ledger's rows: the price list (`prices`, `rules`), what cost something (`cost_lines`,
//! `lookups`), the calls that were closed (`ended_calls`), when numbers stood (`numbers`), clicks and
//! conversions (`clicks`), what attempts bring in (`income_events`, `repeats`), whose leads are looked
//! at (`leads`), and the books (`transfers`, recounted in `recount`).

pub mod clicks;
pub mod cost_lines;
pub mod ended_calls;
pub mod income_events;
pub mod leads;
pub mod lookups;
pub mod numbers;
pub mod prices;
pub mod recount;
pub mod repeats;
pub mod rules;
pub mod transfers;
mod words;
