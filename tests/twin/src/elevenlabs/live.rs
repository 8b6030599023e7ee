//! A live conversation: the stream of a registered call opens, the scripted agent talks with the
//! caller, the conversation is analysed and the post-call webhook goes out.

use serde_json::{Value, json};

use super::port::Port;
use super::prepare::{brain, configuration, forbidden, missing_variables, system_variables};
use super::talk::{Brain, Talk, talk};
use super::{Conversation, Store, models, shape};
use crate::caller::scenario::{Caller, Scenario, caller};
use crate::faults::Vendor;
use crate::hooks::{self, Hook, HookReceipt};
use crate::hub::{Shared, now};
use crate::signature;

/// How the stream of a call ended.
pub(crate) struct Streamed {
    pub(crate) conversation_id: Option<String>,
    /// Nothing was said: the stream was refused or the conversation failed at once.
    pub(crate) failure: Option<String>,
    pub(crate) talk: Talk,
}

impl Streamed {
    fn refused(conversation_id: Option<String>, why: &str) -> Self {
        Self {
            conversation_id,
            failure: Some(why.to_owned()),
            talk: Talk::default(),
        }
    }
}

fn find<'a>(store: &'a mut Store, id: &str) -> Option<&'a mut Conversation> {
    store
        .conversations
        .iter_mut()
        .find(|conversation| conversation.conversation_id == id)
}

/// Opens the stream of a call. Without an id in the TwiML the call is found by its two numbers, as
/// the platform finds it by the socket.
pub(crate) async fn stream(
    hub: &Shared,
    id: Option<&str>,
    (from, to, call_sid): (&str, &str, &str),
    scenario: &Scenario,
) -> Streamed {
    let opened = open(hub, id, (from, to, call_sid), scenario);
    let (id, brain, caller, mut port) = match opened {
        Ok(parts) => parts,
        Err(refused) => return refused,
    };
    let talk = talk(&brain, &caller, &mut port).await;
    let variables = std::mem::take(&mut port.variables);
    let mut world = hub.world();
    if let Some(conversation) = find(&mut world.eleven, &id) {
        conversation.status = "processing".to_owned();
        conversation.turns.clone_from(&talk.turns);
        conversation.duration_secs = talk.clock;
        conversation.variables.extend(variables);
        conversation.facts.clone_from(&talk.facts);
        conversation.tool_outcomes = talk
            .dispatches
            .iter()
            .map(|outcome| !outcome.is_error)
            .collect();
        conversation.termination_reason = match talk.caller_hung_up {
            true => "Call ended by remote party",
            false => "end_call tool was called.",
        }
        .to_owned();
    }
    Streamed {
        conversation_id: Some(id),
        failure: None,
        talk,
    }
}

type Opened<'a> = (String, Brain, Caller, Port<'a>);

