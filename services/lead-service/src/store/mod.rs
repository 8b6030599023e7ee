//! The only SQL of lead-service: plain functions over a transaction, one text for both databases.

pub mod alarms;
pub mod amendments;
pub mod answers;
pub mod attempts;
pub mod catalogue;
pub mod conversations;
pub mod deliveries;
pub mod erase;
pub mod events;
pub mod evidence;
pub mod lead_row;
pub mod leads;
pub mod ledger;
pub mod ownership;
pub mod personal;
pub mod questions;
pub mod queue;
pub mod replies;
pub mod scans;
pub mod summary;
pub mod tasks;

use std::borrow::Cow;
use std::sync::LazyLock;

use chassis::db::{StoreError, Tx};
use chassis::on;
use sqlx::migrate::{Migration, MigrationType, Migrator};

static COMMON: Migrator = sqlx::migrate!("./migrations");
static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| {
    with([
        include_str!("../../migrations/dialect/append_only.postgres.sql"),
        include_str!("../../migrations/dialect/books.postgres.sql"),
    ])
});
static SQLITE: LazyLock<Migrator> = LazyLock::new(|| {
    with([
        include_str!("../../migrations/dialect/append_only.sqlite.sql"),
        include_str!("../../migrations/dialect/books.sqlite.sql"),
    ])
});

/// The migrations for the database at `url`. Triggers are the one thing that has no common text.
#[must_use]
pub fn migrations(url: &str) -> &'static Migrator {
    if url.starts_with("sqlite:") {
        &SQLITE
    } else {
        &POSTGRES
    }
}

/// 0002 guards the event log, 0005 the books.
fn with([log, books]: [&'static str; 2]) -> Migrator {
    let mut all = COMMON.migrations.to_vec();
    for (version, name, triggers) in [(2, "append only", log), (5, "books", books)] {
        let (sql, name) = (sqlx::SqlStr::from_static(triggers), Cow::Borrowed(name));
        all.push(Migration::new(
            version,
            name,
            MigrationType::Simple,
            sql,
            false,
        ));
    }
    Migrator::with_migrations(all)
}

/// The database's own clock, for due times that are worked out in Rust.
pub async fn now_us(tx: &mut Tx) -> Result<i64, StoreError> {
    Ok(on!(tx, c => sqlx::query_scalar("SELECT us FROM clock").fetch_one(c).await?))
}
