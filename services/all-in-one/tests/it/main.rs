//! The binary `bord` from outside: the demo and each of its faults, and everything up on the fixed
//! ports of an address that nobody else uses.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod demo;
mod judged;
mod manifests;
mod operator;
mod running;
mod up;
