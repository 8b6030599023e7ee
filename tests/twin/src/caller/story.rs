//! What is asked for when a call is placed, and the story of how it went.

use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::scenario::Scenario;
use crate::elevenlabs::talk::Turn;
use crate::hooks::HookReceipt;

/// A call to place.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct PlaceCall {
    /// E.164, or `anonymous`.
    pub from: String,
    pub to: String,
    /// The number that forwarded the call, where the carrier passes it on.
    #[serde(default)]
    pub forwarded_from: Option<String>,
    #[serde(default)]
    pub scenario: Scenario,
    /// The CallSid to use; a fresh one when absent.
    #[serde(default)]
    pub call_sid: Option<String>,
    /// More form parameters for the voice webhook (`StirVerstat`, …).
    #[serde(default)]
    pub parameters: Vec<(String, String)>,
}

impl PlaceCall {
    pub fn new(from: &str, to: &str, scenario: Scenario) -> Self {
        Self {
            from: from.to_owned(),
            to: to.to_owned(),
            scenario,
            ..Self::default()
        }
    }

    #[must_use]
    pub fn forwarded_from(mut self, number: &str) -> Self {
        self.forwarded_from = Some(number.to_owned());
        self
    }

    #[must_use]
    pub fn call_sid(mut self, sid: &str) -> Self {
        self.call_sid = Some(sid.to_owned());
        self
    }
}

/// One step of a call.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// Milliseconds since the call was placed.
    pub at_ms: u64,
    /// `dialled`, `webhook`, `twiml`, `heard`, `agent`, `caller`, `tool`, `recorded`, `callback`,
    /// `post_call`, `note`, `ended`.
    pub kind: &'static str,
    pub text: String,
}

/// A tool call of the agent as the caller's side of the twin saw it.
#[derive(Clone, Debug, Serialize)]
pub struct ToolCallSeen {
    pub request: Value,
    pub status: Option<u16>,
    pub response: String,
    pub is_error: bool,
    pub latency_ms: u64,
}

/// How a call went, step by step.
#[derive(Clone, Debug, Default, Serialize)]
pub struct CallOutcome {
    pub call_sid: String,
    pub conversation_id: Option<String>,
    /// From the voice webhook to its TwiML; absent when no TwiML came.
    pub answer_ms: Option<u64>,
    /// Twilio's final status: `completed`, `busy`, `no-answer`, `failed`.
    pub status: String,
    /// Every TwiML document, in order.
    pub twiml: Vec<String>,
    /// What the caller heard on the Twilio leg (not from the agent).
    pub heard: Vec<String>,
    pub transcript: Vec<Turn>,
    pub tool_calls: Vec<ToolCallSeen>,
    pub recording_sid: Option<String>,
    /// What the caller said to the voicemail.
    pub voicemail: Option<String>,
    /// The answer to the number's status callback.
    pub status_callback: Option<HookReceipt>,
    /// The answer to the post-call webhook.
    pub post_call: Option<HookReceipt>,
    pub steps: Vec<Step>,
}

impl CallOutcome {
    /// Whether the agent spoke with the caller.
    pub fn agent_spoke(&self) -> bool {
        self.transcript
            .iter()
            .any(|turn| turn.role == "agent" && turn.message.is_some())
    }

    /// What the caller heard from Twilio and from the agent, one line each.
    pub fn spoken(&self) -> Vec<String> {
        let agent = self.transcript.iter().filter(|turn| turn.role == "agent");
        self.heard
            .iter()
            .cloned()
            .chain(agent.filter_map(|turn| turn.message.clone()))
            .collect()
    }

    /// The reply of the last tool call, as JSON.
    pub fn tool_reply(&self) -> Option<Value> {
        serde_json::from_str(&self.tool_calls.last()?.response).ok()
    }
}

/// Writes the story while the call runs.
pub(super) struct Scribe {
    started: Instant,
    pub(super) outcome: CallOutcome,
}

impl Scribe {
    pub(super) fn new(call_sid: &str) -> Self {
        let outcome = CallOutcome {
            call_sid: call_sid.to_owned(),
            ..CallOutcome::default()
        };
        Self {
            started: Instant::now(),
            outcome,
        }
    }

    pub(super) fn note(&mut self, kind: &'static str, text: impl Into<String>) {
        let at_ms = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.outcome.steps.push(Step {
            at_ms,
            kind,
            text: text.into(),
        });
    }

    pub(super) fn heard(&mut self, text: &str) {
        self.outcome.heard.push(text.to_owned());
        self.note("heard", text);
    }
}
