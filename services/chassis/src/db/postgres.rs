//! PostgreSQL: a schema for each service, never `public`, locked against everybody but its owner.
//!
//! Start-up takes an advisory lock named after the schema, so that any number of replicas can
//! start at once on an empty database.

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions as _, Connection as _, PgConnection};
use url::Url;

use super::error::is_dead_connection;
use super::pool::Pool;
use super::{NEVER_SLOW, StoreError, TOLD_AT};

const TABLES: &str = include_str!("postgres.sql");
const HARDEN: &str = include_str!("harden.sql");

/// How long start-up waits for a database that is starting itself.
const START_LIMIT: Duration = Duration::from_secs(30);
/// How long a request waits for a connection.
const ACQUIRE_LIMIT: Duration = Duration::from_secs(2);
/// A connection that was idle longer is asked whether it still lives before it is used.
const PING_AFTER: Duration = Duration::from_secs(1);
const ROLLBACK_LIMIT: Duration = Duration::from_secs(3);

#[derive(Clone)]
pub(super) struct Postgres {
    pool: Pool<sqlx::Postgres>,
    /// Set behind a transaction pooler, where session settings do not stay: each transaction then
    /// names its schema itself.
    begin: Option<String>,
}

struct Target {
    options: PgConnectOptions,
    behind_pooler: bool,
    connections: u32,
}

/// Reads the URL; `pgbouncer=true` and `max_connections=N` are ours, the rest is the driver's.
fn target(url: &str, schema: &str) -> Result<Target, StoreError> {
    let unusable = || StoreError::Setup("the database URL cannot be read".to_owned());
    let mut parsed = Url::parse(url).map_err(|_| unusable())?;
    let mut behind_pooler = parsed.port() == Some(6543);
    let mut connections = 10;
    let mut kept = Vec::new();
    for (name, value) in parsed.query_pairs() {
        match name.as_ref() {
            "pgbouncer" => behind_pooler |= value == "true",
            "max_connections" => connections = value.parse().map_err(|_| unusable())?,
            _ => kept.push((name.into_owned(), value.into_owned())),
        }
    }
    parsed.set_query(None);
    if !kept.is_empty() {
        parsed.query_pairs_mut().extend_pairs(kept);
    }
    let mut options = PgConnectOptions::from_str(parsed.as_str())
        .map_err(|_| unusable())?
        .application_name(schema)
        .log_statements(TOLD_AT)
        .log_slow_statements(TOLD_AT, NEVER_SLOW);
    if behind_pooler {
        options = options.statement_cache_capacity(0);
    }
    Ok(Target {
        options,
        behind_pooler,
        connections,
    })
}

pub(super) async fn open(
    url: &str,
    schema: &str,
    migrations: Option<&Migrator>,
) -> Result<Postgres, StoreError> {
    let Target {
        options,
        behind_pooler,
        connections,
    } = target(url, schema)?;
    let started = tokio::time::Instant::now();
    loop {
        match first(&options, schema, migrations).await {
            Ok(()) => break,
            // It went down in the midst of a step; each of them may run again once it is back.
            Err(error) if error.was_cut_off() && started.elapsed() < START_LIMIT => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(error) => return Err(error),
        }
    }

    let (options, begin) = if behind_pooler {
        (
            options,
            Some(format!("BEGIN; SET LOCAL search_path = {schema}")),
        )
    } else {
        let session = [
            ("search_path", schema),
            ("statement_timeout", "30s"),
            ("idle_in_transaction_session_timeout", "30s"),
            ("client_min_messages", "error"),
        ];
        (options.options(session), None)
    };
    let pool = PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_LIMIT)
        // Asking on every use costs 10 to 25 % of throughput.
        .test_before_acquire(false)
        .before_acquire(|conn, meta| {
            Box::pin(async move { Ok(meta.idle_for < PING_AFTER || conn.ping().await.is_ok()) })
        })
        .after_release(|conn, _| Box::pin(async move { Ok(roll_back(conn).await) }))
        .connect_lazy_with(options);
    Ok(Postgres {
        pool: Pool::new(schema, "all", pool),
        begin,
    })
}

/// A begin whose future was dropped leaves a transaction open; no connection returns to the pool
/// with one. `BEGIN; ROLLBACK` is silent where there is none, a bare ROLLBACK would fill the
/// server's log with warnings. In a failed transaction BEGIN is refused, and ROLLBACK ends it.
async fn roll_back(conn: &mut PgConnection) -> bool {
    let ended = async {
        if sqlx::raw_sql("BEGIN; ROLLBACK")
            .execute(&mut *conn)
            .await
            .is_ok()
        {
            return true;
        }
        sqlx::raw_sql("ROLLBACK").execute(&mut *conn).await.is_ok()
    };
    tokio::time::timeout(ROLLBACK_LIMIT, ended)
        .await
        .unwrap_or(false)
}

