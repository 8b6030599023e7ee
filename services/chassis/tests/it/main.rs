//! The hazards of the stack, each reproduced and met; and the promises of each piece of the chassis.
#![expect(clippy::unwrap_used, reason = "tests")]

mod addresses;
mod ageing;
mod callers;
mod certificates;
mod database;
mod echo;
mod feeds;
mod numbers;
mod process;
mod rotation;
mod rpc;
mod settings;
mod tls;
mod traces;
