//! The database: hazards of cancellation, concurrent starts, unsafe settings, on both engines.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use chassis::db::{self, Db, StoreError};
use chassis::fault::{Fault as _, Kind};
use chassis::{feed, on};
use rand::Rng as _;
use sqlx::migrate::Migrator;
use test_support::{TestDb, on_both};
use tokio::io::AsyncReadExt as _;

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("tests/it/migrations");

pub(crate) async fn open(db: &TestDb) -> Db {
    Db::open(&db.url("lead"), "lead", &MIGRATIONS)
        .await
        .unwrap()
}

async fn insert(db: &Db, id: i64) -> Result<(), StoreError> {
    let db = db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        put(&mut tx, id).await?;
        tx.commit().await
    })
    .await
}

async fn put(tx: &mut db::Tx, id: i64) -> Result<u64, StoreError> {
    Ok(
        on!(tx, c => sqlx::query("INSERT INTO item (id) VALUES ($1)")
        .bind(id).execute(c).await?.rows_affected()),
    )
}

async fn ids(db: &Db) -> Vec<i64> {
    let mut tx = db.read().await.unwrap();
    on!(tx, c => sqlx::query_scalar("SELECT id FROM item ORDER BY id").fetch_all(c).await.unwrap())
}

on_both! {
    /// Hazard: a cancelled future loses acknowledged writes (sqlx issues 4385, 4393; I13).
    async fn dropping_futures_at_random_points_loses_no_acknowledged_write(test: TestDb) {
        let db = open(&test).await;
        let acknowledged = Arc::new(AtomicU64::new(0));
        let mut tasks = tokio::task::JoinSet::new();
        for worker in 0..8i64 {
            let (db, acknowledged) = (db.clone(), Arc::clone(&acknowledged));
            tasks.spawn(async move {
                let mut written = Vec::new();
                for round in 0..60i64 {
                    let id = worker * 1000 + round;
                    // Some are dropped in the middle of BEGIN, some in COMMIT, some not at all.
                    let patience = rand::rng().random_range(0..3000);
                    let done = tokio::time::timeout(
                        Duration::from_micros(patience), insert(&db, id)).await;
                    if matches!(done, Ok(Ok(()))) {
                        acknowledged.fetch_add(1, Ordering::Relaxed);
                        written.push(id);
                    }
                    // The dropped future's connection must not swallow this one.
                    let sure = id + 100_000;
                    insert(&db, sure).await.unwrap();
                    written.push(sure);
                }
                written
            });
        }
        let mut written: Vec<i64> = tasks.join_all().await.into_iter().flatten().collect();
        written.sort_unstable();
        let fresh = open(&test).await;
        let stored = ids(&fresh).await;
        assert!(written.iter().all(|id| stored.binary_search(id).is_ok()));
        assert!(acknowledged.load(Ordering::Relaxed) < 480, "nothing was dropped: no evidence");
        assert_no_open_transaction(&fresh).await;
    }

    /// Hazard: as above, without the unit around it: the pool's hook alone must end what a dropped
    /// begin left open, or later statements answer Ok and vanish.
    async fn a_begin_dropped_half_way_leaves_no_open_transaction(test: TestDb) {
        let db = open(&test).await;
        for round in 0..200i64 {
            let patience = Duration::from_micros(rand::rng().random_range(0..800));
            let inner = db.clone();
            // The inner future is dropped inside a unit: what a timeout within one would do.
            db::unit(async move {
                let dropped = async {
                    let mut tx = inner.begin().await?;
                    put(&mut tx, 900_000 + round).await?;
                    Ok::<_, StoreError>(())
                };
                let _ = tokio::time::timeout(patience, dropped).await;
                Ok::<_, StoreError>(())
            }).await.unwrap();
            insert(&db, round).await.unwrap();
        }
        assert_eq!(ids(&open(&test).await).await, (0..200).collect::<Vec<i64>>());
        assert_no_open_transaction(&db).await;
    }

    /// Hazard: PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK.
    async fn a_commit_after_a_swallowed_error_never_acknowledges_what_is_not_stored(test: TestDb) {
        let db = open(&test).await;
        insert(&db, 1).await.unwrap();
        let inner = db.clone();
        let committed = db::unit(async move {
            let mut tx = inner.begin().await?;
            put(&mut tx, 2).await?;
            assert!(put(&mut tx, 1).await.unwrap_err().is_unique_violation());
            tx.commit().await
        }).await;
        assert_eq!(ids(&db).await.contains(&2), committed.is_ok());
        assert_eq!(committed.is_err(), test.is_postgres());
    }

    async fn violations_are_told_apart_on_both_databases(test: TestDb) {
        let db = open(&test).await;
        insert(&db, 1).await.unwrap();
        let unique = insert(&db, 1).await.unwrap_err();
        assert!(unique.is_unique_violation() && !unique.is_check_violation());
        assert!(insert(&db, -1).await.unwrap_err().is_check_violation());
        let inner = db.clone();
        let orphan = db::unit(async move {
            let mut tx = inner.begin().await?;
            on!(tx, c => sqlx::query("INSERT INTO part (id, item) VALUES (1, 77)")
                .execute(c).await?.rows_affected());
            tx.commit().await
        }).await.unwrap_err();
        assert!(orphan.is_foreign_key_violation());
    }

    /// Hazard: four connections that read and then write lost 147 of 200 transactions on SQLite.
    async fn concurrent_read_then_write_transactions_all_succeed(test: TestDb) {
        let db = open(&test).await;
        let mut tasks = tokio::task::JoinSet::new();
        for id in 0..100i64 {
            let db = db.clone();
            tasks.spawn(db::unit(async move {
                let mut tx = db.begin().await?;
                let _: i64 = on!(tx, c => sqlx::query_scalar("SELECT COUNT(*) FROM item")
                    .fetch_one(c).await?);
                put(&mut tx, id).await?;
                tx.commit().await
            }));
        }
        for done in tasks.join_all().await {
            done.unwrap();
        }
        assert_eq!(ids(&db).await.len(), 100);
    }

    async fn a_connection_for_reading_refuses_to_write(test: TestDb) {
        let db = open(&test).await;
        let mut tx = db.read().await.unwrap();
        assert!(put(&mut tx, 1).await.is_err());
    }

    async fn a_panic_in_a_unit_is_an_error_and_its_transaction_is_gone(test: TestDb) {
        let db = open(&test).await;
        let inner = db.clone();
        let ended: Result<(), StoreError> = db::unit(async move {
            let mut tx = inner.begin().await?;
            put(&mut tx, 1).await?;
            panic!("on purpose")
        }).await;
        assert!(matches!(ended, Err(StoreError::Panicked)));
        insert(&db, 2).await.unwrap();
        assert_eq!(ids(&db).await, [2]);
    }

    /// I18: leases compare with the database's clock, which only tests move.
    async fn the_database_clock_runs_in_microseconds_and_can_be_shifted(test: TestDb) {
        let db = open(&test).await;
        let before = db.now_us().await.unwrap();
        let host = chassis::clock::now().timestamp_micros();
        assert!((before - host).abs() < 5_000_000, "{before} against {host}");
        db.shift_clock(Duration::from_secs(3600)).await.unwrap();
        let shifted = db.now_us().await.unwrap() - before;
        assert!((3_600_000_000..3_605_000_000).contains(&shifted), "{shifted}");
    }

    async fn opening_again_changes_nothing(test: TestDb) {
        let db = open(&test).await;
        insert(&db, 1).await.unwrap();
        let again = open(&test).await;
        again.wait_for_migrations(&MIGRATIONS, Duration::from_secs(1)).await.unwrap();
        assert_eq!(ids(&again).await, [1]);
    }
}

