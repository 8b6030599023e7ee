//! What is owed after an answer: the roster learns of a confirmation or an end, people are told,
//! the slot is freed, the result is asked for once, and the operator hears when there is none.
//!
//! Steps of the saga like the others: an idempotent call, then one commit, resumed from the row.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::dispatch::{at_home, event};
use super::error::Failure;
use super::release::{attempt_of, provider_of, take_back, told_event};
use super::{AttemptMove, Change, Leads};
use crate::domain::lead::{Event, Lead};
use crate::domain::provider::Provider;
use crate::outbound::facts::Told;
use crate::store::alarms::Alarm;

/// The roster is told of the answer, and the provider gets what it needs to go (R49).
pub(super) async fn confirmed(app: &Arc<Leads>, lead: Lead) -> Result<(), Failure> {
    app.roster.confirm(lead.id, lead.attempt).await?;
    app.crash_points.pass("lead.after_confirm").await?;
    let known = app.knowledge().await?;
    let (provider, offer_time) = provider(app, &lead).await?;
    let told_to = Told {
        provider: &provider,
        offer_time,
    };
    app.notifications.confirmed(&lead, told_to, &known).await?;
    let mut next = lead.clone();
    next.aftercare.settled = true;
    next.tries = 0;
    next.due_us = next.aftercare.next_us();
    next.operator_owned = next.due_us.is_none();
    let event = told(
        &lead,
        &next,
        "settled",
        "roster and provider know of the answer",
    );
    app.commit(Change::new(next, event)).await?;
    Ok(())
}

/// A confirmed lead whose next time has come.
pub(super) async fn waits_for_result(
    app: &Arc<Leads>,
    lead: Lead,
    now: i64,
) -> Result<(), Failure> {
    let due = |time: Option<i64>| time.is_some_and(|time| time <= now);
    let mut next = lead.clone();
    let mut alarm = None;
    let (kind, cause) = if due(lead.aftercare.free_us) {
        app.roster.free_slot(lead.id, lead.attempt).await?;
        next.aftercare.free_us = None;
        (
            "slot_freed",
            "the lead no longer counts against the provider's capacity",
        )
    } else if due(lead.aftercare.ask_us) {
        let known = app.knowledge().await?;
        let (provider, offer_time) = provider(app, &lead).await?;
        let told_to = Told {
            provider: &provider,
            offer_time,
        };
        let notices = &app.notifications;
        notices.result_reminder(&lead, told_to, &known).await?;
        next.aftercare.ask_us = None;
        (
            "result_asked",
            "the provider has not reported what came of it",
        )
    } else if due(lead.aftercare.no_result_us) {
        next.aftercare.no_result_us = None;
        next.operator_owned = true;
        alarm = Some(without_result(&lead));
        (
            "without_result",
            "the provider never reported what came of it",
        )
    } else {
        ("looked_at", "nothing of it is due")
    };
    next.tries = 0;
    next.due_us = next.aftercare.next_us();
    next.operator_owned |= next.due_us.is_none();
    let event = told(&lead, &next, kind, cause);
    app.commit(Change {
        alarm,
        ..Change::new(next, event)
    })
    .await?;
    Ok(())
}

fn without_result(lead: &Lead) -> Alarm {
    Alarm {
        kind: "LEAD_WITHOUT_RESULT".to_owned(),
        subject: lead.id.to_string(),
        slot: lead.attempt.to_string(),
        text: format!(
            "The provider {provider} took the lead {id} and never reported what came of it, though \
             it was asked. Ask it, and book the result with `bord close {id}`.",
            provider = lead.provider_id.as_deref().unwrap_or_default(),
            id = lead.id
        ),
    }
}

/// Won or lost: the roster completes the assignment, which can never be released then.
pub(super) async fn closed(app: &Arc<Leads>, lead: Lead) -> Result<(), Failure> {
    // The result may have come before the roster heard of the confirmation.
    app.roster.confirm(lead.id, lead.attempt).await?;
    app.roster.complete(lead.id, lead.attempt).await?;
    let mut next = lead.clone();
    next.aftercare.settled = true;
    next.tries = 0;
    next.due_us = None;
    let event = told(&lead, &next, "settled", "the roster knows of the result");
    app.commit(Change::new(next, event)).await?;
    Ok(())
}

/// Cancelled: what was planned is taken back, the attempt is closed, and its provider is told.
pub(super) async fn cancelled(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    app.crash_points.pass("lead.before_release").await?;
    let attempt = attempt_of(app, &lead).await?;
    let Some(attempt) = take_back(app, &lead, now, attempt).await? else {
        return Ok(());
    };
    // An answer of an earlier attempt that came late may hold another reservation.
    if let Some(other) = app.roster.standing_attempt(lead.id).await? {
        app.roster.release(lead.id, other, "cancelled").await?;
    }
    let mut next = lead.clone();
    next.aftercare.settled = true;
    next.provider_id = None;
    next.provider_country = None;
    next.tries = 0;
    next.due_us = None;
    let event = told_event(&lead, &next, attempt.as_ref());
    app.commit(Change {
        attempt: Some(AttemptMove::Released(lead.attempt)),
        ..Change::new(next, event)
    })
    .await?;
    Ok(())
}

/// The provider of the attempt that stands, as it is now, and when it was offered the lead.
pub(super) async fn provider(
    app: &Arc<Leads>,
    lead: &Lead,
) -> Result<(Provider, DateTime<Utc>), Failure> {
    let id = lead.provider_id.clone().unwrap_or_default();
    let provider = app.roster.provider(&id).await?;
    at_home(lead, &provider)?;
    let attempt = attempt_of(app, lead).await?;
    let offer_time = attempt.map_or(lead.change_time, |attempt| attempt.offer_time);
    Ok((provider, offer_time))
}

fn told(lead: &Lead, next: &Lead, kind: &'static str, cause: &str) -> Event {
    let mut event = event(lead, next, kind, cause);
    event.attributes.extend(provider_of(lead));
    event
}
