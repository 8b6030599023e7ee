//! `bord`: every service in one process, and the operator's command line.
//!
//! In reading order: `cli` names the commands; `demo`, `up`, `call`, `catalog_commands`, `provision`,
//! `release` and `leads` are one each, `operator` holds those by which a person acts; `running` and `stack`
//! start things, `gate` is the way of a prompt to production; `peers` are the clients.

pub mod call;
pub mod catalog;
pub mod catalog_commands;
pub mod cli;
pub mod demo;
pub mod fault;
pub mod gate;
pub mod leads;
pub mod operator;
pub mod peers;
pub mod provision;
pub mod ready;
pub mod release;
pub mod running;
pub mod settings;
pub mod stack;
pub mod terminal;
pub mod up;
pub mod words;
