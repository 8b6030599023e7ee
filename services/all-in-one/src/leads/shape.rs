//! Leads, events and deliveries as JSON, for scripts. The names are those of the protos.

use chassis::mask;
use contracts::lead::v1 as lead;
use contracts::notification::v1 as notification;
use serde_json::{Value, json};

use super::story::CANDIDATES;
use super::{Attempt, Story, hides};
use crate::words;

/// A lead; with the customer's words where they may be shown.
#[must_use]
pub fn as_json(lead: &lead::Lead, full: bool) -> Value {
    let hidden = hides(lead, full);
    let said = |text: &str| (!hidden).then(|| text.to_owned());
    let phone = match hidden {
        true => mask::phone(&lead.phone_e164),
        false => lead.phone_e164.clone(),
    };
    json!({
        "lead_id": lead.lead_id, "reference": lead.reference, "state": words::lead_state(lead.state),
        "need": lead.need, "site_id": lead.site_id, "site_url": lead.site_url,
        "source_country": lead.source_country, "health": lead.health, "words_hidden": hidden,
        "customer_name": said(&lead.customer_name), "phone_e164": phone, "language": lead.language,
        "service": said(&lead.service), "category": lead.category,
        "location": said(&lead.location), "city": lead.city, "urgency": words::urgency(lead.urgency),
        "conversation_id": lead.conversation_id, "call_sid": lead.call_sid, "attempt": lead.attempt,
        "provider_id": lead.provider_id, "match_reason": lead.match_reason,
        "missing_fields": lead.missing_fields, "operator_owned": lead.operator_owned,
        "repeat_of": lead.repeat_of, "result": lead.result.as_ref().map(result),
        "create_time": words::time(lead.create_time.as_ref()),
        "change_time": words::time(lead.change_time.as_ref()),
        "due_time": words::time(lead.due_time.as_ref()),
        "answer_deadline_time": words::time(lead.answer_deadline_time.as_ref()),
        "confirm_time": words::time(lead.confirm_time.as_ref()),
        "erase_time": words::time(lead.erase_time.as_ref()),
    })
}

fn result(result: &lead::Result) -> Value {
    match &result.result {
        Some(lead::result::Result::Won(won)) => {
            json!({"won": {"amount_minor": won.amount_minor, "currency": won.currency}})
        }
        Some(lead::result::Result::Lost(lost)) => json!({"lost": {"reason": lost.reason}}),
        None => Value::Null,
    }
}

#[must_use]
pub fn delivery_json(d: &notification::Delivery) -> Value {
    json!({
        "delivery_id": d.delivery_id, "message_key": d.message_key, "template": d.template,
        "recipient": words::recipient(d.recipient), "recipient_id": d.recipient_id,
        "channel": words::channel_id(d.channel), "state": words::delivery_state(d.state),
        "address": d.masked_address, "carrier_id": d.carrier_id, "attempts": d.attempts,
        "ambiguous_attempts": d.ambiguous_attempts, "reason": d.reason,
        "error_class": d.error_class, "reference": d.reference,
        "create_time": words::time(d.create_time.as_ref()),
        "accept_time": words::time(d.accept_time.as_ref()),
        "settle_time": words::time(d.settle_time.as_ref()),
        "not_after": words::time(d.not_after.as_ref()),
    })
}

#[must_use]
pub fn event_json(e: &lead::LeadEvent) -> Value {
    let mut attributes = e.attributes.clone();
    attributes.remove(CANDIDATES);
    json!({
        "number": e.number, "time": words::time(e.event_time.as_ref()), "kind": e.kind,
        "from_state": words::lead_state(e.from_state), "to_state": words::lead_state(e.to_state),
        "actor": e.actor, "cause": e.cause, "attributes": attributes,
    })
}

fn candidate(c: &lead::MatchCandidate) -> Value {
    json!({
        "provider_id": c.provider_id, "rank": c.rank, "removed_by": c.removed_by,
        "explanation": c.explanation,
    })
}

fn attempt(one: &Attempt) -> Value {
    json!({
        "attempt": one.number,
        "page": one.page.map(|state| words::offer_state(state.into())),
        "candidates": one.candidates.iter().map(candidate).collect::<Vec<_>>(),
    })
}

impl Story {
    #[must_use]
    pub fn as_json(&self, full: bool) -> Value {
        json!({
            "lead": as_json(&self.lead, full),
            "candidates": self.candidates.iter().map(candidate).collect::<Vec<_>>(),
            "attempts": self.attempts.iter().map(attempt).collect::<Vec<_>>(),
            "deliveries": self.deliveries.iter().map(delivery_json).collect::<Vec<_>>(),
            "events": self.events.iter().map(event_json).collect::<Vec<_>>(),
        })
    }
}
