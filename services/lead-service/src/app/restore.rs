//! RestoreAssignments: roster lost its data, and providers of open leads get their assignments back,
//! each for the attempt that stands. Where roster refuses, the lead is the operator's and no other
//! provider's.
//!
//! Every step is idempotent and a lead for itself: a repeat goes on where the last one ended.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use futures::{StreamExt as _, stream};
use uuid::Uuid;

use super::error::Failure;
use super::lanes::Lane;
use super::release::provider_of;
use super::{Change, Leads, undisturbed};
use crate::domain::lead::{Aftercare, Before, Event, Lead, Offer};
use crate::domain::provider::Match;
use crate::domain::recovery::{Held, HeldState};
use crate::domain::state::LeadState;
use crate::outbound::roster::Wanted;
use crate::store::alarms::Alarm;
use crate::store::leads;

/// Leads in one look at the roster.
const BATCH: i64 = 100;
/// So many are asked for at once.
const TOGETHER: usize = 4;

/// What was done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restored {
    pub checked: i64,
    pub restored: i64,
    pub refused: Vec<Uuid>,
}

enum Outcome {
    Restored,
    Refused(Uuid),
    /// The lead moved on, or another provider stands: the ownership check tells.
    Otherwise,
}

impl Leads {
    pub async fn restore_assignments(
        self: &Arc<Self>,
        since: DateTime<Utc>,
        actor: &str,
    ) -> Result<Restored, Failure> {
        let mut report = Restored::default();
        let mut after = Uuid::nil();
        loop {
            let mut tx = self.db.read().await?;
            let batch = leads::with_provider(&mut tx, after, since, BATCH).await?;
            drop(tx);
            let Some(last) = batch.last() else { break };
            after = last.id;
            let ids: Vec<Uuid> = batch.iter().map(|lead| lead.id).collect();
            let held = self.roster.held(&ids).await?;
            report.checked += i64::try_from(batch.len()).unwrap_or_default();
            let lost: Vec<(Lead, Option<i32>)> = batch
                .into_iter()
                .filter_map(|lead| lost(lead, &held))
                .collect();
            let mut done = stream::iter(lost)
                .map(|(lead, stale)| self.restore(lead, stale, actor))
                .buffer_unordered(TOGETHER);
            while let Some(outcome) = done.next().await {
                match outcome? {
                    Outcome::Restored => report.restored += 1,
                    Outcome::Refused(id) => report.refused.push(id),
                    Outcome::Otherwise => {}
                }
            }
        }
        report.refused.sort_unstable();
        Ok(report)
    }

    async fn restore(
        self: &Arc<Self>,
        lead: Lead,
        stale: Option<i32>,
        actor: &str,
    ) -> Result<Outcome, Failure> {
        if let Some(attempt) = stale {
            let why = "released before the loss";
            match self.roster.release(lead.id, attempt, why).await {
                Err(failed) if failed.is_for_good() => return Ok(Outcome::Otherwise),
                released => released?,
            }
        }
        let provider = lead.provider_id.clone().unwrap_or_default();
        let wanted = Wanted {
            lead_id: lead.id,
            attempt: lead.attempt,
            country: lead.source.as_ref().map_or("", |source| &source.country),
            category: &lead.category,
            city: lead.city.as_deref().unwrap_or_default(),
            excluded: &[],
            provider_id: Some(&provider),
            restored: true,
        };
        let refused = match self.roster.assign(&wanted).await {
            Ok(Match::Assigned {
                attempt,
                provider: found,
                ..
            }) => {
                if attempt != lead.attempt || found.provider_id != provider {
                    return Ok(Outcome::Otherwise);
                }
                None
            }
            Ok(Match::Unmatched { candidates, .. }) => {
                let rule = candidates.into_iter().find(|c| c.provider_id == provider);
                Some(rule.map_or_else(|| "NOT_A_CANDIDATE".to_owned(), |c| c.removed_by))
            }
            Ok(Match::NotToBeHad { rule }) => Some(rule.to_owned()),
            Ok(Match::AttemptClosed) => Some("ATTEMPT_CLOSED".to_owned()),
            Err(failed) if failed.is_for_good() => Some(failed.reason),
            Err(failed) => return Err(failed.into()),
        };
        if let Some(rule) = refused {
            let why = format!("roster does not give it back to its provider ({rule})");
            let written = self.note(&lead, actor, "not_restored", &why, hold).await?;
            return Ok(match written {
                true => Outcome::Refused(lead.id),
                false => Outcome::Otherwise,
            });
        }
        if lead.state == LeadState::Confirmed {
            self.roster.confirm(lead.id, lead.attempt).await?;
            if lead.aftercare.settled && lead.aftercare.free_us.is_none() {
                self.roster.free_slot(lead.id, lead.attempt).await?;
            }
        }
        let why = "roster has it again after a loss";
        let written = self
            .note(&lead, actor, "restored", why, Lead::clone)
            .await?;
        Ok(match written {
            true => Outcome::Restored,
            false => Outcome::Otherwise,
        })
    }

