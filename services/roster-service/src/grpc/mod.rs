//! RosterService as it is called: decode, call, encode. Wire types live here and nowhere else.

mod lists;
mod page;
mod wire;

use std::pin::Pin;

use chassis::fault::{self, Violations};
use chassis::feed::Position;
use chassis::server::MESSAGE_LIMIT;
use contracts::bord::roster::v1 as pb;
use contracts::bord::roster::v1::roster_service_server::{RosterService, RosterServiceServer};
pub use contracts::{CALLERS, DESCRIPTOR};
use futures::{Stream, StreamExt as _};
use tonic::{Request, Response, Status};

use crate::app::move_assignment::Step;
use crate::app::{Error, Roster};

/// The service, ready to be added to a server.
#[must_use]
pub fn service(roster: Roster) -> RosterServiceServer<Api> {
    RosterServiceServer::new(Api { roster }).max_encoding_message_size(MESSAGE_LIMIT)
}

pub struct Api {
    roster: Roster,
}

#[expect(clippy::needless_pass_by_value, reason = "used in map_err")]
fn told(error: Error) -> Status {
    fault::status(&error)
}

type Answer<T> = Result<Response<T>, Status>;

#[tonic::async_trait]
impl RosterService for Api {
    async fn put_provider(
        &self,
        request: Request<pb::PutProviderRequest>,
    ) -> Answer<pb::PutProviderResponse> {
        let put = wire::provider::put(request.into_inner())?;
        let done = self.roster.put_provider(put).await.map_err(told)?;
        Ok(Response::new(wire::shown::done(&done)))
    }

    async fn get_provider(
        &self,
        request: Request<pb::GetProviderRequest>,
    ) -> Answer<pb::GetProviderResponse> {
        let id = wire::provider_id(&request.into_inner().provider_id)?;
        let found = self.roster.get_provider(&id).await.map_err(told)?;
        Ok(Response::new(pb::GetProviderResponse {
            provider: Some(wire::shown::provider(found)),
        }))
    }

    async fn list_providers(
        &self,
        request: Request<pb::ListProvidersRequest>,
    ) -> Answer<pb::ListProvidersResponse> {
        self.providers(request.into_inner()).await
    }

    async fn pause_provider(
        &self,
        request: Request<pb::PauseProviderRequest>,
    ) -> Answer<pb::PauseProviderResponse> {
        let pb::PauseProviderRequest {
            provider_id,
            actor,
            cause,
        } = request.into_inner();
        let (id, reason) = wire::pause(&provider_id, actor, cause)?;
        let changed = self.roster.pause_provider(id, reason).await.map_err(told)?;
        Ok(Response::new(pb::PauseProviderResponse { changed }))
    }

    async fn resume_provider(
        &self,
        request: Request<pb::ResumeProviderRequest>,
    ) -> Answer<pb::ResumeProviderResponse> {
        let pb::ResumeProviderRequest {
            provider_id,
            actor,
            cause,
        } = request.into_inner();
        let (id, reason) = wire::pause(&provider_id, actor, cause)?;
        let changed = self
            .roster
            .resume_provider(id, reason)
            .await
            .map_err(told)?;
        Ok(Response::new(pb::ResumeProviderResponse { changed }))
    }

    async fn assign_provider(
        &self,
        request: Request<pb::AssignProviderRequest>,
    ) -> Answer<pb::AssignProviderResponse> {
        let ask = wire::assignment::assign(request.into_inner())?;
        let answer = self.roster.assign_provider(ask).await.map_err(told)?;
        Ok(Response::new(wire::assignment::answer(answer)))
    }

    async fn confirm_assignment(
        &self,
        request: Request<pb::ConfirmAssignmentRequest>,
    ) -> Answer<pb::ConfirmAssignmentResponse> {
        let pb::ConfirmAssignmentRequest { lead_id, attempt } = request.into_inner();
        let assignment = Some(self.step(&lead_id, attempt, Step::Confirm).await?);
        Ok(Response::new(pb::ConfirmAssignmentResponse { assignment }))
    }

    async fn free_slot(
        &self,
        request: Request<pb::FreeSlotRequest>,
    ) -> Answer<pb::FreeSlotResponse> {
        let pb::FreeSlotRequest { lead_id, attempt } = request.into_inner();
        let assignment = Some(self.step(&lead_id, attempt, Step::FreeSlot).await?);
        Ok(Response::new(pb::FreeSlotResponse { assignment }))
    }

