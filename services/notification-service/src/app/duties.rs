//! What one replica of all does now and then: the sums of every five minutes, and retention every
//! hour. Due times are the database's (I18).

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{StoreError, unit};
use chassis::run::Life;
use chassis::worker;
use tokio::sync::Notify;

use crate::store::duties;

use super::{Notification, measure, retain};

const MEASURE: &str = "measure";
const RETAIN: &str = "retain";
/// How often each replica looks.
const INTERVAL: Duration = Duration::from_secs(5);

/// Runs until the service stops.
pub(super) async fn run(service: Notification, life: Life) {
    let timing = service.timing;
    let interval = timing.measure_every.div_f64(5.0).min(INTERVAL);
    worker::run(
        "duties",
        life,
        Arc::new(Notify::new()),
        interval,
        async move || {
            if take(&service, MEASURE, timing.measure_every).await? {
                done(&service, MEASURE, measure::count(&service).await).await?;
            }
            measure::show(&service).await?;
            if take(&service, RETAIN, timing.retain_every).await? {
                done(&service, RETAIN, retain::retain(&service).await).await?;
            }
            Ok(false)
        },
    )
    .await;
}

async fn take(
    service: &Notification,
    duty: &'static str,
    every: Duration,
) -> Result<bool, StoreError> {
    let mut tx = service.db.read().await?;
    if !duties::is_due(&mut tx, duty).await? {
        return Ok(false);
    }
    drop(tx);
    let db = service.db.clone();
    unit(async move {
        let mut tx = db.begin().await?;
        let taken = duties::take(&mut tx, duty, every).await?;
        tx.commit().await?;
        Ok(taken)
    })
    .await
}

/// Leaves an unfinished duty to whoever looks next.
async fn done(
    service: &Notification,
    duty: &'static str,
    outcome: Result<(), StoreError>,
) -> Result<(), StoreError> {
    if outcome.is_err() {
        let db = service.db.clone();
        unit(async move {
            let mut tx = db.begin().await?;
            duties::leave(&mut tx, duty).await?;
            tx.commit().await
        })
        .await?;
    }
    outcome
}
