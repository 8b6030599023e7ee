//! The same customer with the same need is charged once (D13): a confirmed lead is waived while
//! another charge for the need stands with the same provider, and due when that falls away.
//!
//! Which leads those are is asked when the provider confirms, not when it is offered the lead: the
//! earlier one may never be confirmed. What falls away later is found by a task of its own, which
//! holds one lead at a time.

use std::sync::Arc;
use std::time::Duration;

use chassis::db::{StoreError, Tx};
use chassis::{clock, db, ids, worker};
use uuid::Uuid;

use super::post;
use crate::app::Leads;
use crate::app::error::Failure;
use crate::domain::lead::Lead;
use crate::domain::ledger::income::{State, What};
use crate::store::ledger::{income_events, repeats};
use crate::store::{leads, tasks};

const TASK: &str = "repeats";
/// It is looked at once in so many of the worker's intervals.
const LOOKS: u32 = 30;
const EVERY: Duration = Duration::from_secs(300);
const LEASE: Duration = Duration::from_secs(120);
const BATCH: i64 = 200;

/// The lead where the same need is charged already; its provider's other confirmations of the need
/// wait until the transaction ends.
pub(super) async fn charged_elsewhere(
    tx: &mut Tx,
    lead: &Lead,
) -> Result<Option<Uuid>, StoreError> {
    let Some(provider) = &lead.provider_id else {
        return Ok(None);
    };
    repeats::hold(tx, lead, provider).await?;
    for of in repeats::others(tx, lead, provider).await? {
        let line = income_events::of_attempt(tx, of).await?;
        if line.is_some_and(|line| line.stands()) {
            return Ok(Some(of.0));
        }
    }
    Ok(None)
}

/// Runs until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, every) = (app.life.clone(), app.settings.poll * LOOKS);
    worker::run("repeats", life, Arc::default(), every, async move || {
        let mut tx = app.db.read().await?;
        let due = tasks::is_due(&mut tx, TASK).await?;
        drop(tx);
        if due {
            round(&app).await?;
        }
        Ok(false)
    })
    .await;
}

async fn round(app: &Arc<Leads>) -> Result<(), Failure> {
    let owner = ids::random().to_string();
    let (this, mine) = (Arc::clone(app), owner.clone());
    let claimed = db::unit(async move {
        let mut tx = this.db.begin().await?;
        let claimed = tasks::claim(&mut tx, TASK, &mine, LEASE).await?;
        tx.commit().await?;
        Ok::<_, Failure>(claimed)
    })
    .await?;
    if claimed.is_none() {
        return Ok(());
    }
    let mut tx = app.db.read().await?;
    let found = repeats::to_look_at(&mut tx, BATCH).await?;
    drop(tx);
    let mut charged = 0;
    for of in found {
        charged += i64::from(charge(app, of).await?);
    }
    let this = Arc::clone(app);
    db::unit(async move {
        let mut tx = this.db.begin().await?;
        let good = Some((clock::now(), charged));
        tasks::settle(&mut tx, TASK, &owner, EVERY, good).await?;
        tx.commit().await?;
        Ok(())
    })
    .await
}

/// Charges a waived attempt where no other charge for the need stands any more.
async fn charge(app: &Arc<Leads>, of: (Uuid, i32)) -> Result<bool, Failure> {
    let this = Arc::clone(app);
    db::unit(async move {
        let mut tx = this.db.begin().await?;
        let Some(lead) = leads::lock(&mut tx, of.0).await? else {
            return Ok(false);
        };
        let line = income_events::of_attempt(&mut tx, of).await?;
        let waived = line.is_some_and(|line| matches!(line.state, State::Waived { .. }));
        if !waived || lead.attempt != of.1 || charged_elsewhere(&mut tx, &lead).await?.is_some() {
            return Ok(false);
        }
        income_events::add(&mut tx, of, clock::now(), &What::Charged, None).await?;
        if let Some(line) = income_events::of_attempt(&mut tx, of).await? {
            post(&mut tx, &line.wanted()).await?;
        }
        tx.commit().await?;
        Ok(true)
    })
    .await
}