async fn assert_no_open_transaction(db: &Db) {
    if !db.is_postgres() {
        // The single writer would be taken by it.
        return insert(db, 999_999).await.unwrap();
    }
    let mut tx = db.read().await.unwrap();
    let open: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()
            AND state IN ('idle in transaction', 'idle in transaction (aborted)')
            AND state_change < clock_timestamp() - INTERVAL '1 second'")
        .fetch_one(c).await.unwrap());
    assert_eq!(open, 0);
}

/// Five services times three replicas; also the race of CREATE SCHEMA IF NOT EXISTS with itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifteen_processes_start_at_once_on_an_empty_postgres() {
    let test = TestDb::postgres().await;
    let mut tasks = tokio::task::JoinSet::new();
    for service in ["telephony", "lead", "roster", "notification", "quality"] {
        for _ in 0..3 {
            let url = test.url(service);
            tasks.spawn(async move { Db::open(&url, service, &MIGRATIONS).await });
        }
    }
    for opened in tasks.join_all().await {
        insert(&opened.unwrap(), rand::rng().random_range(0..i64::MAX))
            .await
            .unwrap();
    }
    let db = open(&test).await;
    let mut tx = db.read().await.unwrap();
    let public: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = 'public'").fetch_one(c).await.unwrap());
    assert_eq!(
        public, 0,
        "nothing may land in public, the migrations' own table included"
    );
}

