//! The writing side of a feed: rows in the transaction of what they tell, numbers afterwards.

use std::time::Duration;

use chrono::{DateTime, Utc};
use serde_json::Value;
use tokio::time::Instant;

use super::POLL;
use crate::db::{Db, StoreError, Tx, unit};
use crate::run::Life;
use crate::{clock, ids, on, telemetry, worker};

/// Long against a round trip, short against "orphaned work runs again within 10 s".
const LEASE: Duration = Duration::from_secs(3);
const BATCH: i64 = 500;
/// How often the metrics are set.
const SHOW: Duration = Duration::from_secs(5);

/// Publishes a fact with the transaction that makes it true. `body` is a JSON object without
/// personal data.
pub async fn publish(
    tx: &mut Tx,
    kind: &str,
    subject: &str,
    body: Value,
) -> Result<(), StoreError> {
    on!(tx, c => sqlx::query(
        "INSERT INTO feed (kind, subject, body, traceparent, create_time)
         VALUES ($1, $2, $3, $4, $5)")
        .bind(kind).bind(subject).bind(body)
        .bind(telemetry::current_traceparent()).bind(clock::now())
        .execute(c).await?.rows_affected());
    tx.wake_feed();
    Ok(())
}

/// Numbers committed rows until `life` stops. Every replica runs one; the lease makes one of them
/// do the work, and the row lock on the head makes the order right even if two believe they do.
pub async fn publisher(db: Db, life: Life) {
    let owner = ids::random().to_string();
    let wake = std::sync::Arc::clone(&db.feed_wake);
    let mut shown: Option<Instant> = None;
    worker::run("feed publisher", life, wake, POLL, async move || {
        if shown.is_none_or(|shown| shown.elapsed() >= SHOW) {
            show(&db).await?;
            shown = Some(Instant::now());
        }
        if !has_unnumbered(&db).await? {
            return Ok(false);
        }
        let (inner, owner) = (db.clone(), owner.clone());
        let numbered = unit(async move { number(&inner, &owner).await }).await?;
        if numbered > 0 {
            db.feed_numbered.notify_waiters();
        }
        Ok(numbered == BATCH)
    })
    .await;
}

/// The head, and how long the oldest entry without a number has waited. Both by an index.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
async fn show(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.read().await?;
    let (_, head) = super::head(&mut tx).await?;
    let oldest: Option<DateTime<Utc>> = on!(tx, c => sqlx::query_scalar(
        "SELECT create_time FROM feed WHERE number IS NULL ORDER BY seq LIMIT 1")
        .fetch_optional(c).await?);
    let database = || db.name.to_string();
    ::metrics::gauge!("feed_published_number", "database" => database()).set(head as f64);
    ::metrics::gauge!("feed_unpublished_seconds", "database" => database())
        .set(oldest.map_or(0.0, super::age));
    Ok(())
}

/// A read first: an idle feed writes nothing.
async fn has_unnumbered(db: &Db) -> Result<bool, StoreError> {
    let mut tx = db.read().await?;
    Ok(on!(tx, c => sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM feed WHERE number IS NULL)").fetch_one(c).await?))
}

/// Gives numbers to what is committed. A row of a transaction still open is not seen here, and
/// gets a higher number in a later round: that is what makes the feed free of gaps.
async fn number(db: &Db, owner: &str) -> Result<i64, StoreError> {
    let mut tx = db.begin().await?;
    let lease = i64::try_from(LEASE.as_micros()).unwrap_or(i64::MAX);
    let head: Option<i64> = on!(tx, c => sqlx::query_scalar(
        "UPDATE feed_head SET lease_owner = $1, lease_until_us = (SELECT us FROM clock) + $2
          WHERE id = 1 AND (lease_owner = $1 OR lease_until_us <= (SELECT us FROM clock))
         RETURNING number")
        .bind(owner).bind(lease).fetch_optional(c).await?);
    let Some(head) = head else { return Ok(0) };
    let numbered = on!(tx, c => sqlx::query(
        "WITH next AS (
             SELECT seq, row_number() OVER (ORDER BY seq) AS place
               FROM feed WHERE number IS NULL ORDER BY seq LIMIT $2)
         UPDATE feed SET number = $1 + next.place FROM next WHERE feed.seq = next.seq")
        .bind(head).bind(BATCH).execute(c).await?.rows_affected());
    let numbered = i64::try_from(numbered).unwrap_or(i64::MAX);
    on!(tx, c => sqlx::query("UPDATE feed_head SET number = number + $1 WHERE id = 1")
        .bind(numbered).execute(c).await?.rows_affected());
    tx.commit().await?;
    Ok(numbered)
}

/// Starts a new epoch: after a restore, so that followers read from the start.
pub async fn start_epoch(db: &Db) -> Result<(), StoreError> {
    let mut tx = db.read().await?;
    let (epoch, _) = super::head(&mut tx).await?;
    drop(tx);
    start_epoch_unless_moved(db, &epoch, i64::MAX).await
}

/// Starts a new epoch where the feed is still in `epoch` and below `number`.
pub(super) async fn start_epoch_unless_moved(
    db: &Db,
    epoch: &str,
    number: i64,
) -> Result<(), StoreError> {
    let (inner, epoch) = (db.clone(), epoch.to_owned());
    unit(async move {
        let mut tx = inner.begin().await?;
        let started = on!(tx, c => sqlx::query(
            "UPDATE feed_head SET epoch = $1 WHERE id = 1 AND epoch = $2 AND number < $3")
            .bind(ids::random().to_string()).bind(&epoch).bind(number)
            .execute(c).await?.rows_affected());
        tx.commit().await?;
        if started > 0 {
            tracing::warn!("a follower is ahead of this feed: restored database, new epoch");
            ::metrics::counter!("feed_epochs_total").increment(1);
        }
        Ok::<_, StoreError>(())
    })
    .await?;
    db.feed_numbered.notify_waiters();
    Ok(())
}
