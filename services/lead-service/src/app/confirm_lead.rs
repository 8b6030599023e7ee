//! ConfirmLead: the provider takes the lead (R48). Roster and people learn of it afterwards.

use std::sync::Arc;

use super::error::Failure;
use super::verb::{Moved, Standing, Verb, Who};
use super::{AttemptMove, Change, Leads};
use crate::domain::attempt::AttemptState;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::{Aftercare, Before, Lead, Offer};
use crate::domain::state::LeadState;
use crate::store::queue::micros;

impl Leads {
    pub async fn confirm_lead(self: &Arc<Self>, verb: Verb) -> Result<Moved, Failure> {
        verb.check(Who::OfAnAttempt, Some("cause"))?;
        self.hear("lead.confirm", verb, decide).await
    }
}

fn decide(standing: &Standing<'_>) -> Result<Option<Change>, Failure> {
    let lead = standing.lead;
    let Some(attempt) = standing.attempt()? else {
        return Err(match lead.state {
            LeadState::Cancelled => Failure::OfferOver,
            _ => lead
                .state
                .to(LeadState::Confirmed)
                .err()
                .map_or(Failure::UnknownOffer, Failure::from),
        });
    };
    match attempt.state {
        AttemptState::Confirmed | AttemptState::Completed => return Ok(None),
        AttemptState::Releasing | AttemptState::Released => return Err(Failure::OfferOver),
        AttemptState::Offered => {}
    }
    let next = taken(standing.app, standing.known, lead, standing.now)?;
    let cause = standing.cause("the provider takes the lead");
    let event = standing.event(&next, "confirmed", &cause);
    Ok(Some(Change {
        attempt: Some(AttemptMove::Answered {
            state: AttemptState::Confirmed,
            actor: standing.verb.actor.clone(),
        }),
        ..Change::new(next, event)
    }))
}

/// The lead, taken by its provider: what is owed from here.
pub(super) fn taken(
    app: &Leads,
    known: &Knowledge,
    lead: &Lead,
    now: i64,
) -> Result<Lead, Failure> {
    let mut next = lead.clone();
    next.go(LeadState::Confirmed)?;
    next.confirm_time = Some(chassis::clock::now());
    next.offer = Offer::default();
    next.before = Before::default();
    let settings = &app.settings;
    let reminder = i64::from(known.rules.result_reminder_days) * 86_400_000_000;
    next.aftercare = Aftercare {
        settled: false,
        free_us: Some(now + micros(settings.auto_complete_after)),
        ask_us: Some(now + reminder),
        no_result_us: Some(now + micros(settings.result_alarm_after)),
    };
    next.operator_owned = false;
    next.tries = 0;
    next.due_us = Some(now);
    Ok(next)
}
