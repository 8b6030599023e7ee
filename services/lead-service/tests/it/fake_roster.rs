//! A recording stand-in for roster-service. It keeps the promises that the contract makes (a repeat
//! gets the same, one owner for a lead) and fails on demand.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use contracts::roster::v1 as wire;
use futures::Stream;
use tokio::sync::broadcast;
use tonic::{Request, Response, Status};
use wire::assign_provider_response::Outcome;
use wire::roster_service_server::RosterService;

use crate::fake_lists::Lists;

#[derive(Clone)]
pub(crate) struct FakeRoster {
    state: Arc<Mutex<RosterState>>,
    changes: broadcast::Sender<wire::RosterEntry>,
}

#[derive(Default)]
struct RosterState {
    /// Slots that are free.
    capacity: usize,
    assigned: BTreeMap<String, Held>,
    /// Providers besides the first, in their order.
    others: Vec<&'static str>,
    /// Moves in the order in which they were asked for: "confirm LEAD 1".
    moves: Vec<String>,
    /// Of the first provider.
    hours: Vec<wire::OpenHours>,
    paused: Vec<&'static str>,
    evidence: Vec<wire::RecordChannelEvidenceRequest>,
    /// What the next piece of evidence changes.
    changes: Vec<wire::ChannelChange>,
    /// Attempts of leads in the order in which they were asked for.
    asked: Vec<wire::AssignProviderRequest>,
    closed: Vec<(String, i32)>,
    next_change: Option<prost_types::Timestamp>,
    /// Where the provider is, against the promise.
    country: Option<&'static str>,
    failures: VecDeque<Status>,
    delay: Duration,
    number: i64,
    /// What its lists answer.
    lists: Lists,
}

/// An assignment that is not released.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) attempt: i32,
    pub(crate) provider: String,
    pub(crate) state: wire::AssignmentState,
}

impl FakeRoster {
    pub(crate) fn new() -> Self {
        let state = RosterState {
            capacity: 1000,
            ..RosterState::default()
        };
        Self {
            state: Arc::new(Mutex::new(state)),
            changes: broadcast::channel(64).0,
        }
    }

    fn state(&self) -> MutexGuard<'_, RosterState> {
        self.state.lock().unwrap()
    }

    /// What its lists answer.
    pub(crate) fn lists(&self, change: impl FnOnce(&mut Lists)) {
        change(&mut self.state().lists);
    }

    pub(crate) fn set_capacity(&self, capacity: usize) {
        self.state().capacity = capacity;
    }

    pub(crate) fn set_delay(&self, delay: Duration) {
        self.state().delay = delay;
    }

    pub(crate) fn set_next_change(&self, at: prost_types::Timestamp) {
        self.state().next_change = Some(at);
    }

    /// The roster breaks its promise: the provider is in another country.
    pub(crate) fn set_country(&self, country: Option<&'static str>) {
        self.state().country = country;
    }

    pub(crate) fn close_attempt(&self, lead_id: &str, attempt: i32) {
        self.state().closed.push((lead_id.to_owned(), attempt));
    }

    pub(crate) fn fail(&self, times: usize) {
        let down = || Status::unavailable("down for the test");
        self.state()
            .failures
            .extend(std::iter::repeat_with(down).take(times));
    }

    pub(crate) fn heal(&self) {
        self.state().failures.clear();
    }

    /// Another attempt of the lead stands already.
    pub(crate) fn stands(&self, lead_id: &str, attempt: i32) {
        let held = Held {
            attempt,
            provider: PROVIDER.to_owned(),
            state: wire::AssignmentState::Reserved,
        };
        self.state().assigned.insert(lead_id.to_owned(), held);
    }

    pub(crate) fn asked(&self) -> Vec<wire::AssignProviderRequest> {
        self.state().asked.clone()
    }

    /// Adds a provider after those that there are.
    pub(crate) fn add(&self, provider: &'static str) {
        self.state().others.push(provider);
    }

    pub(crate) fn set_hours(&self, hours: Vec<wire::OpenHours>) {
        self.state().hours = hours;
    }

    pub(crate) fn pause(&self, provider: &'static str) {
        self.state().paused.push(provider);
    }

    /// Who holds a lead, by the roster's books.
    pub(crate) fn holder(&self, lead_id: &str) -> Option<Held> {
        self.state().assigned.get(lead_id).cloned()
    }

    pub(crate) fn moves(&self) -> Vec<String> {
        self.state().moves.clone()
    }

    pub(crate) fn evidence(&self) -> Vec<wire::RecordChannelEvidenceRequest> {
        self.state().evidence.clone()
    }

    pub(crate) fn next_evidence_changes(&self, change: wire::ChannelChange) {
        self.state().changes.push(change);
    }

    pub(crate) fn owners(&self) -> usize {
        self.state().assigned.len()
    }

    /// Publishes a change, as PutProvider would.
    pub(crate) fn publish(&self, kind: &str, country: &str) {
        let number = {
            let mut state = self.state();
            state.number += 1;
            state.number
        };
        let entry = wire::RosterEntry {
            epoch: "e1".to_owned(),
            number,
            entry_time: None,
            kind: kind.to_owned(),
            provider_id: PROVIDER.to_owned(),
            country: country.to_owned(),
        };
        // Nobody may be listening yet; the test then publishes again.
        let _ = self.changes.send(entry);
    }
}

