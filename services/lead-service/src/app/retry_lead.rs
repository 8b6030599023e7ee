//! RetryLead: the operator gives a lead back to the machine at once. What waits is tried now, with
//! what the catalogue knows by now; a confirmed lead is released first.

use std::sync::Arc;

use super::error::Failure;
use super::release::taken_back;
use super::verb::{Moved, Standing, Verb, Who};
use super::{Change, Leads};
use crate::domain::attempt::ReleaseCause;
use crate::domain::lead::Lead;
use crate::domain::normalise::{complete, understand};
use crate::domain::state::LeadState;

impl Leads {
    pub async fn retry_lead(self: &Arc<Self>, verb: Verb) -> Result<Moved, Failure> {
        verb.check(Who::Operator, Some("cause"))?;
        self.hear("lead.retry", verb, decide).await
    }
}

fn decide(standing: &Standing<'_>) -> Result<Option<Change>, Failure> {
    let lead = standing.lead;
    let refuse = |remedy| Failure::IllegalVerb {
        from: lead.state,
        verb: "tried again",
        remedy,
    };
    let cause = standing.cause("the operator wants it tried now");
    match lead.state {
        LeadState::Won | LeadState::Lost | LeadState::Cancelled => {
            return Err(refuse("it is finished; a new call makes a new lead"));
        }
        LeadState::Incomplete | LeadState::Pending if !lead.verified => {
            return Err(refuse(
                "nobody proved its call, so no provider may have it; cancel it",
            ));
        }
        LeadState::Confirmed => {
            return taken_back(standing, ReleaseCause::Operator, "retried", &cause).map(Some);
        }
        // No carrier takes its messages: the next provider may be reached.
        LeadState::Notified if lead.offer.unreached || lead.operator_owned => {
            return taken_back(standing, ReleaseCause::Operator, "retried", &cause).map(Some);
        }
        // Its provider has time to answer; the machine waits for it already.
        LeadState::Notified => return Ok(None),
        _ => {}
    }
    let mut next = lead.clone();
    next.tries = 0;
    next.operator_owned = false;
    if lead.state == LeadState::Unmatched {
        next.go(LeadState::Pending)?;
        // Who was told before a loss has a message that names this attempt.
        if lead.before.provider_id.is_none() {
            next.attempt += 1;
        }
    }
    if matches!(next.state, LeadState::Pending | LeadState::Incomplete) {
        understand_anew(standing, &mut next);
    }
    next.due_us = Some(standing.now);
    let event = standing.event(&next, "retried", &cause);
    Ok(Some(Change::new(next, event)))
}

/// The catalogue may know the trade or the place by now.
pub(super) fn understand_anew(standing: &Standing<'_>, lead: &mut Lead) {
    if lead.is_sorted() {
        return;
    }
    let source = lead.source.as_ref();
    let site = source.and_then(|source| standing.known.site(&source.site_id));
    let mut understood = understand(&lead.need, &lead.caller_id, site, standing.known);
    if let Some(site) = site {
        complete(&mut understood, site);
    }
    if !understood.category.is_empty() {
        lead.category = understood.category;
    }
    // A city needs a source: it must lie in its country.
    lead.city = lead
        .source
        .as_ref()
        .and(understood.city)
        .or_else(|| lead.city.clone());
}
