//! Outcomes: what other services are told of a delivery, published in the transaction that makes
//! it true. Ids and masked forms only (I25).

use chassis::feed;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::delivery::{Channel, Delivery, Recipient, State, Template};

use super::{StoreError, Tx};

/// The kind of all entries of this feed.
pub const KIND: &str = "outcome";

#[derive(Serialize, Deserialize)]
struct Body {
    id: Uuid,
    message_key: String,
    template: String,
    recipient: String,
    channel: String,
    lead_id: Option<Uuid>,
    state: String,
    masked_address: String,
    reference: String,
    // Absent in entries of an earlier version.
    #[serde(default)]
    recipient_id: String,
    #[serde(default)]
    ambiguous_attempts: i64,
    // Absent in entries of an earlier version.
    #[serde(default)]
    country: String,
    #[serde(default)]
    segments: i64,
    carrier_id: Option<String>,
    attempts: i64,
    reason: String,
    // Absent in entries of an earlier version.
    #[serde(default)]
    error_class: String,
    create_us: i64,
    accept_us: Option<i64>,
    settle_us: Option<i64>,
    not_after_us: i64,
}

/// Publishes where a delivery now stands.
pub async fn publish(tx: &mut Tx, delivery: &Delivery) -> Result<(), StoreError> {
    let body = Body {
        id: delivery.id,
        message_key: delivery.message_key.clone(),
        template: delivery.template.name().to_owned(),
        recipient: delivery.recipient.name().to_owned(),
        channel: delivery.channel.name().to_owned(),
        lead_id: delivery.lead_id,
        state: delivery.state.name().to_owned(),
        masked_address: delivery.masked_address.clone(),
        reference: delivery.reference.clone(),
        recipient_id: delivery.recipient_id.clone(),
        ambiguous_attempts: delivery.ambiguous_attempts,
        country: delivery.country.clone(),
        segments: delivery.segments,
        carrier_id: delivery.carrier_id.clone(),
        attempts: delivery.attempts,
        reason: delivery.reason.clone(),
        error_class: delivery.error_class.clone(),
        create_us: delivery.create_time.timestamp_micros(),
        accept_us: delivery.accept_time.map(|at| at.timestamp_micros()),
        settle_us: delivery.settle_time.map(|at| at.timestamp_micros()),
        not_after_us: delivery.not_after.timestamp_micros(),
    };
    let body = serde_json::to_value(body).map_err(|_| StoreError::Setup("outcome".into()))?;
    feed::publish(tx, KIND, &delivery.id.to_string(), body).await
}

/// Reads a published body; nothing where it is of a version that this one does not know.
#[must_use]
pub fn read(body: serde_json::Value) -> Option<Delivery> {
    let body: Body = serde_json::from_value(body).ok()?;
    let time = |us: i64| DateTime::<Utc>::from_timestamp_micros(us);
    Some(Delivery {
        id: body.id,
        message_key: body.message_key,
        template: Template::parse(&body.template)?,
        recipient: Recipient::parse(&body.recipient)?,
        channel: Channel::parse(&body.channel)?,
        lead_id: body.lead_id,
        state: State::parse(&body.state)?,
        masked_address: body.masked_address,
        reference: body.reference,
        recipient_id: body.recipient_id,
        ambiguous_attempts: body.ambiguous_attempts,
        country: body.country,
        segments: body.segments,
        carrier_id: body.carrier_id,
        attempts: body.attempts,
        reason: body.reason,
        error_class: body.error_class,
        create_time: time(body.create_us)?,
        accept_time: body.accept_us.and_then(time),
        settle_time: body.settle_us.and_then(time),
        not_after: time(body.not_after_us)?,
    })
}
