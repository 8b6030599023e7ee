//! Leads as their own queue: claimed by lease, fenced by version.
//!
//! A claim leaves the version alone: of two that do the same slow step, the first to commit wins
//! and the other's commit finds another version. Were claims counted, a step slower than its lease
//! would be taken over for ever and never end.

use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::on;
use uuid::Uuid;

use super::lead_row::{LeadRow, select_lead};
use super::leads;
use crate::domain::lead::Lead;

macro_rules! claim {
    ($lock:literal) => {
        concat!(
            "UPDATE lead SET lease_until_us = (SELECT us FROM clock) + $1
              WHERE id IN (SELECT id FROM lead
                            WHERE due_us <= (SELECT us FROM clock)
                              AND (lease_until_us IS NULL
                                   OR lease_until_us <= (SELECT us FROM clock))
                            ORDER BY due_us, create_us LIMIT $2",
            $lock,
            ") RETURNING id"
        )
    };
}

/// Whether anything is due: asked first, since a claim takes SQLite's one writer.
pub async fn any_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM lead WHERE due_us <= (SELECT us FROM clock)
                           AND (lease_until_us IS NULL
                                OR lease_until_us <= (SELECT us FROM clock)))
             OR EXISTS (SELECT 1 FROM alarm WHERE due_us <= (SELECT us FROM clock)
                           AND (lease_until_us IS NULL
                                OR lease_until_us <= (SELECT us FROM clock)))
             OR EXISTS (SELECT 1 FROM reply WHERE due_us <= (SELECT us FROM clock)
                           AND (lease_until_us IS NULL
                                OR lease_until_us <= (SELECT us FROM clock)))")
        .fetch_one(c).await?))
}

/// Takes up to `limit` leads that are due, the longest due first.
pub async fn claim(tx: &mut Tx, lease: Duration, limit: i64) -> Result<Vec<Lead>, StoreError> {
    let sql = if tx.is_postgres() {
        claim!(" FOR UPDATE SKIP LOCKED")
    } else {
        claim!("")
    };
    let ids: Vec<Uuid> = on!(tx, c => sqlx::query_scalar(sql)
        .bind(micros(lease)).bind(limit).fetch_all(c).await?);
    let mut claimed = Vec::with_capacity(ids.len());
    for id in ids {
        let row: LeadRow = on!(tx, c => sqlx::query_as(select_lead!("WHERE id = $1"))
            .bind(id).fetch_one(c).await?);
        claimed.push(row);
    }
    let mut claimed = leads::leads(claimed)?;
    claimed.sort_by_key(|lead| (lead.due_us, lead.create_us));
    Ok(claimed)
}

#[must_use]
pub fn micros(length: Duration) -> i64 {
    i64::try_from(length.as_micros()).unwrap_or(i64::MAX)
}
