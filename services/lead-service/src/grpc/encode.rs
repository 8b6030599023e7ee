//! From the domain to the wire.

use chrono::{DateTime, Utc};
use contracts::lead::v1 as wire;
use prost_types::Timestamp;

use crate::domain::attempt::LeadResult;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::{Lead, Origin};
use crate::domain::need::Urgency;
use crate::domain::provider::Candidate;
use crate::domain::reference;
use crate::domain::state::LeadState;
use crate::store::events::Recorded;

pub(super) fn lead(lead: Lead, known: &Knowledge) -> wire::Lead {
    let health = known
        .category(&lead.category)
        .map(|category| category.health);
    let source = lead.source;
    let (site_id, site_url, source_country) = source
        .map(|s| (s.site_id, s.url, s.country))
        .unwrap_or_default();
    let verification = match lead.verified {
        true => wire::Verification::Verified,
        false => wire::Verification::Unverified,
    };
    let origin = match lead.origin {
        Origin::ToolCall => wire::LeadOrigin::ToolCall,
        Origin::Voicemail => wire::LeadOrigin::Voicemail,
        Origin::Recovered => wire::LeadOrigin::Recovered,
    };
    wire::Lead {
        lead_id: lead.id.to_string(),
        state: state(lead.state).into(),
        verification: verification.into(),
        origin: origin.into(),
        need: lead.need_number,
        site_id,
        site_url,
        source_country,
        customer_name: lead.need.customer_name,
        phone_e164: lead.phone,
        language: lead.language,
        service: lead.need.service,
        category: lead.category,
        location: lead.need.location,
        city: lead.city.unwrap_or_default(),
        urgency: urgency(lead.urgency).into(),
        conversation_id: lead.conversation_id,
        call_sid: lead.call_sid,
        attempt: lead.attempt,
        provider_id: lead.provider_id.unwrap_or_default(),
        match_reason: lead.match_reason,
        create_time: Some(timestamp(lead.create_time)),
        change_time: Some(timestamp(lead.change_time)),
        due_time: lead
            .due_us
            .and_then(DateTime::from_timestamp_micros)
            .map(timestamp),
        missing_fields: lead
            .missing
            .iter()
            .map(|field| field.name().to_owned())
            .collect(),
        operator_owned: lead.operator_owned,
        answer_deadline_time: lead
            .offer
            .deadline_us
            .and_then(DateTime::from_timestamp_micros)
            .map(timestamp),
        confirm_time: lead.confirm_time.map(timestamp),
        repeat_of: lead.repeat_of.map(|id| id.to_string()).unwrap_or_default(),
        result: lead.result.map(result),
        reference: reference::of(lead.id),
        erase_time: lead.erase_time.map(timestamp),
        health,
    }
}

pub(super) fn result(result: LeadResult) -> wire::Result {
    let result = match result {
        LeadResult::Won {
            amount_minor,
            currency,
        } => wire::result::Result::Won(wire::Won {
            amount_minor,
            currency,
        }),
        LeadResult::Lost { reason } => wire::result::Result::Lost(wire::Lost { reason }),
    };
    wire::Result {
        result: Some(result),
    }
}

pub(super) fn candidate(candidate: Candidate) -> wire::MatchCandidate {
    let Candidate {
        provider_id,
        rank,
        removed_by,
        explanation,
    } = candidate;
    wire::MatchCandidate {
        provider_id,
        rank,
        removed_by,
        explanation,
    }
}

pub(super) fn event(event: Recorded) -> wire::LeadEvent {
    let Recorded {
        number,
        event_time,
        kind,
        from,
        to,
        actor,
        cause,
        attributes,
    } = event;
    wire::LeadEvent {
        number,
        event_time: Some(timestamp(event_time)),
        kind,
        from_state: from.map_or(wire::LeadState::Unspecified, state).into(),
        to_state: state(to).into(),
        actor,
        cause,
        attributes: attributes.into_iter().collect(),
    }
}

pub(super) fn page_token(last: &Lead) -> String {
    format!("{}.{}", last.create_us, last.id)
}

fn state(state: LeadState) -> wire::LeadState {
    match state {
        LeadState::Incomplete => wire::LeadState::Incomplete,
        LeadState::Pending => wire::LeadState::Pending,
        LeadState::Assigned => wire::LeadState::Assigned,
        LeadState::Notified => wire::LeadState::Notified,
        LeadState::Confirmed => wire::LeadState::Confirmed,
        LeadState::Won => wire::LeadState::Won,
        LeadState::Lost => wire::LeadState::Lost,
        LeadState::Releasing => wire::LeadState::Releasing,
        LeadState::Unmatched => wire::LeadState::Unmatched,
        LeadState::Cancelled => wire::LeadState::Cancelled,
    }
}

pub(super) fn timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: time.timestamp(),
        nanos: i32::try_from(time.timestamp_subsec_nanos()).unwrap_or_default(),
    }
}

pub(super) fn urgency(urgency: Option<Urgency>) -> wire::Urgency {
    match urgency {
        None => wire::Urgency::Unspecified,
        Some(Urgency::Emergency) => wire::Urgency::Emergency,
        Some(Urgency::Soon) => wire::Urgency::Soon,
        Some(Urgency::Flexible) => wire::Urgency::Flexible,
    }
}
