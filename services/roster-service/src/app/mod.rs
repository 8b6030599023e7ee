//! The use cases of the roster, one file each: they begin, ask the store, let the domain decide,
//! write, and commit.

pub mod assign_provider;
pub mod follow_roster;
pub mod move_assignment;
pub mod pause_provider;
pub mod put_provider;
pub mod read_roster;
pub mod release_assignment;

mod error;

use chassis::db::{Db, StoreError, Tx};
use chassis::{feed, run::Life};
use serde_json::json;

pub use error::Error;

use crate::domain::ids::{Country, ProviderId};

/// The roster of one process. Clones share the database.
#[derive(Clone)]
pub struct Roster {
    db: Db,
    life: Life,
}

impl Roster {
    #[must_use]
    pub fn new(db: Db, life: Life) -> Self {
        Self { db, life }
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
    /// A contact changed.
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
