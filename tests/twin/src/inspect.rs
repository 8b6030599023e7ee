//! Looking into a twin and arranging its world: what the vendors hold, what was sent and received,
//! how numbers and addresses behave.

use serde_json::{Value, json};

use crate::elevenlabs::{AgentView, Conversation, WorkspaceWebhook};
use crate::faults::{Fault, FaultFired};
use crate::hooks::HookRecord;
use crate::hub::Accepted;
use crate::mailgun::{Mail, MailBehaviour};
use crate::twilio::{self, Behaviour, Call, Message, Number, Recording};
use crate::{Twin, TwinConfig};

impl Twin {
    pub fn config(&self) -> &TwinConfig {
        &self.hub.config
    }

    /// Messages, outbound and inbound, oldest first.
    pub fn messages(&self) -> Vec<Message> {
        self.hub.world().twilio.messages.clone()
    }

    /// Those after the first `seen`: for whoever watches without copying what it knows.
    pub fn messages_after(&self, seen: usize) -> Vec<Message> {
        let world = self.hub.world();
        world.twilio.messages.iter().skip(seen).cloned().collect()
    }

    pub fn mails(&self) -> Vec<Mail> {
        self.hub.world().mailgun.mails.clone()
    }

    /// Those after the first `seen`.
    pub fn mails_after(&self, seen: usize) -> Vec<Mail> {
        let world = self.hub.world();
        world.mailgun.mails.iter().skip(seen).cloned().collect()
    }

    pub fn conversations(&self) -> Vec<Conversation> {
        self.hub.world().eleven.conversations.clone()
    }

    pub fn agents(&self) -> Vec<AgentView> {
        let world = self.hub.world();
        world
            .eleven
            .agents
            .iter()
            .filter_map(|agent| agent.view(&world.eleven))
            .collect()
    }

    /// The tools as the API shows them: `{"id", "tool_config"}`.
    pub fn tools(&self) -> Vec<Value> {
        let world = self.hub.world();
        let tools = world.eleven.tools.iter();
        tools
            .map(|tool| json!({"id": tool.id, "tool_config": tool.config}))
            .collect()
    }

    pub fn numbers(&self) -> Vec<Number> {
        self.hub.world().twilio.numbers.clone()
    }

    pub fn calls(&self) -> Vec<Call> {
        self.hub.world().twilio.calls.clone()
    }

    pub fn recordings(&self) -> Vec<Recording> {
        self.hub.world().twilio.recordings.clone()
    }

    /// Tool executions as the API shows them.
    pub fn executions(&self) -> Vec<Value> {
        self.hub.world().eleven.executions.clone()
    }

    pub fn workspace_webhooks(&self) -> Vec<WorkspaceWebhook> {
        self.hub.world().eleven.webhooks.clone()
    }

    /// What was accepted, with the fault under which it was.
    pub fn ledger(&self) -> Vec<Accepted> {
        self.hub.world().ledger.clone()
    }

    /// Webhooks that were sent, or lost on purpose.
    pub fn webhooks(&self) -> Vec<HookRecord> {
        self.hub.world().hooks.clone()
    }

    /// How often an operation was requested (`messages.create`, `register_call`, …), refused
    /// requests included.
    pub fn requests(&self, operation: &str) -> usize {
        let world = self.hub.world();
        world
            .twilio
            .requests
            .iter()
            .filter(|(_, name)| name == operation)
            .count()
    }

    pub fn faults_set(&self) -> Vec<(usize, Fault, u32)> {
        self.hub.faults.list()
    }

    pub fn faults_fired(&self) -> Vec<FaultFired> {
        self.hub.faults.fired()
    }

    /// How often one fault fired, by the number that setting it answered.
    pub fn fired(&self, fault: usize) -> usize {
        self.faults_fired()
            .iter()
            .filter(|fired| fired.fault == fault)
            .count()
    }

    /// How a number behaves towards messages and Lookup from now on.
    pub fn number_behaviour(&self, e164: &str, behaviour: Behaviour) {
        self.hub
            .world()
            .twilio
            .behaviours
            .insert(e164.to_owned(), behaviour);
    }

    /// The number behaves again.
    pub fn heal_number(&self, e164: &str) {
        self.hub.world().twilio.behaviours.remove(e164);
    }

    /// How a mail address behaves from now on.
    pub fn mail_behaviour(&self, address: &str, behaviour: MailBehaviour) {
        self.hub
            .world()
            .mailgun
            .behaviours
            .insert(address.to_owned(), behaviour);
    }

    pub fn heal_address(&self, address: &str) {
        let mut world = self.hub.world();
        world.mailgun.behaviours.remove(address);
        world.mailgun.bounces.remove(address);
    }

    /// Gives the account a number, as bought in the console, with no webhooks set.
    pub fn own_number(&self, e164: &str) -> Number {
        let number = twilio::fresh(&self.hub.config.twilio_account_sid, e164);
        self.hub.world().twilio.numbers.push(number.clone());
        number
    }

    /// Everything, as `GET /admin/state` shows it.
    pub fn state(&self) -> Value {
        let world = self.hub.world();
        let requests: Vec<Value> = world
            .twilio
            .requests
            .iter()
            .map(|(vendor, operation)| json!({"vendor": vendor, "operation": operation}))
            .collect();
        let agents: Vec<AgentView> = world
            .eleven
            .agents
            .iter()
            .filter_map(|agent| agent.view(&world.eleven))
            .collect();
        json!({
            "ledger": world.ledger, "messages": world.twilio.messages, "mails": world.mailgun.mails,
            "calls": world.twilio.calls, "recordings": world.twilio.recordings,
            "numbers": world.twilio.numbers, "conversations": world.eleven.conversations,
            "agents": agents, "executions": world.eleven.executions, "webhooks": world.hooks,
            "requests": requests,
        })
    }
}
