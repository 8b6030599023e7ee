//! SQLite: one file for each service, one writer connection, a few that can only read.
//!
//! WAL with `synchronous=FULL`: what is acknowledged is on the disk. One process on one host.

use std::path::PathBuf;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions as _, SqliteConnection};
use tokio::sync::Mutex;

use super::pool::Pool;
use super::{NEVER_SLOW, StoreError, TOLD_AT};

const TABLES: &str = include_str!("sqlite.sql");

/// Several services of one process start at once; each brings its own file up to date in turn.
static MIGRATING: Mutex<()> = Mutex::const_new(());

#[derive(Clone)]
pub(super) struct Sqlite {
    writer: Pool<sqlx::Sqlite>,
    readers: Pool<sqlx::Sqlite>,
}

/// The folder that the URL names: `sqlite:data`, `sqlite:/var/lib/bord`, `sqlite:///var/lib/bord`.
fn folder(url: &str) -> Result<PathBuf, StoreError> {
    let path = url.strip_prefix("sqlite:").unwrap_or(url);
    let path = path.strip_prefix("//").unwrap_or(path);
    if path.is_empty() || path.starts_with(':') {
        let text = "a SQLite URL names a folder, as in sqlite:data";
        return Err(StoreError::Setup(text.to_owned()));
    }
    Ok(PathBuf::from(path))
}

pub(super) async fn open(
    url: &str,
    service: &str,
    migrations: Option<&Migrator>,
) -> Result<Sqlite, StoreError> {
    let folder = folder(url)?;
    tokio::fs::create_dir_all(&folder).await.map_err(|error| {
        StoreError::Setup(format!(
            "the database folder cannot be made: {}",
            error.kind()
        ))
    })?;
    let options = SqliteConnectOptions::new()
        .filename(folder.join(format!("{service}.db")))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .log_statements(TOLD_AT)
        .log_slow_statements(TOLD_AT, NEVER_SLOW);
    let pool = || {
        SqlitePoolOptions::new()
            .acquire_timeout(Duration::from_secs(5))
            .idle_timeout(None)
            .max_lifetime(None)
            .test_before_acquire(false)
            .after_release(|conn, _| Box::pin(async move { Ok(roll_back(conn).await) }))
    };
    let writer = pool().max_connections(1).connect_lazy_with(options.clone());
    if let Some(migrations) = migrations {
        let _turn = MIGRATING.lock().await;
        let mut conn = writer.acquire().await?;
        sqlx::raw_sql(TABLES).execute(&mut *conn).await?;
        migrations.run_direct(None, &mut *conn, false).await?;
    }
    let readers = pool()
        .max_connections(4)
        .connect_lazy_with(options.read_only(true));
    Ok(Sqlite {
        writer: Pool::new(service, "writer", writer),
        readers: Pool::new(service, "readers", readers),
    })
}

/// The driver refuses a ROLLBACK where there is nothing to roll back; that is the usual case.
async fn roll_back(conn: &mut SqliteConnection) -> bool {
    match sqlx::raw_sql("ROLLBACK").execute(conn).await {
        Ok(_) => true,
        Err(sqlx::Error::Database(error)) => error.message().contains("no transaction is active"),
        Err(_) => false,
    }
}

impl Sqlite {
    /// IMMEDIATE takes the write lock at once: a deferred transaction that reads and then writes
    /// fails as soon as another one wrote in between, whatever the busy timeout.
    pub(super) async fn begin(&self) -> Result<PoolConnection<sqlx::Sqlite>, StoreError> {
        let mut conn = self.writer.acquire().await?;
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut *conn).await?;
        Ok(conn)
    }

    pub(super) async fn read(&self) -> Result<PoolConnection<sqlx::Sqlite>, StoreError> {
        Ok(self.readers.acquire().await?)
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}
