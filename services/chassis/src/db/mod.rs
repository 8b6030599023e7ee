//! The database of one service: PostgreSQL or SQLite behind one handle and one SQL text.
//!
//! Writes happen in units: `db::unit` runs them in a task that a cancelled request cannot drop, so
//! that an acknowledged write never vanishes (engineering.md, hazard 1). `begin` is the one place
//! that knows how each database starts a transaction; `clock` is the database's own time.

mod error;
mod pool;
mod postgres;
mod sqlite;
mod tx;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use log::LevelFilter;
use sqlx::migrate::Migrator;
use tokio::sync::Notify;

pub use crate::on;
pub use error::{
    CorruptRow, StoreError, is_check_violation, is_foreign_key_violation, is_unique_violation,
};
pub use tx::{Conn, Tx};

use crate::config::{Env, Secret};
use crate::{run, telemetry};

/// Below every log: statements are told to traces alone.
const TOLD_AT: LevelFilter = LevelFilter::Trace;
/// The driver has one level for slow statements and one for the rest; here they are the same.
const NEVER_SLOW: Duration = Duration::MAX;

tokio::task_local! {
    static IN_UNIT: ();
}

/// A service's database. Clones share the pools.
#[derive(Clone)]
pub struct Db {
    engine: Engine,
    /// The schema, or the file: its name among the metrics.
    pub(crate) name: Arc<str>,
    /// Wakes the publisher of this database's feed.
    pub(crate) feed_wake: Arc<Notify>,
    /// Wakes whoever waits for a numbered entry.
    pub(crate) feed_numbered: Arc<Notify>,
}

#[derive(Clone)]
enum Engine {
    Pg(postgres::Postgres),
    Lite(sqlite::Sqlite),
}

/// The database URL for `service`: `<SERVICE>_DATABASE_URL`, else `DATABASE_URL`, else a folder.
#[must_use]
pub fn url(env: &Env, service: &str) -> Secret {
    let own = format!("{}_DATABASE_URL", service.to_ascii_uppercase());
    env.secret_optional(&own)
        .or_else(|| env.secret_optional("DATABASE_URL"))
        .unwrap_or_else(|| Secret::new("sqlite:data"))
}

impl Db {
    /// Opens the database of `service` (its schema, or its file) and brings it up to date.
    ///
    /// Any number of processes may do this at once on an empty database: they take turns.
    pub async fn open(
        url: &str,
        service: &str,
        migrations: &'static Migrator,
    ) -> Result<Self, StoreError> {
        Self::connect(url, service, Some(migrations)).await
    }

    /// Opens without migrating: for processes that wait for a migration Job.
    pub async fn open_without_migrating(url: &str, service: &str) -> Result<Self, StoreError> {
        Self::connect(url, service, None).await
    }

