//! The provider's messages of an offer as far as they were heard of; moved forward only (I15).

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::on;
use uuid::Uuid;

use crate::domain::reach::{DeliveryState, Message};

/// One message as notification-service tells of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub delivery_id: Uuid,
    pub channel: String,
    pub state: DeliveryState,
    pub error_class: String,
    pub reason: String,
    /// When a carrier took it, by whoever says so.
    pub accept_us: Option<i64>,
}

/// Takes up what is told, unless more is known already: a plan that is told late, or an entry that
/// is read again, moves nothing back. The first acceptance stands.
pub async fn put(
    tx: &mut Tx,
    lead: Uuid,
    attempt: i32,
    delivery: &Delivery,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO offer_delivery (delivery_id, lead_id, attempt, channel, state, error_class,
                                     reason, accept_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (delivery_id) DO UPDATE
            SET state = CASE WHEN excluded.state = 'queued' THEN offer_delivery.state
                             ELSE excluded.state END,
                error_class = CASE WHEN excluded.state = 'queued' AND excluded.error_class = ''
                                   THEN offer_delivery.error_class ELSE excluded.error_class END,
                reason = CASE WHEN excluded.state = 'queued' AND excluded.reason = ''
                              THEN offer_delivery.reason ELSE excluded.reason END,
                accept_us = COALESCE(offer_delivery.accept_us, excluded.accept_us)
          WHERE offer_delivery.state <> 'delivered'")
        .bind(delivery.delivery_id).bind(lead).bind(attempt).bind(&delivery.channel)
        .bind(delivery.state.name()).bind(&delivery.error_class).bind(&delivery.reason)
        .bind(delivery.accept_us)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Adds the messages of a plan that are not known yet; what was heard of one meanwhile is newer.
pub async fn plan(
    tx: &mut Tx,
    lead: Uuid,
    attempt: i32,
    delivery: &Delivery,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO offer_delivery (delivery_id, lead_id, attempt, channel, state, error_class,
                                     reason, accept_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING")
        .bind(delivery.delivery_id).bind(lead).bind(attempt).bind(&delivery.channel)
        .bind(delivery.state.name()).bind(&delivery.error_class).bind(&delivery.reason)
        .bind(delivery.accept_us)
        .execute(c).await?.rows_affected());
    Ok(())
}

/// The messages of an offer.
pub async fn of_offer(tx: &mut Tx, lead: Uuid, attempt: i32) -> Result<Vec<Message>, StoreError> {
    let rows: Vec<(String, String, Option<i64>)> = on!(tx, c => sqlx::query_as(
        "SELECT state, error_class, accept_us FROM offer_delivery
          WHERE lead_id = $1 AND attempt = $2")
        .bind(lead).bind(attempt).fetch_all(c).await?);
    rows.into_iter()
        .map(|(state, error_class, accept_us)| {
            let corrupt = |_| CorruptRow::new("offer_delivery", "state", lead);
            Ok(Message {
                state: state.parse().map_err(corrupt)?,
                error_class,
                accept_us,
            })
        })
        .collect()
}
