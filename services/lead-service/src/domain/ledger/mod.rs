//! The ledger: what a lead costs and what it brings in, without wire, database or runtime.
//!
//! A **cost line** is one thing that cost something, once (`cost`); an **income line** is what one
//! attempt of a lead owes us (`income`). Both say which **transfers** stand for them (`transfer`),
//! and the books are brought there by adding alone. `economics` reads lines and `statement` reads
//! transfers.

pub mod account;
pub mod call_cost;
pub mod click;
pub mod cost;
pub mod credit;
pub mod divergence;
pub mod economics;
pub mod income;
pub mod message;
pub mod money;
pub mod month;
pub mod price;
pub mod price_list;
pub mod rate;
pub mod recount;
pub mod share;
mod spread;
pub mod statement;
pub mod terms;
pub mod transfer;

#[cfg(test)]
mod cost_tests;
#[cfg(test)]
mod economics_tests;
#[cfg(test)]
mod events;
#[cfg(test)]
mod income_tests;
