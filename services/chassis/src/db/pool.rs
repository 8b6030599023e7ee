//! A pool of connections that shows what it does: how many are used, how many lie idle, how long work
//! waited for one, and how often in vain.

use std::sync::Arc;
use std::time::Instant;

use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use sqlx::Database;
use sqlx::pool::PoolConnection;

use crate::metrics::{Sampled, sample_at_scrape};

/// Clones share it.
pub(super) struct Pool<DB: Database>(Arc<Shown<DB>>);

struct Shown<DB: Database> {
    pool: sqlx::Pool<DB>,
    used: Gauge,
    idle: Gauge,
    most: Gauge,
    wait: Histogram,
    timeouts: Counter,
}

impl<DB: Database> Clone for Pool<DB> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<DB: Database> Pool<DB> {
    /// `pool`, shown under this name among those of `database`.
    pub(super) fn new(database: &str, name: &'static str, pool: sqlx::Pool<DB>) -> Self {
        crate::metrics::install();
        let database = || database.to_owned();
        let connections = |state: &'static str| gauge!("db_connections", "database" => database(), "pool" => name, "state" => state);
        let timeouts =
            counter!("db_acquire_timeouts_total", "database" => database(), "pool" => name);
        timeouts.increment(0);
        let shown = Arc::new(Shown {
            used: connections("used"),
            idle: connections("idle"),
            most: gauge!("db_connections_max", "database" => database(), "pool" => name),
            wait: histogram!("db_acquire_seconds", "database" => database(), "pool" => name),
            timeouts,
            pool,
        });
        sample_at_scrape(&shown);
        Self(shown)
    }

    pub(super) async fn acquire(&self) -> Result<PoolConnection<DB>, sqlx::Error> {
        let started = Instant::now();
        let taken = self.0.pool.acquire().await;
        self.0.wait.record(started.elapsed());
        if matches!(taken, Err(sqlx::Error::PoolTimedOut)) {
            self.0.timeouts.increment(1);
        }
        taken
    }

    pub(super) fn most(&self) -> u32 {
        self.0.pool.options().get_max_connections()
    }

    pub(super) async fn close(&self) {
        self.0.pool.close().await;
    }
}

impl<DB: Database> Sampled for Shown<DB> {
    fn sample(&self) {
        let idle = u32::try_from(self.pool.num_idle()).unwrap_or(u32::MAX);
        // Read one after the other, so their difference may be off for a moment.
        let used = self.pool.size().saturating_sub(idle);
        self.used.set(f64::from(used));
        self.idle.set(f64::from(idle));
        let most = self.pool.options().get_max_connections();
        self.most.set(f64::from(most));
    }
}
