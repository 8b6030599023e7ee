//! RetryDelivery: the operator has a delivery sent again that ended without reaching anybody, under
//! its own id. What may have arrived, or must not leave, is refused.

use chassis::clock;
use chassis::db::{StoreError, unit};
use chassis::fault::{Fault, Kind};
use chrono::DateTime;
use uuid::Uuid;

use crate::domain::carrier::ErrorClass;
use crate::domain::delivery::{Delivery, Event, State};
use crate::domain::life;
use crate::store::{deliveries, messages, moves, notices, outcomes};

use super::{Notification, settle};

#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    #[error("there is no delivery of that id")]
    Unknown,
    #[error("its message was taken back, or the time of its offer is over")]
    OfferOver,
    #[error("it may have arrived, must not leave, or would fail for good again")]
    NotRetryable,
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Fault for RetryError {
    fn kind(&self) -> Kind {
        match self {
            Self::Unknown => Kind::NotFound,
            Self::OfferOver | Self::NotRetryable => Kind::Refused,
            Self::Store(error) => error.kind(),
        }
    }

    fn reason(&self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN_DELIVERY",
            Self::OfferOver => "OFFER_OVER",
            Self::NotRetryable => "NOT_RETRYABLE",
            Self::Store(error) => error.reason(),
        }
    }
}

/// Queues a delivery again with a life of its own, an offer's within the offer's.
pub async fn retry(
    service: &Notification,
    id: Uuid,
    actor: String,
    cause: String,
) -> Result<Delivery, RetryError> {
    let service = service.clone();
    unit(async move {
        let mut tx = service.db.begin().await?;
        let known = deliveries::of_id(&mut tx, id).await?;
        let known = known.ok_or(RetryError::Unknown)?;
        // The key before the delivery, as a cancellation takes them: whoever comes second sees what
        // the first one did (D8).
        let closed = notices::is_closed(&mut tx, &known.message_key, known.recipient).await?;
        let locked = moves::lock(&mut tx, id).await?;
        let locked = locked.ok_or(RetryError::Unknown)?;
        let stands = deliveries::of_id(&mut tx, id).await?;
        let stands = stands.ok_or(RetryError::Unknown)?;
        if closed {
            return Err(RetryError::OfferOver);
        }
        if !reached_nobody(&stands) || messages::of_delivery(&mut tx, id).await?.is_none() {
            return Err(RetryError::NotRetryable);
        }
        let now = DateTime::from_timestamp_micros(locked.now_us).unwrap_or_default();
        let not_after = match life::again(stands.template, stands.recipient, now) {
            Some(end) => end,
            None if stands.not_after > now => stands.not_after,
            None => return Err(RetryError::OfferOver),
        };
        let queued = moves::again(&mut tx, id, not_after.timestamp_micros()).await?;
        moves::note_retry(&mut tx, id, &actor, &cause, clock::now()).await?;
        outcomes::publish(&mut tx, &queued).await?;
        tx.wake_after_commit(&service.lane(queued.channel).sends);
        tx.commit().await?;
        settle::count(&queued);
        Ok(queued)
    })
    .await
}

/// Certainly, and not for the address's or the recipient's sake.
fn reached_nobody(delivery: &Delivery) -> bool {
    let passing = [
        ErrorClass::Retry,
        ErrorClass::Config,
        ErrorClass::Credentials,
        ErrorClass::Suspect,
    ];
    let failed_in_passing = || {
        passing
            .iter()
            .any(|class| class.name() == delivery.error_class)
    };
    delivery.state.after(Event::AskedAgain).is_some()
        && (delivery.state != State::Failed || failed_in_passing())
}
