//! Leads that nobody has: nobody is free, or no rule can match them (D7).
//!
//! The first kind is told and tried again: at the next opening, after a pause, or when the roster
//! changes. The second kind is told and then waits for the operator.

use std::sync::Arc;

use super::assign::explained;
use super::dispatch::event;
use super::error::Failure;
use super::{Change, Leads, answer};
use crate::domain::lead::Lead;
use crate::domain::provider::Candidate;
use crate::domain::say::Template;
use crate::domain::state::LeadState;
use crate::domain::taxonomy::UNSORTED;
use crate::store::alarms::Alarm;
use crate::store::queue;

/// Nobody matches: told first, tried again later.
pub(super) async fn enter(
    app: &Arc<Leads>,
    lead: Lead,
    now: i64,
    next_us: Option<i64>,
    candidates: Vec<Candidate>,
) -> Result<(), Failure> {
    let mut next = lead.clone();
    next.go(LeadState::Unmatched)?;
    next.candidates = candidates;
    // The operator's word is carried out; from here the usual order counts again.
    next.wanted = None;
    next.tries = 0;
    // At the next opening; the cap holds in case the roster is wrong about it.
    let cap = now + queue::micros(app.settings.retry_cap);
    let opening = next_us.filter(|at| *at > now).map(|at| at.min(cap));
    next.retry_us = Some(opening.unwrap_or(now + app.retry_pause(lead.attempt)));
    next.due_us = if lead.told { next.retry_us } else { Some(now) };
    let mut event = event(&lead, &next, "unmatched", "no provider matches now");
    event.attributes.push(explained(&next.candidates));
    app.commit(Change::new(next, event)).await?;
    metrics::counter!("lead_unmatched_total").increment(1);
    Ok(())
}

/// Trade or city are unknown: no rule can match it, so a person does.
pub(super) async fn hand_over(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    let mut next = lead.clone();
    next.go(LeadState::Unmatched)?;
    next.operator_owned = true;
    // Told once; a try by hand that changed nothing is no news.
    next.due_us = (!lead.told).then_some(now);
    let event = event(&lead, &next, "handed_over", handed_over_cause(&lead));
    app.commit(Change::new(next, event)).await?;
    Ok(())
}

/// Its site is unknown, and so is its country: nobody may be written to about it (R43), and
/// notification-service refuses every notice about it. The operator hears of it by an alarm, which
/// needs no country and commits with the move.
pub(super) async fn without_source(app: &Arc<Leads>, lead: Lead) -> Result<(), Failure> {
    let known = app.knowledge().await?;
    let mut next = lead.clone();
    if lead.state == LeadState::Pending {
        next.go(LeadState::Unmatched)?;
    }
    next.before.ask_since_us = None;
    next.operator_owned = true;
    next.told = true;
    next.tries = 0;
    next.due_us = None;
    next.retry_us = None;
    let event = event(
        &lead,
        &next,
        "handed_over",
        "no site of the catalogue is known for it",
    );
    let answer = answer::of(&next, Template::Kept, &known);
    let alarm = Alarm {
        kind: "LEAD_WITHOUT_SOURCE".to_owned(),
        subject: lead.id.to_string(),
        slot: "1".to_owned(),
        text: format!(
            "No site of the catalogue is known for the lead {id}, so neither a provider nor the \
             customer can be told of it. It waits for you: look at it with `bord lead {id}`, call \
             the customer back, and apply the catalogue if it lacks the number that was called.",
            id = lead.id
        ),
    };
    app.commit(Change {
        answer: Some(answer),
        alarm: Some(alarm),
        ..Change::new(next, event)
    })
    .await?;
    Ok(())
}

fn handed_over_cause(lead: &Lead) -> &'static str {
    if lead.city.is_none() && lead.category != UNSORTED {
        "no word of the place means a city of the catalogue"
    } else {
        "no word of the service means a category of the catalogue"
    }
}

/// Customer and operator hear of it, once for each time that nobody had it.
pub(super) async fn tell(app: &Arc<Leads>, lead: Lead) -> Result<(), Failure> {
    let known = app.knowledge().await?;
    let (cause, template) = if lead.operator_owned {
        (handed_over_cause(&lead), Template::Unsorted)
    } else {
        (
            "no provider matches now; the lead is tried again by itself",
            Template::Unmatched,
        )
    };
    app.crash_points.pass("lead.before_notify").await?;
    app.notifications.unmatched(&lead, cause, &known).await?;
    app.crash_points.pass("lead.after_notify").await?;
    let mut next = lead.clone();
    next.told = true;
    next.tries = 0;
    next.due_us = if lead.operator_owned {
        None
    } else {
        lead.retry_us.or(lead.due_us)
    };
    let event = event(&lead, &next, "told", cause);
    let answer = answer::of(&next, template, &known);
    app.commit(Change {
        answer: Some(answer),
        ..Change::new(next, event)
    })
    .await?;
    Ok(())
}

pub(super) async fn try_again(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    let mut next = lead.clone();
    next.go(LeadState::Pending)?;
    next.attempt += 1;
    next.due_us = Some(now);
    let event = event(&lead, &next, "retried", "the roster may have changed");
    app.commit(Change::new(next, event)).await?;
    Ok(())
}

impl Leads {
    fn retry_pause(&self, attempt: i32) -> i64 {
        let doublings = u32::try_from(attempt.clamp(1, 16) - 1).unwrap_or_default();
        queue::micros((self.settings.retry * 2u32.pow(doublings)).min(self.settings.retry_cap))
    }
}
