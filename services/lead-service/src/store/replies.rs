//! Inbound messages: stored once by the carrier's id, copied to the operator by the worker.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::{clock, on, telemetry};
use uuid::Uuid;

use super::queue::micros;

/// An inbound message as the carrier told it.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub message_sid: String,
    pub sender: String,
    pub our_number: String,
    pub channel: String,
    pub body: String,
    pub button_payload: String,
    pub opt_out_type: String,
}

/// False when it is known.
pub async fn insert(tx: &mut Tx, reply: &Reply, lead: Option<Uuid>) -> Result<bool, StoreError> {
    let stored = on!(tx, c => sqlx::query(
        "INSERT INTO reply (message_sid, sender, our_number, channel, body, button_payload,
                            opt_out_type, lead_id, create_time, traceparent, tries, due_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, (SELECT us FROM clock))
         ON CONFLICT DO NOTHING")
        .bind(&reply.message_sid).bind(&reply.sender).bind(&reply.our_number).bind(&reply.channel)
        .bind(&reply.body).bind(&reply.button_payload).bind(&reply.opt_out_type).bind(lead)
        .bind(clock::now()).bind(telemetry::current_traceparent())
        .execute(c).await?.rows_affected());
    Ok(stored == 1)
}

/// A reply that is due, with the number of tries so far.
#[derive(Clone, sqlx::FromRow)]
pub struct Due {
    pub message_sid: String,
    pub sender: String,
    pub channel: String,
    pub body: String,
    pub button_payload: String,
    pub lead_id: Option<Uuid>,
    pub traceparent: Option<String>,
    pub tries: i32,
}

/// Categories of the lead that a reply belongs to; where that is unknown, of all leads of its
/// sender, the finished ones too.
pub async fn categories(
    tx: &mut Tx,
    lead: Option<Uuid>,
    sender: &str,
) -> Result<Vec<String>, StoreError> {
    Ok(match lead {
        Some(lead) => on!(tx, c => sqlx::query_scalar("SELECT category FROM lead WHERE id = $1")
            .bind(lead).fetch_all(c).await?),
        None => on!(tx, c => sqlx::query_scalar(
            "SELECT DISTINCT category FROM lead WHERE phone_e164 = $1 AND phone_e164 <> ''")
            .bind(sender).fetch_all(c).await?),
    })
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE reply SET lease_until_us = (SELECT us FROM clock) + $1, tries = tries + 1
              WHERE message_sid IN (SELECT message_sid FROM reply
                            WHERE due_us <= (SELECT us FROM clock)
                              AND (lease_until_us IS NULL
                                   OR lease_until_us <= (SELECT us FROM clock))
                            ORDER BY due_us LIMIT $2",
            $lock,
            ") RETURNING message_sid, sender, channel, body, button_payload, lead_id, traceparent,
                         tries"
        )
    };
}

pub async fn claim(tx: &mut Tx, lease: Duration, limit: i64) -> Result<Vec<Due>, StoreError> {
    let sql = if tx.is_postgres() {
        claim!(" FOR UPDATE SKIP LOCKED")
    } else {
        claim!("")
    };
    Ok(on!(tx, c => sqlx::query_as(sql).bind(micros(lease)).bind(limit).fetch_all(c).await?))
}

/// Ends it, or makes it due again in `again`; a claim that was taken over changes nothing.
pub async fn settle(tx: &mut Tx, due: &Due, again: Option<Duration>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE reply SET due_us = (SELECT us FROM clock) + $3, lease_until_us = NULL
          WHERE message_sid = $1 AND tries = $2")
        .bind(&due.message_sid).bind(due.tries).bind(again.map(micros))
        .execute(c).await?.rows_affected());
    Ok(())
}
