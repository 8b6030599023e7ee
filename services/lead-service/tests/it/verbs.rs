//! The verbs of a lead as these tests say them.

use std::time::Duration;

use contracts::lead::v1 as wire;
use contracts::notification::v1::{ChannelKind, DeliveryState};
use test_support::eventually;
use tonic::Status;

use crate::fake_roster::PROVIDER;
use crate::harness::World;

pub(crate) const OPERATOR: &str = "operator:ana";
pub(crate) const LINK: &str = "provider:link";

pub(crate) const TAKEN: (DeliveryState, &str, &str) = (DeliveryState::Accepted, "", "");
pub(crate) const WRONG: (DeliveryState, &str, &str) =
    (DeliveryState::Failed, "address", "TWILIO_21211");

pub(crate) fn won(amount_minor: i64) -> wire::Result {
    let currency = "CHF".to_owned();
    wire::Result {
        result: Some(wire::result::Result::Won(wire::Won {
            amount_minor,
            currency,
        })),
    }
}

pub(crate) fn lost(reason: &str) -> wire::Result {
    let reason = reason.to_owned();
    wire::Result {
        result: Some(wire::result::Result::Lost(wire::Lost { reason })),
    }
}

impl World {
    pub(crate) async fn confirm(
        &mut self,
        lead_id: &str,
        attempt: i32,
        actor: &str,
    ) -> Result<(wire::Lead, bool), Status> {
        let request = wire::ConfirmLeadRequest {
            lead_id: lead_id.to_owned(),
            attempt,
            actor: actor.to_owned(),
            cause: "said so on the phone".to_owned(),
        };
        let answer = self.client.confirm_lead(request).await?.into_inner();
        Ok((answer.lead.unwrap(), answer.changed))
    }

    pub(crate) async fn decline(
        &mut self,
        lead_id: &str,
        attempt: i32,
        actor: &str,
    ) -> Result<(wire::Lead, bool), Status> {
        let request = wire::DeclineLeadRequest {
            lead_id: lead_id.to_owned(),
            attempt,
            actor: actor.to_owned(),
            reason: "no time, Madame Rochat".to_owned(),
        };
        let answer = self.client.decline_lead(request).await?.into_inner();
        Ok((answer.lead.unwrap(), answer.changed))
    }

    pub(crate) async fn close(
        &mut self,
        lead_id: &str,
        attempt: i32,
        result: wire::Result,
    ) -> Result<(wire::Lead, bool), Status> {
        let actor = if attempt == 0 { OPERATOR } else { LINK };
        let request = wire::CloseLeadRequest {
            lead_id: lead_id.to_owned(),
            attempt,
            actor: actor.to_owned(),
            result: Some(result),
        };
        let answer = self.client.close_lead(request).await?.into_inner();
        Ok((answer.lead.unwrap(), answer.changed))
    }

    pub(crate) async fn cancel(&mut self, lead_id: &str) -> Result<(wire::Lead, bool), Status> {
        let request = wire::CancelLeadRequest {
            lead_id: lead_id.to_owned(),
            actor: OPERATOR.to_owned(),
            cause: "the customer found somebody".to_owned(),
        };
        let answer = self.client.cancel_lead(request).await?.into_inner();
        Ok((answer.lead.unwrap(), answer.changed))
    }

    pub(crate) async fn offer(
        &mut self,
        lead_id: &str,
        provider: &str,
    ) -> Result<wire::Lead, Status> {
        let request = wire::OfferLeadRequest {
            lead_id: lead_id.to_owned(),
            provider_id: provider.to_owned(),
            actor: OPERATOR.to_owned(),
            cause: "knows the house".to_owned(),
        };
        let answer = self.client.offer_lead(request).await?.into_inner();
        Ok(answer.lead.unwrap())
    }

    pub(crate) async fn retry(&mut self, lead_id: &str) -> Result<wire::Lead, Status> {
        let request = wire::RetryLeadRequest {
            lead_id: lead_id.to_owned(),
            actor: OPERATOR.to_owned(),
            cause: "the roster is better now".to_owned(),
        };
        let answer = self.client.retry_lead(request).await?.into_inner();
        Ok(answer.lead.unwrap())
    }

    pub(crate) async fn lead_if_any(&mut self, lead_id: &str) -> Option<wire::Lead> {
        let request = wire::GetLeadRequest {
            lead_id: lead_id.to_owned(),
        };
        self.client.get_lead(request).await.ok()?.into_inner().lead
    }

    /// Waits until the lead is with somebody as this attempt, and told of it.
    pub(crate) async fn is_offered(&mut self, lead_id: &str, attempt: i32) -> wire::Lead {
        let mut client = self.client.clone();
        eventually(Duration::from_secs(15), async || {
            let request = wire::GetLeadRequest {
                lead_id: lead_id.to_owned(),
            };
            let lead = client.get_lead(request).await.ok()?.into_inner().lead?;
            let there = lead.state() == wire::LeadState::Notified && lead.attempt == attempt;
            there.then_some(lead)
        })
        .await
    }

    /// Waits until the log of a lead ends in, or holds, an event of this kind.
    pub(crate) async fn logs(&mut self, lead_id: &str, kind: &str) {
        let mut client = self.client.clone();
        eventually(Duration::from_secs(15), async || {
            let request = wire::ListLeadEventsRequest {
                lead_id: lead_id.to_owned(),
                page_size: 200,
                ..Default::default()
            };
            let listed = client.list_lead_events(request).await.ok()?.into_inner();
            let mut events = listed.events.into_iter();
            events.any(|event| event.kind == kind).then_some(())
        })
        .await;
    }

    /// What became of the first provider's WhatsApp message of an offer.
    pub(crate) fn whatsapp(&self, lead_id: &str, outcome: (DeliveryState, &str, &str)) {
        let key = format!("lead:{lead_id}:1");
        self.notification
            .outcome(&key, PROVIDER, ChannelKind::Whatsapp, outcome);
    }

    pub(crate) fn email(&self, lead_id: &str, outcome: (DeliveryState, &str, &str)) {
        let key = format!("lead:{lead_id}:1");
        self.notification
            .outcome(&key, PROVIDER, ChannelKind::Email, outcome);
    }
}