    async fn release_assignment(
        &self,
        request: Request<pb::ReleaseAssignmentRequest>,
    ) -> Answer<pb::ReleaseAssignmentResponse> {
        let pb::ReleaseAssignmentRequest {
            lead_id,
            attempt,
            cause,
        } = request.into_inner();
        let mut violations = Violations::new();
        let key = wire::attempt(&mut violations, &lead_id, attempt);
        let cause = wire::text(&mut violations, "cause", cause, 500);
        violations.finish()?;
        let (lead_id, attempt) = key.expect("checked with the violations");
        let released = self.roster.release_assignment(lead_id, attempt, cause);
        let assignment = released.await.map_err(told)?;
        Ok(Response::new(pb::ReleaseAssignmentResponse {
            assignment: assignment.map(wire::assignment::assignment),
        }))
    }

    async fn complete_assignment(
        &self,
        request: Request<pb::CompleteAssignmentRequest>,
    ) -> Answer<pb::CompleteAssignmentResponse> {
        let pb::CompleteAssignmentRequest { lead_id, attempt } = request.into_inner();
        let assignment = Some(self.step(&lead_id, attempt, Step::Complete).await?);
        Ok(Response::new(pb::CompleteAssignmentResponse { assignment }))
    }

    async fn get_assignment(
        &self,
        request: Request<pb::GetAssignmentRequest>,
    ) -> Answer<pb::GetAssignmentResponse> {
        let (lead_id, attempt) = wire::assignment::get(request.into_inner())?;
        let found = self
            .roster
            .get_assignment(lead_id, attempt)
            .await
            .map_err(told)?;
        Ok(Response::new(pb::GetAssignmentResponse {
            assignment: Some(wire::assignment::assignment(found)),
        }))
    }

    async fn list_assignments(
        &self,
        request: Request<pb::ListAssignmentsRequest>,
    ) -> Answer<pb::ListAssignmentsResponse> {
        self.assignments(request.into_inner()).await
    }

    async fn list_coverage(
        &self,
        request: Request<pb::ListCoverageRequest>,
    ) -> Answer<pb::ListCoverageResponse> {
        self.coverage(request.into_inner()).await
    }

    type FollowRosterStream =
        Pin<Box<dyn Stream<Item = Result<pb::FollowRosterResponse, Status>> + Send>>;

    async fn follow_roster(
        &self,
        request: Request<pb::FollowRosterRequest>,
    ) -> Answer<Self::FollowRosterStream> {
        let pb::FollowRosterRequest { epoch, number } = request.into_inner();
        let entries = self.roster.follow(Position::new(epoch, number));
        Ok(Response::new(Box::pin(entries.map(|entry| match entry {
            Ok(entry) => Ok(wire::entry(entry)),
            Err(error) => Err(fault::status(&error)),
        }))))
    }

    async fn quarantine_channel(
        &self,
        request: Request<pb::QuarantineChannelRequest>,
    ) -> Answer<pb::QuarantineChannelResponse> {
        let (id, kind, reason) = wire::channel::quarantine(request.into_inner())?;
        let changed = self.roster.quarantine_channel(id, kind, reason).await;
        let changed = changed.map_err(told)?;
        Ok(Response::new(pb::QuarantineChannelResponse { changed }))
    }

    async fn prove_channel(
        &self,
        request: Request<pb::ProveChannelRequest>,
    ) -> Answer<pb::ProveChannelResponse> {
        let (id, kind, actor) = wire::channel::prove(request.into_inner())?;
        let proof = self.roster.prove_channel(id, kind, actor).await;
        Ok(Response::new(wire::channel::proof(&proof.map_err(told)?)))
    }

    async fn record_channel_evidence(
        &self,
        request: Request<pb::RecordChannelEvidenceRequest>,
    ) -> Answer<pb::RecordChannelEvidenceResponse> {
        let report = wire::channel::report(request.into_inner())?;
        let changes = self.roster.record_evidence(report).await.map_err(told)?;
        let changes = changes.iter().map(wire::channel::change).collect();
        Ok(Response::new(pb::RecordChannelEvidenceResponse { changes }))
    }

    async fn erase(&self, request: Request<pb::EraseRequest>) -> Answer<pb::EraseResponse> {
        let phone = wire::channel::erase(request.into_inner())?;
        let count = self.roster.count_contacts(&phone).await.map_err(told)?;
        Ok(Response::new(wire::channel::erased(count)))
    }
}

impl Api {
    async fn step(
        &self,
        lead_id: &str,
        attempt: i32,
        step: Step,
    ) -> Result<pb::Assignment, Status> {
        let mut violations = Violations::new();
        let key = wire::attempt(&mut violations, lead_id, attempt);
        violations.finish()?;
        let (lead_id, attempt) = key.expect("checked with the violations");
        let moved = self.roster.move_assignment(lead_id, attempt, step);
        Ok(wire::assignment::assignment(moved.await.map_err(told)?))
    }
}
