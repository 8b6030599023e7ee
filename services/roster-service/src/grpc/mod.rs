//! RosterService as it is called: decode, call, encode. Wire types live here and nowhere else.

mod page;
mod wire;

use std::pin::Pin;

use chassis::fault::{self, Violations};
use chassis::feed::Position;
use chassis::server::MESSAGE_LIMIT;
pub use contracts::DESCRIPTOR;
use contracts::bord::roster::v1 as pb;
use contracts::bord::roster::v1::roster_service_server::{RosterService, RosterServiceServer};
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
        let pb::ListProvidersRequest {
            country,
            page_size,
            page_token,
            contact: _,
        } = request.into_inner();
        let mut violations = Violations::new();
        let country = wire::optional(&mut violations, "country", &country);
        let size = page::size(&mut violations, page_size);
        let after = page::token::<1>(&mut violations, &page_token);
        violations.finish()?;
        let [after] = after.unwrap_or_default();
        let found = self
            .roster
            .list_providers(country.as_ref(), &after, size + 1);
        let (found, more) = page::cut(found.await.map_err(told)?, size);
        let next = found.last().filter(|_| more);
        Ok(Response::new(pb::ListProvidersResponse {
            next_page_token: next
                .map(|last| page::encode([last.declared.provider_id.as_str()]))
                .unwrap_or_default(),
            providers: found.into_iter().map(wire::shown::provider).collect(),
        }))
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
        let list = wire::assignment::list(request.into_inner())?;
        let found = self.roster.list_assignments(
            list.lead_id,
            list.provider_id.as_ref(),
            list.before,
            list.size + 1,
        );
        let (found, more) = page::cut(found.await.map_err(told)?, list.size);
        let next = found.last().filter(|_| more);
        Ok(Response::new(pb::ListAssignmentsResponse {
            next_page_token: next.map(wire::assignment::token).unwrap_or_default(),
            assignments: found
                .into_iter()
                .map(wire::assignment::assignment)
                .collect(),
        }))
    }

    async fn list_coverage(
        &self,
        request: Request<pb::ListCoverageRequest>,
    ) -> Answer<pb::ListCoverageResponse> {
        let pb::ListCoverageRequest {
            country,
            page_size,
            page_token,
        } = request.into_inner();
        let mut violations = Violations::new();
        let country = wire::optional(&mut violations, "country", &country);
        let size = page::size(&mut violations, page_size);
        let after = page::token::<3>(&mut violations, &page_token);
        violations.finish()?;
        let after = after.unwrap_or_default().into();
        let found = self
            .roster
            .list_coverage(country.as_ref(), &after, size + 1);
        let (found, more) = page::cut(found.await.map_err(told)?, size);
        let next = found.last().filter(|_| more);
        Ok(Response::new(pb::ListCoverageResponse {
            next_page_token: next
                .map(|last| page::encode([&last.country, &last.category, &last.city]))
                .unwrap_or_default(),
            coverage: found.into_iter().map(wire::coverage).collect(),
        }))
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
        _: Request<pb::QuarantineChannelRequest>,
    ) -> Result<Response<pb::QuarantineChannelResponse>, Status> {
        Err(Status::unimplemented("not served yet"))
    }

    async fn prove_channel(
        &self,
        _: Request<pb::ProveChannelRequest>,
    ) -> Result<Response<pb::ProveChannelResponse>, Status> {
        Err(Status::unimplemented("not served yet"))
    }

    async fn record_channel_evidence(
        &self,
        _: Request<pb::RecordChannelEvidenceRequest>,
    ) -> Result<Response<pb::RecordChannelEvidenceResponse>, Status> {
        Err(Status::unimplemented("not served yet"))
    }

    async fn erase(
        &self,
        _: Request<pb::EraseRequest>,
    ) -> Result<Response<pb::EraseResponse>, Status> {
        Err(Status::unimplemented("not served yet"))
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
