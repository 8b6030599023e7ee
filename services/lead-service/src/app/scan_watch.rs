//! The watch over the scan (R72): when no scan went well for half an hour, the operator is mailed,
//! once in each half hour, by this service and not by the one that scans.
//!
//! Time is the database's (I18). One replica looks under a lease; every replica shows the age.

use std::sync::Arc;
use std::time::Duration;

use chassis::{db, ids, worker};
use chrono::{DateTime, SecondsFormat, Utc};

use super::error::Failure;
use super::lanes::Lane;
use super::{Leads, offer};
use crate::store::alarms::{self, Alarm};
use crate::store::queue::micros;
use crate::store::{now_us, scans, tasks};

const TASK: &str = "scan_watch";
/// It is looked at once in so many of the worker's intervals.
const LOOKS: u32 = 30;
const EVERY: Duration = Duration::from_secs(60);
const LEASE: Duration = Duration::from_secs(30);
/// An alarm in each of these.
const SLOT: Duration = Duration::from_secs(30 * 60);

impl Leads {
    /// RecordScan: a scan went well.
    pub async fn record_scan(self: &Arc<Self>, slot: DateTime<Utc>) -> Result<(), Failure> {
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            scans::record(&mut tx, slot).await?;
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, every) = (app.life.clone(), app.settings.poll * LOOKS);
    worker::run("scan-watch", life, Arc::default(), every, async move || {
        round(&app).await
    })
    .await;
}

async fn round(app: &Arc<Leads>) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let age = scans::age_us(&mut tx).await?;
    let due = tasks::is_due(&mut tx, TASK).await?;
    drop(tx);
    #[expect(clippy::cast_precision_loss, reason = "a gauge is a float")]
    metrics::gauge!("bord_scan_age_seconds").set(age.unwrap_or_default() as f64 / 1e6);
    if due {
        look(app).await?;
    }
    Ok(false)
}

async fn look(app: &Arc<Leads>) -> Result<(), Failure> {
    let this = Arc::clone(app);
    db::unit(async move {
        let owner = ids::random().to_string();
        let mut tx = this.db.begin().await?;
        if tasks::claim(&mut tx, TASK, &owner, LEASE).await?.is_none() {
            return Ok(());
        }
        scans::wait_for(&mut tx).await?;
        let age = scans::age_us(&mut tx).await?.unwrap_or_default();
        let now = now_us(&mut tx).await?;
        if age > micros(this.settings.scan_late) {
            alarms::raise(&mut tx, &alarm(age, now)).await?;
            this.wakes.after(&mut tx, &[Lane::Alarms]);
        }
        tasks::settle(&mut tx, TASK, &owner, EVERY, None).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

fn alarm(age_us: i64, now: i64) -> Alarm {
    let slot = now - now.rem_euclid(micros(SLOT));
    let slot = offer::moment(slot).unwrap_or_default();
    Alarm {
        kind: "SCAN_LATE".to_owned(),
        subject: "quality-scan".to_owned(),
        slot: slot.to_rfc3339_opts(SecondsFormat::Secs, true),
        text: format!(
            "No scan of the calls went well for {minutes} minutes. Until one does, calls whose lead \
             never reached us stay unseen, and so does an agent that went astray. Look whether \
             quality-service runs and what its log says, and start a scan with `bord scan`: it \
             catches up all that was missed.",
            minutes = age_us / 60_000_000
        ),
    }
}
