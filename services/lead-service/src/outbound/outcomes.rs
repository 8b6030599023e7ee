//! notification-service's stream of outcomes, and its deliveries as lead-service keeps them.

use chassis::feed::{Entry, Position};
use contracts::notification::v1 as wire;
use futures::{Stream, StreamExt as _};
use uuid::Uuid;

use super::CallFailed;
use super::notification::Notifications;
use crate::domain::evidence::Outcome;
use crate::domain::ledger::message::Sent;
use crate::domain::reach::DeliveryState;
use crate::store::deliveries::Delivery;

impl Notifications {
    /// Outcomes after a position. The body of an entry is the outcome of a message to a provider, and
    /// has under `message` what the ledger needs, whoever was its recipient.
    pub async fn follow(
        &self,
        after: Position,
    ) -> anyhow::Result<impl Stream<Item = anyhow::Result<Entry>> + Send + use<>> {
        const RPC: &str = "FollowOutcomes";
        let request = wire::FollowOutcomesRequest {
            epoch: after.epoch,
            number: after.number,
        };
        let mut client = self.client.clone();
        let stream = client
            .follow_outcomes(request)
            .await
            .map_err(|status| CallFailed::new(RPC, &status))?
            .into_inner();
        Ok(stream.map(|entry| {
            let response = entry.map_err(|status| CallFailed::new(RPC, &status))?;
            let entry = response.entry.ok_or_else(|| CallFailed::empty(RPC))?;
            let delivery = entry.delivery.unwrap_or_default();
            let subject = delivery.message_key.clone();
            let to_provider = delivery.recipient() == wire::RecipientKind::Provider;
            let message = serde_json::to_value(sent(&delivery))?;
            let mut body = match to_provider {
                true => serde_json::to_value(outcome(delivery))?,
                false => serde_json::Value::Object(serde_json::Map::new()),
            };
            if let Some(body) = body.as_object_mut() {
                body.insert("message".to_owned(), message);
            }
            Ok(Entry {
                position: Position::new(entry.epoch, entry.number),
                kind: "outcome".to_owned(),
                subject,
                body,
                traceparent: None,
                create_time: entry
                    .entry_time
                    .and_then(super::instant)
                    .unwrap_or_default(),
            })
        }))
    }
}

fn sent(delivery: &wire::Delivery) -> Sent {
    Sent {
        delivery_id: delivery.delivery_id.clone(),
        message_key: delivery.message_key.clone(),
        channel: channel(delivery.channel()).to_owned(),
        state: state(delivery.state())
            .map_or("", DeliveryState::name)
            .to_owned(),
        country: delivery.country.clone(),
        segments: u32::try_from(delivery.segments).unwrap_or_default(),
        lead_id: delivery.lead_id.clone(),
        provider_id: delivery.recipient_id.clone(),
        create_us: micros(delivery.create_time).unwrap_or_default(),
        accept_us: micros(delivery.accept_time),
    }
}

fn outcome(delivery: wire::Delivery) -> Outcome {
    Outcome {
        state: state(delivery.state())
            .map_or("", DeliveryState::name)
            .to_owned(),
        channel: channel(delivery.channel()).to_owned(),
        create_us: micros(delivery.create_time).unwrap_or_default(),
        accept_us: micros(delivery.accept_time),
        delivery_id: delivery.delivery_id,
        message_key: delivery.message_key,
        provider_id: delivery.recipient_id,
        masked_address: delivery.masked_address,
        reason: delivery.reason,
        error_class: delivery.error_class,
    }
}

/// The provider's messages of an offer, as planned or as they stand on a repeat.
pub(super) fn planned(answer: wire::NotifyResponse) -> Vec<Delivery> {
    let deliveries = answer.deliveries.into_iter();
    let to_provider = deliveries.filter(|d| d.recipient() == wire::RecipientKind::Provider);
    to_provider
        .filter_map(|delivery| {
            let state = state(delivery.state())?;
            let taken = state.is_taken();
            let create_us = micros(delivery.create_time).filter(|_| taken);
            Some(Delivery {
                delivery_id: Uuid::try_parse(&delivery.delivery_id).ok()?,
                channel: channel(delivery.channel()).to_owned(),
                state,
                accept_us: micros(delivery.accept_time).or(create_us),
                error_class: delivery.error_class,
                reason: delivery.reason,
            })
        })
        .collect()
}

fn micros(time: Option<prost_types::Timestamp>) -> Option<i64> {
    time.and_then(super::instant)
        .map(|at| at.timestamp_micros())
}

fn channel(kind: wire::ChannelKind) -> &'static str {
    match kind {
        wire::ChannelKind::Whatsapp => "whatsapp",
        wire::ChannelKind::Sms => "sms",
        wire::ChannelKind::Email => "email",
        wire::ChannelKind::Unspecified => "",
    }
}

fn state(state: wire::DeliveryState) -> Option<DeliveryState> {
    use wire::DeliveryState as S;
    Some(match state {
        S::Unspecified => return None,
        S::Queued => DeliveryState::Queued,
        S::Sending => DeliveryState::Sending,
        S::Accepted => DeliveryState::Accepted,
        S::Delivered => DeliveryState::Delivered,
        S::Failed => DeliveryState::Failed,
        S::Dead => DeliveryState::Dead,
        S::Expired => DeliveryState::Expired,
        S::Withheld => DeliveryState::Withheld,
        S::NotPossible => DeliveryState::NotPossible,
        S::Unknown => DeliveryState::Unknown,
        S::Cancelled => DeliveryState::Cancelled,
    })
}
