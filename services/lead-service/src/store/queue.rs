//! Leads as their own queue: claimed by lease, fenced by version.
//!
//! A claim leaves the version alone: of two that do the same slow step, the first to commit wins
//! and the other's commit finds another version. Were claims counted, a step slower than its lease
//! would be taken over for ever and never end.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::{backlog_of, on};
use uuid::Uuid;

/// Which leads a claim takes: those that were told that nobody is there and wait for a provider, or
/// all others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    Waiting,
    Others,
}

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE lead SET lease_until_us = (SELECT us FROM clock) + $1
              WHERE id IN (SELECT id FROM lead
                            WHERE due_us <= (SELECT us FROM clock)
                              AND (lease_until_us IS NULL
                                   OR lease_until_us <= (SELECT us FROM clock))
                              AND (told AND state = 'unmatched') = $3
                            ORDER BY due_us, create_us LIMIT $2",
            $lock,
            ") RETURNING id, traceparent, due_us, create_us"
        )
    };
}

/// Whether anything of a table is due that nobody holds: asked first, since a claim takes SQLite's
/// one writer.
macro_rules! due_in {
    ($table:literal) => {
        concat!(
            "SELECT EXISTS (SELECT 1 FROM ",
            $table,
            " WHERE due_us <= (SELECT us FROM clock)
                AND (lease_until_us IS NULL OR lease_until_us <= (SELECT us FROM clock)))"
        )
    };
}
pub(super) use due_in;

/// What is due in each lane, as the metrics show it.
pub const BACKLOGS: [(&str, &str); 5] = [
    (
        "leads",
        backlog_of!(
            "lead",
            "(lease_until_us IS NULL OR lease_until_us <= (SELECT us FROM clock)) AND NOT (told AND state = 'unmatched')"
        ),
    ),
    (
        "waiting-leads",
        backlog_of!(
            "lead",
            "(lease_until_us IS NULL OR lease_until_us <= (SELECT us FROM clock)) AND told AND state = 'unmatched'"
        ),
    ),
    (
        "alarms",
        backlog_of!(
            "alarm",
            "(lease_until_us IS NULL OR lease_until_us <= (SELECT us FROM clock))"
        ),
    ),
    (
        "replies",
        backlog_of!(
            "reply",
            "(lease_until_us IS NULL OR lease_until_us <= (SELECT us FROM clock))"
        ),
    ),
    (
        "evidence",
        backlog_of!(
            "evidence",
            "(lease_until_us IS NULL OR lease_until_us <= (SELECT us FROM clock))"
        ),
    ),
];

/// Whether a claim of such leads would find any.
pub async fn any_due(tx: &mut Tx, which: Which) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM lead WHERE due_us <= (SELECT us FROM clock)
            AND (lease_until_us IS NULL OR lease_until_us <= (SELECT us FROM clock))
            AND (told AND state = 'unmatched') = $1)")
        .bind(which == Which::Waiting).fetch_one(c).await?))
}

/// A lead that was claimed. Only what the queue itself needs is read, so that a row that makes no
/// sense keeps no other one from being claimed (I23).
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Claimed {
    pub id: Uuid,
    pub traceparent: Option<String>,
    due_us: i64,
    create_us: i64,
}

/// Takes up to `limit` leads that are due, the longest due first.
pub async fn claim(
    tx: &mut Tx,
    which: Which,
    lease: Duration,
    limit: i64,
) -> Result<Vec<Claimed>, StoreError> {
    let sql = if tx.is_postgres() {
        claim!(" FOR UPDATE SKIP LOCKED")
    } else {
        claim!("")
    };
    let mut claimed: Vec<Claimed> = on!(tx, c => sqlx::query_as(sql)
        .bind(micros(lease)).bind(limit).bind(which == Which::Waiting).fetch_all(c).await?);
    claimed.sort_by_key(|lead| (lead.due_us, lead.create_us));
    Ok(claimed)
}

/// Whether the row itself is at fault, and not the way to it.
#[must_use]
pub fn is_unreadable(error: &StoreError) -> bool {
    match error {
        StoreError::Corrupt(_) => true,
        StoreError::Sql(error) => {
            matches!(
                error,
                sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)
            )
        }
        _ => false,
    }
}

/// Makes a lead due later without reading it, and counts the try.
pub async fn postpone(tx: &mut Tx, id: Uuid, pause: Duration) -> Result<Option<i32>, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "UPDATE lead SET due_us = (SELECT us FROM clock) + $2, lease_until_us = NULL,
                tries = tries + 1
          WHERE id = $1 AND due_us IS NOT NULL RETURNING tries")
        .bind(id).bind(micros(pause)).fetch_optional(c).await?))
}

#[must_use]
pub fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
