//! Erase: a caller's personal data leave this store (B10), and what is older than the rules allow.
//!
//! Keys stay as tombstones, so that the same need still meets the same lead (I2, I26).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chassis::db::{self, Tx};
use chassis::worker;
use uuid::Uuid;

use super::Leads;
use super::error::Failure;
use crate::domain::lead::Event;
use crate::domain::phone::{self, Surroundings};
use crate::domain::state::LeadState;
use crate::store::erase::{self, Emptied, Found};
use crate::store::ledger::clicks;
use crate::store::{events, leads, tasks};

/// Digits by which candidates are found; the whole number is compared afterwards.
const LAST_DIGITS: usize = 7;

/// What was found, or erased.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Erased {
    pub emptied: Emptied,
    pub lead_ids: Vec<Uuid>,
    pub conversation_ids: BTreeSet<String>,
    pub call_sids: BTreeSet<String>,
}

impl Leads {
    /// Erases what is kept of a caller. A dry run writes nothing and tells what is there.
    pub async fn erase(
        self: &Arc<Self>,
        phone: String,
        actor: String,
        dry_run: bool,
    ) -> Result<Erased, Failure> {
        let this = Arc::clone(self);
        db::unit(async move {
            let mut tx = this.db.begin().await?;
            let found = of_caller(&mut tx, &phone).await?;
            if !dry_run && let Some(open) = found.iter().find(|lead| is_open(lead)) {
                return Err(Failure::LeadStillOpen(open.id));
            }
            let mut erased = Erased::default();
            for lead in &found {
                erased.lead_ids.push(lead.id);
                let ids = [
                    (&lead.conversation_id, &mut erased.conversation_ids),
                    (&lead.call_sid, &mut erased.call_sids),
                ];
                for (id, list) in ids {
                    if !id.is_empty() {
                        list.insert(id.clone());
                    }
                }
                if dry_run {
                    erased.emptied.leads += 1;
                    let amendments = erase::count_amendments(&mut tx, lead.id).await?;
                    erased.emptied.amendments += u64::try_from(amendments).unwrap_or_default();
                } else {
                    let emptied =
                        empty(&mut tx, lead.id, &actor, "the caller asked for it").await?;
                    erased.emptied.add(emptied);
                }
            }
            if dry_run {
                let replies = erase::count_replies(&mut tx, &phone).await?;
                erased.emptied.replies += u64::try_from(replies).unwrap_or_default();
            } else {
                erased.emptied.replies += erase::empty_replies(&mut tx, &phone).await?;
                tx.commit().await?;
            }
            Ok(erased)
        })
        .await
    }
}

/// Its end must be known to everybody first, or its provider would wait for a customer without a
/// name.
fn is_open(lead: &Found) -> bool {
    lead.state.parse().is_ok_and(LeadState::is_open) || !lead.settled
}

async fn of_caller(tx: &mut Tx, phone: &str) -> Result<Vec<Found>, Failure> {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    let last = &digits[digits.len().saturating_sub(LAST_DIGITS)..];
    let mut found = erase::leads(tx, phone, last).await?;
    found.retain(|lead| {
        lead.phone_e164 == phone || lead.caller_id == phone || says(lead, &lead.phone_said, phone)
    });
    for (id, said) in erase::amended(tx, last).await? {
        if found.iter().any(|lead| lead.id == id) {
            continue;
        }
        let lead = erase::lead(tx, id).await?;
        found.extend(lead.filter(|lead| says(lead, &said, phone)));
    }
    Ok(found)
}

/// Whether the words mean the number: read in the lead's country, as a tool call's are.
fn says(lead: &Found, said: &str, phone: &str) -> bool {
    let around = Surroundings {
        country: lead.source_country.as_deref(),
        ours: &BTreeSet::new(),
    };
    phone::customer(said, "", around).as_deref() == Some(phone)
}

async fn empty(tx: &mut Tx, id: Uuid, actor: &str, cause: &str) -> Result<Emptied, Failure> {
    let Some(lead) = leads::lock(tx, id).await? else {
        return Ok(Emptied::default());
    };
    let emptied = erase::empty_lead(tx, id).await?;
    if emptied.leads > 0 {
        let event = Event {
            kind: "erased",
            from: Some(lead.state),
            to: lead.state,
            actor: actor.to_owned(),
            cause: cause.to_owned(),
            attributes: Vec::new(),
        };
        events::append(tx, id, &event).await?;
    }
    Ok(emptied)
}

impl Emptied {
    fn add(&mut self, other: Self) {
        self.leads += other.leads;
        self.amendments += other.amendments;
        self.replies += other.replies;
        self.attempts += other.attempts;
        self.alarms += other.alarms;
        self.conversions += other.conversions;
    }
}

const TASK: &str = "retention";
const HOUR: Duration = Duration::from_secs(3600);
const LEASE: Duration = Duration::from_secs(120);
const BATCH: i64 = 500;
/// A click matters for a call of the next ten minutes (R35) until the call is told, an hour later or
/// after an outage. A conversion keeps its own.
const CLICKS_KEPT: Duration = Duration::from_secs(2 * 24 * 3600);
/// It is looked at once in so many of the worker's intervals.
const LOOKS: u32 = 30;

/// Retention, until the process stops.
pub async fn run(app: Arc<Leads>) {
    let (life, every) = (app.life.clone(), app.settings.poll * LOOKS);
    worker::run("retention", life, Arc::default(), every, async move || {
        retain(Arc::clone(&app)).await
    })
    .await;
}

/// The hourly task: what ended longer ago than the rules allow loses its personal data. True while
/// there is more.
async fn retain(app: Arc<Leads>) -> anyhow::Result<bool> {
    let mut tx = app.db.read().await?;
    let due = tasks::is_due(&mut tx, TASK).await?;
    drop(tx);
    if !due {
        return Ok(false);
    }
    let days = u64::try_from(app.knowledge().await?.rules.retention_days).unwrap_or(730);
    let owner = chassis::ids::random().to_string();
    let this = Arc::clone(&app);
    let more = db::unit(async move {
        let mut tx = this.db.begin().await?;
        if tasks::claim(&mut tx, TASK, &owner, LEASE).await?.is_none() {
            return Ok(false);
        }
        let before = erase::before(&mut tx, Duration::from_secs(days * 24 * 3600)).await?;
        let old = erase::old_leads(&mut tx, before, BATCH).await?;
        for id in &old {
            empty(&mut tx, *id, "retention", "the time for keeping it is over").await?;
        }
        let others = erase::empty_old(&mut tx, before, BATCH).await?;
        let clicks_before = erase::before(&mut tx, CLICKS_KEPT).await?;
        let clicks = clicks::delete_before(&mut tx, clicks_before, BATCH).await?;
        let full = |count: u64| i64::try_from(count).is_ok_and(|count| count >= BATCH);
        let more = full(old.len() as u64) || full(others) || full(clicks);
        let again = if more { Duration::ZERO } else { HOUR };
        tasks::settle(&mut tx, TASK, &owner, again, None).await?;
        tx.commit().await?;
        if !old.is_empty() {
            tracing::info!(leads = old.len(), "retention emptied finished leads");
        }
        Ok::<_, Failure>(more)
    })
    .await?;
    Ok(more)
}
