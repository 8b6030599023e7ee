//! What quality asks of notification-service: how a lead's messages fared, and the summary of a call.

use contracts::notification::v1 as wire;

use super::wire::{duration, timestamp};
use super::{Failed, Notification};
use crate::domain::summary::Summary;

/// How the messages to a lead's providers fared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Reached {
    pub(crate) messages: usize,
    pub(crate) delivered: usize,
    /// A carrier took them and no receipt came yet, or they are still on their way.
    pub(crate) on_their_way: usize,
}

impl Notification {
    /// Of each lead, how its provider's messages fared (D2).
    pub(crate) async fn reached(&self, lead_id: &str) -> Result<Reached, Failed> {
        let request = wire::ListDeliveriesRequest {
            lead_id: lead_id.to_owned(),
            recipient: wire::RecipientKind::Provider.into(),
            page_size: 200,
            ..wire::ListDeliveriesRequest::default()
        };
        let answer = self.0.clone().list_deliveries(request).await;
        let found = answer.map_err(|status| Failed::new("ListDeliveries", status))?;
        let mut reached = Reached::default();
        for delivery in found.into_inner().deliveries {
            use wire::DeliveryState as S;
            reached.messages += 1;
            match delivery.state() {
                S::Delivered => reached.delivered += 1,
                S::Queued | S::Sending | S::Accepted | S::Unknown => reached.on_their_way += 1,
                _ => {}
            }
        }
        Ok(reached)
    }

    /// Mails the summary to the operator; a repeat writes nothing (R52).
    pub(crate) async fn summarize(&self, summary: Summary) -> Result<(), Failed> {
        let message_key = format!("summary:{}", summary.conversation_id);
        let turns = summary.turns.into_iter().map(|turn| wire::SummaryTurn {
            by_agent: turn.by_agent,
            offset: Some(duration(turn.offset)),
            tools: turn.tools.into_iter().map(|tool| tool.name).collect(),
            text: turn.text,
        });
        let leads = summary.leads.into_iter().map(|lead| wire::SummaryLead {
            lead_id: lead.id,
            reference: lead.reference,
            state: lead.state,
            category: lead.category,
            provider_id: lead.provider_id,
        });
        let told = wire::CallSummary {
            conversation_id: summary.conversation_id,
            call_sid: summary.call_sid,
            site_url: summary.site_url,
            time_zone: summary.time_zone,
            start_time: Some(timestamp(summary.start_time)),
            duration: summary.duration.map(duration),
            agent_name: summary.agent_name,
            turns: turns.collect(),
            sentiment: summary.sentiment,
            next_step: summary.next_step,
            leads: leads.collect(),
            outcome: summary.outcome,
            findings: summary.findings,
            health: summary.health,
            caller_e164: summary.caller,
        };
        let request = wire::NotifyRequest {
            message_key,
            not_after: None,
            notice: Some(wire::notify_request::Notice::CallSummary(told)),
        };
        let answer = self.0.clone().notify(request).await;
        answer
            .map(drop)
            .map_err(|status| Failed::new("Notify", status))
    }
}