pub(crate) const PROVIDER: &str = "fontaine-plomberie";

pub(crate) const SECOND: &str = "leman-sanitaire";
pub(crate) const THIRD: &str = "rhone-depannage";

fn provider(id: &str, state: &RosterState) -> wire::Provider {
    let country = state.country;
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
        channels: vec![
            channel(
                wire::ChannelKind::Whatsapp,
                "+41791112233",
                wire::ChannelHealth::Proven,
            ),
            channel(
                wire::ChannelKind::Sms,
                "+41791112233",
                wire::ChannelHealth::Quarantined,
            ),
            channel(
                wire::ChannelKind::Email,
                "lead@fontaine.example",
                wire::ChannelHealth::Unproven,
            ),
        ],
        ..wire::Provider::default()
    }
}

impl FakeRoster {
    /// A move forward of an assignment, as the roster's state machine draws it.
    fn advance(
        &self,
        verb: &str,
        lead: &str,
        attempt: i32,
        to: wire::AssignmentState,
    ) -> Result<(), Status> {
        use wire::AssignmentState::{Completed, Reserved};
        let mut state = self.state();
        if let Some(failure) = state.failures.pop_front() {
            return Err(failure);
        }
        state.moves.push(format!("{verb} {lead} {attempt}"));
        let held = state
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
}

fn refused(reason: &'static str) -> Status {
    chassis::fault::plain(chassis::fault::Kind::Refused, reason, "refused")
}

type Reply<T> = Result<Response<T>, Status>;

macro_rules! not_asked {
    ($($name:ident($request:ident) -> $response:ident;)+) => {$(
        // As `async_trait` writes it, which does not see into a macro.
        fn $name<'s, 'a>(
            &'s self,
            _: Request<wire::$request>,
        ) -> Pin<Box<dyn Future<Output = Reply<wire::$response>> + Send + 'a>>
        where
            's: 'a,
            Self: 'a,
        {
            Box::pin(async { Err(Status::unimplemented("lead-service does not ask this")) })
        }
    )+};
}

#[tonic::async_trait]
impl RosterService for FakeRoster {
    async fn assign_provider(
        &self,
        request: Request<wire::AssignProviderRequest>,
    ) -> Reply<wire::AssignProviderResponse> {
        let delay = self.state().delay;
        tokio::time::sleep(delay).await;
        let request = request.into_inner();
        let mut state = self.state();
        if let Some(failure) = state.failures.pop_front() {
            return Err(failure);
        }
        state.asked.push(request.clone());
        let (lead, attempt) = (request.lead_id.clone(), request.attempt);
        if state.closed.contains(&(lead.clone(), attempt)) {
            return Err(refused("ATTEMPT_CLOSED"));
        }
        let wanted = request.provider_id.as_str();
        let mut all = std::iter::once(PROVIDER).chain(state.others.iter().copied());
        let free = all.find(|id| {
            (wanted.is_empty() || *id == wanted)
                && !request.excluded_provider_ids.iter().any(|out| out == id)
                && !state.paused.iter().any(|paused| paused == id)
        });
        let provider_id = match (state.assigned.get(&lead), free) {
            (Some(held), _) if held.attempt != attempt => return Err(refused("ALREADY_ASSIGNED")),
            (Some(held), _) => held.provider.clone(),
            (None, Some(free)) if state.capacity > 0 => {
                state.capacity -= 1;
                let held = Held {
                    attempt,
                    provider: free.to_owned(),
                    state: wire::AssignmentState::Reserved,
                };
                state.assigned.insert(lead.clone(), held);
                free.to_owned()
            }
            (None, free) => {
                let next_change_time = state.next_change;
                let unmatched = wire::Unmatched { next_change_time };
                let rule = if free.is_some() || wanted.is_empty() {
                    "CAPACITY"
                } else {
                    "PAUSED"
                };
                let named = if wanted.is_empty() { PROVIDER } else { wanted };
                return Ok(Response::new(wire::AssignProviderResponse {
                    outcome: Some(Outcome::Unmatched(unmatched)),
                    candidates: vec![candidate(named, 0, rule)],
                    ..Default::default()
                }));
            }
        };
        let assignment = wire::Assignment {
            lead_id: lead,
            attempt,
            provider_id: provider_id.clone(),
            state: wire::AssignmentState::Reserved.into(),
            holds_slot: true,
            ..wire::Assignment::default()
        };
        Ok(Response::new(wire::AssignProviderResponse {
            outcome: Some(Outcome::Assigned(wire::Assigned {
                assignment: Some(assignment),
                provider: Some(provider(&provider_id, &state)),
            })),
            candidates: vec![candidate(&provider_id, 1, "")],
            ..Default::default()
        }))
    }

