//! CancelLead: the lead is no longer wanted. Whoever has it is released and told afterwards.

use std::sync::Arc;

use super::error::Failure;
use super::verb::{Moved, Standing, Verb, Who};
use super::{AttemptMove, Change, Leads};
use crate::domain::attempt::ReleaseCause;
use crate::domain::lead::{Aftercare, Before, Offer};
use crate::domain::state::LeadState;

impl Leads {
    pub async fn cancel_lead(self: &Arc<Self>, verb: Verb) -> Result<Moved, Failure> {
        verb.check(Who::Anybody, Some("cause"))?;
        self.hear("lead.cancel", verb, decide).await
    }
}

fn decide(standing: &Standing<'_>) -> Result<Option<Change>, Failure> {
    let lead = standing.lead;
    if lead.state == LeadState::Cancelled {
        return Ok(None);
    }
    let mut next = lead.clone();
    next.go(LeadState::Cancelled)?;
    next.offer = Offer::default();
    next.before = Before::default();
    // An attempt that was asked for, even if nobody had it yet, is closed at the roster: an answer
    // that is still under way reserves nothing.
    let owed = lead.attempt >= 1 && lead.verified;
    next.aftercare = Aftercare {
        settled: !owed,
        ..Aftercare::default()
    };
    next.wanted = None;
    next.retry_us = None;
    next.operator_owned = false;
    next.tries = 0;
    next.due_us = owed.then_some(standing.now);
    let cause = standing.cause("the customer no longer needs it");
    let event = standing.event(&next, "cancelled", &cause);
    Ok(Some(Change {
        attempt: Some(AttemptMove::Releasing {
            cause: ReleaseCause::Cancelled,
            actor: standing.verb.actor.clone(),
            reason: None,
        }),
        ..Change::new(next, event)
    }))
}
