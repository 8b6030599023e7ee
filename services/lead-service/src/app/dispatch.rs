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
use super::release::attempt_of;
use super::{
    Change, Leads, aftercare, again, answer, assign, offer, overdue, recover_check, release,
    unmatched,
};
use crate::domain::lead::{Before, Event, Lead, Origin};
use crate::domain::provider::Provider;
use crate::domain::say::Template;
use crate::domain::state::LeadState;
use crate::outbound::facts::Told;
use crate::store::{leads, now_us, queue};

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
        LeadState::Incomplete => Box::pin(overdue::incomplete(app, lead, now)).await?,
        LeadState::Pending if !lead.verified => overdue::unverified(app, lead).await?,
        LeadState::Pending | LeadState::Unmatched if lead.source.is_none() => {
            unmatched::without_source(app, lead).await?;
        }
        LeadState::Pending if lead.before.ask_since_us.is_some() => {
            recover_check::step(app, lead, now).await?;
        }
        LeadState::Pending if !lead.is_sorted() => unmatched::hand_over(app, lead, now).await?,
        LeadState::Pending => *known_provider = Box::pin(assign::step(app, lead, now)).await?,
        LeadState::Assigned if lead.before.confirmed => {
            recover_check::confirmed(app, lead, now).await?;
        }
        LeadState::Assigned => notify(app, lead, now, known_provider.take()).await?,
        LeadState::Unmatched if !lead.told => unmatched::tell(app, lead).await?,
        LeadState::Unmatched => unmatched::try_again(app, lead, now).await?,
        LeadState::Notified => offer::waits(app, lead, now).await?,
        LeadState::Releasing => release::step(app, lead, now).await?,
        LeadState::Confirmed if !lead.aftercare.settled => aftercare::confirmed(app, lead).await?,
        LeadState::Confirmed => aftercare::waits_for_result(app, lead, now).await?,
        LeadState::Won | LeadState::Lost => aftercare::closed(app, lead).await?,
        LeadState::Cancelled => aftercare::cancelled(app, lead, now).await?,
    }
    Ok(true)
}

/// The roster promises it; nothing of a lead goes abroad even if it breaks its promise (R42).
pub(super) fn at_home(lead: &Lead, provider: &Provider) -> Result<(), Failure> {
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
    let attempt = attempt_of(app, &lead).await?;
    let told_to = Told {
        provider: &provider,
        offer_time: attempt.map_or(lead.change_time, |attempt| attempt.offer_time),
    };
    let valid = app.settings.offer_valid;
    let notices = &app.notifications;
    let planned = match recover_check::told_already(&lead) {
        Some(told) => vec![told],
        None => notices.assigned(&lead, told_to, &known, valid).await?,
    };
    app.crash_points.pass("lead.after_notify").await?;
    let mut next = lead.clone();
    next.go(LeadState::Notified)?;
    next.tries = 0;
    next.before = Before::default();
    // From here a carrier owes a word, and then the provider an answer (D8, I8).
    next.offer.watch_us = Some(now + queue::micros(app.settings.watch));
    next.due_us = next.offer.next_us();
    let why = match lead.before.told_us {
        Some(_) => "a carrier shows the offer from before the loss; nothing is sent anew",
        None => "the messages are planned",
    };
    let event = event(&lead, &next, "notified", why);
    let answer = answer::of(&next, Template::Assigned, &known);
    let created = lead.create_us;
    app.commit(Change {
        answer: Some(answer),
        planned,
        ..Change::new(next, event)
    })
    .await?;
    if lead.origin == Origin::Recovered {
        // Dated by its call, which may be long ago.
        return Ok(());
    }
    let seconds = Duration::from_micros(u64::try_from(now - created).unwrap_or_default());
    metrics::histogram!("lead_dispatch_seconds").record(seconds.as_secs_f64());
    Ok(())
}

pub(super) fn event(from: &Lead, to: &Lead, kind: &'static str, cause: &str) -> Event {
    Event {
        kind,
        from: Some(from.state),
        to: to.state,
        actor: "dispatcher".to_owned(),
        cause: cause.to_owned(),
        attributes: vec![("attempt", to.attempt.to_string())],
    }
}
