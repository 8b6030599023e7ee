//! Before a conversation: the effective configuration of an agent's version with what the call
//! overrides, the script's brain made of it, and what the vendor refuses (a variable that nobody
//! sent, an override that is not allowed).

use serde_json::{Map, Value, json};

use super::clauses::Clauses;
use super::talk::Brain;
use super::tool::Tool;
use super::{Agent, Conversation, Store, merge};
use crate::caller::lines::Lang;
use crate::hub::now;

/// The effective configuration of an agent's version, with an override laid over it.
pub(super) fn configuration(
    store: &Store,
    agent: &Agent,
    version: &str,
    over: &Value,
) -> Option<Value> {
    let version = agent.version(Some(version), None)?;
    let mut full = merge(store.defaults.clone(), &version.set);
    if over.is_object() {
        let config = full["conversation_config"].take();
        full["conversation_config"] = merge(config, over);
    }
    Some(full)
}

/// What the scripted agent is made of, from an effective configuration.
pub(super) fn brain(
    store: &Store,
    full: &Value,
    variables: &Map<String, Value>,
) -> (Brain, Option<Tool>) {
    let agent = &full["conversation_config"]["agent"];
    let prompt = render(
        agent["prompt"]["prompt"].as_str().unwrap_or_default(),
        variables,
    );
    let ids = agent["prompt"]["tool_ids"].as_array();
    let tool = ids
        .into_iter()
        .flatten()
        .find_map(|id| store.tool(id.as_str()?))
        .cloned();
    let brain = Brain {
        clauses: Clauses::of(&prompt),
        first_message: render(
            agent["first_message"].as_str().unwrap_or_default(),
            variables,
        ),
        lang: Lang::of(agent["language"].as_str().unwrap_or("en")),
        has_tool: tool.is_some(),
        end_call: !agent["prompt"]["built_in_tools"]["end_call"].is_null(),
        max_turns: 200,
        prompt,
    };
    (brain, tool)
}

/// The names in `{{…}}`.
fn placeholders(text: &str) -> Vec<String> {
    text.split("{{")
        .skip(1)
        .filter_map(|rest| Some(rest.split_once("}}")?.0.trim().to_owned()))
        .collect()
}

fn render(text: &str, variables: &Map<String, Value>) -> String {
    let mut text = text.to_owned();
    for (name, value) in variables {
        let value = value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("{{{{{name}}}}}"), &value);
    }
    text
}

/// The vendor's complaint about a variable that nobody sent, if any.
pub(super) fn missing_variables(
    full: &Value,
    tool: Option<&Tool>,
    variables: &Map<String, Value>,
) -> Option<String> {
    let agent = &full["conversation_config"]["agent"];
    let text = |value: &Value| placeholders(value.as_str().unwrap_or_default());
    let places = [
        ("first message", text(&agent["first_message"])),
        ("prompt", text(&agent["prompt"]["prompt"])),
        ("tools", tool.map(Tool::variables).unwrap_or_default()),
    ];
    places.into_iter().find_map(|(place, needed)| {
        let mut absent: Vec<String> = needed
            .into_iter()
            .filter(|name| !variables.contains_key(name))
            .collect();
        absent.sort();
        absent.dedup();
        let list = absent
            .iter()
            .map(|name| format!("'{name}'"))
            .collect::<Vec<_>>()
            .join(", ");
        (!absent.is_empty())
            .then(|| format!("Missing required dynamic variables in {place}: {{{list}}}"))
    })
}

/// A field of the override that the agent's settings do not allow.
pub(super) fn forbidden<'a>(over: &'a Value, allowed: &Value) -> Option<&'a str> {
    over.as_object()?
        .iter()
        .filter(|(_, value)| !value.is_null())
        .find_map(|(name, value)| {
            if value.is_object() {
                forbidden(value, &allowed[name])
            } else {
                (allowed[name] != json!(true)).then_some(name.as_str())
            }
        })
}

/// The variables that the platform fills on a phone call. `system__call_sid` is not among them:
/// whether it is set for registered calls is not documented.
pub(super) fn system_variables(conversation: &Conversation) -> Map<String, Value> {
    let at = now();
    [
        ("agent_id", json!(conversation.agent_id)),
        ("current_agent_id", json!(conversation.agent_id)),
        ("conversation_id", json!(conversation.conversation_id)),
        ("caller_id", json!(conversation.from)),
        ("called_number", json!(conversation.to)),
        ("call_duration_secs", json!(0)),
        ("time_utc", json!(at.to_rfc3339())),
        ("time", json!(at.format("%A, %H:%M %d %B %Y").to_string())),
        ("timezone", json!("UTC")),
        ("is_text_only", json!(false)),
        ("agent_turns", json!(0)),
        ("current_agent_turns", json!(0)),
    ]
    .into_iter()
    .map(|(name, value)| (format!("system__{name}"), value))
    .collect()
}
