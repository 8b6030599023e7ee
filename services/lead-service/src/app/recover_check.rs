//! The look that a recovered lead owes before anybody is told (B3): roster, notification-service and
//! the carriers are asked who was told of it before a loss.
//!
//! A step of the saga: nothing goes on while one of them does not answer, and the row remembers the
//! step. From here the lead goes to whoever was told, or to the operator, or the ordinary way.

use std::sync::Arc;

use chassis::{clock, ids};
use chrono::{DateTime, Utc};

use super::dispatch::event;
use super::error::Failure;
use super::offer::moment;
use super::release::provider_of;
use super::{AttemptMove, Change, Leads, answer, confirm_lead};
use crate::domain::attempt::{Attempt, AttemptState, ReleaseCause};
use crate::domain::deadline::{AnswerDeadlines, AnswerRule, Hours};
use crate::domain::lead::{Before, Lead};
use crate::domain::provider::Candidate;
use crate::domain::reach::DeliveryState;
use crate::domain::recovery::{self, Books, Held, HeldState, Reached, Sighting, Verdict};
use crate::domain::reference;
use crate::domain::say::Template;
use crate::domain::state::LeadState;
use crate::outbound::recovery::Reachable;
use crate::store::alarms::Alarm;
use crate::store::deliveries::Delivery;

pub(super) async fn step(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    app.crash_points.pass("lead.before_check").await?;
    let held = app.roster.held(&[lead.id]).await?;
    let held: Vec<Held> = held.into_iter().map(|(_, held)| held).collect();
    let verdict = match look(app, &lead, &held, now).await? {
        Verdict::With { .. } if !lead.is_sorted() => {
            Verdict::Operator("a provider has it, and its trade or place is unknown now")
        }
        verdict => verdict,
    };
    app.crash_points.pass("lead.after_check").await?;
    let ended = ended(&lead, &held, now);
    let mut change = match verdict {
        Verdict::Operator(why) => {
            let known = app.knowledge().await?;
            let mut change = to_operator(&lead, "checked", why)?;
            change.answer = Some(answer::of(&change.lead, Template::Kept, &known));
            told(&mut change, true, None);
            change
        }
        Verdict::Nobody => {
            let mut next = lead.clone();
            next.before = Before::default();
            let mut change = Change::new(next, event(&lead, &lead, "checked", "nobody was told"));
            told(&mut change, false, None);
            change
        }
        Verdict::With { attempt, before } => {
            let mut next = lead.clone();
            next.attempt = attempt;
            let provider = before.provider_id.clone();
            next.before = before;
            let why = "a provider has it, or was told of it, from before the loss";
            let event = event(&lead, &next, "checked", why);
            let mut change = Change::new(next, event);
            told(&mut change, true, provider);
            change
        }
    };
    if !change.lead.operator_owned {
        change.lead.tries = 0;
        change.lead.due_us = Some(now);
    }
    if !ended.is_empty() {
        change.attempt = Some(AttemptMove::Restored(ended));
    }
    app.commit(change).await?;
    Ok(())
}

/// What RecoverLead answers from: kept in the log.
fn told(change: &mut Change, before: bool, provider: Option<String>) {
    if let Some(event) = &mut change.event {
        event.attributes.push(("told_before", before.to_string()));
        let provider = provider.map(|id| ("before_provider_id", id));
        event.attributes.extend(provider);
    }
}

async fn look(app: &Arc<Leads>, lead: &Lead, held: &[Held], now: i64) -> Result<Verdict, Failure> {
    let kept = app.notifications.kept(lead.id).await?;
    let standing = match recovery::by_books(held, &kept) {
        Books::Settled(verdict) => return Ok(verdict),
        Books::Standing {
            attempt,
            provider_id,
        } => Some((attempt, provider_id)),
        Books::Silent => None,
    };
    let since = lead.before.ask_since_us.and_then(moment);
    let since = since.unwrap_or(lead.create_time);
    let shown = reference::of(lead.id);
    let seen = app.notifications.at_carriers(&shown, since, "").await?;
    let customer: Vec<String> = [&lead.phone, &lead.caller_id]
        .map(|number| Reachable::masked(number))
        .to_vec();
    let reached = reached(app, lead, since, &seen, now).await?;
    Ok(match standing {
        Some((attempt, provider_id)) => recovery::standing(attempt, &provider_id, &reached),
        None => recovery::by_carriers(&seen, &customer, &reached, lead.is_sorted(), lead.attempt),
    })
}

