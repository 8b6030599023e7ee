//! The use cases of the roster, one file each: they begin, ask the store, let the domain decide,
//! write, and commit.

pub mod assign_provider;
pub mod duties;
pub mod follow_roster;
pub mod move_assignment;
pub mod pause_provider;
pub mod prove_channel;
pub mod put_provider;
pub mod quarantine_channel;
pub mod read_roster;
pub mod record_evidence;
pub mod release_assignment;
pub mod send_proofs;

mod error;
mod measure;
mod standing;

use std::sync::Arc;

use chassis::crash::Points;
use chassis::db::{Db, StoreError, Tx};
use chassis::{feed, run::Life};
use serde_json::json;
use tokio::sync::Notify;

pub use error::Error;

use crate::domain::ids::{Country, ProviderId};
use crate::outbound::notification::Notifications;

/// The roster of one process. Clones share the database.
#[derive(Clone)]
pub struct Roster {
    db: Db,
    life: Life,
    notifications: Notifications,
    crash_points: Points,
    /// Wakes the worker that sends proofs.
    wake: Arc<Notify>,
}

impl Roster {
    #[must_use]
    pub fn new(db: Db, life: Life, notifications: Notifications, crash_points: Points) -> Self {
        Self {
            db,
            life,
            notifications,
            crash_points,
            wake: Arc::default(),
        }
    }

    /// What the worker of proofs sleeps on.
    #[must_use]
    pub fn wake(&self) -> Arc<Notify> {
        Arc::clone(&self.wake)
    }
}

/// What followers are told of: ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Who serves what, where and when.
    Coverage,
    Paused,
    Resumed,
    /// A slot came free, or there are more of them.
    Capacity,
    /// A contact changed, or a channel starts or stops to serve.
    Channel,
}

impl Change {
    fn kind(self) -> &'static str {
        match self {
            Self::Coverage => "coverage",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Capacity => "capacity",
            Self::Channel => "channel",
        }
    }
}

/// Publishes a change with the transaction that makes it.
async fn publish(
    tx: &mut Tx,
    change: Change,
    provider: &ProviderId,
    country: &Country,
) -> Result<(), StoreError> {
    let body = json!({ "country": country.as_str() });
    feed::publish(tx, change.kind(), provider.as_str(), body).await
}
