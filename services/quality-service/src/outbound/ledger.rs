//! lead-service's ledger, which is told what each closed call cost.

use chassis::client::{self, Channel};
use contracts::lead::v1 as wire;
use contracts::lead::v1::ledger_service_client::LedgerServiceClient;

use super::Failed;
use super::wire::{duration, timestamp};
use crate::domain::call::Class;
use crate::domain::cost::{CallCost, ConversationCost};

/// A client; clones share the connection.
#[derive(Clone)]
pub(crate) struct Ledger(LedgerServiceClient<Channel>);

impl Ledger {
    pub(crate) fn new(url: &str) -> anyhow::Result<Self> {
        Ok(Self(LedgerServiceClient::new(client::channel(url)?)))
    }

    /// Tells it; a repeat changes nothing, other figures replace the earlier ones.
    pub(crate) async fn record(&self, cost: CallCost) -> Result<(), Failed> {
        let answer = self.0.clone().record_cost(request(cost)).await;
        answer
            .map(drop)
            .map_err(|status| Failed::new("RecordCost", status))
    }
}

fn request(cost: CallCost) -> wire::RecordCostRequest {
    wire::RecordCostRequest {
        call_class: class(cost.class).into(),
        start_time: Some(timestamp(cost.start_time)),
        end_time: Some(timestamp(cost.end_time)),
        duration: cost.duration.map(duration),
        with_agent: cost.with_agent,
        caller_heard: cost.heard,
        conversations: cost.conversations.into_iter().map(conversation).collect(),
        called_number: cost.called_number,
        site_id: cost.site_id,
        call_sid: cost.call_sid,
    }
}

fn conversation(cost: ConversationCost) -> wire::ConversationCost {
    wire::ConversationCost {
        conversation_id: cost.id,
        agent_name: cost.agent_name,
        duration: cost.duration.map(duration),
        credits: cost.credits,
        actual: cost.usd_micros.map(|micros| wire::Amount {
            micros,
            currency: "USD".to_owned(),
        }),
    }
}

fn class(class: Class) -> wire::CallClass {
    match class {
        Class::Lead => wire::CallClass::Lead,
        Class::Recovered => wire::CallClass::Recovered,
        Class::OffTopic => wire::CallClass::OffTopic,
        Class::Spam => wire::CallClass::Spam,
        Class::HangUp => wire::CallClass::HangUp,
        Class::Flagged => wire::CallClass::Flagged,
        // Closed calls alone are told.
        Class::Open => wire::CallClass::Unspecified,
    }
}
