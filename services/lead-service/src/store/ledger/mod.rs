//! The ledger's rows: the price list (`prices`), what cost something (`cost_lines`, `lookups`), the
//! calls that were closed (`ended_calls`), when numbers stood (`numbers`), clicks and conversions
//! (`clicks`), and the books (`transfers`).

pub mod clicks;
pub mod cost_lines;
pub mod ended_calls;
pub mod lookups;
pub mod numbers;
pub mod prices;
pub mod transfers;
mod words;
