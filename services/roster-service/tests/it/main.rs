//! roster-service from outside: the real service in process on a free port, on both databases.
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the answer, in its helpers too"
)]

mod assignments;
mod contention;
mod feed;
mod harness;
mod layers;
mod matching;
mod model;
mod personal;
mod promises;
mod provenance;
mod providers;
mod scale;
