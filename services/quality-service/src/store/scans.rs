//! Scans as rows and as their own queue: a slot's row is its lock, a lease lets one replica work.

use std::time::Duration;

use chassis::clock;
use chassis::db::{StoreError, Tx};
use chassis::on;
use chrono::{DateTime, Utc};
use serde_json::Value;
use uuid::Uuid;

use super::{json, micros, shape};
use crate::domain::scan::{Counts, Scan};

#[derive(sqlx::FromRow)]
struct Row {
    scan_id: Uuid,
    slot_time: DateTime<Utc>,
    state: String,
    is_recovery: bool,
    since_time: Option<DateTime<Utc>>,
    start_time: DateTime<Utc>,
    end_time: Option<DateTime<Utc>>,
    asked_by: String,
    judged: i64,
    ended_calls: i64,
    closed_calls: i64,
    recovered: i64,
    flags_raised: i64,
    failures: Value,
    tries: i64,
}

impl Row {
    fn read(self) -> Result<(Scan, i64), StoreError> {
        let failures = shape("scan", "failures", &self.scan_id.to_string(), self.failures)?;
        let scan = Scan {
            id: self.scan_id,
            slot_time: self.slot_time,
            state: self.state,
            is_recovery: self.is_recovery,
            since_time: self.since_time,
            start_time: self.start_time,
            end_time: self.end_time,
            asked_by: self.asked_by,
            counts: Counts {
                judged: self.judged,
                ended_calls: self.ended_calls,
                closed_calls: self.closed_calls,
                recovered: self.recovered,
                flags_raised: self.flags_raised,
            },
            failures,
        };
        Ok((scan, self.tries))
    }
}

macro_rules! columns {
    () => {
        "scan_id, slot_time, state, is_recovery, since_time, start_time, end_time, asked_by, judged,
         ended_calls, closed_calls, recovered, flags_raised, failures, tries"
    };
}

/// Opens a slot; nothing when it is there already.
pub(crate) async fn start(tx: &mut Tx, scan: &Scan, slot: &str) -> Result<bool, StoreError> {
    let new = on!(tx, c => sqlx::query(
        "INSERT INTO scan (scan_id, slot, slot_time, since_time, is_recovery, state, asked_by,
                start_time, failures)
         VALUES ($1, $2, $3, $4, $5, 'running', $6, $7, $8) ON CONFLICT (slot) DO NOTHING")
        .bind(scan.id).bind(slot).bind(scan.slot_time).bind(scan.since_time).bind(scan.is_recovery)
        .bind(&scan.asked_by).bind(scan.start_time).bind(json(&scan.failures))
        .execute(c).await?.rows_affected());
    Ok(new == 1)
}

pub(crate) async fn find(tx: &mut Tx, id: Uuid) -> Result<Option<Scan>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        concat!("SELECT ", columns!(), " FROM scan WHERE scan_id = $1"))
        .bind(id).fetch_optional(c).await?);
    Ok(row.map(Row::read).transpose()?.map(|(scan, _)| scan))
}

pub(crate) async fn of_slot(tx: &mut Tx, slot: &str) -> Result<Option<Scan>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(
        concat!("SELECT ", columns!(), " FROM scan WHERE slot = $1"))
        .bind(slot).fetch_optional(c).await?);
    Ok(row.map(Row::read).transpose()?.map(|(scan, _)| scan))
}

/// Before (time, id), newest first.
pub(crate) async fn page(
    tx: &mut Tx,
    before: (DateTime<Utc>, Uuid),
    limit: i64,
) -> Result<Vec<Scan>, StoreError> {
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(concat!("SELECT ", columns!(), " FROM scan
          WHERE slot_time < $1 OR (slot_time = $1 AND scan_id < $2)
          ORDER BY slot_time DESC, scan_id DESC LIMIT $3"))
        .bind(before.0).bind(before.1).bind(limit).fetch_all(c).await?);
    let scans = rows.into_iter().map(|row| Ok(row.read()?.0));
    scans.collect()
}

/// The slot time of the newest good scan of a slot, and when it ended.
pub(crate) async fn last_good(
    tx: &mut Tx,
) -> Result<Option<(DateTime<Utc>, DateTime<Utc>)>, StoreError> {
    Ok(on!(tx, c => sqlx::query_as(
        "SELECT slot_time, end_time FROM scan WHERE state = 'good' AND NOT is_recovery
          ORDER BY slot_time DESC LIMIT 1")
        .fetch_optional(c).await?))
}

pub(crate) async fn any_due(tx: &mut Tx) -> Result<bool, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM scan
                         WHERE state = 'running' AND lease_until_us <= (SELECT us FROM clock))")
        .fetch_one(c).await?))
}

/// Takes one running scan that nobody works on, the oldest first, with its try.
pub(crate) async fn claim(tx: &mut Tx, lease: Duration) -> Result<Option<(Scan, i64)>, StoreError> {
    let row: Option<Row> = on!(tx, c => sqlx::query_as(concat!(
        "UPDATE scan SET lease_until_us = (SELECT us FROM clock) + $1, tries = tries + 1
          WHERE scan_id = (SELECT scan_id FROM scan
                            WHERE state = 'running' AND lease_until_us <= (SELECT us FROM clock)
                            ORDER BY slot_time, scan_id LIMIT 1)
            AND lease_until_us <= (SELECT us FROM clock)
         RETURNING ", columns!()))
        .bind(micros(lease)).fetch_optional(c).await?);
    row.map(Row::read).transpose()
}

/// Keeps a scan for another `lease`; false when somebody else took it over.
pub(crate) async fn renew(
    tx: &mut Tx,
    id: Uuid,
    tries: i64,
    lease: Duration,
) -> Result<bool, StoreError> {
    let held = on!(tx, c => sqlx::query(
        "UPDATE scan SET lease_until_us = (SELECT us FROM clock) + $3
          WHERE scan_id = $1 AND tries = $2 AND state = 'running'")
        .bind(id).bind(tries).bind(micros(lease)).execute(c).await?.rows_affected());
    Ok(held == 1)
}

/// Ends a scan; one that was taken over changes nothing. What was judged is counted from the verdicts,
/// so that it is whole after a takeover.
pub(crate) async fn end(tx: &mut Tx, scan: &Scan, tries: i64) -> Result<bool, StoreError> {
    let counts = scan.counts;
    let done = on!(tx, c => sqlx::query(
        "UPDATE scan SET state = $3, end_time = $4, ended_calls = $5, closed_calls = $6,
                recovered = $7, flags_raised = $8, failures = $9, since_time = $10,
                judged = (SELECT COUNT(*) FROM verdict WHERE verdict.scan_id = $1),
                lease_until_us = 0
          WHERE scan_id = $1 AND tries = $2 AND state = 'running'")
        .bind(scan.id).bind(tries).bind(&scan.state).bind(clock::now())
        .bind(counts.ended_calls).bind(counts.closed_calls).bind(counts.recovered)
        .bind(counts.flags_raised).bind(json(&scan.failures)).bind(scan.since_time)
        .execute(c).await?.rows_affected());
    Ok(done == 1)
}
