//! notification-service as lead-service sees it: notices about leads, alarms, copies of replies.
//!
//! Each notice has a business key, so that a repeat writes nothing.

use std::time::Duration;

use chassis::client::{self, Channel};
use chassis::clock;
use chrono::{DateTime, Utc};
use contracts::notification::v1 as wire;
use wire::notification_service_client::NotificationServiceClient;
use wire::notify_request::Notice;

use super::facts::Told;
pub use super::links::Links;
use super::outcomes::planned;
use super::{CallFailed, keys, timestamp};
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::Lead;
use crate::store::deliveries::Delivery;
use crate::store::{alarms, replies};

/// Beyond it notification-service refuses a key, and the alarm would never be mailed.
const LONGEST_KEY: usize = 300;

#[derive(Clone)]
pub struct Notifications {
    pub(super) client: NotificationServiceClient<Channel>,
    pub(super) limit: Duration,
    links: Links,
}

impl Notifications {
    #[must_use]
    pub fn new(channel: Channel, limit: Duration, links: Links) -> Self {
        Self {
            client: NotificationServiceClient::new(channel),
            limit,
            links,
        }
    }

    #[must_use]
    pub fn links(&self) -> &Links {
        &self.links
    }

    /// Provider, customer and operator are told of the lead's attempt. `valid` ends what goes to the
    /// provider; the others' copies outlive the offer. Answers the provider's messages as planned.
    pub async fn assigned(
        &self,
        lead: &Lead,
        offer: Told<'_>,
        known: &Knowledge,
        valid: Duration,
    ) -> Result<Vec<Delivery>, CallFailed> {
        let notice = Notice::LeadAssigned(wire::LeadAssigned {
            lead: Some(self.facts(lead, known)),
            provider: Some(self.provider(lead, offer)),
        });
        let answer = self
            .notify(keys::offer(lead), Some(clock::now() + valid), notice)
            .await?;
        Ok(planned(answer))
    }

    /// Customer and operator are told that nobody has the lead yet.
    pub async fn unmatched(
        &self,
        lead: &Lead,
        cause: &str,
        known: &Knowledge,
    ) -> Result<(), CallFailed> {
        let notice = Notice::LeadUnmatched(wire::LeadUnmatched {
            lead: Some(self.facts(lead, known)),
            cause: cause.to_owned(),
        });
        self.notify(keys::unmatched(lead), None, notice)
            .await
            .map(|_| ())
    }

    pub async fn alarm(&self, alarm: &alarms::Due) -> Result<(), CallFailed> {
        let notice = Notice::OperatorAlarm(wire::OperatorAlarm {
            kind: alarm.kind.clone(),
            subject: alarm.subject.clone(),
            text: alarm.text.clone(),
        });
        let mut key = format!("alarm:{}:{}:{}", alarm.kind, alarm.subject, alarm.slot);
        if key.len() > LONGEST_KEY {
            // The id derives from the same three.
            key = format!("alarm:{}:{}", alarm.kind, alarm.id);
        }
        self.notify(key, None, notice).await.map(|_| ())
    }

    /// `health`: it is, or may be, about a health-related lead.
    pub async fn reply(&self, reply: &replies::Due, health: bool) -> Result<(), CallFailed> {
        let body = match reply.body.as_str() {
            "" => &reply.button_payload,
            _ => &reply.body,
        };
        let notice = Notice::InboundReply(wire::InboundReply {
            from: reply.sender.clone(),
            channel: reply.channel.clone(),
            body: body.clone(),
            lead_id: reply.lead_id.map(|id| id.to_string()).unwrap_or_default(),
            health,
        });
        self.notify(format!("reply:{}", reply.message_sid), None, notice)
            .await
            .map(|_| ())
    }

    pub(super) async fn notify(
        &self,
        message_key: String,
        not_after: Option<DateTime<Utc>>,
        notice: Notice,
    ) -> Result<wire::NotifyResponse, CallFailed> {
        let request = wire::NotifyRequest {
            message_key,
            not_after: not_after.map(timestamp),
            notice: Some(notice),
        };
        let mut client = self.client.clone();
        // Boxed, for a call's future is large and the saga holds it at every step.
        let call = Box::pin(client.notify(request));
        let answer = client::with_timeout(self.limit, call).await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| CallFailed::new("Notify", &status))
    }
}
