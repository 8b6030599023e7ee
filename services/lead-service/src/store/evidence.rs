//! Evidence on its way to the roster: stored with what showed it, told until the roster has it.

use std::time::Duration;

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::{clock, ids, on, telemetry};
use chrono::{DateTime, Utc};

use super::queue::{self, micros};
use crate::domain::evidence::{Evidence, EvidenceKind};

/// Stores it unless its key is known. Wake the worker after the commit.
pub async fn store(tx: &mut Tx, evidence: &Evidence) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO evidence (evidence_key, evidence, provider_id, channel, masked_address,
                               message_sid, observe_time, reason, code, proof_id, create_time,
                               traceparent, tries, due_us)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 0, (SELECT us FROM clock))
         ON CONFLICT DO NOTHING")
        .bind(&evidence.key).bind(evidence.kind.name()).bind(&evidence.provider_id)
        .bind(&evidence.channel).bind(&evidence.masked_address).bind(&evidence.message_sid)
        .bind(evidence.observe_time).bind(&evidence.reason).bind(&evidence.code)
        .bind(&evidence.proof_id).bind(clock::now()).bind(telemetry::current_traceparent())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Evidence that is due, with the number of tries so far.
#[derive(Clone)]
pub struct Due {
    pub evidence: Evidence,
    /// Who wrote, where an inbound message is meant; personal.
    pub sender: Option<String>,
    pub traceparent: Option<String>,
    pub tries: i32,
}

#[derive(sqlx::FromRow)]
struct Row {
    evidence_key: String,
    evidence: String,
    provider_id: String,
    channel: String,
    masked_address: String,
    message_sid: Option<String>,
    observe_time: DateTime<Utc>,
    reason: String,
    code: String,
    proof_id: String,
    traceparent: Option<String>,
    tries: i32,
    sender: Option<String>,
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE evidence SET lease_until_us = (SELECT us FROM clock) + $1, tries = tries + 1
              WHERE evidence_key IN (SELECT evidence_key FROM evidence
                            WHERE due_us <= (SELECT us FROM clock)
                              AND (lease_until_us IS NULL
                                   OR lease_until_us <= (SELECT us FROM clock))
                            ORDER BY due_us LIMIT $2",
            $lock,
            ") RETURNING evidence_key, evidence, provider_id, channel, masked_address, message_sid,
                         observe_time, reason, code, proof_id, traceparent, tries,
                         (SELECT sender FROM reply WHERE reply.message_sid = evidence.message_sid)
                             AS sender"
        )
    };
}

/// Whether a claim would find any.
pub async fn any_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(queue::due_in!("evidence")).fetch_one(c).await?))
}

pub async fn claim(tx: &mut Tx, lease: Duration, limit: i64) -> Result<Vec<Due>, StoreError> {
    let sql = if tx.is_postgres() {
        claim!(" FOR UPDATE SKIP LOCKED")
    } else {
        claim!("")
    };
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(sql)
        .bind(micros(lease)).bind(limit).fetch_all(c).await?);
    rows.into_iter()
        .map(|row| {
            let named = |kind: &EvidenceKind| kind.name() == row.evidence;
            let id = ids::derive("evidence", &[&row.evidence_key]);
            let kind = EvidenceKind::ALL.into_iter().find(named);
            let evidence = Evidence {
                kind: kind.ok_or_else(|| CorruptRow::new("evidence", "evidence", id))?,
                key: row.evidence_key,
                provider_id: row.provider_id,
                channel: row.channel,
                masked_address: row.masked_address,
                message_sid: row.message_sid,
                observe_time: row.observe_time,
                reason: row.reason,
                code: row.code,
                proof_id: row.proof_id,
            };
            Ok(Due {
                evidence,
                sender: row.sender,
                traceparent: row.traceparent,
                tries: row.tries,
            })
        })
        .collect()
}

/// Ends it, or makes it due again in `again`; false when the claim was taken over.
pub async fn settle(tx: &mut Tx, due: &Due, again: Option<Duration>) -> Result<bool, StoreError> {
    let settled = on!(tx, c => sqlx::query(
        "UPDATE evidence SET due_us = (SELECT us FROM clock) + $3, lease_until_us = NULL
          WHERE evidence_key = $1 AND tries = $2")
        .bind(&due.evidence.key).bind(due.tries).bind(again.map(micros))
        .execute(c).await?.rows_affected());
    Ok(settled == 1)
}
