//! Work under a lease that is renewed while the work goes on: short enough that a dead or sleeping
//! process' work moves on within seconds (I28), fenced, so that who lost it writes nothing.

use std::time::{Duration, Instant};

use chassis::db::{self, Db, StoreError};
use futures::future::BoxFuture;
use tokio::time::MissedTickBehavior;

use crate::store::polls::{self, Held};

/// How long a lease is good without being renewed.
pub(super) const LEASE: Duration = Duration::from_secs(6);
const RENEW: Duration = Duration::from_secs(2);
/// The timer of workers whose rows another replica may have left behind: with the lease, what a
/// killed process worked on runs again within ten seconds (P15).
pub(super) const LOOK: Duration = Duration::from_secs(2);

/// Holds a lease for longer; false when it is lost.
pub(super) type Renewal = BoxFuture<'static, Result<bool, StoreError>>;

/// Runs `work` while the lease is held; nothing when it was lost, and the work is dropped then.
///
/// A process that slept asks for its lease before it does anything else. A database that does not
/// answer ends the work when the lease does.
pub(super) async fn while_held<T>(
    renew: impl Fn() -> Renewal,
    work: impl Future<Output = T>,
) -> Option<T> {
    let mut until = Instant::now() + LEASE;
    let mut timer = tokio::time::interval_at(tokio::time::Instant::now() + RENEW, RENEW);
    timer.set_missed_tick_behavior(MissedTickBehavior::Delay);
    tokio::pin!(work);
    loop {
        tokio::select! {
            biased;
            _ = timer.tick() => {
                let asked = Instant::now();
                match tokio::time::timeout(RENEW, renew()).await {
                    Ok(Ok(true)) => until = asked + LEASE,
                    Ok(Ok(false)) => return None,
                    Ok(Err(_)) | Err(_) if Instant::now() >= until => return None,
                    Ok(Err(_)) | Err(_) => {}
                }
            }
            done = &mut work => return Some(done),
        }
    }
}

/// Takes a poller's lease, if it is free.
pub(super) async fn take(db: &Db, name: &'static str) -> Result<Option<Held>, StoreError> {
    let is_free = {
        let mut tx = db.read().await?;
        polls::is_free(&mut tx, name).await?
    };
    if !is_free {
        return Ok(None);
    }
    let db = db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        let taken = polls::take(&mut tx, name, LEASE).await?;
        tx.commit().await?;
        Ok(taken)
    })
    .await
}

/// Holds a poller's lease for longer, as often as it is called.
pub(super) fn renewal(db: &Db, name: &'static str, held: Held) -> impl Fn() -> Renewal + Send {
    let db = db.clone();
    move || Box::pin(renew(db.clone(), name, held))
}

async fn renew(db: Db, name: &'static str, held: Held) -> Result<bool, StoreError> {
    db::unit(async move {
        let mut tx = db.begin().await?;
        let still = polls::renew(&mut tx, name, held, LEASE).await?;
        tx.commit().await?;
        Ok(still)
    })
    .await
}

/// Gives a poller's lease back; nobody takes it before `rest` has passed.
pub(super) async fn give_back(
    db: &Db,
    name: &'static str,
    held: Held,
    rest: Duration,
    success_us: Option<i64>,
) -> Result<(), StoreError> {
    let db = db.clone();
    db::unit(async move {
        let mut tx = db.begin().await?;
        polls::give_back(&mut tx, name, held, rest, success_us).await?;
        tx.commit().await
    })
    .await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn work_whose_lease_is_lost_is_dropped_and_other_work_ends_by_itself() {
        let work = async { tokio::time::sleep(Duration::from_secs(60)).await };
        let renewals = AtomicU32::new(0);
        let count = || renewals.fetch_add(1, Ordering::SeqCst) + 1;
        let renew = || -> Renewal { Box::pin(std::future::ready(Ok(count() < 4))) };
        assert_eq!(while_held(renew, work).await, None);
        assert_eq!(renewals.load(Ordering::SeqCst), 4);
        let lost = || -> Renewal { Box::pin(std::future::ready(Ok(false))) };
        assert_eq!(while_held(lost, async { 7 }).await, Some(7));
    }
}
