//! The twin (B11) against a small stand-in for bord: whole calls, the shapes of its APIs against the
//! recorded samples, how test runs depend on the prompt, and the faults.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod answers;
mod binary;
mod calls;
mod carriers;
mod catalogue;
mod eleven;
mod fault;
mod mail;
mod meddling;
mod numbers;
mod register;
mod run_limits;
mod runs;
mod shapes;
mod support;
mod talks;
mod vectors;