    async fn get_provider(
        &self,
        request: Request<wire::GetProviderRequest>,
    ) -> Reply<wire::GetProviderResponse> {
        let id = request.into_inner().provider_id;
        let state = self.state();
        if id != PROVIDER && !state.others.iter().any(|other| *other == id) {
            let kind = chassis::fault::Kind::NotFound;
            return Err(chassis::fault::plain(kind, "UNKNOWN_PROVIDER", "unknown"));
        }
        Ok(Response::new(wire::GetProviderResponse {
            provider: Some(provider(&id, &state)),
        }))
    }

    async fn get_assignment(
        &self,
        request: Request<wire::GetAssignmentRequest>,
    ) -> Reply<wire::GetAssignmentResponse> {
        let lead_id = request.into_inner().lead_id;
        let Some(held) = self.state().assigned.get(&lead_id).cloned() else {
            return Err(Status::not_found("none"));
        };
        let assignment = wire::Assignment {
            lead_id,
            attempt: held.attempt,
            provider_id: held.provider,
            state: held.state.into(),
            ..wire::Assignment::default()
        };
        Ok(Response::new(wire::GetAssignmentResponse {
            assignment: Some(assignment),
        }))
    }

    type FollowRosterStream =
        Pin<Box<dyn Stream<Item = Result<wire::FollowRosterResponse, Status>> + Send>>;

    async fn follow_roster(
        &self,
        _: Request<wire::FollowRosterRequest>,
    ) -> Reply<Self::FollowRosterStream> {
        let changes = self.changes.subscribe();
        let stream = futures::stream::unfold(changes, |mut changes| async {
            let entry = changes.recv().await.ok()?;
            Some((
                Ok(wire::FollowRosterResponse { entry: Some(entry) }),
                changes,
            ))
        });
        Ok(Response::new(Box::pin(stream)))
    }

    async fn confirm_assignment(
        &self,
        request: Request<wire::ConfirmAssignmentRequest>,
    ) -> Reply<wire::ConfirmAssignmentResponse> {
        let wire::ConfirmAssignmentRequest { lead_id, attempt } = request.into_inner();
        self.advance(
            "confirm",
            &lead_id,
            attempt,
            wire::AssignmentState::Confirmed,
        )?;
        Ok(Response::new(wire::ConfirmAssignmentResponse::default()))
    }

