//! The release of an offer (D8): the move is committed first; then its messages are taken back, the
//! roster closes the attempt, the provider is told, and the lead goes to the next one.
//!
//! Every call is idempotent and the order is fixed: no message of a released offer leaves
//! afterwards, and nobody else is asked before the roster closed the attempt.

use std::sync::Arc;

use super::dispatch::{at_home, event};
use super::error::Failure;
use super::verb::Standing;
use super::{AttemptMove, Change, Leads};
use crate::domain::attempt::{Attempt, ReleaseCause};
use crate::domain::lead::{Aftercare, Before, Event, Lead, Offer};
use crate::domain::state::LeadState;
use crate::outbound::facts::Told;
use crate::store::{attempts, queue};

/// Who takes an offer back where no person does.
const MACHINE: &str = "dispatcher";

/// The lead with its offer taken back.
fn releasing(lead: &Lead, now: i64) -> Result<Lead, Failure> {
    let mut next = lead.clone();
    next.go(LeadState::Releasing)?;
    next.offer = Offer::default();
    next.before = Before::default();
    next.aftercare = Aftercare::default();
    next.confirm_time = None;
    next.operator_owned = false;
    next.tries = 0;
    next.due_us = Some(now);
    Ok(next)
}

/// By a verb.
pub(super) fn taken_back(
    standing: &Standing<'_>,
    cause: ReleaseCause,
    kind: &'static str,
    why: &str,
) -> Result<Change, Failure> {
    let next = releasing(standing.lead, standing.now)?;
    let verb = standing.verb;
    let mut event = standing.event(&next, kind, why);
    event.attributes.push(("release", cause.name().to_owned()));
    let words = Some(verb.words.trim()).filter(|words| !words.is_empty() && !verb.is_operators());
    Ok(Change {
        attempt: Some(AttemptMove::Releasing {
            cause,
            actor: verb.actor.clone(),
            reason: words.map(str::to_owned),
        }),
        ..Change::new(next, event)
    })
}

/// By the machine: time is over, or nobody can be reached.
pub(super) fn by_machine(
    lead: &Lead,
    now: i64,
    cause: ReleaseCause,
    why: &str,
) -> Result<Change, Failure> {
    let next = releasing(lead, now)?;
    let mut event = event(lead, &next, cause.name(), why);
    event.attributes.extend(provider_of(lead));
    Ok(Change {
        attempt: Some(AttemptMove::Releasing {
            cause,
            actor: MACHINE.to_owned(),
            reason: None,
        }),
        ..Change::new(next, event)
    })
}

pub(super) fn provider_of(lead: &Lead) -> Option<(&'static str, String)> {
    let provider = lead.provider_id.clone()?;
    Some(("provider_id", provider))
}

/// Goes on with a release: takes back, closes, tells, and gives the lead to the next one.
pub(super) async fn step(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    app.crash_points.pass("lead.before_release").await?;
    let attempt = attempt_of(app, &lead).await?;
    let Some(attempt) = take_back(app, &lead, now, attempt).await? else {
        return Ok(());
    };
    let mut next = lead.clone();
    next.go(LeadState::Pending)?;
    next.attempt += 1;
    next.provider_id = None;
    next.provider_country = None;
    next.match_reason.clear();
    next.candidates = Vec::new();
    next.repeat_of = None;
    // People hear of it anew if nobody takes it now.
    next.told = false;
    next.tries = 0;
    next.due_us = Some(now);
    let cause = attempt.as_ref().and_then(|attempt| attempt.cause);
    let mut event = event(
        &lead,
        &next,
        "released",
        "the offer is closed; the next one is asked",
    );
    event.attributes = released_attributes(&lead, cause);
    app.commit(Change {
        attempt: Some(AttemptMove::Released(lead.attempt)),
        ..Change::new(next, event)
    })
    .await?;
    metrics::counter!("lead_releases_total", "cause" => cause.map_or("", ReleaseCause::name))
        .increment(1);
    Ok(())
}

pub(super) fn released_attributes(
    lead: &Lead,
    cause: Option<ReleaseCause>,
) -> Vec<(&'static str, String)> {
    let mut attributes = vec![("attempt", lead.attempt.to_string())];
    attributes.extend(provider_of(lead));
    attributes.extend(cause.map(|cause| ("release", cause.name().to_owned())));
    attributes
}

pub(super) async fn attempt_of(app: &Arc<Leads>, lead: &Lead) -> Result<Option<Attempt>, Failure> {
    let mut tx = app.db.read().await?;
    Ok(attempts::find(&mut tx, lead.id, lead.attempt).await?)
}

/// Takes messages back, closes the attempt at the roster, and tells its provider if there was one.
/// Nothing while a message is still being sent: the lead is looked at again, and nobody is held.
pub(super) async fn take_back(
    app: &Arc<Leads>,
    lead: &Lead,
    now: i64,
    attempt: Option<Attempt>,
) -> Result<Option<Option<Attempt>>, Failure> {
    if app.notifications.cancel(lead).await? > 0 {
        let mut next = lead.clone();
        next.due_us = Some(now + queue::micros(app.settings.settle_pause));
        app.commit(Change::silent(next)).await?;
        return Ok(None);
    }
    app.crash_points.pass("lead.after_cancel").await?;
    let cause = attempt.as_ref().and_then(|attempt| attempt.cause);
    let cause = cause.unwrap_or(ReleaseCause::Cancelled);
    let by = attempt
        .as_ref()
        .and_then(|attempt| attempt.actor.as_deref());
    let words = match (cause, by) {
        (ReleaseCause::Operator, Some(actor)) => actor.to_owned(),
        _ => cause.name().to_owned(),
    };
    app.roster.release(lead.id, lead.attempt, &words).await?;
    app.crash_points.pass("lead.after_release").await?;
    if let Some(attempt) = &attempt {
        let known = app.knowledge().await?;
        let provider = app.roster.provider(&attempt.provider_id).await?;
        // Nothing of a lead goes abroad, not even its end (R42).
        if at_home(lead, &provider).is_ok() {
            let notices = &app.notifications;
            let told_to = Told {
                provider: &provider,
                offer_time: attempt.offer_time,
            };
            notices.released(lead, told_to, cause, &known).await?;
        }
    }
    Ok(Some(attempt))
}

/// The event of a finished lead's release.
pub(super) fn told_event(lead: &Lead, next: &Lead, attempt: Option<&Attempt>) -> Event {
    let mut event = event(lead, next, "released", "the lead is cancelled");
    event.attributes = released_attributes(lead, attempt.and_then(|attempt| attempt.cause));
    event
}
