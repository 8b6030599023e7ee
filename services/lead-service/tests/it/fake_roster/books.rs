//! The stand-in's books: who holds what, and what the roster's state machine allows.

use contracts::roster::v1 as wire;
use tonic::Status;
use wire::assign_provider_response::Outcome;

use super::{Held, PROVIDER, RosterState, SECOND};
use crate::fake_lists::{FONTAINE, LEMAN};

pub(super) fn provider(id: &str, state: &RosterState) -> wire::Provider {
    let country = state.country;
    let (number, email) = match id {
        SECOND => (LEMAN, "lead@leman.example"),
        _ => (FONTAINE, "lead@fontaine.example"),
    };
    let terms = state.terms.get(id).cloned();
    let channel =
        |kind: wire::ChannelKind, address: &str, health: wire::ChannelHealth| wire::Channel {
            kind: kind.into(),
            address: address.to_owned(),
            health: health.into(),
            ..wire::Channel::default()
        };
    wire::Provider {
        provider_id: id.to_owned(),
        hours: state.hours.clone(),
        time_zone: "Europe/Zurich".to_owned(),
        paused: state.paused.contains(&id),
        categories: ["plumbing", "dental"].map(str::to_owned).to_vec(),
        cities: ["geneva", "zurich", "winterthur"]
            .map(str::to_owned)
            .to_vec(),
        name: "Fontaine Plomberie".to_owned(),
        country: country.unwrap_or("CH").to_owned(),
        language: "fr".to_owned(),
        address: "Rue du Lac 1".to_owned(),
        terms,
        channels: vec![
            channel(
                wire::ChannelKind::Whatsapp,
                number,
                wire::ChannelHealth::Proven,
            ),
            channel(
                wire::ChannelKind::Sms,
                number,
                wire::ChannelHealth::Quarantined,
            ),
            channel(
                wire::ChannelKind::Email,
                email,
                wire::ChannelHealth::Unproven,
            ),
        ],
        ..wire::Provider::default()
    }
}

impl RosterState {
    /// The failure that the test wants next.
    pub(super) fn fails(&mut self) -> Result<(), Status> {
        self.failures.pop_front().map_or(Ok(()), Err)
    }

    /// One owner for a lead: a repeat gets the same, another attempt is refused.
    pub(super) fn assign(
        &mut self,
        request: &wire::AssignProviderRequest,
    ) -> Result<wire::AssignProviderResponse, Status> {
        self.fails()?;
        self.asked.push(request.clone());
        let (lead, attempt) = (request.lead_id.clone(), request.attempt);
        if self.closed.contains(&(lead.clone(), attempt)) {
            return Err(refused("ATTEMPT_CLOSED"));
        }
        let free = self.free(request);
        let provider_id = match (self.assigned.get(&lead), free) {
            (Some(held), _) if held.attempt != attempt => return Err(refused("ALREADY_ASSIGNED")),
            (Some(held), _) => held.provider.clone(),
            (None, Some(free)) if self.capacity > 0 => {
                self.capacity -= 1;
                let held = Held {
                    attempt,
                    provider: free.to_owned(),
                    state: wire::AssignmentState::Reserved,
                };
                self.assigned.insert(lead.clone(), held);
                free.to_owned()
            }
            (None, free) => return Ok(self.unmatched(request, free.is_some())),
        };
        let assignment = wire::Assignment {
            lead_id: lead,
            attempt,
            provider_id: provider_id.clone(),
            state: wire::AssignmentState::Reserved.into(),
            holds_slot: true,
            ..wire::Assignment::default()
        };
        Ok(wire::AssignProviderResponse {
            outcome: Some(Outcome::Assigned(wire::Assigned {
                assignment: Some(assignment),
                provider: Some(provider(&provider_id, self)),
            })),
            candidates: vec![candidate(&provider_id, 1, "")],
            ..Default::default()
        })
    }