    async fn free_slot(
        &self,
        request: Request<wire::FreeSlotRequest>,
    ) -> Reply<wire::FreeSlotResponse> {
        let wire::FreeSlotRequest { lead_id, attempt } = request.into_inner();
        self.advance("free", &lead_id, attempt, wire::AssignmentState::Confirmed)?;
        Ok(Response::new(wire::FreeSlotResponse::default()))
    }

    async fn complete_assignment(
        &self,
        request: Request<wire::CompleteAssignmentRequest>,
    ) -> Reply<wire::CompleteAssignmentResponse> {
        let wire::CompleteAssignmentRequest { lead_id, attempt } = request.into_inner();
        self.advance(
            "complete",
            &lead_id,
            attempt,
            wire::AssignmentState::Completed,
        )?;
        Ok(Response::new(wire::CompleteAssignmentResponse::default()))
    }

    async fn release_assignment(
        &self,
        request: Request<wire::ReleaseAssignmentRequest>,
    ) -> Reply<wire::ReleaseAssignmentResponse> {
        let request = request.into_inner();
        let (lead, attempt) = (request.lead_id, request.attempt);
        let mut state = self.state();
        if let Some(failure) = state.failures.pop_front() {
            return Err(failure);
        }
        state
            .moves
            .push(format!("release {lead} {attempt} {}", request.cause));
        if let Some(held) = state
            .assigned
            .get(&lead)
            .filter(|held| held.attempt == attempt)
        {
            if held.state == wire::AssignmentState::Completed {
                return Err(refused("ILLEGAL_MOVE"));
            }
            state.assigned.remove(&lead);
            state.capacity += 1;
        }
        state.closed.push((lead, attempt));
        Ok(Response::new(wire::ReleaseAssignmentResponse::default()))
    }

    async fn list_providers(
        &self,
        request: Request<wire::ListProvidersRequest>,
    ) -> Reply<wire::ListProvidersResponse> {
        let mut state = self.state();
        let ids = state.lists.contacts(&request.into_inner().contact)?;
        let providers = ids.iter().map(|id| provider(id, &state)).collect();
        Ok(Response::new(wire::ListProvidersResponse {
            providers,
            ..Default::default()
        }))
    }

    async fn list_assignments(
        &self,
        request: Request<wire::ListAssignmentsRequest>,
    ) -> Reply<wire::ListAssignmentsResponse> {
        let assignments = self.state().lists.assignments(&request.into_inner());
        Ok(Response::new(wire::ListAssignmentsResponse {
            assignments,
            ..Default::default()
        }))
    }

    async fn record_channel_evidence(
        &self,
        request: Request<wire::RecordChannelEvidenceRequest>,
    ) -> Reply<wire::RecordChannelEvidenceResponse> {
        let mut state = self.state();
        if let Some(failure) = state.failures.pop_front() {
            return Err(failure);
        }
        state.evidence.push(request.into_inner());
        let changes = std::mem::take(&mut state.changes);
        Ok(Response::new(wire::RecordChannelEvidenceResponse {
            changes,
        }))
    }

    not_asked! {
        put_provider(PutProviderRequest) -> PutProviderResponse;
        pause_provider(PauseProviderRequest) -> PauseProviderResponse;
        resume_provider(ResumeProviderRequest) -> ResumeProviderResponse;
        list_coverage(ListCoverageRequest) -> ListCoverageResponse;
        quarantine_channel(QuarantineChannelRequest) -> QuarantineChannelResponse;
        prove_channel(ProveChannelRequest) -> ProveChannelResponse;
        erase(EraseRequest) -> EraseResponse;
    }
}

fn candidate(id: &str, rank: i32, removed_by: &str) -> wire::Candidate {
    wire::Candidate {
        provider_id: id.to_owned(),
        rank,
        removed_by: removed_by.to_owned(),
        explanation: "priority 1, 0 of 3 held".to_owned(),
    }
}
