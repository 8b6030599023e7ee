//! From domain values to the wire.

use chassis::feed::Entry;
use chrono::{DateTime, Utc};
use contracts::notification::v1::{self as wire, FollowOutcomesResponse, OutcomeEntry};
use prost_types::Timestamp;

use crate::app::erase::Erased;
use crate::app::find_at_carrier::Seen;
use crate::domain::delivery::{Channel, Delivery, Recipient, State};
use crate::store::deliveries::After;
use crate::store::messages::Message;
use crate::store::outcomes;

pub(super) fn delivery(delivery: Delivery) -> wire::Delivery {
    wire::Delivery {
        delivery_id: delivery.id.to_string(),
        message_key: delivery.message_key,
        template: delivery.template.name().to_owned(),
        recipient: recipient(delivery.recipient).into(),
        channel: channel(delivery.channel).into(),
        state: state(delivery.state).into(),
        masked_address: delivery.masked_address,
        carrier_id: delivery.carrier_id.unwrap_or_default(),
        attempts: i32::try_from(delivery.attempts).unwrap_or(i32::MAX),
        reason: delivery.reason,
        error_class: delivery.error_class,
        create_time: Some(timestamp(delivery.create_time)),
        accept_time: delivery.accept_time.map(timestamp),
        settle_time: delivery.settle_time.map(timestamp),
        not_after: Some(timestamp(delivery.not_after)),
        reference: delivery.reference,
        recipient_id: delivery.recipient_id,
        ambiguous_attempts: i32::try_from(delivery.ambiguous_attempts).unwrap_or(i32::MAX),
        lead_id: delivery
            .lead_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        country: delivery.country,
        segments: i32::try_from(delivery.segments).unwrap_or(i32::MAX),
    }
}

pub(super) fn content(message: Message) -> wire::Content {
    wire::Content {
        delivery_id: message.delivery_id.to_string(),
        address: message.address,
        subject: message.subject,
        text: message.body,
    }
}

pub(super) fn seen(seen: Seen) -> wire::CarrierMessage {
    let kind = match (seen.sighting.mail, seen.sighting.whatsapp) {
        (true, _) => wire::ChannelKind::Email,
        (_, true) => wire::ChannelKind::Whatsapp,
        _ => wire::ChannelKind::Sms,
    };
    wire::CarrierMessage {
        channel: kind.into(),
        carrier_id: seen.sighting.carrier_id,
        status: seen.sighting.status,
        send_time: seen.sighting.sent.map(timestamp),
        masked_address: seen.masked_address,
        delivery_id: seen
            .delivery_id
            .map(|id| id.to_string())
            .unwrap_or_default(),
        to_operator: seen.to_operator,
    }
}

pub(super) fn erased(erased: Erased) -> wire::ErasedStore {
    wire::ErasedStore {
        store: erased.store.to_owned(),
        count: i64::try_from(erased.count).unwrap_or(i64::MAX),
        kept: erased.kept,
        due: erased.due,
    }
}

/// An entry of the feed; nothing where its body is of a version that this one does not know.
pub(super) fn outcome(entry: Entry) -> Option<FollowOutcomesResponse> {
    let told = outcomes::read(entry.body)?;
    Some(FollowOutcomesResponse {
        entry: Some(OutcomeEntry {
            epoch: entry.position.epoch,
            number: entry.position.number,
            entry_time: Some(timestamp(entry.create_time)),
            delivery: Some(delivery(told)),
        }),
    })
}

pub(super) fn page_token(after: After) -> String {
    format!("{}:{}", after.create_time.timestamp_micros(), after.id)
}

fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos()).unwrap_or(0),
    }
}

fn recipient(recipient: Recipient) -> wire::RecipientKind {
    match recipient {
        Recipient::Provider => wire::RecipientKind::Provider,
        Recipient::Customer => wire::RecipientKind::Customer,
        Recipient::Operator => wire::RecipientKind::Operator,
    }
}

fn channel(channel: Channel) -> wire::ChannelKind {
    match channel {
        Channel::Whatsapp => wire::ChannelKind::Whatsapp,
        Channel::Sms => wire::ChannelKind::Sms,
        Channel::Email => wire::ChannelKind::Email,
    }
}

fn state(state: State) -> wire::DeliveryState {
    match state {
        State::Queued => wire::DeliveryState::Queued,
        State::Sending => wire::DeliveryState::Sending,
        State::Accepted => wire::DeliveryState::Accepted,
        State::Delivered => wire::DeliveryState::Delivered,
        State::Failed => wire::DeliveryState::Failed,
        State::Dead => wire::DeliveryState::Dead,
        State::Expired => wire::DeliveryState::Expired,
        State::Withheld => wire::DeliveryState::Withheld,
        State::NotPossible => wire::DeliveryState::NotPossible,
        State::Unknown => wire::DeliveryState::Unknown,
        State::Cancelled => wire::DeliveryState::Cancelled,
    }
}
