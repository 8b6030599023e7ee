//! The fault harness: the real binaries of bord on databases of their own, broken in every way at
//! once while clients place needs; then three ledgers are compared: what clients were told, what the
//! databases hold, what the carriers took (engineering.md, §2 and §3).
//!
//! It measures and judges; it shares no code with the services but the chassis and the contracts.

pub mod arena;
pub mod audit;
pub mod books;
pub mod cell;
pub mod equip;
pub mod fault;
pub mod ground;
pub mod hands;
pub mod heal;
pub mod judge;
#[cfg(test)]
mod judge_tests;
pub mod lanes;
pub mod late;
pub mod ledger;
pub mod load;
#[cfg(test)]
mod money_tests;
pub mod need;
pub mod options;
pub mod orphans;
pub mod page;
pub mod people;
pub mod plan;
pub mod points;
pub mod postgres;
pub mod process;
pub mod provider;
pub mod proxy;
pub mod report;
pub mod rolling;
pub mod run;
pub mod settings;
pub mod slot;
pub mod tally;
pub mod tell;
