//! Assignments and the answer of a match, on the wire.

use chassis::fault::{InvalidRequest, Violations};
use chrono::DateTime;
use contracts::bord::roster::v1 as pb;
use uuid::Uuid;

use super::super::page;
use super::{attempt, optional, parsed, time};
use crate::app::assign_provider::{Answer, Assign, Outcome};
use crate::domain::assignment::{Assignment, State};
use crate::domain::ids::{Attempt, LeadId, ProviderId};
use crate::domain::matching::{Cell, Looked, Rule};
use crate::store::assignments::{Before, Filter};

pub(in crate::grpc) fn assign(
    request: pb::AssignProviderRequest,
) -> Result<Assign, InvalidRequest> {
    let pb::AssignProviderRequest {
        lead_id,
        attempt: number,
        country,
        category,
        city,
        excluded_provider_ids,
        provider_id,
        restored,
    } = request;
    let mut violations = Violations::new();
    let v = &mut violations;
    let key = attempt(v, &lead_id, number);
    let country = parsed(v, "country", &country);
    let category = parsed(v, "category", &category);
    let city = parsed(v, "city", &city);
    let mut excluded = Vec::with_capacity(excluded_provider_ids.len());
    for (n, id) in excluded_provider_ids.iter().enumerate() {
        excluded.extend(parsed::<ProviderId>(
            v,
            &format!("excluded_provider_ids[{n}]"),
            id,
        ));
    }
    let named = optional(v, "provider_id", &provider_id);
    violations.finish()?;
    let cell = country.zip(category).zip(city);
    let ((lead_id, attempt), ((country, category), city)) =
        key.zip(cell).expect("checked with the violations");
    Ok(Assign {
        lead_id,
        attempt,
        cell: Cell {
            country,
            category,
            city,
        },
        excluded,
        named,
        restored,
    })
}

pub(in crate::grpc) fn answer(answer: Answer) -> pb::AssignProviderResponse {
    use pb::assign_provider_response::Outcome as Wire;
    let outcome = match answer.outcome {
        Outcome::Assigned {
            assignment: made,
            provider,
        } => Wire::Assigned(pb::Assigned {
            assignment: Some(assignment(made)),
            provider: Some(super::shown::provider(provider)),
        }),
        Outcome::Unmatched { next_change_time } => Wire::Unmatched(pb::Unmatched {
            next_change_time: next_change_time.map(time),
        }),
    };
    pb::AssignProviderResponse {
        outcome: Some(outcome),
        candidates: answer.looked.iter().map(candidate).collect(),
        candidates_omitted: answer.omitted,
    }
}

fn candidate(looked: &Looked) -> pb::Candidate {
    pb::Candidate {
        provider_id: looked.provider_id.to_string(),
        rank: looked
            .rank
            .and_then(|rank| i32::try_from(rank).ok())
            .unwrap_or(0),
        removed_by: looked.removed_by.map_or("", Rule::name).to_owned(),
        explanation: looked.explanation(),
    }
}

pub(in crate::grpc) fn assignment(from: Assignment) -> pb::Assignment {
    let state = match from.state {
        State::Reserved => pb::AssignmentState::Reserved,
        State::Confirmed { .. } => pb::AssignmentState::Confirmed,
        State::Completed { .. } => pb::AssignmentState::Completed,
        State::Released { .. } => pb::AssignmentState::Released,
    };
    pb::Assignment {
        assignment_id: from.assignment_id.to_string(),
        lead_id: from.lead_id.to_string(),
        attempt: from.attempt.number(),
        provider_id: from.provider_id.to_string(),
        state: state.into(),
        holds_slot: from.holds_slot(),
        assign_time: Some(time(from.assign_time)),
        change_time: Some(time(from.change_time())),
        release_cause: match from.state {
            State::Released { cause, .. } => cause,
            _ => String::new(),
        },
    }
}

/// Attempt 0 asks for the one that stands.
pub(in crate::grpc) fn get(
    request: pb::GetAssignmentRequest,
) -> Result<(LeadId, Option<Attempt>), InvalidRequest> {
    let pb::GetAssignmentRequest { lead_id, attempt } = request;
    let mut violations = Violations::new();
    let lead = parsed(&mut violations, "lead_id", &lead_id);
    let attempt = match attempt {
        0 => None,
        number => violations.check("attempt", Attempt::new(number)),
    };
    violations.finish()?;
    Ok((lead.expect("checked with the violations"), attempt))
}

/// A page of assignments.
pub(in crate::grpc) struct List {
    pub filter: Filter,
    pub before: Before,
    pub size: i64,
}

pub(in crate::grpc) fn list(request: pb::ListAssignmentsRequest) -> Result<List, InvalidRequest> {
    let pb::ListAssignmentsRequest {
        lead_id,
        provider_id,
        page_size,
        page_token,
        lead_ids,
    } = request;
    let mut violations = Violations::new();
    let v = &mut violations;
    let lead_id = optional(v, "lead_id", &lead_id);
    let list = List {
        filter: Filter {
            leads: both(lead_id, leads(v, &lead_ids)),
            provider: optional(v, "provider_id", &provider_id),
        },
        size: page::size(v, page_size),
        before: before(v, &page_token),
    };
    violations.finish()?;
    Ok(list)
}

/// The most leads that one list is asked for.
const MOST_LEADS: usize = 200;

/// Nothing when no lead is named.
fn leads(violations: &mut Violations, ids: &[String]) -> Option<Vec<LeadId>> {
    if ids.is_empty() {
        return None;
    }
    if ids.len() > MOST_LEADS {
        violations.add(
            "lead_ids",
            format!("names more than {MOST_LEADS} leads; ask for the others apart"),
        );
        return None;
    }
    let mut leads = Vec::with_capacity(ids.len());
    for (n, id) in ids.iter().enumerate() {
        leads.extend(parsed::<LeadId>(violations, &format!("lead_ids[{n}]"), id));
    }
    Some(leads)
}

/// What both filters let through.
fn both(lead: Option<LeadId>, leads: Option<Vec<LeadId>>) -> Option<Vec<LeadId>> {
    match (lead, leads) {
        (None, leads) => leads,
        (Some(lead), None) => Some(vec![lead]),
        (Some(lead), Some(leads)) => Some(leads.into_iter().filter(|one| *one == lead).collect()),
    }
}

fn before(violations: &mut Violations, token: &str) -> Before {
    // Later than any assignment: the first page.
    let newest = Before {
        assign_time: DateTime::from_timestamp(32_503_680_000, 0).unwrap_or_default(),
        assignment_id: Uuid::max(),
    };
    let Some([micros, id]) = page::token::<2>(violations, token) else {
        return newest;
    };
    let time = micros
        .parse()
        .ok()
        .and_then(DateTime::from_timestamp_micros);
    match time.zip(Uuid::parse_str(&id).ok()) {
        Some((assign_time, assignment_id)) => Before {
            assign_time,
            assignment_id,
        },
        None => {
            violations.add(
                "page_token",
                "is not ours; give next_page_token of the page before",
            );
            newest
        }
    }
}

/// The token of the page after `last`.
pub(in crate::grpc) fn token(last: &Assignment) -> String {
    let micros = last.assign_time.timestamp_micros().to_string();
    page::encode([&micros, &last.assignment_id.to_string()])
}
