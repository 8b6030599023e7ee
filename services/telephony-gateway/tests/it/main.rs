//! telephony-gateway from outside: the real service in process, on both databases, against the
//! vendor twin.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod account;
mod answer;
mod catalog;
mod conversations;
mod crash;
mod database_down;
mod erasure;
mod erasure_late;
mod executions;
mod feed;
mod gate;
mod harness;
mod judging;
mod layers;
mod leases;
mod own_scenarios;
mod polls;
mod provision;
mod resume;
mod retention;
mod samples;
mod schema;
mod stand_in;
mod traces;
mod voicemail;
