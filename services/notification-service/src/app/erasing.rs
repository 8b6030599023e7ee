//! The worker behind erasure and retention: it empties what no sender holds any more, asks Twilio what
//! it has of a number, and deletes message by message until each is gone.

use std::sync::Arc;
use std::time::Duration;

use chassis::clock;
use chassis::db::{StoreError, unit};
use chassis::run::Life;
use chassis::worker;

use crate::domain::backoff::Backoff;
use crate::store::erasures;

use super::{Notification, settle};

/// Deletions at once, one after another: nobody waits for them.
const BATCH: i64 = 20;
/// Longer than a batch takes.
const LEASE: Duration = Duration::from_secs(300);
const BACKOFF: Backoff = Backoff {
    base: Duration::from_secs(5),
    cap: Duration::from_secs(900),
};
const INTERVAL: Duration = Duration::from_secs(5);

/// Runs until the service stops.
pub(super) async fn run(service: Notification, life: Life) {
    let wake = Arc::clone(&service.erasing);
    let interval = service
        .timing
        .interval
        .max(Duration::from_millis(200))
        .min(INTERVAL);
    worker::run("erasures", life.clone(), wake, interval, async move || {
        let emptied = empty(&service).await?;
        let searched = search(&service, &life).await?;
        let deleted = delete(&service, &life).await?;
        Ok(emptied || searched || deleted)
    })
    .await;
}

async fn empty(service: &Notification) -> Result<bool, StoreError> {
    let mut tx = service.db.read().await?;
    if erasures::due(&mut tx, 1).await?.is_empty() {
        return Ok(false);
    }
    drop(tx);
    let db = service.db.clone();
    unit(async move {
        let mut tx = db.begin().await?;
        let due = erasures::due(&mut tx, BATCH).await?;
        for id in &due {
            erasures::empty(&mut tx, *id, "erasure", clock::now()).await?;
        }
        tx.commit().await?;
        Ok(!due.is_empty())
    })
    .await
}

async fn search(service: &Notification, life: &Life) -> Result<bool, StoreError> {
    let db = service.db.clone();
    let due = unit(async move {
        let mut tx = db.begin().await?;
        erasures::close(&mut tx).await?;
        let due = erasures::searches(&mut tx, LEASE).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(due)
    })
    .await?;
    let mut done = false;
    for (id, phone, tries) in due {
        if life.is_stopping() {
            break;
        }
        let found = service.twilio.involving(&phone).await;
        done |= found.is_ok();
        let db = service.db.clone();
        unit(async move {
            let mut tx = db.begin().await?;
            match found {
                Ok(found) => {
                    erasures::add(&mut tx, id, &found, clock::now()).await?;
                    erasures::searched(&mut tx, id).await?;
                }
                Err(unanswered) => {
                    tracing::warn!(
                        reason = unanswered.reason,
                        "a search for erasure got no answer; it is tried again"
                    );
                    erasures::put_off(&mut tx, id, BACKOFF.after(tries, settle::chance())).await?;
                }
            }
            tx.commit().await
        })
        .await?;
    }
    Ok(done)
}

async fn delete(service: &Notification, life: &Life) -> Result<bool, StoreError> {
    let db = service.db.clone();
    let due = unit(async move {
        let mut tx = db.begin().await?;
        let due = erasures::deletions(&mut tx, LEASE, BATCH).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(due)
    })
    .await?;
    let mut done = false;
    for (carrier_id, tries) in due {
        // What is left falls due again after its lease.
        if life.is_stopping() {
            break;
        }
        let refused = service.twilio.delete(&carrier_id).await.err();
        done |= refused.is_none();
        if let Some(refused) = &refused {
            tracing::warn!(
                reason = refused.reason,
                "a message could not be deleted at the carrier; it is tried again"
            );
        }
        let db = service.db.clone();
        unit(async move {
            let mut tx = db.begin().await?;
            let wait = BACKOFF.after(tries, settle::chance());
            let refused = refused
                .as_ref()
                .map(|refused| (refused.reason.as_str(), wait));
            erasures::settle(&mut tx, &carrier_id, refused, clock::now()).await?;
            tx.commit().await
        })
        .await?;
    }
    Ok(done)
}
