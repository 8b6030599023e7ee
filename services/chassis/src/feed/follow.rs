//! The reading side of a feed: a follower with a stored position, one replica at a time.
//!
//! Effects are idempotent, since the last one before a crash may run again. An entry that fails
//! `TRIES` times is parked with its reason and blocks nothing (I23); an outage is no failure of the
//! entry and parks nothing.

use std::future::Future;
use std::time::Duration;

use futures::future::BoxFuture;
use futures::{Stream, StreamExt as _};
use tracing::Instrument as _;

use super::lag::Lag;
use super::{Entry, POLL, Position, is_outage};
use crate::db::{Db, StoreError, Tx, unit};
use crate::run::Life;
use crate::{clock, ids, on, worker};

const LEASE: Duration = Duration::from_secs(6);
const RENEW: Duration = Duration::from_secs(2);
const TRIES: i64 = 5;

/// Follows a feed with effects in this service's own database: effect and position commit together.
///
/// `open` asks the owner for the stream after a position; `effect` is
/// `|tx, entry| Box::pin(async move { ... })`. Runs until `life` stops.
pub async fn follow<O, F, S, E>(db: Db, name: &'static str, life: Life, open: O, effect: E)
where
    O: Fn(Position) -> F + Send + Sync + 'static,
    F: Future<Output = anyhow::Result<S>> + Send,
    S: Stream<Item = anyhow::Result<Entry>> + Send,
    E: for<'a> Fn(&'a mut Tx, &'a Entry) -> BoxFuture<'a, anyhow::Result<()>>,
    E: Clone + Send + Sync + 'static,
{
    let follower = Follower::new(db, name, life);
    let apply = |follower: Follower, entry: Entry| {
        let effect = effect.clone();
        async move {
            unit(async move {
                let mut tx = follower.db.begin().await?;
                // The position first: its row lock keeps a second replica out of the effect.
                follower.advance(&mut tx, &entry.position).await?;
                effect(&mut tx, &entry).await?;
                Ok::<_, anyhow::Error>(tx.commit().await?)
            })
            .await
        }
    };
    follower.run(open, apply).await;
}

/// Follows a feed with effects that are idempotent calls to others: each is done first, its
/// position stored afterwards.
pub async fn follow_with_calls<O, F, S, E, G>(
    db: Db,
    name: &'static str,
    life: Life,
    open: O,
    effect: E,
) where
    O: Fn(Position) -> F + Send + Sync + 'static,
    F: Future<Output = anyhow::Result<S>> + Send,
    S: Stream<Item = anyhow::Result<Entry>> + Send,
    E: Fn(Entry) -> G + Send + Sync + 'static,
    G: Future<Output = anyhow::Result<()>> + Send,
{
    let follower = Follower::new(db, name, life);
    let apply = |follower: Follower, entry: Entry| {
        let position = entry.position.clone();
        let called = effect(entry);
        async move {
            called.await?;
            follower.store(position).await
        }
    };
    follower.run(open, apply).await;
}

#[derive(Clone)]
struct Follower {
    db: Db,
    name: &'static str,
    owner: String,
    life: Life,
}

/// Another replica follows now; what this one held is void.
#[derive(Debug, thiserror::Error)]
#[error("the lease of the follower is lost")]
struct LeaseLost;

impl Follower {
    fn new(db: Db, name: &'static str, life: Life) -> Self {
        Self {
            db,
            name,
            owner: ids::random().to_string(),
            life,
        }
    }

    async fn run<O, F, S, A, G>(self, open: O, apply: A)
    where
        O: Fn(Position) -> F,
        F: Future<Output = anyhow::Result<S>>,
        S: Stream<Item = anyhow::Result<Entry>>,
        A: Fn(Follower, Entry) -> G,
        G: Future<Output = anyhow::Result<()>>,
    {
        let mut failures = 0;
        let mut lag = Lag::new(self.name);
        while !self.life.is_stopping() {
            let pause = match self
                .follow_once(&open, &apply, &mut failures, &mut lag)
                .await
            {
                Ok(()) => POLL,
                Err(error) => {
                    failures += 1;
                    lag.failing();
                    let causes = worker::causes(&error);
                    tracing::warn!(follower = self.name, failures, causes, "following failed");
                    worker::pause(failures).min(Duration::from_secs(5))
                }
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = self.life.stopping() => {}
            }
        }
        // Another replica need not wait for the lease to run out.
        let _ = self.release().await;
    }

    /// One stream from the stored position to its end or to the first failure.
    async fn follow_once<O, F, S, A, G>(
        &self,
        open: &O,
        apply: &A,
        failures: &mut u32,
        lag: &mut Lag,
    ) -> anyhow::Result<()>
    where
        O: Fn(Position) -> F,
        F: Future<Output = anyhow::Result<S>>,
        S: Stream<Item = anyhow::Result<Entry>>,
        A: Fn(Follower, Entry) -> G,
        G: Future<Output = anyhow::Result<()>>,
    {
        let Some(position) = self.claim().await? else {
            lag.none();
            return Ok(());
        };
        lag.shows(&position);
        let stream = open(position).await?;
        tokio::pin!(stream);
        let mut renewed = tokio::time::Instant::now();
        loop {
            if renewed.elapsed() >= RENEW {
                if self.claim().await?.is_none() {
                    lag.none();
                    return Ok(());
                }
                renewed = tokio::time::Instant::now();
            }
            let next = tokio::select! {
                next = tokio::time::timeout(RENEW, stream.next()) => next,
                () = self.life.stopping() => return Ok(()),
            };
            let entry = match next {
                Err(_) => {
                    lag.none();
                    continue;
                }
                Ok(None) => return Ok(()),
                Ok(Some(entry)) => entry?,
            };
            lag.trying(&entry);
            let span = entry.span(self.name);
            let applied = apply(self.clone(), entry.clone());
            let done = applied.instrument(span.clone()).await;
            if done.is_err() {
                span.record("otel.status_code", "ERROR");
            }
            match done {
                Ok(()) => {
                    *failures = 0;
                    lag.at(&entry.position);
                }
                Err(error) if error.is::<LeaseLost>() => return Ok(()),
                Err(error) => {
                    if !is_outage(&error) {
                        self.failed(&entry, &error).await?;
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Takes or renews the lease; the stored position when it is ours.
    async fn claim(&self) -> Result<Option<Position>, StoreError> {
        let this = self.clone();
        unit(async move {
            let mut tx = this.db.begin().await?;
            on!(tx, c => sqlx::query(
                "INSERT INTO follower (name, epoch, number, tries, lease_owner, lease_until_us)
                 VALUES ($1, '', 0, 0, '', 0) ON CONFLICT (name) DO NOTHING")
                .bind(this.name).execute(c).await?.rows_affected());
            let held: Option<(String, i64)> = on!(tx, c => sqlx::query_as(
                "UPDATE follower
                    SET lease_owner = $2, lease_until_us = (SELECT us FROM clock) + $3
                  WHERE name = $1
                    AND (lease_owner = $2 OR lease_until_us <= (SELECT us FROM clock))
                 RETURNING epoch, number")
                .bind(this.name).bind(&this.owner)
                .bind(i64::try_from(LEASE.as_micros()).unwrap_or(i64::MAX))
                .fetch_optional(c).await?);
            tx.commit().await?;
            Ok(held.map(|(epoch, number)| Position { epoch, number }))
        })
        .await
    }

    async fn release(&self) -> Result<(), StoreError> {
        let this = self.clone();
        unit(async move {
            let mut tx = this.db.begin().await?;
            on!(tx, c => sqlx::query(
                "UPDATE follower SET lease_until_us = 0 WHERE name = $1 AND lease_owner = $2")
                .bind(this.name).bind(&this.owner).execute(c).await?.rows_affected());
            tx.commit().await
        })
        .await
    }

    async fn store(self, position: Position) -> anyhow::Result<()> {
        unit(async move {
            let mut tx = self.db.begin().await?;
            self.advance(&mut tx, &position).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    /// Moves the position and renews the lease. Never backwards within an epoch, never for a
    /// replica that lost its lease.
    async fn advance(&self, tx: &mut Tx, position: &Position) -> anyhow::Result<()> {
        let moved = on!(tx, c => sqlx::query(
            "UPDATE follower SET epoch = $3, number = $4, tries = 0,
                    lease_until_us = (SELECT us FROM clock) + $5
              WHERE name = $1 AND lease_owner = $2 AND (epoch <> $3 OR number < $4)")
            .bind(self.name).bind(&self.owner).bind(&position.epoch).bind(position.number)
            .bind(i64::try_from(LEASE.as_micros()).unwrap_or(i64::MAX))
            .execute(c).await?.rows_affected());
        if moved == 1 {
            Ok(())
        } else {
            Err(LeaseLost.into())
        }
    }

    /// Counts a failed try; the last one parks the entry and moves on.
    async fn failed(&self, entry: &Entry, error: &anyhow::Error) -> anyhow::Result<()> {
        let (this, entry, reason) = (self.clone(), entry.clone(), worker::causes(error));
        unit(async move {
            let mut tx = this.db.begin().await?;
            let tries: Option<i64> = on!(tx, c => sqlx::query_scalar(
                "UPDATE follower SET tries = tries + 1 WHERE name = $1 AND lease_owner = $2
                 RETURNING tries")
                .bind(this.name).bind(&this.owner).fetch_optional(c).await?);
            if tries.is_some_and(|tries| tries >= TRIES) {
                on!(tx, c => sqlx::query(
                    "INSERT INTO parked (follower, epoch, number, kind, subject, reason, park_time)
                     VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING")
                    .bind(this.name).bind(&entry.position.epoch).bind(entry.position.number)
                    .bind(&entry.kind).bind(&entry.subject).bind(reason).bind(clock::now())
                    .execute(c).await?.rows_affected());
                this.advance(&mut tx, &entry.position).await?;
                ::metrics::counter!("feed_parked_total", "follower" => this.name).increment(1);
                tracing::error!(follower = this.name, kind = entry.kind, "entry parked");
            }
            Ok(tx.commit().await?)
        })
        .await
    }
}