/// A rolling restart under load: whoever starts waits for no transaction that writes, or the two
/// would lock each other out.
#[tokio::test]
async fn a_replica_starts_while_another_writes() {
    let test = TestDb::postgres().await;
    let db = open(&test).await;
    let (wrote, has_written) = tokio::sync::oneshot::channel();
    let (end, may_end) = tokio::sync::oneshot::channel();
    let writer = chassis::run::spawn(db::unit(async move {
        let mut tx = db.begin().await?;
        put(&mut tx, 1).await?;
        feed::publish(&mut tx, "kind", "subject", serde_json::json!({})).await?;
        wrote.send(()).unwrap();
        may_end.await.unwrap();
        tx.commit().await
    }));
    has_written.await.unwrap();
    let starting = tokio::time::timeout(Duration::from_secs(20), open(&test));
    let second = starting.await.expect("the start waits for the writer");
    end.send(()).unwrap();
    writer.await.unwrap().unwrap();
    assert_eq!(ids(&second).await, [1]);
}

/// A restart of the database meets a process that is just starting: at whatever step its connection
/// is cut, it begins anew.
#[tokio::test]
async fn a_start_that_is_cut_off_begins_anew() {
    let test = TestDb::postgres().await;
    let mut url: url::Url = test.url("lead").parse().unwrap();
    let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port()))
        .unwrap();
    let cut = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&cut);
    let proxy = chassis::run::spawn(async move {
        // Bytes of the server's answers that pass before a connection is cut.
        let mut limits = [1_u64, 150, 300, 420, 700].into_iter();
        loop {
            let (client, _) = listener.accept().await.unwrap();
            let server = tokio::net::TcpStream::connect(&server).await.unwrap();
            let limit = limits.next();
            let counted = Arc::clone(&counted);
            chassis::run::spawn(async move {
                let (mut from_client, mut to_client) = client.into_split();
                let (from_server, mut to_server) = server.into_split();
                let up = tokio::io::copy(&mut from_client, &mut to_server);
                let mut answers = from_server.take(limit.unwrap_or(u64::MAX));
                let down = tokio::io::copy(&mut answers, &mut to_client);
                tokio::select! { _ = up => {} _ = down => {} }
                counted.fetch_add(u64::from(limit.is_some()), Ordering::SeqCst);
            });
        }
    });
    let db = Db::open(url.as_str(), "lead", &MIGRATIONS).await.unwrap();
    assert_eq!(cut.load(Ordering::SeqCst), 5);
    insert(&db, 1).await.unwrap();
    assert_eq!(ids(&db).await, [1]);
    proxy.abort();
}

#[tokio::test]
async fn a_service_role_owns_its_schema_and_sees_no_other() {
    let test = TestDb::postgres().await;
    let url = test.role_url("lead").await;
    let db = Db::open(&url, "lead", &MIGRATIONS).await.unwrap();
    insert(&db, 1).await.unwrap();
    let roster = test.role_url("roster").await;
    Db::open(&roster, "roster", &MIGRATIONS).await.unwrap();
    let mut tx = db.read().await.unwrap();
    let foreign: Result<i64, _> = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM roster.item").fetch_one(c).await);
    let refused = StoreError::from(foreign.unwrap_err()).to_string();
    assert!(refused.contains("42501"), "{refused}");
    let mut tx = db.read().await.unwrap();
    let open: i64 = on!(tx, c => sqlx::query_scalar(
        "SELECT COUNT(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = 'lead' AND c.relkind = 'r'
            AND NOT (c.relrowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid))")
        .fetch_one(c).await.unwrap());
    assert_eq!(
        open, 0,
        "each table has row-level security and its owner's policy"
    );
}

