//! RaiseAlarm: the operator must know, once for each kind, subject and slot.

use std::sync::Arc;

use chassis::db;

use super::Leads;
use super::error::Failure;
use super::lanes::Lane;
use crate::store::alarms::{self, Alarm};

impl Leads {
    /// Stored first; the worker mails it, as often as it takes to be planned once.
    pub async fn raise_alarm(self: &Arc<Self>, alarm: Alarm) -> Result<(), Failure> {
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            alarms::raise(&mut tx, &alarm).await?;
            this.wakes.after(&mut tx, &[Lane::Alarms]);
            tx.commit().await?;
            Ok(())
        })
        .await
    }
}
