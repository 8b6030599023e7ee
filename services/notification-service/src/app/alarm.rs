//! Alarms of our own: what the operator must know about a delivery, told by mail in the
//! transaction that makes it true, so that it is told once.

use chassis::db::{StoreError, Tx};

use crate::domain::delivery::{Delivery, Recipient};
use crate::domain::notice::Notice;

use super::{Notification, notify};

/// Tells the operator that a delivery ended badly. An operator's own mail raises no second one,
/// which would end as badly; its log line and its metric remain.
pub(super) async fn raise(
    service: &Notification,
    tx: &mut Tx,
    kind: &str,
    delivery: &Delivery,
    what: &str,
) -> Result<(), StoreError> {
    tracing::error!(
        alarm = kind,
        delivery.id = %delivery.id,
        delivery.channel = delivery.channel.name(),
        delivery.reason = delivery.reason,
        "delivery needs the operator"
    );
    metrics::counter!("notification_alarms_total", "kind" => kind.to_owned()).increment(1);
    if delivery.recipient == Recipient::Operator {
        return Ok(());
    }
    let text = format!(
        "{what}\n\nDelivery {} of {}\nChannel: {}, to {}, {}\nReason: {}\nReference: {}",
        delivery.id,
        delivery.message_key,
        delivery.channel.name(),
        delivery.recipient.name(),
        delivery.masked_address,
        delivery.reason,
        delivery.reference,
    );
    let notice = Notice::OperatorAlarm {
        kind: kind.to_owned(),
        subject: delivery.message_key.clone(),
        text,
    };
    let key = format!("alarm:{kind}:{}:{}", delivery.id, delivery.attempts);
    notify::write(service, tx, &key, None, &notice).await?;
    Ok(())
}
