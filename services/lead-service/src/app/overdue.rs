//! What happens when time runs out: the call is over, nobody proved it, nobody answered.

use std::sync::Arc;

use super::dispatch::event;
use super::error::Failure;
use super::{Change, Leads};
use crate::domain::lead::Lead;
use crate::domain::normalise::{complete, understand};
use crate::domain::state::LeadState;
use crate::store::alarms::Alarm;

/// The call ended two minutes ago: dispatched with what is known, or flagged to the operator.
pub(super) async fn incomplete(app: &Arc<Leads>, lead: Lead, now: i64) -> Result<(), Failure> {
    if !lead.verified {
        if now >= lead.assumed_end_us {
            return unverified(app, lead).await;
        }
        // The word of telephony may still come.
        let mut next = lead.clone();
        next.due_us = Some(lead.assumed_end_us);
        app.commit(Change::silent(next)).await?;
        return Ok(());
    }
    let known = app.knowledge().await?;
    let site = lead
        .source
        .as_ref()
        .and_then(|source| known.site(&source.site_id));
    let mut understood = understand(&lead.need, &lead.caller_id, site, &known);
    if let Some(site) = site {
        complete(&mut understood, site);
    }
    let place_told = understood.city.is_some() || !lead.need.location.is_empty();
    let enough = !understood.phone.is_empty() && !understood.category.is_empty() && place_told;
    let mut next = lead.clone();
    next.tries = 0;
    if enough {
        next.phone = understood.phone;
        next.category = understood.category;
        // A city needs a source: it must lie in its country.
        next.city = lead.source.as_ref().and(understood.city);
        next.go(LeadState::Pending)?;
        next.attempt = 1;
        next.due_us = Some(now);
        let cause = "the call is over; dispatched with what is known";
        let event = event(&lead, &next, "completed", cause);
        app.commit(Change::new(next, event)).await?;
        return Ok(());
    }
    let missing: Vec<_> = lead.missing.iter().map(|field| field.name()).collect();
    let text = format!(
        "A caller's need is incomplete and the call is over: the lead {} lacks {}. Nobody was \
         told of it. Look at it with `bord lead {}`, listen to the call and complete it by hand.",
        lead.id,
        missing.join(", "),
        lead.id
    );
    give_to_operator(
        app,
        lead,
        "LEAD_INCOMPLETE",
        text,
        "the call is over; too little is known",
    )
    .await
}

/// The call was never proven to be ours: to the operator, never to a provider.
pub(super) async fn unverified(app: &Arc<Leads>, lead: Lead) -> Result<(), Failure> {
    let text = format!(
        "The lead {id} came without a valid call token, and no call to one of our numbers was \
         found for it. Neither a provider nor the customer was told of it. Look at it with \
         `bord lead {id}`, and at its conversation, before you call the customer back.",
        id = lead.id
    );
    give_to_operator(app, lead, "LEAD_UNVERIFIED", text, "nobody proved the call").await
}

async fn give_to_operator(
    app: &Arc<Leads>,
    lead: Lead,
    kind: &str,
    text: String,
    cause: &str,
) -> Result<(), Failure> {
    let mut next = lead.clone();
    next.operator_owned = true;
    next.due_us = None;
    next.tries = 0;
    let event = event(&lead, &next, "handed_over", cause);
    let alarm = Alarm {
        kind: kind.to_owned(),
        subject: lead.id.to_string(),
        slot: "1".to_owned(),
        text,
    };
    app.commit(Change {
        alarm: Some(alarm),
        ..Change::new(next, event)
    })
    .await?;
    Ok(())
}
