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

#[derive(Clone)]
pub(crate) struct FakeRoster {
    state: Arc<Mutex<RosterState>>,
    changes: broadcast::Sender<wire::RosterEntry>,
}

#[derive(Default)]
struct RosterState {
    /// Slots that are free.
    capacity: usize,
    assigned: BTreeMap<String, (i32, String)>,
    /// Attempts of leads in the order in which they were asked for.
    asked: Vec<wire::AssignProviderRequest>,
    closed: Vec<(String, i32)>,
    next_change: Option<prost_types::Timestamp>,
    /// Where the provider is, against the promise.
    country: Option<&'static str>,
    failures: VecDeque<Status>,
    delay: Duration,
    number: i64,
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
        let standing = (attempt, PROVIDER.to_owned());
        self.state().assigned.insert(lead_id.to_owned(), standing);
    }

    pub(crate) fn asked(&self) -> Vec<wire::AssignProviderRequest> {
        self.state().asked.clone()
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

fn provider(country: Option<&str>) -> wire::Provider {
    let channel =
        |kind: wire::ChannelKind, address: &str, health: wire::ChannelHealth| wire::Channel {
            kind: kind.into(),
            address: address.to_owned(),
            health: health.into(),
        };
    wire::Provider {
        provider_id: PROVIDER.to_owned(),
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
        match state.assigned.get(&lead) {
            Some((standing, _)) if *standing != attempt => return Err(refused("ALREADY_ASSIGNED")),
            Some(_) => {}
            None if state.capacity == 0 => {
                let next_change_time = state.next_change;
                let unmatched = wire::Unmatched { next_change_time };
                return Ok(Response::new(wire::AssignProviderResponse {
                    outcome: Some(Outcome::Unmatched(unmatched)),
                    candidates: vec![candidate(0, "CAPACITY")],
                    ..Default::default()
                }));
            }
            None => {
                state.capacity -= 1;
                state
                    .assigned
                    .insert(lead.clone(), (attempt, PROVIDER.to_owned()));
            }
        }
        let assignment = wire::Assignment {
            lead_id: lead,
            attempt,
            provider_id: PROVIDER.to_owned(),
            state: wire::AssignmentState::Reserved.into(),
            holds_slot: true,
            ..wire::Assignment::default()
        };
        Ok(Response::new(wire::AssignProviderResponse {
            outcome: Some(Outcome::Assigned(wire::Assigned {
                assignment: Some(assignment),
                provider: Some(provider(state.country)),
            })),
            candidates: vec![candidate(1, "")],
            ..Default::default()
        }))
    }

    async fn get_provider(
        &self,
        _: Request<wire::GetProviderRequest>,
    ) -> Reply<wire::GetProviderResponse> {
        Ok(Response::new(wire::GetProviderResponse {
            provider: Some(provider(self.state().country)),
        }))
    }

    async fn get_assignment(
        &self,
        request: Request<wire::GetAssignmentRequest>,
    ) -> Reply<wire::GetAssignmentResponse> {
        let lead_id = request.into_inner().lead_id;
        let Some((attempt, provider_id)) = self.state().assigned.get(&lead_id).cloned() else {
            return Err(Status::not_found("none"));
        };
        let assignment = wire::Assignment {
            lead_id,
            attempt,
            provider_id,
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

    not_asked! {
        put_provider(PutProviderRequest) -> PutProviderResponse;
        list_providers(ListProvidersRequest) -> ListProvidersResponse;
        pause_provider(PauseProviderRequest) -> PauseProviderResponse;
        resume_provider(ResumeProviderRequest) -> ResumeProviderResponse;
        confirm_assignment(ConfirmAssignmentRequest) -> ConfirmAssignmentResponse;
        free_slot(FreeSlotRequest) -> FreeSlotResponse;
        release_assignment(ReleaseAssignmentRequest) -> ReleaseAssignmentResponse;
        complete_assignment(CompleteAssignmentRequest) -> CompleteAssignmentResponse;
        list_assignments(ListAssignmentsRequest) -> ListAssignmentsResponse;
        list_coverage(ListCoverageRequest) -> ListCoverageResponse;
    }
}

fn candidate(rank: i32, removed_by: &str) -> wire::Candidate {
    wire::Candidate {
        provider_id: PROVIDER.to_owned(),
        rank,
        removed_by: removed_by.to_owned(),
        explanation: "priority 1, 0 of 3 held".to_owned(),
    }
}