    /// The first provider that may have the lead.
    fn free(&self, request: &wire::AssignProviderRequest) -> Option<&'static str> {
        let wanted = request.provider_id.as_str();
        let mut all = std::iter::once(PROVIDER).chain(self.others.iter().copied());
        all.find(|id| {
            (wanted.is_empty() || *id == wanted)
                && !request.excluded_provider_ids.iter().any(|out| out == id)
                && !self.paused.iter().any(|paused| paused == id)
        })
    }

    fn unmatched(
        &self,
        request: &wire::AssignProviderRequest,
        somebody: bool,
    ) -> wire::AssignProviderResponse {
        let wanted = request.provider_id.as_str();
        let rule = match somebody || wanted.is_empty() {
            true => "CAPACITY",
            false => "PAUSED",
        };
        let named = if wanted.is_empty() { PROVIDER } else { wanted };
        let unmatched = wire::Unmatched {
            next_change_time: self.next_change,
        };
        wire::AssignProviderResponse {
            outcome: Some(Outcome::Unmatched(unmatched)),
            candidates: vec![candidate(named, 0, rule)],
            ..Default::default()
        }
    }

    /// The assignments of leads, released ones too.
    pub(super) fn listed(&self, leads: &[String]) -> Vec<wire::Assignment> {
        let mut found = Vec::new();
        for lead in leads {
            let closed = self.closed.iter().filter(|(of, _)| of == lead);
            found.extend(closed.map(|(_, attempt)| wire::Assignment {
                lead_id: lead.clone(),
                attempt: *attempt,
                provider_id: PROVIDER.to_owned(),
                state: wire::AssignmentState::Released.into(),
                release_cause: "declined".to_owned(),
                ..Default::default()
            }));
            found.extend(self.assigned.get(lead).map(|held| wire::Assignment {
                lead_id: lead.clone(),
                attempt: held.attempt,
                provider_id: held.provider.clone(),
                state: held.state.into(),
                ..Default::default()
            }));
        }
        found
    }

    /// A move forward of an assignment, as the roster's state machine draws it.
    pub(super) fn advance(
        &mut self,
        verb: &str,
        lead: &str,
        attempt: i32,
        to: wire::AssignmentState,
    ) -> Result<(), Status> {
        use wire::AssignmentState::{Completed, Reserved};
        self.fails()?;
        self.moves.push(format!("{verb} {lead} {attempt}"));
        let held = self
            .assigned
            .get_mut(lead)
            .filter(|held| held.attempt == attempt);
        let held = held.ok_or_else(|| refused("ILLEGAL_MOVE"))?;
        if held.state == Reserved && verb != "confirm" {
            return Err(refused("ILLEGAL_MOVE"));
        }
        if held.state != Completed {
            held.state = to;
        }
        Ok(())
    }

    /// Closes the attempt, also one that never was.
    pub(super) fn release(
        &mut self,
        request: wire::ReleaseAssignmentRequest,
    ) -> Result<(), Status> {
        self.fails()?;
        let (lead, attempt) = (request.lead_id, request.attempt);
        let told = format!("release {lead} {attempt} {}", request.cause);
        self.moves.push(told);
        let held = self.assigned.get(&lead);
        if let Some(held) = held.filter(|held| held.attempt == attempt) {
            if held.state == wire::AssignmentState::Completed {
                return Err(refused("ILLEGAL_MOVE"));
            }
            self.assigned.remove(&lead);
            self.capacity += 1;
        }
        self.closed.push((lead, attempt));
        Ok(())
    }
}

fn refused(reason: &'static str) -> Status {
    chassis::fault::plain(chassis::fault::Kind::Refused, reason, "refused")
}

fn candidate(id: &str, rank: i32, removed_by: &str) -> wire::Candidate {
    wire::Candidate {
        provider_id: id.to_owned(),
        rank,
        removed_by: removed_by.to_owned(),
        explanation: "priority 1, 0 of 3 held".to_owned(),
    }
}
