//! The saga: from a stored lead to a provider who knows of it. It goes forward only.
//!
//! One plain function reads the lead's state and does the next step: pending → `AssignProvider` →
//! assigned → `Notify` → notified; nobody free → unmatched → `Notify` → tried again. Each step is
//! an idempotent call followed by one commit, guarded by the version that was read, so every step
//! may run twice and any process may go on from the database alone.

use std::sync::Arc;
use std::time::Duration;

use chassis::fault;
use uuid::Uuid;

use super::error::Failure;
use super::{Change, Leads, again, answer, overdue, unmatched};
use crate::domain::lead::{Event, Lead};
use crate::domain::provider::{Candidate, Match, Provider};
use crate::domain::say::Template;
use crate::domain::state::LeadState;
use crate::outbound::roster::Wanted;
use crate::store::{leads, now_us, queue};

/// After so many closed attempts in a row the next one waits.
const CLOSED_AT_ONCE: i32 = 20;

/// Goes on with a lead until nothing of it is due. Whoever calls holds the lead's lease.
pub(crate) async fn drive(app: &Arc<Leads>, lead_id: Uuid) {
    let mut provider = None;
    loop {
        // Boxed, for this future is spawned and held by every worker.
        match Box::pin(step(app, lead_id, &mut provider)).await {
            Ok(true) => {}
            // Somebody else has it now, and goes on with it.
            Ok(false) | Err(Failure::Moved) => return,
            Err(failure) => {
                tracing::warn!(lead.id = %lead_id, causes = %fault::causes(&failure), "step failed");
                if let Err(lost) = again::later(app, lead_id, &failure).await {
                    // The lease runs out, and the worker takes it up.
                    tracing::warn!(lead.id = %lead_id, causes = %fault::causes(&lost), "step left");
                }
                return;
            }
        }
    }
}

/// Does the step that is due; false when none is. `known_provider` saves a call when the step
/// before learned it.
pub(crate) async fn step(
    app: &Arc<Leads>,
    lead_id: Uuid,
    known_provider: &mut Option<Provider>,
) -> Result<bool, Failure> {
    let mut tx = app.db.read().await?;
    let Some(lead) = leads::find(&mut tx, lead_id).await? else {
        return Ok(false);
    };
    let now = now_us(&mut tx).await?;
    drop(tx);
    if lead.due_us.is_none_or(|due| due > now) {
        return Ok(false);
    }
    match lead.state {
        LeadState::Incomplete => overdue::incomplete(app, lead, now).await?,
        LeadState::Pending if !lead.verified => overdue::unverified(app, lead).await?,
        LeadState::Pending | LeadState::Unmatched if lead.source.is_none() => {
            unmatched::without_source(app, lead).await?;
        }
        LeadState::Pending if !lead.is_sorted() => unmatched::hand_over(app, lead, now).await?,
        LeadState::Pending => *known_provider = assign(app, lead, now).await?,
        LeadState::Assigned => notify(app, lead, now, known_provider.take()).await?,
        LeadState::Unmatched if !lead.told => unmatched::tell(app, lead).await?,
        LeadState::Unmatched => unmatched::try_again(app, lead, now).await?,
        LeadState::Notified => overdue::silent(app, lead).await?,
        // Moved by verbs that set their own due times.
        LeadState::Confirmed
        | LeadState::Releasing
        | LeadState::Won
        | LeadState::Lost
        | LeadState::Cancelled => return Ok(false),
    }
    Ok(true)
}