    async fn connect(
        url: &str,
        service: &str,
        migrations: Option<&'static Migrator>,
    ) -> Result<Self, StoreError> {
        if !service.bytes().all(|b| b.is_ascii_lowercase() || b == b'_') || service.is_empty() {
            return Err(StoreError::Setup(format!("{service} cannot name a schema")));
        }
        // An older version must start beside a newer schema (I27), hence `ignore_missing`; the
        // lock is ours, for the chassis' own tables need it too.
        let migrations = migrations.map(|migrations| Migrator {
            migrations: std::borrow::Cow::Borrowed(&migrations.migrations),
            ignore_missing: true,
            locking: false,
            ..Migrator::DEFAULT
        });
        let engine = match url.split(':').next() {
            Some("postgres" | "postgresql") => {
                Engine::Pg(postgres::open(url, service, migrations.as_ref()).await?)
            }
            Some("sqlite") => Engine::Lite(sqlite::open(url, service, migrations.as_ref()).await?),
            _ => {
                let text = "the database URL starts with neither postgres: nor sqlite:";
                return Err(StoreError::Setup(text.to_owned()));
            }
        };
        telemetry::opened(matches!(engine, Engine::Pg(_)), service);
        Ok(Self {
            engine,
            name: service.into(),
            feed_wake: Arc::new(Notify::new()),
            feed_numbered: Arc::new(Notify::new()),
        })
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.engine, Engine::Pg(_))
    }

    /// Begins a transaction for writing. Only inside `db::unit`; debug builds panic elsewhere.
    ///
    /// On SQLite it is the writer's (BEGIN IMMEDIATE): a second `begin` in the same unit would wait
    /// for the first.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        debug_assert!(
            IN_UNIT.try_with(|()| ()).is_ok(),
            "Db::begin outside db::unit: a cancelled request could lose an acknowledged write"
        );
        let conn = match &self.engine {
            Engine::Pg(pg) => Conn::Pg(pg.begin().await?),
            Engine::Lite(lite) => Conn::Lite(lite.begin().await?),
        };
        Ok(self.tx(conn, true))
    }

    /// A connection for reading; no transaction, so each statement sees the newest commit.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        let conn = match &self.engine {
            Engine::Pg(pg) => Conn::Pg(pg.read().await?),
            Engine::Lite(lite) => Conn::Lite(lite.read().await?),
        };
        Ok(self.tx(conn, false))
    }

    fn tx(&self, conn: Conn, open: bool) -> Tx {
        Tx {
            conn,
            open,
            feed_wake: Arc::clone(&self.feed_wake),
            wakes: Vec::new(),
        }
    }

    /// The database's own clock, in microseconds since the epoch.
    pub async fn now_us(&self) -> Result<i64, StoreError> {
        let mut tx = self.read().await?;
        Ok(on!(tx, c => sqlx::query_scalar("SELECT us FROM clock").fetch_one(c).await?))
    }

    /// Moves this database's clock forward, for tests. Release builds refuse.
    pub async fn shift_clock(&self, by: Duration) -> Result<(), StoreError> {
        if !cfg!(debug_assertions) {
            return Err(StoreError::Setup(
                "the clock moves in debug builds only".to_owned(),
            ));
        }
        let db = self.clone();
        let micros = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        unit(async move {
            let mut tx = db.begin().await?;
            on!(tx, c => sqlx::query("UPDATE clock_offset SET us = us + $1")
                .bind(micros).execute(c).await?.rows_affected());
            tx.commit().await
        })
        .await
    }

    /// Answers when the database answers: for readiness.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.now_us().await.map(|_| ())
    }

    /// Waits until every one of `migrations` has been applied by somebody else.
    pub async fn wait_for_migrations(
        &self,
        migrations: &Migrator,
        limit: Duration,
    ) -> Result<(), StoreError> {
        let wanted = migrations.iter().map(|m| m.version).max().unwrap_or(0);
        let applied = async {
            loop {
                if self
                    .applied_version()
                    .await
                    .is_ok_and(|version| version >= wanted)
                {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(250)).await;
            }
        };
        tokio::time::timeout(limit, applied).await.map_err(|_| {
            StoreError::Setup(format!("the schema did not reach version {wanted} in time"))
        })
    }

    async fn applied_version(&self) -> Result<i64, StoreError> {
        let mut tx = self.read().await?;
        Ok(on!(tx, c => sqlx::query_scalar(
            "SELECT COALESCE(MAX(version), 0) FROM _sqlx_migrations WHERE success")
            .fetch_one(c).await?))
    }

    /// Closes the pools, for a restart within one process.
    pub async fn close(&self) {
        match &self.engine {
            Engine::Pg(pg) => pg.close().await,
            Engine::Lite(lite) => lite.close().await,
        }
    }
}

/// Runs a unit of database work in a task of its own, which keeps span and service.
///
/// Dropping the returned future does not stop the work (I13): it runs to its commit or its error.
/// A panic in it becomes `StoreError::Panicked`.
pub async fn unit<T, E, F>(work: F) -> Result<T, E>
where
    F: Future<Output = Result<T, E>> + Send + 'static,
    T: Send + 'static,
    E: From<StoreError> + Send + 'static,
{
    match run::spawn(IN_UNIT.scope((), work)).await {
        Ok(outcome) => outcome,
        Err(ended) if ended.is_panic() => Err(StoreError::Panicked.into()),
        Err(_) => Err(StoreError::Stopped.into()),
    }
}
