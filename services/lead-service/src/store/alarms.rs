//! Alarms on their way to the operator: stored first, mailed once for each kind, subject and slot.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::{clock, ids, on, telemetry};
use uuid::Uuid;

use super::queue::{self, micros};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alarm {
    pub kind: String,
    pub subject: String,
    pub slot: String,
    pub text: String,
}

/// Stores an alarm unless it is known.
pub async fn raise(tx: &mut Tx, alarm: &Alarm) -> Result<(), StoreError> {
    let id = ids::derive("alarm", &[&alarm.kind, &alarm.subject, &alarm.slot]);
    on!(tx, c => sqlx::query(
        "INSERT INTO alarm (id, kind, subject, slot, text, create_time, traceparent, tries, due_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, 0, (SELECT us FROM clock)) ON CONFLICT DO NOTHING")
        .bind(id).bind(&alarm.kind).bind(&alarm.subject).bind(&alarm.slot).bind(&alarm.text)
        .bind(clock::now()).bind(telemetry::current_traceparent())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// An alarm that is due, with the number of tries so far.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Due {
    pub id: Uuid,
    pub kind: String,
    pub subject: String,
    pub slot: String,
    pub text: String,
    pub traceparent: Option<String>,
    pub tries: i32,
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE alarm SET lease_until_us = (SELECT us FROM clock) + $1, tries = tries + 1
              WHERE id IN (SELECT id FROM alarm
                            WHERE due_us <= (SELECT us FROM clock)
                              AND (lease_until_us IS NULL
                                   OR lease_until_us <= (SELECT us FROM clock))
                            ORDER BY due_us LIMIT $2",
            $lock,
            ") RETURNING id, kind, subject, slot, text, traceparent, tries"
        )
    };
}

/// Whether a claim would find any.
pub async fn any_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(queue::due_in!("alarm")).fetch_one(c).await?))
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
        "UPDATE alarm SET due_us = (SELECT us FROM clock) + $3, lease_until_us = NULL
          WHERE id = $1 AND tries = $2")
        .bind(due.id).bind(due.tries).bind(again.map(micros))
        .execute(c).await?.rows_affected());
    Ok(())
}
