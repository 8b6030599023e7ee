//! roster-service from outside: the real service in process on a free port, on both databases.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the answer, in its helpers too"
)]

mod assignments;
mod channel_desk;
mod channels;
mod contacts;
mod contention;
mod crash;
mod duties;
mod feed;
mod harness;
mod layers;
mod matching;
mod model;
mod model_ops;
mod personal;
mod promises;
mod proofs;
mod provenance;
mod providers;
mod samples;
mod scale;
