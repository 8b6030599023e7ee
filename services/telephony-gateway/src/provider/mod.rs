//! The vendors: structs with a base URL, types that forgive what is new, calls bounded in time and
//! size. Nothing here decides; use cases do.

mod account;
mod agents;
pub(crate) mod answer;
pub(crate) mod conversation;
mod cost;
pub(crate) mod elevenlabs;
mod executions;
pub(crate) mod gate;
pub(crate) mod numbers;
pub(crate) mod twilio;
