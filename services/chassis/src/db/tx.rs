//! A transaction, or a connection for reading, on either database; and the macro that runs one
//! text of SQL on both.

use std::sync::Arc;

use sqlx::pool::PoolConnection;
use sqlx::{Postgres, Sqlite};
use tokio::sync::Notify;

use super::StoreError;

/// Dropping it without `commit` rolls back: the pool's `after_release` hook sees to that, also
/// when the drop falls in the middle of BEGIN or COMMIT (I13).
pub struct Tx {
    pub(super) conn: Conn,
    pub(super) open: bool,
    pub(super) feed_wake: Arc<Notify>,
    pub(super) wakes: Vec<Arc<Notify>>,
}

/// The connection of either driver. Use it through `on!`.
#[doc(hidden)]
pub enum Conn {
    Pg(PoolConnection<Postgres>),
    Lite(PoolConnection<Sqlite>),
}

/// Runs one body of sqlx on whichever database `tx` belongs to; its value is the body's.
///
/// ```text
/// let done = on!(tx, c => sqlx::query("UPDATE shift SET state = 'open' WHERE id = $1")
///     .bind(id).execute(c).await?.rows_affected());
/// ```
///
/// The two drivers' row and result types differ: map them to plain values inside the body. Where
/// the body needs the connection twice, write `&mut *c`.
#[macro_export]
macro_rules! on {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx.conn() {
            $crate::db::Conn::Pg(pooled) => {
                let $c: &mut ::sqlx::PgConnection = &mut *pooled;
                $body
            }
            $crate::db::Conn::Lite(pooled) => {
                let $c: &mut ::sqlx::SqliteConnection = &mut *pooled;
                $body
            }
        }
    };
}

impl Tx {
    #[doc(hidden)]
    pub fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }

    #[must_use]
    pub fn is_postgres(&self) -> bool {
        matches!(self.conn, Conn::Pg(_))
    }

    /// ` FOR UPDATE` on PostgreSQL, nothing on SQLite, whose writer is alone anyway.
    ///
    /// SQL is `&'static str`, so pick between two constants with `is_postgres` or this.
    #[must_use]
    pub fn for_update(&self) -> &'static str {
        if self.is_postgres() {
            " FOR UPDATE"
        } else {
            ""
        }
    }

    /// Wakes `sleeper` once this transaction is committed.
    pub fn wake_after_commit(&mut self, sleeper: &Arc<Notify>) {
        if !self.wakes.iter().any(|known| Arc::ptr_eq(known, sleeper)) {
            self.wakes.push(Arc::clone(sleeper));
        }
    }

    pub(crate) fn wake_feed(&mut self) {
        let wake = Arc::clone(&self.feed_wake);
        self.wake_after_commit(&wake);
    }

    /// Commits. When this returns `Ok`, everything is durable; an error may leave it either way
    /// (the connection can die while COMMIT travels), so writes are keyed and may be repeated.
    pub async fn commit(mut self) -> Result<(), StoreError> {
        if self.open {
            match &mut self.conn {
                // PostgreSQL answers a COMMIT of a failed transaction with a silent ROLLBACK. The
                // SELECT before it, in the same round trip, turns that into the error it is.
                Conn::Pg(c) => {
                    sqlx::raw_sql("SELECT 1; COMMIT").execute(&mut **c).await?;
                }
                Conn::Lite(c) => {
                    sqlx::raw_sql("COMMIT").execute(&mut **c).await?;
                }
            }
            self.open = false;
        }
        for sleeper in self.wakes.drain(..) {
            sleeper.notify_one();
        }
        Ok(())
    }
}
