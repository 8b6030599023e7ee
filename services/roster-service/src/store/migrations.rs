//! One text of tables for both databases; the promises that need triggers exist in each dialect.

use std::sync::LazyLock;

use sqlx::migrate::Migrator;

static COMMON: Migrator = sqlx::migrate!("./migrations");
static ON_POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");
static ON_SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");

static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| joined(&ON_POSTGRES));
static SQLITE: LazyLock<Migrator> = LazyLock::new(|| joined(&ON_SQLITE));

/// The migrations for the database that `url` names.
#[must_use]
pub fn migrations(url: &str) -> &'static Migrator {
    if url.starts_with("sqlite") {
        &SQLITE
    } else {
        &POSTGRES
    }
}

fn joined(dialect: &Migrator) -> Migrator {
    Migrator::with_migrations(COMMON.iter().chain(dialect.iter()).cloned().collect())
}
