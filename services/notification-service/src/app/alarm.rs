//! Alarms of our own: what the operator must know about a delivery, told by mail in the
//! transaction that makes it true, so that it is told once.

use chassis::clock;
use chassis::db::{StoreError, Tx};

use crate::domain::carrier::ErrorClass;
use crate::domain::delivery::{Channel, Delivery, Recipient, State};
use crate::domain::notice::Notice;

use super::{Notification, notify};

/// Raises the alarm that a delivery's new state calls for, if any.
pub(super) async fn raise(
    service: &Notification,
    tx: &mut Tx,
    delivery: &Delivery,
) -> Result<(), StoreError> {
    let class = delivery.error_class.as_str();
    let (kind, what) = match delivery.state {
        State::Dead => (
            "DELIVERY_DEAD",
            "A message could not be sent; all tries are used up.",
        ),
        State::Unknown => (
            "DELIVERY_UNKNOWN",
            "The carrier may or may not have sent a message. It is not repeated.",
        ),
        // The claim that finds its time passed counts as well.
        State::Expired if delivery.attempts > 1 => (
            "DELIVERY_EXPIRED",
            "The carrier did not take a message in its time. It is not sent any more.",
        ),
        State::Failed if class == ErrorClass::Config.name() => (
            "SEND_REFUSED",
            "The carrier refuses what we send. No try helps until content or configuration is put right.",
        ),
        State::Queued if class == ErrorClass::Credentials.name() => (
            "CREDENTIALS_REFUSED",
            "The carrier refuses our credentials. The channel pauses and tries again by itself.",
        ),
        _ => return Ok(()),
    };
    tracing::error!(
        alarm = kind,
        delivery.id = %delivery.id,
        delivery.channel = delivery.channel.name(),
        delivery.reason = delivery.reason,
        "delivery needs the operator"
    );
    metrics::counter!("notification_alarms_total", "kind" => kind).increment(1);
    let whole_channel = !matches!(delivery.state, State::Dead | State::Unknown);
    // A second mail would end as badly as this one; the log line and the metric remain.
    let in_vain = if whole_channel {
        delivery.channel == Channel::Email
    } else {
        delivery.recipient == Recipient::Operator
    };
    if in_vain {
        return Ok(());
    }
    let key = if whole_channel {
        // A fault of a whole channel is told once an hour, not once for each message.
        let hour = clock::now().timestamp() / 3600;
        let channel = delivery.channel.name();
        format!("alarm:{kind}:{channel}:{}:{hour}", delivery.reason)
    } else {
        format!("alarm:{kind}:{}:{}", delivery.id, delivery.attempts)
    };
    let notice = Notice::OperatorAlarm {
        kind: kind.to_owned(),
        subject: delivery.message_key.clone(),
        text: text(delivery, what),
    };
    notify::write(service, tx, &key, None, &notice).await?;
    Ok(())
}

fn text(delivery: &Delivery, what: &str) -> String {
    format!(
        "{what}\n\nDelivery: {}\nMessage: {}\nChannel: {}, to {}, {}\nReason: {}\nReference: {}",
        delivery.id,
        delivery.message_key,
        delivery.channel.name(),
        delivery.recipient.name(),
        delivery.masked_address,
        delivery.reason,
        delivery.reference,
    )
}
