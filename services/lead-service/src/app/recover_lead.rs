//! RecoverLead (B3): a call whose tool call never reached us becomes a lead, under the ordinary key,
//! so that it meets what was kept, and so that the late tool call meets it (I2).
//!
//! Only quality-service calls it, and only for a conversation that it took from telephony, which
//! knows it as a call to one of our numbers: so the lead counts as verified.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chassis::fault::Violations;
use chassis::{deadline, telemetry};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::dispatch_lead::ToolCall;
use super::error::Failure;
use super::meet::{self, Arrival, Fresh};
use super::prove::{self, Call};
use super::{Leads, undisturbed};
use crate::domain::lead::{Lead, Origin};
use crate::domain::need::{Field, clean};
use crate::domain::normalise::{Understood, understand};
use crate::domain::recovery::Source;
use crate::domain::same_need;
use crate::store::{events, leads, now_us};

/// What is left to the caller's deadline for the answer itself to travel.
const MARGIN: Duration = Duration::from_millis(150);
const LOOK: Duration = Duration::from_millis(40);
/// The look stands among the first entries of a lead's log.
const FIRST_EVENTS: i64 = 100;

/// A need that was lost, and the call that it was told in.
#[derive(Clone)]
pub struct Lost {
    /// As the tool call carried it, or as it would have; a call token is not looked at.
    pub call: ToolCall,
    pub source: Source,
    pub call_time: DateTime<Utc>,
    pub actor: String,
}

/// What became of it.
#[derive(Clone)]
pub struct Recovered {
    pub lead: Lead,
    /// False when the lead was known.
    pub recovered: bool,
    /// A provider was told of it before; false also while nobody knows yet.
    pub told_before: bool,
}

impl Leads {
    pub async fn recover_lead(self: &Arc<Self>, lost: Lost) -> Result<Recovered, Failure> {
        let started = Instant::now();
        let known = self.knowledge().await?;
        let called = prove::e164(&lost.call.called_number);
        let arrival = Arc::new(Arrival {
            need: lost.call.need.cleaned(),
            conversation_id: clean(&lost.call.conversation_id),
            call: Call {
                verified: false,
                site: called
                    .and_then(|number| known.site_called(&number))
                    .cloned(),
                call_sid: clean(&lost.call.call_sid),
                caller_id: clean(&lost.call.caller_id),
            },
            known,
            traceparent: telemetry::current_traceparent(),
        });
        let turn = self.turns.take(&arrival.key()).await;
        let lost = Arc::new(lost);
        let (lead_id, recovered) = undisturbed(|| {
            let (this, arrival) = (Arc::clone(self), Arc::clone(&arrival));
            let lost = Arc::clone(&lost);
            async move { store(&this, &arrival, &lost).await }
        })
        .await?;
        drop(turn);
        if recovered {
            metrics::counter!("lead_recovered_total", "source" => lost.source.name()).increment(1);
            self.crash_points.pass("lead.after_recover").await?;
            self.go_on(lead_id);
        }
        self.looked(lead_id, recovered, started).await
    }

    /// Waits for the look, as long as the budget allows.
    async fn looked(
        &self,
        lead_id: Uuid,
        recovered: bool,
        started: Instant,
    ) -> Result<Recovered, Failure> {
        let left = deadline::remaining().unwrap_or(self.settings.budget);
        let until = started + self.settings.budget.min(left.saturating_sub(MARGIN));
        loop {
            let lead = self.get_lead(lead_id).await?;
            if lead.before.ask_since_us.is_none() || Instant::now() >= until {
                let told_before = self.told_before(&lead).await?;
                return Ok(Recovered {
                    lead,
                    recovered,
                    told_before,
                });
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What the look found, by the lead's log.
    async fn told_before(&self, lead: &Lead) -> Result<bool, Failure> {
        if lead.origin != Origin::Recovered {
            return Ok(false);
        }
        let log = self.list_lead_events(lead.id, 0, FIRST_EVENTS).await?;
        let told = |event: &events::Recorded| {
            event.attributes.get("told_before").map(String::as_str) == Some("true")
        };
        Ok(log.iter().any(told))
    }
}

/// The lead, and whether this made it. Nothing is written where it is known, or where a field is
/// missing.
async fn store(app: &Leads, arrival: &Arrival, lost: &Lost) -> Result<(Uuid, bool), Failure> {
    let mut tx = app.db.begin().await?;
    let key = arrival.key();
    let conversation = meet::conversation(&mut tx, &key, &arrival.call.call_sid).await?;
    let call = Call {
        verified: true,
        ..meet::proven_by_telephony(&arrival.call, &conversation, &arrival.known)
    };
    let now = now_us(&mut tx).await?;
    let site = call.site.as_ref();
    let understood = understand(&arrival.need, &call.caller_id, site, &arrival.known);
    let needs = leads::of_conversation(&mut tx, &key).await?;
    if let Some(found) = same_need::find(&needs, &arrival.need, &understood) {
        return Ok((found.id, false));
    }
    whole(&understood)?;
    let fresh = Fresh {
        app,
        arrival,
        call: &call,
        key: &key,
        understood: &understood,
        now,
    };
    let mut lead = fresh.lead(&conversation, meet::highest(&needs));
    lead.origin = Origin::Recovered;
    // Dated by its call; never in the future, whatever the vendor's clock says (I18).
    let called_us = lost.call_time.timestamp_micros();
    lead.before.ask_since_us = Some(called_us);
    lead.create_us = called_us.min(now);
    lead.create_time = lost.call_time.min(lead.create_time);
    if !leads::insert(&mut tx, &lead, fresh.lease(true)).await? {
        return Err(Failure::Moved);
    }
    let why = "no tool call of it ever reached us";
    let mut event = fresh.event("recovered", None, &lead, why);
    event.actor.clone_from(&lost.actor);
    let source = lost.source.name().to_owned();
    event.attributes.push(("source", source));
    events::append(&mut tx, lead.id, &event).await?;
    tx.commit().await?;
    Ok((lead.id, true))
}

/// Nothing is guessed: each field that is missing is named.
fn whole(understood: &Understood) -> Result<(), Failure> {
    let mut v = Violations::new();
    for field in &understood.missing {
        let remedy = match field {
            Field::Phone => "is required: a number to call back on, said or of the caller",
            _ => "is required: as the caller said it",
        };
        v.add(format!("need.{field}"), remedy);
    }
    Ok(v.finish()?)
}
