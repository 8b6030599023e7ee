//! What can go wrong at the database, told without any value of a row.
//!
//! A driver's own texts may quote values ("invalid input syntax for type uuid: ..."), so neither
//! `Display` nor `Debug` here passes them on (I25).

use std::fmt;

use sqlx::migrate::MigrateError;

use crate::fault::{Fault, Kind};

#[derive(thiserror::Error)]
pub enum StoreError {
    // Not a `source`: the chain is logged, and the driver's text may quote values.
    #[error("{}", describe(.0))]
    Sql(sqlx::Error),
    #[error(transparent)]
    Corrupt(#[from] CorruptRow),
    #[error("database work ended in a panic")]
    Panicked,
    #[error("database work was stopped with the process")]
    Stopped,
    #[error("{0}")]
    Setup(String),
}

/// A stored value that makes no sense to the code that reads it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{table}.{column} of row {row} holds a value that is not legal there")]
pub struct CorruptRow {
    pub table: &'static str,
    pub column: &'static str,
    pub row: String,
}

impl CorruptRow {
    /// `row` is the row's id, never its content.
    pub fn new(table: &'static str, column: &'static str, row: impl fmt::Display) -> Self {
        Self {
            table,
            column,
            row: row.to_string(),
        }
    }
}

impl fmt::Debug for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreError({self})")
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<MigrateError> for StoreError {
    fn from(error: MigrateError) -> Self {
        let error = match error {
            MigrateError::Execute(cause) if is_cut_off(&cause) => return Self::Sql(cause),
            MigrateError::ExecuteMigration(cause, _) if is_cut_off(&cause) => {
                return Self::Sql(cause);
            }
            other => other,
        };
        // Migrations hold no data, so the text is safe and needed.
        Self::Setup(format!(
            "migration failed: {}",
            crate::fault::causes(&error)
        ))
    }
}

impl StoreError {
    /// The connection ended in the midst of something that may be begun anew.
    pub(super) fn was_cut_off(&self) -> bool {
        matches!(self, Self::Sql(error) if is_cut_off(error))
    }

    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Sql(error) if is_unique_violation(error))
    }

    #[must_use]
    pub fn is_check_violation(&self) -> bool {
        matches!(self, Self::Sql(error) if is_check_violation(error))
    }

    #[must_use]
    pub fn is_foreign_key_violation(&self) -> bool {
        matches!(self, Self::Sql(error) if is_foreign_key_violation(error))
    }
}

impl Fault for StoreError {
    fn kind(&self) -> Kind {
        match self {
            Self::Sql(error) if is_passing(error) => Kind::Unavailable,
            Self::Stopped => Kind::Unavailable,
            Self::Sql(_) | Self::Corrupt(_) | Self::Panicked | Self::Setup(_) => Kind::Internal,
        }
    }

    fn reason(&self) -> &'static str {
        match self.kind() {
            Kind::Unavailable => "STORE_UNAVAILABLE",
            _ => "STORE_FAILED",
        }
    }
}

impl From<StoreError> for tonic::Status {
    fn from(error: StoreError) -> Self {
        crate::fault::status(&error)
    }
}

#[must_use]
pub fn is_unique_violation(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(e) if e.is_unique_violation())
}

#[must_use]
pub fn is_check_violation(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(e) if e.is_check_violation())
}

#[must_use]
pub fn is_foreign_key_violation(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Database(e) if e.is_foreign_key_violation())
}

/// The connection is gone; another one may work at once.
pub(crate) fn is_dead_connection(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(e) => {
            matches!(
                e.code().as_deref(),
                Some("57P01" | "57P02" | "57P03" | "08006" | "08003")
            )
        }
        _ => false,
    }
}

/// Gone, or cut in the midst of an answer.
fn is_cut_off(error: &sqlx::Error) -> bool {
    is_dead_connection(error) || matches!(error, sqlx::Error::Protocol(_))
}

/// The same work may succeed later: no connection, no room, no lock, no disk.
fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        // A connection that was cut in the midst of an answer, or while it began.
        | sqlx::Error::Protocol(_)
        | sqlx::Error::BeginFailed
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(e) => {
            let code = e.code().unwrap_or_default();
            match code.parse::<u32>() {
                // SQLite's primary codes: busy, locked, read-only, I/O, full, cannot open.
                Ok(number) if e.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() => {
                    matches!(number & 0xff, 5 | 6 | 8 | 10 | 13 | 14)
                }
                // PostgreSQL: connection, login, no such database, resources, operator, system,
                // serialization, deadlock, lock, read-only.
                _ => {
                    ["08", "28", "3D", "53", "57", "58"]
                        .iter()
                        .any(|class| code.starts_with(class))
                        || matches!(code.as_ref(), "40001" | "40P01" | "55P03" | "25006")
                }
            }
        }
        _ => false,
    }
}

/// What a person needs to know of a driver's error, without the values that it may quote.
fn describe(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(e) => {
            let code = e.code().unwrap_or_default();
            let place = [e.table(), e.constraint()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>();
            let place = if place.is_empty() {
                String::new()
            } else {
                format!(" at {}", place.join("."))
            };
            // Data exceptions (class 22) quote the value; the other texts name only the schema.
            let text = if code.starts_with("22") {
                "a value was refused"
            } else {
                e.message()
            };
            format!("the database answered {code}{place}: {text}")
        }
        sqlx::Error::PoolTimedOut => "no database connection came free in time".to_owned(),
        sqlx::Error::PoolClosed => "the database is closed".to_owned(),
        sqlx::Error::Io(e) => format!("the database cannot be reached: {}", e.kind()),
        sqlx::Error::RowNotFound => "a row that must exist does not".to_owned(),
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} cannot be decoded"),
        sqlx::Error::ColumnNotFound(name) => format!("column {name} does not exist"),
        sqlx::Error::WorkerCrashed => "the database worker ended".to_owned(),
        sqlx::Error::Tls(_) => "TLS to the database failed".to_owned(),
        sqlx::Error::Configuration(_) => "the database URL cannot be used".to_owned(),
        _ => "the database driver failed".to_owned(),
    }
}
