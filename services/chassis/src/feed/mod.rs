//! A feed is what a service publishes, in an order that never skips: other services follow it.
//!
//! Rows are written in the transaction of what they tell, and numbered only after the commit, by
//! one leased publisher. A row that commits late therefore gets a late number, and a follower that
//! saw number N has seen everything up to N. A restored database starts a new epoch.

mod follow;
mod lag;
mod publish;

use std::collections::VecDeque;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::Stream;
use serde_json::Value;
use tonic::{Code, Status};
use tracing::Span;
use tracing::field::Empty;

pub use follow::{follow, follow_with_calls};
pub use publish::{publish, publisher, start_epoch};

use crate::db::{Db, StoreError, Tx};
use crate::fault::{Fault as _, Kind};
use crate::run::Life;
use crate::{clock, on, telemetry};

/// The timer beside the in-process wake-ups: the longest that another process' entry waits.
pub(crate) const POLL: Duration = Duration::from_millis(200);
const PAGE: i64 = 200;

/// A place in a feed. The empty epoch is before every entry.
#[derive(Debug, Clone, PartialEq, Eq, Default, Hash)]
pub struct Position {
    pub epoch: String,
    pub number: i64,
}

impl Position {
    #[must_use]
    pub fn new(epoch: impl Into<String>, number: i64) -> Self {
        Self {
            epoch: epoch.into(),
            number,
        }
    }

    /// Before the first entry, whatever the epoch.
    #[must_use]
    pub fn start() -> Self {
        Self::default()
    }
}

/// One published fact. It holds ids and masked forms only (I25).
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    pub position: Position,
    pub kind: String,
    pub subject: String,
    pub body: Value,
    pub traceparent: Option<String>,
    pub create_time: DateTime<Utc>,
}

impl Entry {
    /// The span in which `follower` takes the entry up: in the trace of what it tells (B8).
    fn span(&self, follower: &str) -> Span {
        let span = tracing::info_span!(
            "feed.follow",
            otel.name = format!("{follower} follows {}", self.kind),
            otel.kind = "consumer",
            otel.status_code = Empty,
            feed.follower = follower,
            feed.kind = self.kind,
        );
        telemetry::resume(self.traceparent.as_deref(), &span);
        span
    }
}

/// A stretch of a feed.
#[derive(Debug, Clone)]
pub struct Page {
    /// The epoch of the feed now; another one than the asker's means "read from the start".
    pub epoch: String,
    pub entries: Vec<Entry>,
}

/// What follows `after`, at most `limit` entries, oldest first.
///
/// A position of another epoch reads from the start. A position beyond the head of this epoch
/// proves that the database was restored from before it: the feed then starts a new epoch.
pub async fn page(db: &Db, after: &Position, limit: i64) -> Result<Page, StoreError> {
    let mut tx = db.read().await?;
    let (mut epoch, head) = head(&mut tx).await?;
    let mut from = if after.epoch == epoch {
        after.number
    } else {
        0
    };
    if after.epoch == epoch && after.number > head {
        drop(tx);
        publish::start_epoch_unless_moved(db, &epoch, after.number).await?;
        tx = db.read().await?;
        (epoch, _) = self::head(&mut tx).await?;
        from = if after.epoch == epoch {
            after.number
        } else {
            0
        };
    }
    type Row = (i64, String, String, Value, Option<String>, DateTime<Utc>);
    let rows: Vec<Row> = on!(tx, c => sqlx::query_as(
        "SELECT number, kind, subject, body, traceparent, create_time FROM feed
          WHERE number > $1 ORDER BY number LIMIT $2")
        .bind(from).bind(limit).fetch_all(c).await?);
    let entries = rows
        .into_iter()
        .map(
            |(number, kind, subject, body, traceparent, create_time)| Entry {
                position: Position::new(epoch.clone(), number),
                kind,
                subject,
                body,
                traceparent,
                create_time,
            },
        )
        .collect();
    Ok(Page { epoch, entries })
}

/// In seconds; the clocks of two hosts may differ, and nothing is younger than new.
#[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
fn age(time: DateTime<Utc>) -> f64 {
    (clock::now() - time).num_milliseconds().max(0) as f64 / 1_000.0
}

async fn head(tx: &mut Tx) -> Result<(String, i64), StoreError> {
    Ok(
        on!(tx, c => sqlx::query_as("SELECT epoch, number FROM feed_head WHERE id = 1")
        .fetch_one(c).await?),
    )
}

/// Returns when something may have been numbered in this process, or after the poll interval.
pub async fn wait(db: &Db) {
    let _ = tokio::time::timeout(POLL, db.feed_numbered.notified()).await;
}

/// Everything after `after`, then whatever comes, until `life` stops: the body of a stream RPC.
pub fn stream(
    db: Db,
    after: Position,
    life: Life,
) -> impl Stream<Item = Result<Entry, StoreError>> + Send + 'static {
    struct State {
        db: Db,
        after: Position,
        ready: VecDeque<Entry>,
        life: Life,
    }
    let state = State {
        db,
        after,
        ready: VecDeque::new(),
        life,
    };
    futures::stream::try_unfold(state, async |mut state| {
        loop {
            if let Some(entry) = state.ready.pop_front() {
                state.after = entry.position.clone();
                return Ok(Some((entry, state)));
            }
            if state.life.is_stopping() {
                return Ok(None);
            }
            let db = state.db.clone();
            // Registered before the page is read, so that a wake-up in between is not lost.
            let numbered = db.feed_numbered.notified();
            tokio::pin!(numbered);
            numbered.as_mut().enable();
            state.ready = page(&state.db, &state.after, PAGE).await?.entries.into();
            if state.ready.is_empty() {
                tokio::select! {
                    () = numbered => {}
                    () = tokio::time::sleep(POLL) => {}
                    () = state.life.stopping() => {}
                }
            }
        }
    })
}

/// Somebody who must answer does not: the same entry may pass later, so no try is counted.
fn is_outage(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        if let Some(status) = cause.downcast_ref::<Status>() {
            return matches!(
                status.code(),
                Code::Unavailable
                    | Code::DeadlineExceeded
                    | Code::ResourceExhausted
                    | Code::Aborted
                    | Code::Cancelled
            );
        }
        let store = cause.downcast_ref::<StoreError>();
        store.is_some_and(|error| error.kind() == Kind::Unavailable)
    })
}