/// Providers of the lead's country to whose very addresses a carrier shows a message. Masks only
/// narrow the search: two addresses may share one.
async fn reached(
    app: &Arc<Leads>,
    lead: &Lead,
    since: DateTime<Utc>,
    seen: &[Sighting],
    now: i64,
) -> Result<Vec<Reached>, Failure> {
    let others = seen.iter().filter(|one| !one.to_operator);
    let masks: Vec<&String> = others.map(|one| &one.masked_address).collect();
    let country = lead.source.as_ref().map(|source| &source.country);
    let (Some(country), false) = (country, masks.is_empty()) else {
        return Ok(Vec::new());
    };
    let shown = reference::of(lead.id);
    let mut found = Vec::new();
    for provider in app.roster.reachable(country).await? {
        let mut reached = Reached {
            takes_it: provider.categories.contains(&lead.category),
            provider_id: provider.provider_id,
            masked_addresses: Vec::new(),
            send_us: now,
        };
        for address in &provider.addresses {
            let masked = Reachable::masked(address);
            if !masks.contains(&&masked) || *address == lead.phone {
                continue;
            }
            let exact = app
                .notifications
                .at_carriers(&shown, since, address)
                .await?;
            if exact.is_empty() {
                continue;
            }
            let first = exact.iter().filter_map(|one| one.send_us).min();
            reached.send_us = reached.send_us.min(first.unwrap_or(now));
            reached.masked_addresses.push(masked);
        }
        if !reached.masked_addresses.is_empty() {
            found.push(reached);
        }
    }
    Ok(found)
}

/// Attempts that ended before the loss, so that their providers are not asked again.
fn ended(lead: &Lead, held: &[Held], now: i64) -> Vec<Attempt> {
    let Some(source) = &lead.source else {
        return Vec::new();
    };
    let released = held.iter().filter(|one| one.state == HeldState::Released);
    released
        .map(|one| Attempt {
            lead_id: lead.id,
            attempt: one.attempt,
            provider_id: one.provider_id.clone(),
            provider_country: source.country.clone(),
            state: AttemptState::Released,
            cause: Some(one.cause.parse().unwrap_or(ReleaseCause::Operator)),
            actor: None,
            reason: None,
            answer_rule: AnswerRule::new(AnswerDeadlines::default(), None, Hours::default()),
            offer_us: now,
            offer_time: lead.create_time,
            answer_time: None,
            release_time: Some(clock::now()),
        })
        .collect()
}

/// A person decides; nobody is told anew, for whoever was told before hears nothing new from here.
fn to_operator(lead: &Lead, kind: &'static str, why: &str) -> Result<Change, Failure> {
    let mut next = lead.clone();
    next.go(LeadState::Unmatched)?;
    next.before.ask_since_us = None;
    next.operator_owned = true;
    next.told = true;
    next.tries = 0;
    next.due_us = None;
    next.retry_us = None;
    let event = event(lead, &next, kind, why);
    let alarm = Alarm {
        kind: "RECOVERED_LEAD_TOLD".to_owned(),
        subject: lead.id.to_string(),
        slot: lead.attempt.to_string(),
        text: format!(
            "The lead {id} was recovered, and somebody may know of it from before: {why}. It goes \
             to nobody by itself, so that nobody who was told loses it to another. Look at it with \
             `bord lead {id}`, ask the provider, and give it with `bord assign {id}`.",
            id = lead.id
        ),
    };
    Ok(Change {
        alarm: Some(alarm),
        ..Change::new(next, event)
    })
}

/// The roster refuses the provider who was told: the operator's, never another provider's (B3).
pub(super) async fn refused(
    app: &Arc<Leads>,
    lead: Lead,
    candidates: Vec<Candidate>,
) -> Result<(), Failure> {
    let known = app.knowledge().await?;
    let why = "the roster does not give it to the provider who was told of it before the loss";
    let mut change = to_operator(&lead, "handed_over", why)?;
    change.lead.candidates = candidates;
    if let Some(event) = &mut change.event {
        let explained = super::assign::explained(&change.lead.candidates);
        event.attributes.push(explained);
    }
    change.answer = Some(answer::of(&change.lead, Template::Kept, &known));
    app.commit(change).await?;
    Ok(())
}

/// Its provider had accepted before the loss.
pub(super) async fn confirmed(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    let known = app.knowledge().await?;
    let next = confirm_lead::taken(app, &known, &lead, now)?;
    let why = "its provider had accepted before the loss";
    let mut event = event(&lead, &next, "confirmed", why);
    event.attributes.extend(provider_of(&lead));
    let answer = answer::of(&next, Template::Assigned, &known);
    app.commit(Change {
        answer: Some(answer),
        attempt: Some(AttemptMove::Answered {
            state: AttemptState::Confirmed,
            actor: "dispatcher".to_owned(),
        }),
        ..Change::new(next, event)
    })
    .await?;
    Ok(())
}

/// The provider's message of the offer, where a carrier shows it and notification-service lost it.
pub(super) fn told_already(lead: &Lead) -> Option<Delivery> {
    let told_us = lead.before.told_us?;
    let parts = [lead.id.to_string(), lead.attempt.to_string()];
    Some(Delivery {
        delivery_id: ids::derive("recovered offer", &[&parts[0], &parts[1]]),
        channel: String::new(),
        state: DeliveryState::Accepted,
        error_class: String::new(),
        reason: String::new(),
        accept_us: Some(told_us),
    })
}
