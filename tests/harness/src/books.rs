//! The books: connections of the harness's own to each service's database, past every proxy, for
//! reading the system's ledger and for moving the databases' clocks.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chassis::db::{Db, unit};
use chassis::on;

/// The schemas, or on SQLite the files.
pub const SCHEMAS: [&str; 5] = ["telephony", "lead", "roster", "notification", "quality"];

#[derive(Clone)]
pub struct Books {
    pub telephony: Db,
    pub lead: Db,
    pub roster: Db,
    pub notification: Db,
    pub quality: Db,
    offset: Arc<AtomicI64>,
}

impl Books {
    /// # Errors
    /// A database does not answer.
    pub async fn open(url: &str) -> anyhow::Result<Self> {
        let open = async |schema| Db::open_without_migrating(url, schema).await;
        Ok(Self {
            telephony: open("telephony").await?,
            lead: open("lead").await?,
            roster: open("roster").await?,
            notification: open("notification").await?,
            quality: open("quality").await?,
            offset: Arc::default(),
        })
    }

    fn all(&self) -> [&Db; 5] {
        [
            &self.telephony,
            &self.lead,
            &self.roster,
            &self.notification,
            &self.quality,
        ]
    }

    /// Moves the clock of every database, in one direction or the other (I18).
    ///
    /// # Errors
    /// A database does not answer; the clocks may then differ until the next move.
    pub async fn move_clocks(&self, seconds: i64) -> anyhow::Result<()> {
        let offset = self.offset.fetch_add(seconds, Ordering::SeqCst) + seconds;
        for db in self.all() {
            set_clock(db, offset).await?;
        }
        Ok(())
    }

    /// How far the databases' clocks are from the host's, in seconds.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.offset.load(Ordering::SeqCst)
    }
}

/// Sets how far one database's clock is from the host's. Absolute, so that a repeat after a commit
/// of unknown outcome moves nothing twice.
///
/// # Errors
/// It does not answer within 30 s.
pub async fn set_clock(db: &Db, seconds: i64) -> anyhow::Result<()> {
    let until = tokio::time::Instant::now() + Duration::from_secs(30);
    loop {
        let own = db.clone();
        let moved = unit(async move {
            let mut tx = own.begin().await?;
            on!(tx, c => sqlx::query("UPDATE clock_offset SET us = $1")
                .bind(seconds * 1_000_000).execute(c).await?.rows_affected());
            tx.commit().await
        })
        .await;
        match moved {
            Ok(()) => return Ok(()),
            Err(error) if tokio::time::Instant::now() > until => return Err(error.into()),
            Err(_) => tokio::time::sleep(Duration::from_millis(200)).await,
        }
    }
}
