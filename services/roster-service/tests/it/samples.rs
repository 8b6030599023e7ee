//! Providers and leads of the tests, and what an answer says.

use contracts::bord::roster::v1 as pb;
use pb::assign_provider_response::Outcome;
use tonic::Status;
use uuid::Uuid;

/// A Geneva plumber with three slots who is always open.
pub(crate) fn plumber(id: &str) -> pb::Provider {
    pb::Provider {
        provider_id: id.to_owned(),
        name: "Plomberie du Rhône".to_owned(),
        country: "CH".to_owned(),
        language: "fr".to_owned(),
        categories: vec!["plumbing".to_owned()],
        cities: vec!["geneve".to_owned()],
        priority: 1,
        capacity: 3,
        time_zone: "Europe/Zurich".to_owned(),
        channels: vec![
            channel(pb::ChannelKind::Sms, "+41795530141"),
            channel(pb::ChannelKind::Email, "pikett@rhone.example"),
        ],
        address: "Rue de la Coulouvrenière 118, 1204 Genève".to_owned(),
        terms: Some(pb::PayoutTerms {
            terms: Some(pb::payout_terms::Terms::PercentHundredths(1500)),
        }),
        ..pb::Provider::default()
    }
}

pub(crate) fn with_capacity(id: &str, capacity: i32) -> pb::Provider {
    pb::Provider {
        capacity,
        ..plumber(id)
    }
}

pub(crate) fn channel(kind: pb::ChannelKind, address: &str) -> pb::Channel {
    pb::Channel {
        kind: kind.into(),
        address: address.to_owned(),
        health: 0,
        ..Default::default()
    }
}

/// One minute a week, four days from now: closed for the length of a test.
pub(crate) fn closed_now() -> Vec<pb::OpenHours> {
    use chrono::Datelike as _;
    let day = (chassis::clock::now() + chrono::TimeDelta::days(4)).weekday();
    vec![pb::OpenHours {
        weekday: i32::try_from(day.number_from_monday()).unwrap(),
        open_minute: 720,
        close_minute: 721,
    }]
}

/// A lead for a Geneva plumber.
pub(crate) fn wanted(lead: Uuid, attempt: i32) -> pb::AssignProviderRequest {
    pb::AssignProviderRequest {
        lead_id: lead.to_string(),
        attempt,
        country: "CH".to_owned(),
        category: "plumbing".to_owned(),
        city: "geneve".to_owned(),
        excluded_provider_ids: Vec::new(),
        provider_id: String::new(),
        restored: false,
    }
}

pub(crate) fn lead() -> Uuid {
    chassis::ids::random()
}

/// The provider who got the lead; nobody when it is unmatched.
pub(crate) fn owner(answer: &pb::AssignProviderResponse) -> Option<String> {
    match answer.outcome.as_ref().unwrap() {
        Outcome::Assigned(assigned) => Some(assigned.assignment.as_ref()?.provider_id.clone()),
        Outcome::Unmatched(_) => None,
    }
}

/// Candidates as (id, rank, rule).
pub(crate) fn told(answer: &pb::AssignProviderResponse) -> Vec<(&str, i32, &str)> {
    let candidates = answer.candidates.iter();
    candidates
        .map(|c| (c.provider_id.as_str(), c.rank, c.removed_by.as_str()))
        .collect()
}

pub(crate) fn reason(status: &Status) -> String {
    chassis::fault::reason(status).unwrap_or_default()
}

/// Field names of the violations in a status.
pub(crate) fn fields(status: &Status) -> Vec<String> {
    let violations = chassis::fault::violations(status);
    violations
        .into_iter()
        .map(|violation| violation.field)
        .collect()
}
