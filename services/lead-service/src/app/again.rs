//! A step that failed is tried again: never given up, never at the cost of another lead, and not
//! without the operator knowing when it goes on failing.

use std::sync::Arc;

use chassis::db::{self, StoreError};
use chassis::fault;
use uuid::Uuid;

use super::dispatch::event;
use super::error::Failure;
use super::lanes::Lane;
use super::{Change, Leads};
use crate::store::alarms::{self, Alarm};
use crate::store::{leads, now_us, queue};

/// The step failed: the lead is due again, whether or not it can be read.
pub(super) async fn later(
    app: &Arc<Leads>,
    lead_id: Uuid,
    failure: &Failure,
) -> Result<(), Failure> {
    match postpone(app, lead_id, failure).await {
        Err(Failure::Store(error)) if queue::is_unreadable(&error) => {
            set_aside(app, lead_id, error).await
        }
        outcome => outcome,
    }
}

/// The row makes no sense here: seldom tried, for a newer version may read it, and shown to the
/// operator. It keeps nobody else waiting (I23).
async fn set_aside(app: &Arc<Leads>, lead_id: Uuid, error: StoreError) -> Result<(), Failure> {
    let this = Arc::clone(app);
    db::unit(async move {
        let mut tx = this.db.begin().await?;
        let tries = queue::postpone(&mut tx, lead_id, this.settings.backoff_cap).await?;
        if tries == Some(this.settings.alarm_after) {
            let alarm = Alarm {
                kind: "LEAD_UNREADABLE".to_owned(),
                subject: lead_id.to_string(),
                slot: "1".to_owned(),
                text: format!(
                    "The stored lead {lead_id} cannot be read ({error}), so nobody is told of it. \
                     Look at its row in the database."
                ),
            };
            alarms::raise(&mut tx, &alarm).await?;
            this.wakes.after(&mut tx, &[Lane::Alarms]);
        }
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// The step failed: due again after a pause. The lead is never given up; the operator is told.
async fn postpone(app: &Arc<Leads>, lead_id: Uuid, failure: &Failure) -> Result<(), Failure> {
    let mut tx = app.db.read().await?;
    let Some(mut lead) = leads::find(&mut tx, lead_id).await? else {
        return Ok(());
    };
    let now = now_us(&mut tx).await?;
    drop(tx);
    if lead.due_us.is_none_or(|due| due > now) {
        return Ok(());
    }
    lead.tries += 1;
    lead.due_us = Some(now + app.pause(lead.tries, lead.id));
    let alarm = (lead.tries == app.settings.alarm_after).then(|| Alarm {
        kind: "LEAD_STUCK".to_owned(),
        subject: lead.id.to_string(),
        slot: format!("{}-{}", lead.state, lead.attempt),
        text: format!(
            "The lead {} is {} and its next step failed {} times ({}). It is tried on; look at the \
             service that refuses, and at the lead with `bord lead {}`.",
            lead.id,
            lead.state,
            lead.tries,
            fault::causes(failure),
            lead.id
        ),
    });
    let event = alarm
        .is_some()
        .then(|| event(&lead, &lead, "stuck", "its next step keeps failing"));
    app.commit(Change {
        event,
        alarm,
        ..Change::silent(lead)
    })
    .await?;
    Ok(())
}

impl Leads {
    /// Doubled for each try up to the cap; leads that failed together do not return together.
    pub(super) fn pause(&self, tries: i32, lead_id: Uuid) -> i64 {
        let doublings = u32::try_from(tries.clamp(1, 16) - 1).unwrap_or_default();
        let base = self.settings.backoff * 2u32.pow(doublings);
        let jitter = 1.0 + f64::from(lead_id.as_bytes()[15]) / 1024.0;
        queue::micros(base.min(self.settings.backoff_cap).mul_f64(jitter))
    }
}
