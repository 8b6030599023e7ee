//! The gateway in process, between vendors as their fact sheets show them and fake services.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod click;
mod crash;
mod edge;
mod elevenlabs;
mod layers;
mod mailgun;
mod malformed;
mod offer;
mod offer_answers;
mod offer_page;
mod offers;
mod openapi;
mod privacy;
mod properties;
mod recording;
mod samples;
mod scan;
mod server;
mod tracing;
mod twilio;
mod vectors;
mod world;