/// A hosted PostgreSQL grants everything new to the roles behind its public API.
#[tokio::test]
async fn the_roles_of_a_hosted_postgres_are_revoked() {
    let test = TestDb::postgres().await;
    for role in ["anon", "authenticated"] {
        test.admin(&format!(
            "DO $$ BEGIN CREATE ROLE {role}; EXCEPTION WHEN duplicate_object OR unique_violation
             THEN NULL; END $$;
             ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {role};
             ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO {role}, PUBLIC;"
        ))
        .await;
    }
    let db = open(&test).await;
    let mut tx = db.read().await.unwrap();
    for role in ["anon", "authenticated"] {
        let (table, schema): (bool, bool) = on!(tx, c => sqlx::query_as(
            "SELECT has_table_privilege($1, 'lead.item', 'SELECT'),
                    has_schema_privilege($1, 'lead', 'USAGE')")
            .bind(role).fetch_one(c).await.unwrap());
        assert_eq!((table, schema), (false, false), "{role}");
    }
}

/// Behind a transaction pooler session settings do not stay: each transaction names its schema.
#[tokio::test]
async fn a_transaction_pooler_needs_no_session_settings() {
    let test = TestDb::postgres().await;
    let url = format!("{}?pgbouncer=true&max_connections=2", test.url("lead"));
    let db = Db::open(&url, "lead", &MIGRATIONS).await.unwrap();
    let inserts = (0..20).map(|id| insert(&db, id));
    for done in futures::future::join_all(inserts).await {
        done.unwrap();
    }
    assert_eq!(ids(&db).await.len(), 20);
    let mut tx = db.read().await.unwrap();
    let path: String =
        on!(tx, c => sqlx::query_scalar("SHOW search_path").fetch_one(c).await.unwrap());
    assert_eq!(path, "lead");
}

/// Hazard: 36 to 131 acknowledged rows were lost for each kill with `synchronous_commit=off`.
#[tokio::test]
async fn synchronous_commit_off_is_refused() {
    let test = TestDb::postgres().await;
    let name = test.database_url().rsplit('/').next().unwrap();
    test.admin(&format!(
        "ALTER DATABASE {name} SET synchronous_commit = off"
    ))
    .await;
    let refused = Db::open(&test.url("lead"), "lead", &MIGRATIONS).await;
    assert!(
        refused
            .err()
            .unwrap()
            .to_string()
            .contains("synchronous_commit")
    );
}

/// Hazard: without a ping on each use, a restart of the database leaves dead connections.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_that_died_are_replaced_without_an_error() {
    let test = TestDb::postgres().await;
    let db = open(&test).await;
    let warm = (0..8).map(|id| insert(&db, id));
    futures::future::join_all(warm).await;
    test.admin(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE datname = current_database() AND pid <> pg_backend_pid()",
    )
    .await;
    for id in 100..110 {
        insert(&db, id).await.unwrap();
    }
    assert_eq!(db.read().await.map(|_| ()).ok(), Some(()));
}

/// I25: a driver's text may quote a value; what is logged and told does not.
#[tokio::test]
async fn errors_never_quote_values() {
    let test = TestDb::postgres().await;
    let db = open(&test).await;
    let mut tx = db.read().await.unwrap();
    let failed = on!(tx, c => sqlx::query("SELECT $1::TEXT::UUID").bind("+41225394512")
        .execute(c).await.map(|_| ()));
    let error = StoreError::from(failed.unwrap_err());
    assert!(!format!("{error} {error:?}").contains("5394512"), "{error}");
    assert!(std::error::Error::source(&error).is_none());
    assert_eq!(error.kind(), Kind::Internal);
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_unavailable() {
    let test = TestDb::postgres().await;
    let db = open(&test).await;
    let name = test.database_url().rsplit('/').next().unwrap().to_owned();
    let mut admin = test.database_url().parse::<url::Url>().unwrap();
    admin.set_path("postgres");
    let mut admin = <sqlx::PgConnection as sqlx::Connection>::connect(admin.as_str())
        .await
        .unwrap();
    let gone = format!("DROP DATABASE {name} WITH (FORCE)");
    sqlx::raw_sql(sqlx::AssertSqlSafe(gone))
        .execute(&mut admin)
        .await
        .unwrap();
    let error = insert(&db, 1).await.unwrap_err();
    assert_eq!(error.kind(), Kind::Unavailable, "{error}");
}

#[tokio::test]
#[should_panic(expected = "outside db::unit")]
async fn a_begin_outside_a_unit_panics_in_debug_builds() {
    let test = TestDb::sqlite().await;
    let _ = open(&test).await.begin().await;
}

/// Hazard: a commit that only the page cache knows is lost with the machine. WAL and FULL on every
/// connection, the writer's and the readers' (engineering §1).
#[tokio::test]
async fn sqlite_is_durable_at_commit_and_keeps_its_foreign_keys() {
    let test = TestDb::sqlite().await;
    let db = open(&test).await;
    let settings = async |tx: &mut db::Tx| -> (String, i64, i64) {
        (
            on!(tx, c => sqlx::query_scalar("SELECT * FROM pragma_journal_mode")
                .fetch_one(c).await.unwrap()),
            on!(tx, c => sqlx::query_scalar("SELECT * FROM pragma_synchronous")
                .fetch_one(c).await.unwrap()),
            on!(tx, c => sqlx::query_scalar("SELECT * FROM pragma_foreign_keys")
                .fetch_one(c).await.unwrap()),
        )
    };
    let writer = db.clone();
    let written = db::unit(async move {
        let mut tx = writer.begin().await?;
        Ok::<_, StoreError>(settings(&mut tx).await)
    })
    .await
    .unwrap();
    assert_eq!(written, ("wal".to_owned(), 2, 1));
    let mut tx = db.read().await.unwrap();
    let journal: String = on!(tx, c => sqlx::query_scalar("SELECT * FROM pragma_journal_mode")
        .fetch_one(c).await.unwrap());
    assert_eq!(journal, "wal");
}
