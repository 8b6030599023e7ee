//! notification-service from outside: gRPC to the real service in process, the vendor twin in
//! place of the carriers, each test on both databases.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests fail the test, as tests themselves may"
)]

mod ambiguous;
mod borders;
mod bulkheads;
mod cancel;
mod carrier;
mod clients;
mod crashes;
mod erase;
mod errors;
mod feed;
mod follow;
mod harness;
mod layers;
mod messages;
mod personal;
mod reports;
mod requests;
mod retain;
mod retry;
mod rules;
mod settings;
mod summaries;
mod sums;
mod texts;
mod traces;
mod truth;
mod workers;