#[expect(
    clippy::result_large_err,
    reason = "a test double; the refusal is the outcome of the call"
)]
fn open<'a>(
    hub: &'a Shared,
    id: Option<&str>,
    (from, to, call_sid): (&str, &str, &str),
    scenario: &Scenario,
) -> Result<Opened<'a>, Streamed> {
    let mut world = hub.world();
    let store = &mut world.eleven;
    let found = store
        .conversations
        .iter()
        .rev()
        .find(|conversation| match id {
            Some(id) => conversation.conversation_id == id,
            None => {
                conversation.from == from
                    && conversation.to == to
                    && conversation.status == "initiated"
            }
        });
    let Some(mut conversation) = found.cloned() else {
        return Err(Streamed::refused(
            None,
            "31920 Stream - Websocket - Handshake Error",
        ));
    };
    let id = conversation.conversation_id.clone();
    let fail = |store: &mut Store, code: i64, why: &str| {
        if let Some(conversation) = find(store, &id) {
            conversation.status = "failed".to_owned();
            conversation.termination_reason = why.to_owned();
            conversation.error = Some((code, why.to_owned()));
        }
        Streamed::refused(Some(id.clone()), why)
    };
    let age = (now() - conversation.registered)
        .to_std()
        .unwrap_or_default();
    if conversation.status != "initiated"
        || conversation.expired
        || age > hub.config.registration_ttl
    {
        return Err(fail(store, 1008, "Call registration expired"));
    }
    if scenario.agent_fails() {
        return Err(fail(store, 1011, "Internal server error"));
    }
    let over = conversation.client_data["conversation_config_override"].clone();
    let Some(agent) = store.agent(&conversation.agent_id).cloned() else {
        return Err(fail(store, 1008, "Agent not found"));
    };
    let Some(full) = configuration(store, &agent, &conversation.version_id, &over) else {
        return Err(fail(store, 1008, "Agent version not found"));
    };
    let allowed = &full["platform_settings"]["overrides"]["conversation_config_override"];
    if let Some(field) = forbidden(&over, allowed) {
        let why = format!("Override for field '{field}' is not allowed by config.");
        return Err(fail(store, 1008, &why));
    }
    conversation
        .variables
        .extend(system_variables(&conversation));
    let (brain, tool) = brain(store, &full, &conversation.variables);
    if let Some(why) = missing_variables(&full, tool.as_ref(), &conversation.variables) {
        return Err(fail(store, 1008, &why));
    }
    let caller = caller(scenario, &brain.prompt, brain.lang, from);
    conversation.status = "in-progress".to_owned();
    conversation.started = Some(now());
    conversation.call_sid = Some(call_sid.to_owned());
    conversation.language = caller.lang.tag().to_owned();
    let llm = text(&full["conversation_config"]["agent"]["prompt"]["llm"]);
    conversation.llm = models::answering(&store.models, &llm, store.conversations.len());
    let port = Port {
        hub,
        tool,
        variables: conversation.variables.clone(),
        agent_id: conversation.agent_id.clone(),
        branch_id: conversation.branch_id.clone(),
        conversation_id: id.clone(),
        caller_id: Some(from.to_owned()),
        severed: false,
        mocks: None,
    };
    if let Some(agent) = store
        .agents
        .iter_mut()
        .find(|agent| agent.id == conversation.agent_id)
    {
        agent.last_call = Some(now().timestamp());
    }
    if let Some(slot) = find(store, &id) {
        *slot = conversation;
    }
    Ok((id, brain, caller, port))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// After the end: the analysis, then the post-call webhook where one is configured.
pub(crate) async fn finish(hub: &Shared, id: &str, talk: &Talk) -> Option<HookReceipt> {
    tokio::time::sleep(hub.config.analysis_delay).await;
    let (data, webhook) = {
        let mut world = hub.world();
        let store = &mut world.eleven;
        let conversation = find(store, id)?.clone();
        let agent = store.agent(&conversation.agent_id)?.clone();
        let full = configuration(store, &agent, &conversation.version_id, &Value::Null)?;
        let platform = &full["platform_settings"];
        let analysis = shape::analysis(platform, talk, &conversation.from);
        let settings = [
            &platform["workspace_overrides"]["webhooks"],
            &store.settings["webhooks"],
        ];
        let attached = settings
            .into_iter()
            .find(|webhooks| webhooks["post_call_webhook_id"].is_string())
            .filter(|webhooks| match webhooks["events"].as_array() {
                Some(events) => events.contains(&json!("transcript")),
                None => true,
            })
            .map(|webhooks| text(&webhooks["post_call_webhook_id"]));
        let webhook = attached.and_then(|attached| {
            let webhook = store
                .webhooks
                .iter()
                .find(|webhook| webhook.webhook_id == attached)?;
            (!webhook.is_disabled && !webhook.is_auto_disabled).then(|| webhook.clone())
        });
        let conversation = find(store, id)?;
        conversation.analysis = analysis;
        conversation.status = "done".to_owned();
        (shape::conversation(conversation), webhook)
    };
    let webhook = webhook?;
    let at = now().timestamp();
    let body =
        json!({"type": "post_call_transcription", "event_timestamp": at, "data": data}).to_string();
    let url = if webhook.webhook_url.is_empty() {
        format!("{}/elevenlabs/post-call", hub.public_base()?)
    } else {
        webhook.webhook_url.clone()
    };
    let proof = signature::elevenlabs(&webhook.secret, at, body.as_bytes());
    let hook = Hook {
        vendor: Vendor::Elevenlabs,
        operation: "webhook.post_call",
        url,
        content_type: "application/json",
        headers: vec![("ElevenLabs-Signature", proof)],
        body,
    };
    let retries = webhook.retry_enabled;
    let id = webhook.webhook_id;
    let receipt = hooks::send_with_retries(hub, hook, |status| {
        let mut world = hub.world();
        if let Some(slot) = world
            .eleven
            .webhooks
            .iter_mut()
            .find(|slot| slot.webhook_id == id)
        {
            slot.book(status);
        }
        retries && status.is_none_or(|status| status >= 500 || matches!(status, 408 | 429))
    })
    .await;
    Some(receipt)
}
