//! quality-service, started in process between a fake telephony and a fake lead-service.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod carrying;
mod costs;
mod crash;
mod erasing;
mod layers;
mod play;
mod prompting;
mod prompting_crash;
mod prompting_gate;
mod prompting_rates;
mod prompting_vendor;
mod prompting_world;
mod scanning;
mod schema;
mod world;
