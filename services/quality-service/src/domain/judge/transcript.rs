//! A transcript: who said what in a call, and the tools that the agent called.
//!
//! Only the structured tool calls of an agent's turn count; text that looks like one is text.

/// The one tool by which a need is passed on (R26).
pub const DISPATCH: &str = "dispatch_lead";

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    Agent,
    Caller,
}

/// A tool call and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToolCall {
    pub tool_name: String,
    pub failed: bool,
}

/// One turn; the text is empty where a turn only calls a tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    pub speaker: Speaker,
    pub text: String,
    pub tool_calls: Vec<ToolCall>,
}

impl Turn {
    fn dispatches(&self) -> impl Iterator<Item = &ToolCall> {
        let is_agent = self.speaker == Speaker::Agent;
        let calls = self.tool_calls.iter();
        calls.filter(move |call| is_agent && call.tool_name == DISPATCH)
    }
}

/// The turns of a call in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript {
    pub turns: Vec<Turn>,
}

impl Transcript {
    /// The turn of the first dispatch that went through.
    #[must_use]
    pub fn dispatched_at(&self) -> Option<usize> {
        let went = |turn: &Turn| turn.dispatches().any(|call| !call.failed);
        self.turns.iter().position(went)
    }

    /// The turns whose dispatch failed.
    pub fn failed_dispatches(&self) -> impl Iterator<Item = usize> {
        let turns = self.turns.iter().enumerate();
        turns.filter_map(|(at, turn)| turn.dispatches().any(|call| call.failed).then_some(at))
    }

    /// The agent's turns that were spoken before the answer of the first dispatch that went
    /// through. What stands in the dispatching turn itself was said before the answer came.
    pub fn before_dispatch(&self) -> impl Iterator<Item = usize> {
        let end = self.dispatched_at().map_or(self.turns.len(), |at| at + 1);
        let turns = self.turns[..end].iter().enumerate();
        turns.filter_map(|(at, turn)| (turn.speaker == Speaker::Agent).then_some(at))
    }
}
