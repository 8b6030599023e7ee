//! A conversation of an agent with a caller, as the vendor tells it and as we keep it.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::after_agent::Report;

#[derive(Debug, Clone, PartialEq, Default)]
pub struct Conversation {
    pub id: String,
    pub vendor_agent_id: String,
    /// Our own dynamic variable; joins the conversation with its call.
    pub call_sid: Option<String>,
    /// The called number as the vendor's telephony says.
    pub agent_number: Option<String>,
    /// The vendor's status, as sent.
    pub status: String,
    pub start_time: Option<DateTime<Utc>>,
    pub duration: Option<Duration>,
    pub turns: Vec<Turn>,
    pub cost_credits: Option<i64>,
    /// The vendor's own figure, in millionths of a US dollar.
    pub cost_usd_micros: Option<i64>,
    pub collected: BTreeMap<String, String>,
    pub termination_reason: String,
    /// The trace that the call carried into the conversation.
    pub traceparent: Option<String>,
    /// The vendor's version of the agent; empty where it does not say.
    pub version_id: String,
    /// Models that produced the agent's turns, each once, in the order in which they came.
    pub answering_models: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Turn {
    pub by_agent: bool,
    #[serde(default)]
    pub text: String,
    #[serde(default)]
    pub offset_s: i64,
    #[serde(default)]
    pub tool_calls: Vec<ToolCall>,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ToolCall {
    pub tool_name: String,
    pub request_id: String,
    /// JSON of what was sent.
    pub arguments: String,
    pub result: String,
    pub failed: bool,
}

/// A conversation with its place among our calls, as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    pub conversation: Conversation,
    pub site_id: Option<String>,
    /// The agent by our own name; none where it is none of ours.
    pub agent_name: Option<String>,
    pub verified: bool,
    pub store_time: DateTime<Utc>,
    pub end_time: DateTime<Utc>,
    /// Only its id stands; nothing of it is stored again.
    pub is_erased: bool,
}

impl Conversation {
    /// `done` and `failed` are final; every other status may still change.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self.status.as_str(), "done" | "failed")
    }

    /// When it ended, where the vendor says.
    #[must_use]
    pub fn end_time(&self) -> Option<DateTime<Utc>> {
        let length = chrono::TimeDelta::from_std(self.duration?).ok()?;
        self.start_time?.checked_add_signed(length)
    }

    #[must_use]
    pub fn agent_spoke(&self) -> bool {
        self.turns
            .iter()
            .any(|turn| turn.by_agent && !turn.text.trim().is_empty())
    }

    /// What this conversation says about a caller who comes back from the agent's leg.
    #[must_use]
    pub fn report(&self) -> Report {
        if self.agent_spoke() {
            Report::AgentSpoke
        } else if self.status == "failed" {
            Report::Failed
        } else if self.is_final() {
            Report::OverWithoutAgent
        } else {
            Report::NotFinal
        }
    }

    /// From the ring to the agent's first turn, where the vendor says when that was (D1).
    #[must_use]
    pub fn first_audio_after(&self, ring: DateTime<Utc>) -> Option<Duration> {
        let first = self
            .turns
            .iter()
            .find(|turn| turn.by_agent && !turn.text.trim().is_empty())?;
        let offset = chrono::TimeDelta::try_seconds(first.offset_s)?;
        let at = self.start_time?.checked_add_signed(offset)?;
        (at - ring).to_std().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conversation(status: &str, agent_text: Option<&str>) -> Conversation {
        let turns = agent_text.map(|text| Turn {
            by_agent: true,
            text: text.to_owned(),
            offset_s: 2,
            tool_calls: Vec::new(),
        });
        Conversation {
            status: status.to_owned(),
            turns: turns.into_iter().collect(),
            ..Conversation::default()
        }
    }

    #[test]
    fn a_report_tells_whether_the_agent_served() {
        assert_eq!(
            conversation("processing", Some("Bonjour")).report(),
            Report::AgentSpoke
        );
        assert_eq!(
            conversation("failed", Some("Bonjour")).report(),
            Report::AgentSpoke
        );
        assert_eq!(conversation("failed", None).report(), Report::Failed);
        assert_eq!(
            conversation("done", Some(" ")).report(),
            Report::OverWithoutAgent
        );
        assert_eq!(conversation("in-progress", None).report(), Report::NotFinal);
        assert_eq!(
            conversation("a status of tomorrow", None).report(),
            Report::NotFinal
        );
    }
}
