//! A conversation as telephony keeps it: what the judge reads and the summary tells. Held in memory
//! only, since it is personal.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::judge::{self, Speaker, Transcript};

#[derive(Debug, Clone, Default)]
pub struct Conversation {
    pub id: String,
    pub call_sid: String,
    pub site_id: String,
    /// Empty where it is none of ours.
    pub agent_name: String,
    pub status: String,
    pub start_time: Option<DateTime<Utc>>,
    pub duration: Option<Duration>,
    /// In the vendor's credits; none: unknown.
    pub cost_credits: Option<i64>,
    /// The vendor's own figure, in millionths of a US dollar; none: unknown.
    pub cost_usd_micros: Option<i64>,
    pub turns: Vec<Turn>,
    /// What the vendor's data collection drew, by id.
    pub collected: BTreeMap<String, String>,
    pub answering_models: Vec<String>,
    pub erased: bool,
    pub verified: bool,
}

#[derive(Debug, Clone)]
pub struct Turn {
    pub by_agent: bool,
    pub text: String,
    pub offset: Duration,
    pub tools: Vec<ToolUse>,
}

#[derive(Debug, Clone)]
pub struct ToolUse {
    pub name: String,
    /// JSON of what was sent.
    pub arguments: String,
    pub result: String,
    pub failed: bool,
}

impl ToolUse {
    /// Our answer said that nothing was stored, or the call never reached us.
    #[must_use]
    pub fn came_to_nothing(&self) -> bool {
        let answer: Value = serde_json::from_str(&self.result).unwrap_or_default();
        self.failed || answer["ok"] == Value::Bool(false)
    }
}

impl Conversation {
    /// What the judge reads.
    #[must_use]
    pub fn transcript(&self) -> Transcript {
        let turns = self.turns.iter().map(|turn| judge::Turn {
            speaker: if turn.by_agent {
                Speaker::Agent
            } else {
                Speaker::Caller
            },
            text: turn.text.clone(),
            tool_calls: turn
                .tools
                .iter()
                .map(|tool| judge::ToolCall {
                    tool_name: tool.name.clone(),
                    failed: tool.came_to_nothing(),
                })
                .collect(),
        });
        Transcript {
            turns: turns.collect(),
        }
    }

    /// The agent tried to pass a need on, whatever came of it.
    #[must_use]
    pub fn fired_the_tool(&self) -> bool {
        self.dispatches().next().is_some()
    }

    /// Every call of the tool, in order.
    pub fn dispatches(&self) -> impl Iterator<Item = &ToolUse> {
        let turns = self.turns.iter().filter(|turn| turn.by_agent);
        turns
            .flat_map(|turn| &turn.tools)
            .filter(|tool| tool.name == judge::DISPATCH)
    }

    /// A value of the data collection; an empty one counts as none.
    #[must_use]
    pub fn collected(&self, id: &str) -> Option<&str> {
        let value = self.collected.get(id)?.trim();
        let said = !value.is_empty() && !matches!(value, "null" | "None" | "none" | "unknown");
        said.then_some(value)
    }

    /// What the vendor's data collection says of the need (B3).
    #[must_use]
    pub fn real_need(&self) -> Option<bool> {
        match self.collected("real_need")?.to_ascii_lowercase().as_str() {
            "true" | "yes" => Some(true),
            "false" | "no" => Some(false),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tool_call_that_we_answered_with_ok_false_is_no_dispatch_r58() {
        let tool = |result: &str, failed| ToolUse {
            name: "dispatch_lead".to_owned(),
            arguments: String::new(),
            result: result.to_owned(),
            failed,
        };
        assert!(tool(r#"{"ok":false,"say":"…"}"#, false).came_to_nothing());
        assert!(tool(r#"{"ok":true}"#, true).came_to_nothing());
        assert!(!tool(r#"{"ok":true}"#, false).came_to_nothing());
        assert!(!tool("ok", false).came_to_nothing());
    }

    #[test]
    fn an_empty_value_of_the_data_collection_is_none_and_is_not_invented_r53() {
        let mut conversation = Conversation::default();
        let mut set = |id: &str, value: &str| {
            conversation
                .collected
                .insert(id.to_owned(), value.to_owned());
        };
        set("sentiment", " ");
        set("next_step", "null");
        set("real_need", "True");
        assert_eq!(conversation.collected("sentiment"), None);
        assert_eq!(conversation.collected("next_step"), None);
        assert_eq!(conversation.real_need(), Some(true));
        assert_eq!(conversation.collected("location"), None);
    }
}
