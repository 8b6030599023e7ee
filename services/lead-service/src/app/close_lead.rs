//! CloseLead: what came of a confirmed lead. Roster completes the assignment afterwards.

use std::sync::Arc;

use chassis::fault::Violations;

use super::error::Failure;
use super::verb::{LONGEST_WORDS, Moved, Standing, Verb, Who};
use super::{AttemptMove, Change, Leads};
use crate::domain::attempt::{AttemptState, LeadResult};
use crate::domain::lead::Aftercare;
use crate::domain::ledger::money::Amount;
use crate::domain::need::clean;
use crate::domain::state::LeadState;

impl Leads {
    pub async fn close_lead(self: &Arc<Self>, mut verb: Verb) -> Result<Moved, Failure> {
        verb.check(Who::OfAnAttempt, None)?;
        if let Some(LeadResult::Lost { reason }) = &mut verb.result {
            *reason = clean(reason);
        }
        sensible(verb.result.as_ref())?;
        self.hear("lead.close", verb, decide).await
    }
}

fn sensible(result: Option<&LeadResult>) -> Result<(), Failure> {
    let mut v = Violations::new();
    match result {
        None => {
            v.add(
                "result",
                "is required: won with an amount, or lost with a reason",
            );
        }
        Some(LeadResult::Won {
            amount_minor,
            currency,
        }) => {
            if *amount_minor <= 0 {
                v.add(
                    "result.won.amount_minor",
                    "must be above 0: 45000 is CHF 450",
                );
            } else if currency.parse().is_ok_and(|currency| {
                !Amount::of_minor(*amount_minor, currency).is_ok_and(Amount::is_of_a_job)
            }) {
                v.add(
                    "result.won.amount_minor",
                    "must have at most ten digits before the point; it counts the smallest unit: \
                     45000 is CHF 450",
                );
            }
            if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
                v.add(
                    "result.won.currency",
                    "must be a currency by ISO 4217, such as CHF",
                );
            }
        }
        Some(LeadResult::Lost { reason }) => {
            if reason.trim().is_empty() || reason.chars().count() > LONGEST_WORDS {
                v.add(
                    "result.lost.reason",
                    "must say why, in at most 500 characters",
                );
            }
        }
    }
    Ok(v.finish()?)
}

fn decide(standing: &Standing<'_>) -> Result<Option<Change>, Failure> {
    let lead = standing.lead;
    let illegal = |remedy| Failure::IllegalVerb {
        from: lead.state,
        verb: "closed so",
        remedy,
    };
    let result = standing.verb.result.as_ref();
    let attempt = standing.attempt()?;
    let of_this_one = attempt.is_some_and(|attempt| attempt.attempt == lead.attempt);
    if matches!(lead.state, LeadState::Won | LeadState::Lost) && of_this_one {
        return if lead.result.as_ref() == result {
            Ok(None)
        } else {
            Err(illegal("it has another result already"))
        };
    }
    if lead.state != LeadState::Confirmed || !of_this_one {
        return Err(illegal(
            "only the provider who confirmed it can report a result",
        ));
    }
    let mut next = lead.clone();
    let (to, cause) = match result {
        Some(LeadResult::Won { .. }) => (LeadState::Won, "the work was done and billed"),
        _ => (LeadState::Lost, "nothing came of it"),
    };
    next.go(to)?;
    next.result = result.cloned();
    next.aftercare = Aftercare {
        settled: false,
        ..Aftercare::default()
    };
    next.operator_owned = false;
    next.tries = 0;
    next.due_us = Some(standing.now);
    let mut event = standing.event(&next, "closed", cause);
    if let Some(LeadResult::Won {
        amount_minor,
        currency,
    }) = result
    {
        event
            .attributes
            .push(("amount_minor", amount_minor.to_string()));
        event.attributes.push(("currency", currency.clone()));
    }
    Ok(Some(Change {
        attempt: Some(AttemptMove::Answered {
            state: AttemptState::Completed,
            actor: standing.verb.actor.clone(),
        }),
        ..Change::new(next, event)
    }))
}