/// What one connection does before there is a pool.
async fn first(
    options: &PgConnectOptions,
    schema: &str,
    migrations: Option<&Migrator>,
) -> Result<(), StoreError> {
    let mut first = connect(options).await?;
    refuse_unsafe_commit(&mut first).await?;
    if let Some(migrations) = migrations {
        prepare(&mut first, schema, migrations).await?;
    }
    first.close().await?;
    Ok(())
}

/// Waits for a database that is starting; every other failure is told at once.
async fn connect(options: &PgConnectOptions) -> Result<PgConnection, StoreError> {
    let started = tokio::time::Instant::now();
    loop {
        match PgConnection::connect_with(options).await {
            Ok(conn) => return Ok(conn),
            Err(error) if is_starting(&error) && started.elapsed() < START_LIMIT => {
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// Not yet listening, still starting, or all slots taken by others that start now.
fn is_starting(error: &sqlx::Error) -> bool {
    is_dead_connection(error)
        || matches!(error, sqlx::Error::Database(e) if e.code().as_deref() == Some("53300"))
}

/// With `synchronous_commit` off a crash loses acknowledged rows: 36 to 131 for each kill.
async fn refuse_unsafe_commit(conn: &mut PgConnection) -> Result<(), StoreError> {
    let setting: String = sqlx::query_scalar("SHOW synchronous_commit")
        .fetch_one(&mut *conn)
        .await?;
    if setting == "off" {
        let text = "synchronous_commit is off: acknowledged leads could vanish in a crash; \
                    set it to on for this database and role";
        return Err(StoreError::Setup(text.to_owned()));
    }
    Ok(())
}

/// Everything that exactly one process may do at a time. The lock belongs to the session and
/// ends with it, whatever happens in between.
async fn prepare(
    conn: &mut PgConnection,
    schema: &str,
    migrations: &Migrator,
) -> Result<(), StoreError> {
    // Nothing in here may be cut short by a default time limit of the role.
    sqlx::raw_sql("SET statement_timeout = 0; SET client_min_messages = error")
        .execute(&mut *conn)
        .await?;
    sqlx::query("SELECT pg_advisory_lock(hashtextextended($1, 0))")
        .bind(format!("bord schema {schema}"))
        .execute(&mut *conn)
        .await?;
    let exists: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)")
            .bind(schema)
            .fetch_one(&mut *conn)
            .await?;
    if !exists {
        let create = AssertSqlSafe(format!("CREATE SCHEMA {schema}"));
        sqlx::raw_sql(create).execute(&mut *conn).await?;
    }
    let search = AssertSqlSafe(format!("SET search_path = {schema}"));
    sqlx::raw_sql(search).execute(&mut *conn).await?;
    sqlx::raw_sql(TABLES).execute(&mut *conn).await?;
    migrations.run_direct(None, &mut *conn, false).await?;
    sqlx::raw_sql(HARDEN).execute(&mut *conn).await?;
    Ok(())
}

impl Postgres {
    pub(super) async fn begin(&self) -> Result<PoolConnection<sqlx::Postgres>, StoreError> {
        self.start("BEGIN").await
    }

    pub(super) async fn read(&self) -> Result<PoolConnection<sqlx::Postgres>, StoreError> {
        if self.begin.is_some() {
            return self.start("BEGIN").await;
        }
        if cfg!(debug_assertions) {
            // Shows in tests what SQLite's read-only connections refuse anyway.
            return self.start("BEGIN READ ONLY").await;
        }
        Ok(self.pool.acquire().await?)
    }

    /// Connections die with the database's restart, each idle one of the pool; the first statement
    /// finds out. Nothing was done yet, so the next connection is tried.
    async fn start(
        &self,
        plain: &'static str,
    ) -> Result<PoolConnection<sqlx::Postgres>, StoreError> {
        let mut tries = self.pool.most() + 1;
        loop {
            let mut conn = self.pool.acquire().await?;
            let begun = match &self.begin {
                Some(begin) => {
                    sqlx::raw_sql(AssertSqlSafe(begin.clone()))
                        .execute(&mut *conn)
                        .await
                }
                None => sqlx::raw_sql(plain).execute(&mut *conn).await,
            };
            match begun {
                Ok(_) => return Ok(conn),
                Err(error) if is_dead_connection(&error) && tries > 0 => tries -= 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}
