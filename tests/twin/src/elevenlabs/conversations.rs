//! Conversations: registered, in progress, processing, done or failed; listed with the vendor's
//! filters, read whole, deleted. Their JSON is `shape`'s.

use axum::Json;
use axum::extract::{Path, RawQuery, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::header;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::agent::{Agent, Version};
use super::talk::Turn;
use super::tool::Facts;
use super::{Query, missing, shape};
use crate::hub::{Shared, eleven_id, now};

/// A conversation as the twin keeps it.
#[derive(Clone, Debug, Serialize)]
pub struct Conversation {
    pub conversation_id: String,
    pub agent_id: String,
    pub agent_name: String,
    pub branch_id: String,
    pub version_id: String,
    /// `initiated`, `in-progress`, `processing`, `done` or `failed`.
    pub status: String,
    pub from: String,
    pub to: String,
    pub registered: DateTime<Utc>,
    pub started: Option<DateTime<Utc>>,
    /// `conversation_initiation_client_data` as it was sent.
    pub client_data: Value,
    /// All dynamic variables, `system__*` and assigned ones included.
    pub variables: Map<String, Value>,
    pub turns: Vec<Turn>,
    pub duration_secs: u32,
    pub termination_reason: String,
    pub error: Option<(i64, String)>,
    pub language: String,
    pub llm: String,
    pub call_sid: Option<String>,
    /// What the caller said of themselves.
    pub facts: Option<Facts>,
    /// How many tool calls succeeded and failed.
    pub tool_outcomes: Vec<bool>,
    pub analysis: Value,
    /// The registration is refused when its stream opens.
    pub expired: bool,
    /// Its cost in money is not named yet.
    pub unpriced: bool,
}

impl Conversation {
    pub(super) fn registered(
        agent: &Agent,
        version: &Version,
        from: &str,
        to: &str,
        client_data: &Value,
    ) -> Self {
        Self {
            conversation_id: eleven_id("conv"),
            agent_id: agent.id.clone(),
            agent_name: agent.name.clone(),
            branch_id: version.branch_id.clone(),
            version_id: version.id.clone(),
            status: "initiated".to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            registered: now(),
            started: None,
            client_data: client_data.clone(),
            variables: client_data["dynamic_variables"]
                .as_object()
                .cloned()
                .unwrap_or_default(),
            turns: Vec::new(),
            duration_secs: 0,
            termination_reason: String::new(),
            error: None,
            language: "en".to_owned(),
            llm: String::new(),
            call_sid: None,
            facts: None,
            tool_outcomes: Vec::new(),
            analysis: Value::Null,
            expired: false,
            unpriced: false,
        }
    }

    fn start_unix(&self) -> i64 {
        self.started.unwrap_or(self.registered).timestamp()
    }

    fn tool_names(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .turns
            .iter()
            .flat_map(|turn| &turn.tool_calls)
            .filter_map(|call| call["tool_name"].as_str().map(str::to_owned))
            .collect();
        names.dedup();
        names
    }

    pub(super) fn call_successful(&self) -> &str {
        self.analysis["call_successful"]
            .as_str()
            .unwrap_or("unknown")
    }

    fn matches(&self, query: &Query) -> bool {
        let start = self.start_unix();
        let is = |name: &str, value: &str| query.get(name).is_none_or(|wanted| wanted == value);
        let variable = |parameter: &str| {
            let mut parts = parameter.splitn(3, ':');
            let (name, op, wanted) = (parts.next(), parts.next(), parts.next().unwrap_or_default());
            let value = name
                .and_then(|name| self.variables.get(name))
                .cloned()
                .unwrap_or_default();
            let value = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            match op {
                Some("eq") => value == wanted,
                Some("neq") => value != wanted,
                Some("in") => wanted.split('|').any(|item| item == value),
                _ => false,
            }
        };
        is("agent_id", &self.agent_id)
            && is("branch_id", &self.branch_id)
            && is("version_id", &self.version_id)
            && is("call_successful", self.call_successful())
            && is(
                "user_id",
                self.client_data["user_id"].as_str().unwrap_or_default(),
            )
            && query
                .number("call_start_after_unix")
                .is_none_or(|after| start >= after)
            && query
                .number("call_start_before_unix")
                .is_none_or(|before| start <= before)
            && !query
                .all("exclude_statuses")
                .any(|status| status == self.status)
            && query.all("dynamic_variable_params").all(variable)
            && query
                .all("tool_names")
                .all(|name| self.tool_names().iter().any(|n| n == name))
            && query
                .all("tool_names_errored")
                .all(|_| self.tool_outcomes.contains(&false))
            && query
                .all("tool_names_successful")
                .all(|_| self.tool_outcomes.contains(&true))
    }

    fn row(&self, query: &Query) -> Value {
        let count = |role: &str| {
            self.turns
                .iter()
                .filter(|turn| turn.role == role && turn.message.is_some())
                .count()
        };
        let full = shape::conversation(self);
        let metadata = &full["metadata"];
        let done = self.status == "done";
        let summary = query.get("summary_mode") == Some("include");
        let mut row = json!({
            "agent_id": self.agent_id, "branch_id": self.branch_id, "version_id": self.version_id,
            "agent_name": self.agent_name, "conversation_id": self.conversation_id,
            "start_time_unix_secs": self.start_unix(), "call_duration_secs": self.duration_secs,
            "cost": metadata["cost"], "cost_fiat": metadata["cost_fiat"],
            "message_count": count("user") + count("agent"),
            "user_message_count": count("user"), "agent_message_count": count("agent"),
            "status": self.status,
            "termination_reason": if done { self.termination_reason.as_str() } else { "" },
            "call_successful": self.call_successful(), "call_success_score": null,
            "transcript_summary": if summary { self.analysis["transcript_summary"].clone() } else { Value::Null },
            "call_summary_title": self.analysis["call_summary_title"],
            "main_language": self.language, "conversation_initiation_source": "twilio",
            "tool_names": self.tool_names(), "direction": "inbound", "rating": null, "tag_ids": [],
        });
        // Results are in the rows only for the ids asked for.
        for (parameter, results) in [
            ("data_collection_ids", "data_collection_results"),
            ("evaluation_criteria_ids", "evaluation_criteria_results"),
        ] {
            let asked: Map<String, Value> = query
                .all(parameter)
                .filter_map(|id| Some((id.to_owned(), self.analysis[results].get(id)?.clone())))
                .collect();
            if query.all(parameter).next().is_some() {
                row[results] = Value::Object(asked);
            }
        }
        row
    }
}

pub(super) async fn list(State(hub): State<Shared>, RawQuery(raw): RawQuery) -> Response {
    let query = Query::parse(raw.as_deref());
    let world = hub.world();
    let mut found: Vec<&Conversation> = world
        .eleven
        .conversations
        .iter()
        .filter(|c| c.matches(&query))
        .collect();
    found.sort_by_key(|conversation| conversation.start_unix());
    if query.get("sort_direction") != Some("asc") {
        found.reverse();
    }
    let rows = found
        .into_iter()
        .map(|conversation| conversation.row(&query))
        .collect();
    query.page("conversations", rows)
}

pub(super) async fn fetch(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let world = hub.world();
    let found = world
        .eleven
        .conversations
        .iter()
        .find(|c| c.conversation_id == id);
    found.map_or_else(
        || missing("conversation"),
        |conversation| Json(shape::conversation(conversation)).into_response(),
    )
}

pub(super) async fn delete(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let mut world = hub.world();
    let before = world.eleven.conversations.len();
    world
        .eleven
        .conversations
        .retain(|conversation| conversation.conversation_id != id);
    if world.eleven.conversations.len() == before {
        return missing("conversation");
    }
    Json(json!({})).into_response()
}

/// A stub of an MP3: the header of an empty ID3 tag and one silent frame header.
pub(super) async fn audio(State(hub): State<Shared>, Path(id): Path<String>) -> Response {
    let world = hub.world();
    if !world
        .eleven
        .conversations
        .iter()
        .any(|c| c.conversation_id == id && c.status == "done")
    {
        return missing("conversation");
    }
    let mut bytes = b"ID3\x04\x00\x00\x00\x00\x00\x00\xff\xfb\x10\xc4".to_vec();
    bytes.resize(104, 0);
    ([(header::CONTENT_TYPE, "audio/mpeg")], bytes).into_response()
}
