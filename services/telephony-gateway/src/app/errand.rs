//! An errand at a vendor: look first, then create. One replica at a time runs it, under a lease, so
//! that two never create or buy the same.

use std::time::{Duration, Instant};

use chassis::db::{self, StoreError};

use super::{Error, Telephony};
use crate::store;

/// What one replica at a time does at a vendor that has no idempotency key.
#[derive(Debug, Clone, Copy)]
pub(super) enum Errand {
    /// Tools, secrets, tests and agents at ElevenLabs.
    Agents,
    /// Numbers at Twilio.
    Numbers,
}

const LEASE: Duration = Duration::from_secs(90);
/// The work ends before its lease does, so that no second one starts beside it.
const LIMIT: Duration = Duration::from_secs(80);
const PATIENCE: Duration = Duration::from_secs(8);

impl Errand {
    fn name(self) -> &'static str {
        match self {
            Self::Agents => "vendor writes",
            Self::Numbers => "number purchases",
        }
    }
}

/// Runs `work` while no other replica and no other task writes at the vendor.
pub(super) async fn alone<T>(
    telephony: &Telephony,
    errand: Errand,
    work: impl Future<Output = Result<T, Error>>,
) -> Result<T, Error> {
    let started = Instant::now();
    while !lease(telephony, errand).await? {
        if started.elapsed() > PATIENCE {
            return Err(Error::Busy);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let outcome = tokio::time::timeout(LIMIT, work).await;
    give_back(telephony, errand).await?;
    outcome.unwrap_or(Err(Error::Stopped))
}

async fn lease(telephony: &Telephony, errand: Errand) -> Result<bool, StoreError> {
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        let taken = store::polls::take(&mut tx, errand.name(), LEASE).await?;
        tx.commit().await?;
        Ok(taken.is_some())
    })
    .await
}

async fn give_back(telephony: &Telephony, errand: Errand) -> Result<(), StoreError> {
    let db = telephony.db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        store::polls::give_back(&mut tx, errand.name(), Duration::ZERO, None).await?;
        tx.commit().await
    })
    .await
}
