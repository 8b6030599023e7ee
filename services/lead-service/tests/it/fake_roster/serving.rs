//! The stand-in on the wire.

use std::pin::Pin;

use contracts::roster::v1 as wire;
use futures::Stream;
use tonic::{Request, Response, Status};
use wire::roster_service_server::RosterService;

use super::books::provider;
use super::{FakeRoster, PROVIDER};

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
        let answer = self.state().assign(&request.into_inner())?;
        Ok(Response::new(answer))
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
        self.state().advance(
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
        self.state()
            .advance("free", &lead_id, attempt, wire::AssignmentState::Confirmed)?;
        Ok(Response::new(wire::FreeSlotResponse::default()))
    }

    async fn complete_assignment(
        &self,
        request: Request<wire::CompleteAssignmentRequest>,
    ) -> Reply<wire::CompleteAssignmentResponse> {
        let wire::CompleteAssignmentRequest { lead_id, attempt } = request.into_inner();
        self.state().advance(
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
        self.state().release(request.into_inner())?;
        Ok(Response::new(wire::ReleaseAssignmentResponse::default()))
    }

    async fn list_providers(
        &self,
        request: Request<wire::ListProvidersRequest>,
    ) -> Reply<wire::ListProvidersResponse> {
        let mut state = self.state();
        let contact = request.into_inner().contact;
        let ids = match contact.as_str() {
            "" => [&[PROVIDER], &state.others[..]].concat(),
            contact => state.lists.contacts(contact)?,
        };
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
        let (request, mut state) = (request.into_inner(), self.state());
        let assignments = if state.lists.by_the_books {
            state.fails()?;
            state.listed(&request.lead_ids)
        } else {
            state.lists.assignments(&request)
        };
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
        state.fails()?;
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
