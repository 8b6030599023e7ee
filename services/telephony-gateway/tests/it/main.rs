//! telephony-gateway from outside: the real service in process, on both databases, against the
//! vendor twin.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod answer;
mod catalog;
mod conversations;
mod database_down;
mod feed;
mod gate;
mod harness;
mod layers;
mod polls;
mod provision;
mod resume;
mod samples;
mod schema;
mod stand_in;
mod traces;
mod voicemail;
