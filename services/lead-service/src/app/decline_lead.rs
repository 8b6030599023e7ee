//! DeclineLead: the provider does not take the lead; it goes to the next one (D8).

use std::sync::Arc;

use super::error::Failure;
use super::release::taken_back;
use super::verb::{Moved, Standing, Verb, Who};
use super::{Change, Leads};
use crate::domain::attempt::{AttemptState, ReleaseCause};
use crate::domain::state::LeadState;

impl Leads {
    pub async fn decline_lead(self: &Arc<Self>, mut verb: Verb) -> Result<Moved, Failure> {
        verb.words = crate::domain::need::clean(&verb.words);
        verb.check(Who::OfAnAttempt, Some("reason"))?;
        self.hear("lead.decline", verb, decide).await
    }
}

fn decide(standing: &Standing<'_>) -> Result<Option<Change>, Failure> {
    let (lead, verb) = (standing.lead, standing.verb);
    let Some(attempt) = standing.attempt()? else {
        return Err(match lead.state {
            LeadState::Cancelled => Failure::OfferOver,
            from => illegal(from),
        });
    };
    let declined = attempt.cause == Some(ReleaseCause::Declined);
    let by_operator = attempt.cause == Some(ReleaseCause::Operator) && verb.is_operators();
    match attempt.state {
        AttemptState::Releasing | AttemptState::Released if declined || by_operator => Ok(None),
        AttemptState::Releasing | AttemptState::Released => Err(Failure::OfferOver),
        AttemptState::Completed => Err(illegal(lead.state)),
        AttemptState::Confirmed if !verb.is_operators() => Err(Failure::IllegalVerb {
            from: lead.state,
            verb: "given back by its provider",
            remedy: "only the operator can release it: ask the operator",
        }),
        AttemptState::Confirmed => {
            let cause = standing.cause("the operator takes the lead back");
            let change = taken_back(standing, ReleaseCause::Operator, "released", &cause)?;
            Ok(Some(change))
        }
        AttemptState::Offered => {
            let cause = standing.cause("the provider does not take the lead");
            let change = taken_back(standing, ReleaseCause::Declined, "declined", &cause)?;
            Ok(Some(change))
        }
    }
}

fn illegal(from: LeadState) -> Failure {
    Failure::IllegalVerb {
        from,
        verb: "declined",
        remedy: "only an offer that waits for its answer can be",
    }
}