    /// Writes what came of it, unless the lead went on meanwhile.
    async fn note(
        self: &Arc<Self>,
        read: &Lead,
        actor: &str,
        kind: &'static str,
        cause: &str,
        change: fn(&Lead) -> Lead,
    ) -> Result<bool, Failure> {
        let held = (read.id, read.attempt, read.provider_id.clone());
        let (actor, cause) = (actor.to_owned(), cause.to_owned());
        undisturbed(move || {
            let (this, held) = (Arc::clone(self), held.clone());
            let (actor, cause) = (actor.clone(), cause.clone());
            async move {
                let mut tx = this.db.begin().await?;
                let Some(lead) = leads::lock(&mut tx, held.0).await? else {
                    return Ok(false);
                };
                let same = (lead.id, lead.attempt, lead.provider_id.clone()) == held;
                if !same || !is_with_provider(lead.state) {
                    return Ok(false);
                }
                let next = change(&lead);
                let alarm = next.operator_owned.then(|| alarm(&lead, &cause));
                let mut attributes = vec![("attempt", lead.attempt.to_string())];
                attributes.extend(provider_of(&lead));
                let event = Event {
                    kind,
                    from: Some(lead.state),
                    to: next.state,
                    actor,
                    cause,
                    attributes,
                };
                let now = crate::store::now_us(&mut tx).await?;
                let change = Change {
                    alarm: alarm.filter(|_| kind == "not_restored"),
                    ..Change::new(next, event)
                };
                this.write(&mut tx, change, now, false).await?;
                this.wakes.after(&mut tx, &[Lane::Leads]);
                tx.commit().await?;
                Ok(true)
            }
        })
        .await
    }
}

/// A lead whose attempt the roster does not have, and the earlier attempt that stands there instead:
/// the roster forgot its end. An attempt that the roster closed, and a later one, are no loss of the
/// roster's.
fn lost(lead: Lead, held: &[(Uuid, Held)]) -> Option<(Lead, Option<i32>)> {
    let mine = || held.iter().filter(|(id, _)| *id == lead.id);
    let standing = mine().find(|(_, held)| held.state != HeldState::Released);
    let known = mine().any(|(_, held)| held.attempt == lead.attempt);
    match standing {
        _ if known => None,
        Some((_, held)) if held.attempt > lead.attempt => None,
        standing => {
            let stale = standing.map(|(_, held)| held.attempt);
            Some((lead, stale))
        }
    }
}

fn is_with_provider(state: LeadState) -> bool {
    matches!(
        state,
        LeadState::Assigned | LeadState::Notified | LeadState::Confirmed
    )
}

/// The lead stays with its provider, and nothing of it moves by itself: a person decides.
fn hold(lead: &Lead) -> Lead {
    Lead {
        offer: Offer::default(),
        aftercare: Aftercare::default(),
        before: Before {
            provider_id: lead.provider_id.clone(),
            ..Before::default()
        },
        operator_owned: true,
        tries: 0,
        due_us: None,
        retry_us: None,
        ..lead.clone()
    }
}

fn alarm(lead: &Lead, why: &str) -> Alarm {
    Alarm {
        kind: "ASSIGNMENT_NOT_RESTORED".to_owned(),
        subject: lead.id.to_string(),
        slot: lead.attempt.to_string(),
        text: format!(
            "The provider {provider} has the lead {id}, and {why}. The lead stays with it and goes to \
             nobody else by itself. Look at it with `bord lead {id}`, call the provider, and give it \
             by hand with `bord assign {id}`.",
            provider = lead.provider_id.as_deref().unwrap_or_default(),
            id = lead.id
        ),
    }
}
