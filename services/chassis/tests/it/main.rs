//! The hazards of the stack, each reproduced and met; and the promises of each piece of the chassis.
#![expect(clippy::unwrap_used, reason = "tests")]

mod database;
mod echo;
mod feeds;
mod process;
mod rpc;
mod settings;
mod traces;
