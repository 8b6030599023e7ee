//! Proofs: one under way for each channel, and the job that has it sent. The digits leave the row
//! with the end of the proof. Times of expiry and due times are the database's own.

use std::time::Duration;

use chassis::db::{CorruptRow, StoreError, Tx};
use chassis::{backlog_of, on, telemetry};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::domain::channel::Kind;
use crate::domain::ids::ProviderId;
use crate::domain::proof::{Digits, Proof, VALID};

/// Proofs that are due to be sent, as the metrics show them.
pub const BACKLOG: &str = backlog_of!("proof", "state = 'open' AND NOT planned");

/// How a proof ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    Proven,
    /// Wrong codes, a fault that came to light, or another address.
    Failed,
}

impl End {
    fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Failed => "failed",
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    proof_id: Uuid,
    provider_id: String,
    kind: String,
    declared_time: DateTime<Utc>,
    code: Option<String>,
    wrong_tries: i32,
    create_time: DateTime<Utc>,
    expire_time: DateTime<Utc>,
    tries: i32,
    traceparent: Option<String>,
}

macro_rules! proof_columns {
    () => {
        "proof_id, provider_id, kind, declared_time, code, wrong_tries, create_time, expire_time,
         tries, traceparent"
    };
}

impl Row {
    fn into_proof(self) -> Result<Proof, CorruptRow> {
        let corrupt = |column| CorruptRow::new("proof", column, self.proof_id);
        Ok(Proof {
            proof_id: self.proof_id,
            kind: Kind::named(&self.kind).ok_or_else(|| corrupt("kind"))?,
            provider_id: self
                .provider_id
                .parse()
                .map_err(|_| corrupt("provider_id"))?,
            declared_time: self.declared_time,
            code: self.code.as_deref().map(Digits::read),
            wrong_tries: self.wrong_tries,
            create_time: self.create_time,
            expire_time: self.expire_time,
        })
    }
}

/// The proof of a channel that is under way. The caller holds the provider's row; what ran out is
/// closed on the way.
pub async fn under_way(
    tx: &mut Tx,
    provider: &ProviderId,
    kind: Kind,
) -> Result<Option<Proof>, StoreError> {
    const OPEN: &str = concat!(
        "SELECT ",
        proof_columns!(),
        " FROM proof WHERE provider_id = $1 AND kind = $2 AND state = 'open'"
    );
    on!(tx, c => sqlx::query(
        "UPDATE proof SET state = 'expired', code = NULL
          WHERE provider_id = $1 AND kind = $2 AND state = 'open'
            AND expire_us <= (SELECT us FROM clock)")
        .bind(provider.as_str()).bind(kind.name()).execute(c).await?.rows_affected());
    let row: Option<Row> = on!(tx, c => sqlx::query_as(OPEN)
        .bind(provider.as_str()).bind(kind.name()).fetch_optional(c).await?);
    Ok(row.map(Row::into_proof).transpose()?)
}

/// Stores a new proof, to be sent at once.
pub async fn insert(tx: &mut Tx, new: &Proof, actor: &str) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO proof (proof_id, provider_id, kind, declared_time, code, needs_code, state,
             actor, create_time, expire_time, create_us, expire_us, due_us, traceparent)
         SELECT $1, $2, $3, $4, $5, $6, 'open', $7, $8, $9, us, us + $10, us, $11 FROM clock")
        .bind(new.proof_id).bind(new.provider_id.as_str()).bind(new.kind.name())
        .bind(new.declared_time).bind(new.code.as_ref().map(Digits::as_str))
        .bind(new.code.is_some()).bind(actor).bind(new.create_time).bind(new.expire_time)
        .bind(VALID.num_microseconds().unwrap_or(i64::MAX))
        .bind(telemetry::current_traceparent())
        .execute(c).await?.rows_affected());
    Ok(())
}

/// Ends a proof that is under way.
pub async fn end(tx: &mut Tx, proof: Uuid, end: End) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE proof SET state = $2, code = NULL WHERE proof_id = $1 AND state = 'open'")
        .bind(proof).bind(end.name()).execute(c).await?.rows_affected());
    Ok(())
}

/// Counts a wrong code.
pub async fn count_wrong(tx: &mut Tx, proof: Uuid, tries: i32) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE proof SET wrong_tries = $2 WHERE proof_id = $1 AND state = 'open'")
        .bind(proof).bind(tries).execute(c).await?.rows_affected());
    Ok(())
}

/// A proof to be sent, with the number of the try, which fences it.
#[derive(Debug, Clone)]
pub struct Due {
    pub proof: Proof,
    pub tries: i32,
    pub traceparent: Option<String>,
}

/// Takes the next proof that is due, for as long as `lease`.
pub async fn claim(tx: &mut Tx, lease: Duration) -> Result<Option<Due>, StoreError> {
    macro_rules! claim {
        ($lock:literal) => {
            concat!(
                "UPDATE proof SET due_us = (SELECT us FROM clock) + $1, tries = tries + 1
                  WHERE proof_id = (SELECT proof_id FROM proof
                         WHERE state = 'open' AND NOT planned
                           AND due_us <= (SELECT us FROM clock)
                           AND expire_us > (SELECT us FROM clock)
                         ORDER BY due_us LIMIT 1",
                $lock,
                ") RETURNING ",
                proof_columns!()
            )
        };
    }
    const POSTGRES: &str = claim!(" FOR UPDATE SKIP LOCKED");
    const SQLITE: &str = claim!("");
    let text = if tx.is_postgres() { POSTGRES } else { SQLITE };
    let row: Option<Row> = on!(tx, c => sqlx::query_as(text)
        .bind(micros(lease)).fetch_optional(c).await?);
    let Some(row) = row else { return Ok(None) };
    let (tries, traceparent) = (row.tries, row.traceparent.clone());
    Ok(Some(Due {
        proof: row.into_proof()?,
        tries,
        traceparent,
    }))
}

/// Settles a try: planned, or to be tried again. A later claim keeps what it has.
pub async fn settle(tx: &mut Tx, due: &Due, again: Option<Duration>) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "UPDATE proof SET planned = $3, due_us = (SELECT us FROM clock) + $4
          WHERE proof_id = $1 AND tries = $2 AND NOT planned")
        .bind(due.proof.proof_id).bind(due.tries).bind(again.is_none())
        .bind(micros(again.unwrap_or_default()))
        .execute(c).await?.rows_affected());
    Ok(())
}

pub(super) fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
