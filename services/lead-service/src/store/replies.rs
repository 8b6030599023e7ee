//! Inbound messages: stored once by the carrier's id, understood once, copied to the operator once.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::{clock, on, telemetry};
use chrono::{DateTime, Utc};
use sqlx::types::Json;
use uuid::Uuid;

use super::queue::{self, micros};
use crate::domain::reply::plan::{Plan, Understood};

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

/// Stores it under a lease for whoever stored it; false when it is known.
pub async fn insert(
    tx: &mut Tx,
    reply: &Reply,
    lead: Option<Uuid>,
    lease: Duration,
) -> Result<bool, StoreError> {
    let stored = on!(tx, c => sqlx::query(
        "INSERT INTO reply (message_sid, sender, our_number, channel, body, button_payload,
                            opt_out_type, lead_id, create_time, traceparent, tries, due_us,
                            lease_until_us, copied)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, (SELECT us FROM clock),
                 (SELECT us FROM clock) + $11, FALSE)
         ON CONFLICT DO NOTHING")
        .bind(&reply.message_sid).bind(&reply.sender).bind(&reply.our_number).bind(&reply.channel)
        .bind(&reply.body).bind(&reply.button_payload).bind(&reply.opt_out_type).bind(lead)
        .bind(clock::now()).bind(telemetry::current_traceparent()).bind(micros(lease))
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
    pub opt_out_type: String,
    pub lead_id: Option<Uuid>,
    pub create_time: DateTime<Utc>,
    pub traceparent: Option<String>,
    pub tries: i32,
    /// What is to be done about it, once that is decided.
    pub plan: Option<Json<Plan>>,
    /// That is done.
    pub understood_as: Option<String>,
    pub copied: bool,
}

macro_rules! columns {
    () => {
        "message_sid, sender, channel, body, button_payload, opt_out_type, lead_id, create_time,
         traceparent, tries, plan, understood_as, copied"
    };
}

/// One message as it stands.
pub async fn find(tx: &mut Tx, message_sid: &str) -> Result<Option<Due>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        concat!("SELECT ", columns!(), " FROM reply WHERE message_sid = $1"))
        .bind(message_sid).fetch_optional(c).await?))
}

/// What is decided about it, kept from other writers until the transaction ends.
pub async fn lock(tx: &mut Tx, message_sid: &str) -> Result<Option<Json<Plan>>, StoreError> {
    let sql = if tx.is_postgres() {
        "SELECT plan FROM reply WHERE message_sid = $1 FOR UPDATE"
    } else {
        "SELECT plan FROM reply WHERE message_sid = $1"
    };
    let found: Option<Option<Json<Plan>>> =
        on!(tx, c => sqlx::query_scalar(sql).bind(message_sid).fetch_optional(c).await?);
    Ok(found.flatten())
}

/// Writes what is to be done, once; false when it is decided already.
pub async fn decide(tx: &mut Tx, message_sid: &str, plan: &Plan) -> Result<bool, StoreError> {
    let decided = on!(tx, c => sqlx::query(
        "UPDATE reply SET plan = $2, lead_id = COALESCE($3, lead_id)
          WHERE message_sid = $1 AND plan IS NULL")
        .bind(message_sid).bind(Json(plan)).bind(plan.lead_id)
        .execute(c).await?.rows_affected());
    Ok(decided == 1)
}

/// It is done; the first word stands.
pub async fn understood(
    tx: &mut Tx,
    message_sid: &str,
    understood: Understood,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE reply SET understood_as = $2 WHERE message_sid = $1 AND understood_as IS NULL")
        .bind(message_sid).bind(understood.name()).execute(c).await?.rows_affected());
    Ok(())
}

/// The operator has its copy.
pub async fn copied(tx: &mut Tx, message_sid: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query("UPDATE reply SET copied = TRUE WHERE message_sid = $1")
        .bind(message_sid).execute(c).await?.rows_affected());
    Ok(())
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
            ") RETURNING ",
            columns!()
        )
    };
}

/// Whether a claim would find any.
pub async fn any_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(queue::due_in!("reply")).fetch_one(c).await?))
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