async fn assign(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<Option<Provider>, Failure> {
    app.crash_points.pass("lead.before_assign").await?;
    let country = lead
        .source
        .as_ref()
        .map(|source| source.country.clone())
        .unwrap_or_default();
    let wanted = Wanted {
        lead_id: lead.id,
        attempt: lead.attempt,
        country: &country,
        category: &lead.category,
        city: lead.city.as_deref().unwrap_or_default(),
    };
    let found = app.roster.assign(&wanted).await?;
    app.crash_points.pass("lead.after_assign").await?;
    match found {
        Match::Assigned {
            attempt,
            provider,
            candidates,
        } => {
            assigned(app, lead, now, attempt, &provider, candidates).await?;
            Ok(Some(provider))
        }
        Match::Unmatched {
            next_change,
            candidates,
        } => {
            let next_us = next_change.map(|time| time.timestamp_micros());
            unmatched::enter(app, lead, now, next_us, candidates).await?;
            Ok(None)
        }
        Match::AttemptClosed => {
            let mut next = lead.clone();
            next.attempt += 1;
            let many = next.attempt > CLOSED_AT_ONCE;
            let pause = if many {
                queue::micros(app.settings.backoff_cap)
            } else {
                0
            };
            next.due_us = Some(now + pause);
            let event = event(
                &lead,
                &next,
                "attempt_closed",
                "the attempt was released before",
            );
            app.commit(Change::new(next, event)).await?;
            Ok(None)
        }
    }
}

async fn assigned(
    app: &Arc<Leads>,
    lead: Lead,
    now: i64,
    attempt: i32,
    provider: &Provider,
    candidates: Vec<Candidate>,
) -> Result<(), Failure> {
    at_home(&lead, provider)?;
    let mut next = lead.clone();
    next.go(LeadState::Assigned)?;
    next.attempt = attempt;
    next.provider_id = Some(provider.provider_id.clone());
    next.provider_country = Some(provider.country.clone());
    let chosen = candidates
        .iter()
        .find(|c| c.provider_id == provider.provider_id);
    next.match_reason = chosen.map(|c| c.explanation.clone()).unwrap_or_default();
    next.candidates = candidates;
    next.tries = 0;
    next.due_us = Some(now);
    next.retry_us = None;
    let mut event = event(&lead, &next, "assigned", "the first that matched");
    event
        .attributes
        .push(("provider_id", provider.provider_id.clone()));
    app.commit(Change::new(next, event)).await?;
    Ok(())
}

/// The roster promises it; nothing of a lead goes abroad even if it breaks its promise (R42).
fn at_home(lead: &Lead, provider: &Provider) -> Result<(), Failure> {
    match &lead.source {
        Some(source) if source.country == provider.country => Ok(()),
        _ => Err(Failure::ForeignProvider),
    }
}

async fn notify(
    app: &Arc<Leads>,
    lead: Lead,
    now: i64,
    provider: Option<Provider>,
) -> Result<(), Failure> {
    let known = app.knowledge().await?;
    let provider_id = lead.provider_id.clone().unwrap_or_default();
    let provider = match provider.filter(|provider| provider.provider_id == provider_id) {
        Some(provider) => provider,
        None => app.roster.provider(&provider_id).await?,
    };
    at_home(&lead, &provider)?;
    app.crash_points.pass("lead.before_notify").await?;
    app.notifications
        .assigned(&lead, &provider, &known, app.settings.offer_valid)
        .await?;
    app.crash_points.pass("lead.after_notify").await?;
    let mut next = lead.clone();
    next.go(LeadState::Notified)?;
    next.tries = 0;
    // From here the provider owes an answer; after the silence the operator owns the lead (I8).
    next.due_us = Some(now + queue::micros(app.settings.silence));
    let event = event(&lead, &next, "notified", "the messages are planned");
    let answer = answer::of(&next, Template::Assigned, &known);
    let created = lead.create_us;
    app.commit(Change {
        answer: Some(answer),
        ..Change::new(next, event)
    })
    .await?;
    let seconds = Duration::from_micros(u64::try_from(now - created).unwrap_or_default());
    metrics::histogram!("lead_dispatch_seconds").record(seconds.as_secs_f64());
    Ok(())
}

pub(super) fn event(from: &Lead, to: &Lead, kind: &'static str, cause: &str) -> Event {
    Event {
        kind,
        from: Some(from.state),
        to: to.state,
        actor: "dispatcher",
        cause: cause.to_owned(),
        attributes: vec![("attempt", to.attempt.to_string())],
    }
}
