//! An offer that waits for its answer (D8): its deadline starts at the first message that a carrier
//! took; its provider is reminded once; then, in silence, it is taken back. Where nobody can be
//! reached for the addresses' sake it is taken back at once; where a carrier fails the operator is
//! told and nobody is released.

use std::sync::Arc;

use chassis::db::Tx;
use chrono::{DateTime, Utc};

use super::aftercare::provider;
use super::dispatch::event;
use super::error::Failure;
use super::lanes::Lane;
use super::release::{attempt_of, by_machine, provider_of};
use super::{Change, Leads};
use crate::domain::attempt::ReleaseCause;
use crate::domain::lead::Lead;
use crate::domain::reach::{self, Reach};
use crate::domain::state::LeadState;
use crate::outbound::facts::Told;
use crate::store::alarms::Alarm;
use crate::store::{attempts, deliveries, queue};

/// A notified lead whose next time has come.
pub(super) async fn waits(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    let due = |time: Option<i64>| time.is_some_and(|time| time <= now);
    if due(lead.offer.deadline_us) {
        let why = "the provider did not answer in time";
        let change = by_machine(&lead, now, ReleaseCause::Silent, why)?;
        app.commit(change).await?;
        return Ok(());
    }
    if due(lead.offer.reminder_us) {
        return remind(app, lead, now).await;
    }
    let mut next = lead.clone();
    next.tries = 0;
    if lead.offer.deadline_us.is_some() || (lead.offer.unreached && due(lead.offer.watch_us)) {
        next.offer.watch_us = None;
        next.due_us = next.offer.next_us();
        next.operator_owned = next.due_us.is_none();
        let why = "no message of the offer was ever taken by a carrier; the operator decides";
        let event = event(&lead, &next, "unreached", why);
        app.commit(Change::new(next, event)).await?;
        return Ok(());
    }
    let attempt = attempt_of(app, &lead).await?;
    let change = carrier_fails(app, &lead, attempt.map_or(now, |a| a.offer_us), now);
    app.commit(change).await?;
    Ok(())
}

async fn remind(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    let known = app.knowledge().await?;
    let (provider, offer_time) = provider(app, &lead).await?;
    let told_to = Told {
        provider: &provider,
        offer_time,
    };
    let deadline = lead.offer.deadline_us.unwrap_or(now);
    let until = moment(deadline).unwrap_or_else(chassis::clock::now);
    let notices = &app.notifications;
    notices.reminder(&lead, told_to, until, &known).await?;
    let mut next = lead.clone();
    next.tries = 0;
    next.offer.reminder_us = None;
    next.due_us = next.offer.next_us();
    let mut event = event(
        &lead,
        &next,
        "reminded",
        "the provider has not answered yet",
    );
    event.attributes.extend(provider_of(&lead));
    app.commit(Change::new(next, event)).await?;
    Ok(())
}

/// The operator is told, once for each attempt; the lead stays with its provider, and is the
/// operator's once nothing of the offer can be sent any more.
fn carrier_fails(app: &Leads, lead: &Lead, offer_us: i64, now: i64) -> Change {
    let mut next = lead.clone();
    next.offer.unreached = true;
    next.offer.deadline_us = None;
    next.offer.reminder_us = None;
    let end = offer_us + queue::micros(app.settings.offer_valid);
    next.offer.watch_us = Some(end.max(now + queue::micros(app.settings.watch)));
    next.due_us = next.offer.next_us();
    let mut event = event(
        lead,
        &next,
        "carrier_fails",
        "no carrier took a message of the offer",
    );
    event.attributes.extend(provider_of(lead));
    let alarm = Alarm {
        kind: "CARRIER_FAILS".to_owned(),
        subject: lead.id.to_string(),
        slot: lead.attempt.to_string(),
        text: format!(
            "No carrier took a message to the provider {provider} about the lead {id}. The lead stays \
             with it and the messages are tried on. Look at them with `bord lead {id}`, call the \
             provider, or give the lead to another one with `bord assign {id}`.",
            provider = lead.provider_id.as_deref().unwrap_or_default(),
            id = lead.id
        ),
    };
    Change {
        alarm: Some(alarm),
        ..Change::new(next, event)
    }
}

/// The one message that a carrier took came back, and others may still go: nobody's silence counts
/// before one of them is taken.
fn unreached_again(app: &Leads, lead: &Lead, now: i64) -> Change {
    let mut next = lead.clone();
    next.offer.deadline_us = None;
    next.offer.reminder_us = None;
    next.offer.watch_us = Some(now + queue::micros(app.settings.watch));
    next.due_us = next.offer.next_us();
    let why = "the message that a carrier took came back";
    let mut event = event(lead, &next, "unreached_again", why);
    event.attributes.extend(provider_of(lead));
    Change::new(next, event)
}

/// Adds up what is known of an offer's messages; the lead's row is locked. Used by whoever learned
/// something of them: the plan (who `goes_on` with the lead), or an outcome.
pub(super) async fn weigh(
    app: &Leads,
    tx: &mut Tx,
    lead: Lead,
    now: i64,
    goes_on: bool,
) -> Result<Lead, Failure> {
    // A lead that is only its provider's or the operator's is no longer moved by messages (B3).
    if lead.state != LeadState::Notified || lead.before.provider_id.is_some() {
        return Ok(lead);
    }
    let Some(attempt) = attempts::find(tx, lead.id, lead.attempt).await? else {
        return Ok(lead);
    };
    let messages = deliveries::of_offer(tx, lead.id, lead.attempt).await?;
    let change = match reach::of(&messages) {
        Reach::Waiting if lead.offer.deadline_us.is_none() => return Ok(lead),
        Reach::Waiting => unreached_again(app, &lead, now),
        Reach::Taken { .. } if lead.offer.deadline_us.is_some() => return Ok(lead),
        Reach::Taken { first_us } => {
            // Carriers' clocks may lie (I18): never before the offer, never in the future.
            let start = first_us.min(now).max(attempt.offer_us);
            let start = moment(start).unwrap_or_else(chassis::clock::now);
            let deadline = attempt.answer_rule.from(start);
            let mut next = lead.clone();
            next.offer.deadline_us = Some(deadline.end.timestamp_micros());
            next.offer.reminder_us = deadline.reminder.map(|at| at.timestamp_micros());
            next.offer.watch_us = None;
            next.offer.unreached = false;
            next.operator_owned = false;
            next.due_us = next.offer.next_us();
            let mut event = event(
                &lead,
                &next,
                "reached",
                "a carrier took a message of the offer",
            );
            event.attributes.extend(provider_of(&lead));
            let until = deadline
                .end
                .to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
            event.attributes.push(("answer_until", until));
            Change::new(next, event)
        }
        Reach::Undeliverable => by_machine(
            &lead,
            now,
            ReleaseCause::Undeliverable,
            "no address of the provider can be reached",
        )?,
        Reach::CarrierFails if lead.offer.unreached => return Ok(lead),
        Reach::CarrierFails => carrier_fails(app, &lead, attempt.offer_us, now),
    };
    let written = Box::pin(app.write(tx, change, now, goes_on)).await?;
    app.wakes.after(tx, &[Lane::Leads, Lane::Alarms]);
    Ok(written)
}

pub(super) fn moment(us: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(us)
}
