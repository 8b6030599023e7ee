//! OfferLead: the operator offers a lead to a provider by hand (D7): same rules and constraints,
//! only the order is overridden. Whoever has it now is released and told first.
//!
//! The word is committed first, as every verb's; then this caller waits until the saga has carried
//! it out, and is told if the roster refuses.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::deadline;
use uuid::Uuid;

use super::error::Failure;
use super::release::taken_back;
use super::retry_lead::understand_anew;
use super::verb::{Standing, Verb, Who};
use super::{Change, Leads, at_work};
use crate::domain::attempt::ReleaseCause;
use crate::domain::lead::{Before, Lead};
use crate::domain::provider::Provider;
use crate::domain::state::LeadState;
use crate::store::leads;

/// What is left to the caller's deadline for the answer itself to travel.
const MARGIN: Duration = Duration::from_millis(200);
/// How long a caller without a deadline waits.
const PATIENCE: Duration = Duration::from_secs(8);
const LOOK: Duration = Duration::from_millis(40);

impl Leads {
    pub async fn offer_lead(self: &Arc<Self>, verb: Verb) -> Result<Lead, Failure> {
        verb.check(Who::Operator, Some("cause"))?;
        let started = Instant::now();
        let lead = self.get_lead(verb.lead_id).await?;
        let provider = match self.roster.provider(&verb.provider_id).await {
            Err(failed) if failed.is_for_good() => return Err(Failure::UnknownProvider),
            found => found?,
        };
        let (lead_id, wanted) = (verb.lead_id, verb.provider_id.clone());
        if holds(&lead, &wanted) {
            return Ok(lead);
        }
        // Nobody is released for an offer that cannot be made.
        if let Some(refused) = unsuitable(&lead, &provider) {
            return Err(refused);
        }
        let moved = self.hear("lead.offer", verb, decide).await?;
        if !moved.changed && holds(&moved.lead, &wanted) {
            return Ok(moved.lead);
        }
        self.carried_out(lead_id, &wanted, started).await
    }

    /// Waits until the provider has it, or the roster refused.
    async fn carried_out(
        &self,
        lead_id: Uuid,
        wanted: &str,
        started: Instant,
    ) -> Result<Lead, Failure> {
        let limit = deadline::remaining().map_or(PATIENCE, |left| left.saturating_sub(MARGIN));
        loop {
            let mut tx = self.db.read().await?;
            let lead = leads::find(&mut tx, lead_id)
                .await?
                .ok_or(Failure::UnknownLead)?;
            drop(tx);
            if holds(&lead, wanted) && lead.state != LeadState::Assigned {
                return Ok(lead);
            }
            if !at_work(&lead) {
                // The word is no longer on the lead: the roster refused, and said why.
                let rule = lead.candidates.iter().find(|c| c.provider_id == wanted);
                return Err(Failure::ProviderUnavailable {
                    rule: rule
                        .map_or_else(|| "NOT_A_CANDIDATE".to_owned(), |c| c.removed_by.clone()),
                    explanation: rule.map_or_else(
                        || "the roster does not offer it for this trade and place".to_owned(),
                        |c| c.explanation.clone(),
                    ),
                });
            }
            if started.elapsed() >= limit {
                return match holds(&lead, wanted) {
                    true => Ok(lead),
                    false => Err(Failure::UnderWay),
                };
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// The provider has the lead, or is being told of it.
fn holds(lead: &Lead, provider_id: &str) -> bool {
    let with_somebody = matches!(
        lead.state,
        LeadState::Assigned | LeadState::Notified | LeadState::Confirmed
    );
    with_somebody && lead.provider_id.as_deref() == Some(provider_id)
}

/// What can be said before anything is moved; the roster alone decides in the end.
fn unsuitable(lead: &Lead, provider: &Provider) -> Option<Failure> {
    let refuse = |rule: &str, explanation: &str| {
        Some(Failure::ProviderUnavailable {
            rule: rule.to_owned(),
            explanation: explanation.to_owned(),
        })
    };
    if lead
        .source
        .as_ref()
        .is_some_and(|source| source.country != provider.country)
    {
        return refuse("COUNTRY", "it is of another country than the lead");
    }
    if provider.paused {
        return refuse("PAUSED", "it is paused; resume it first");
    }
    if lead.is_sorted() && !provider.categories.contains(&lead.category) {
        return refuse("CATEGORY", "it does not do this trade");
    }
    let city = lead.city.as_ref();
    if lead.is_sorted() && city.is_some_and(|city| !provider.cities.contains(city)) {
        return refuse("CITY", "it does not work in this city");
    }
    None
}

fn decide(standing: &Standing<'_>) -> Result<Option<Change>, Failure> {
    let (lead, verb) = (standing.lead, standing.verb);
    let refuse = |remedy| Failure::IllegalVerb {
        from: lead.state,
        verb: "offered",
        remedy,
    };
    if holds(lead, &verb.provider_id) || lead.wanted.as_ref() == Some(&verb.provider_id) {
        return Ok(None);
    }
    let cause = standing.cause("the operator offers it by hand");
    let mut change = match lead.state {
        LeadState::Won | LeadState::Lost | LeadState::Cancelled => {
            return Err(refuse("it is finished; a new call makes a new lead"));
        }
        _ if !lead.verified => {
            return Err(refuse(
                "nobody proved its call, so no provider may have it; cancel it",
            ));
        }
        // Who has it from before the loss is being asked; the word is heard after that.
        _ if lead.before.ask_since_us.is_some() => return Err(Failure::UnderWay),
        LeadState::Assigned | LeadState::Notified | LeadState::Confirmed => {
            taken_back(standing, ReleaseCause::Operator, "offered_by_hand", &cause)?
        }
        LeadState::Releasing => {
            let mut next = lead.clone();
            next.due_us = Some(standing.now);
            let event = standing.event(&next, "offered_by_hand", &cause);
            Change::new(next, event)
        }
        LeadState::Incomplete | LeadState::Pending | LeadState::Unmatched => {
            let mut next = lead.clone();
            understand_anew(standing, &mut next);
            if !next.is_sorted() || next.source.is_none() {
                return Err(Failure::ProviderUnavailable {
                    rule: if next.city.is_none() {
                        "CITY"
                    } else {
                        "CATEGORY"
                    }
                    .to_owned(),
                    explanation: "the lead's trade or place is unknown, so no rule can match it; \
                                  add the words to the catalogue, or cancel the lead"
                        .to_owned(),
                });
            }
            if next.state != LeadState::Pending {
                next.go(LeadState::Pending)?;
            }
            // A new attempt: what was asked for before is another question to the roster.
            next.attempt += 1;
            next.before = Before::default();
            next.operator_owned = false;
            next.tries = 0;
            next.due_us = Some(standing.now);
            let event = standing.event(&next, "offered_by_hand", &cause);
            Change::new(next, event)
        }
    };
    change.lead.wanted = Some(verb.provider_id.clone());
    if let Some(event) = &mut change.event {
        event.attributes.push(("wanted", verb.provider_id.clone()));
    }
    Ok(Some(change))
}
