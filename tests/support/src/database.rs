//! A database of a test's own: a folder for SQLite, a fresh database on the PostgreSQL server.
//!
//! It is gone when the value is dropped, so a test keeps it as long as its services run.

use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection as _, PgConnection};
use tempfile::TempDir;
use uuid::Uuid;

use crate::server;

pub struct TestDb {
    url: String,
    kind: Kind,
}

/// What one service had stored at a time.
pub struct Snapshot {
    service: String,
    folder: TempDir,
}

enum Kind {
    Sqlite(TempDir),
    Postgres { admin: String, name: String },
}

impl TestDb {
    pub async fn sqlite() -> Self {
        crate::log();
        let folder = tempfile::Builder::new()
            .prefix("bord-")
            .tempdir()
            .expect("a temp folder");
        let url = format!("sqlite:{}", folder.path().display());
        Self {
            url,
            kind: Kind::Sqlite(folder),
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "the chassis, whose own tests use this crate, stays out of it"
    )]
    pub async fn postgres() -> Self {
        crate::log();
        let admin = server::url().await;
        let name = format!("bord_{}", Uuid::new_v4().simple());
        run(&admin, format!("CREATE DATABASE {name} TEMPLATE template0")).await;
        let url = with_path(&admin, &name);
        Self {
            url,
            kind: Kind::Postgres { admin, name },
        }
    }

    /// The URL for a service's `Db::open`; each service finds its own schema or file there.
    #[must_use]
    pub fn url(&self, _service: &str) -> String {
        self.url.clone()
    }

    /// The URL as it stands in `DATABASE_URL`.
    #[must_use]
    pub fn database_url(&self) -> &str {
        &self.url
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.kind, Kind::Postgres { .. })
    }

    /// A URL for a role of the service's own, which may do nothing but own its schema. On SQLite,
    /// which has no roles, the plain URL.
    pub async fn role_url(&self, service: &str) -> String {
        let Kind::Postgres { name, .. } = &self.kind else {
            return self.url.clone();
        };
        let role = format!("{service}_{name}");
        run(
            &self.url,
            format!("CREATE ROLE {role} LOGIN PASSWORD '{role}'"),
        )
        .await;
        run(
            &self.url,
            format!("CREATE SCHEMA {service} AUTHORIZATION {role}"),
        )
        .await;
        let mut url = self.url.parse::<url::Url>().expect("our own URL");
        url.set_username(&role).expect("a URL with a host");
        url.set_password(Some(&role)).expect("a URL with a host");
        url.into()
    }

    /// Runs one statement as the administrator of the test's PostgreSQL database.
    pub async fn admin(&self, sql: &str) {
        run(&self.url, sql.to_owned()).await;
    }

    /// What a service has stored, as it stands; nobody may write meanwhile.
    pub async fn snapshot(&self, service: &str) -> Snapshot {
        let folder = tempfile::tempdir().expect("a temp folder");
        match &self.kind {
            Kind::Sqlite(data) => copy_files(data.path(), folder.path(), service),
            Kind::Postgres { .. } => {
                let dump = folder.path().join("dump.sql");
                let schema = format!("--schema={service}");
                pg(&self.url, "pg_dump", &[&schema, "--file", path(&dump)]);
            }
        }
        Snapshot {
            service: service.to_owned(),
            folder,
        }
    }

    /// Loses everything that was stored since the snapshot; nobody may be connected.
    pub async fn restore(&self, snapshot: &Snapshot) {
        let service = &snapshot.service;
        match &self.kind {
            Kind::Sqlite(data) => {
                for old in files(data.path(), service) {
                    std::fs::remove_file(old).expect("the file goes");
                }
                copy_files(snapshot.folder.path(), data.path(), service);
            }
            Kind::Postgres { .. } => {
                self.admin(&format!("DROP SCHEMA {service} CASCADE")).await;
                let dump = snapshot.folder.path().join("dump.sql");
                pg(
                    &self.url,
                    "psql",
                    &["--quiet", "--set", "ON_ERROR_STOP=1", "--file", path(&dump)],
                );
            }
        }
    }

    /// How many tables a schema of the PostgreSQL database has.
    pub async fn tables(&self, schema: &str) -> i64 {
        let mut conn = PgConnection::connect(&self.url)
            .await
            .expect("the test's database");
        sqlx::query_scalar("SELECT count(*) FROM pg_tables WHERE schemaname = $1")
            .bind(schema)
            .fetch_one(&mut conn)
            .await
            .expect("a count")
    }
}

impl Drop for TestDb {
    /// Each database takes some megabytes, so hundreds of tests must not leave theirs behind.
    fn drop(&mut self) {
        let Kind::Postgres { admin, name } = &self.kind else {
            return;
        };
        let (admin, drop_it) = (admin.clone(), format!("DROP DATABASE {name} WITH (FORCE)"));
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                let dropped = async {
                    let mut conn = PgConnection::connect(&admin).await?;
                    sqlx::raw_sql(AssertSqlSafe(drop_it))
                        .execute(&mut conn)
                        .await
                };
                // A database that stays is harmless; the server goes with the process.
                let _ = tokio::time::timeout(Duration::from_secs(10), dropped).await;
            });
        });
        let _ = dropped.join();
    }
}

/// A service's file with what SQLite keeps beside it.
fn files(folder: &Path, service: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder).expect("the folder");
    let all = all.map(|file| file.expect("a file").path());
    let start = format!("{service}.");
    let mine = all.filter(|file| {
        let name = file.file_name().and_then(|name| name.to_str());
        name.is_some_and(|name| name.starts_with(&start))
    });
    mine.collect()
}

fn copy_files(from: &Path, to: &Path, service: &str) {
    let found = files(from, service);
    assert!(
        !found.is_empty(),
        "{service} has a file in {}",
        from.display()
    );
    for file in found {
        let name = file.file_name().expect("a file has a name");
        std::fs::copy(&file, to.join(name)).expect("the file is copied");
    }
}

/// One of PostgreSQL's own programs on the test's database.
fn pg(url: &str, program: &str, arguments: &[&str]) {
    let done = std::process::Command::new(server::binaries().join(program))
        .args(arguments)
        .arg(format!("--dbname={url}"))
        .output()
        .expect("PostgreSQL's programs are installed");
    let told = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program}: {told}");
}

fn path(path: &Path) -> &str {
    path.to_str().expect("a temp path is text")
}

async fn run(url: &str, sql: String) {
    let mut tries = 100;
    let mut conn = loop {
        match PgConnection::connect(url).await {
            Ok(conn) => break conn,
            // It may be starting, or all its connections taken by tests that run beside this one.
            Err(error) if tries == 0 => panic!("PostgreSQL for tests cannot be used: {error}"),
            Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
        }
        tries -= 1;
    };
    sqlx::raw_sql(AssertSqlSafe(sql))
        .execute(&mut conn)
        .await
        .expect("SQL of a test's set-up");
    conn.close().await.expect("the connection closes");
}

fn with_path(url: &str, database: &str) -> String {
    let mut url = url
        .parse::<url::Url>()
        .expect("BORD_TEST_POSTGRES_URL is a URL");
    url.set_path(database);
    url.into()
}
