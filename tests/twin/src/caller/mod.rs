//! The scripted caller: dials a number, hears what TwiML says, talks with the agent, leaves a
//! message; every step of it is told in a [`CallOutcome`].

mod ending;
mod forms;
mod leg;
pub(crate) mod lines;
pub(crate) mod persona;
pub(crate) mod scenario;
mod story;
pub(crate) mod text;
pub(crate) mod trade;
mod voicemail;

pub(crate) use leg::place_call;
pub use scenario::{Need, SCENARIOS, Scenario};
pub use story::{CallOutcome, PlaceCall, Step, ToolCallSeen};
