//! Moves of an assignment at the roster: confirmed, freed of its slot, completed, released. Each is
//! idempotent, so a step of the saga may repeat it.

use chassis::client;
use contracts::roster::v1 as wire;
use tonic::Code;
use uuid::Uuid;

use super::CallFailed;
use super::roster::Roster;

/// One call to the roster about a lead's attempt.
macro_rules! call {
    ($self:ident, $rpc:ident, $name:literal, $request:expr) => {{
        let mut client = $self.client.clone();
        // Boxed, for a call's future is large and the saga holds it at every step.
        let call = Box::pin(client.$rpc($request));
        let answer = client::with_timeout($self.limit, call).await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| CallFailed::new($name, &status))
    }};
}

impl Roster {
    pub async fn confirm(&self, lead: Uuid, attempt: i32) -> Result<(), CallFailed> {
        let lead_id = lead.to_string();
        let request = wire::ConfirmAssignmentRequest { lead_id, attempt };
        call!(self, confirm_assignment, "ConfirmAssignment", request).map(|_| ())
    }

    pub async fn free_slot(&self, lead: Uuid, attempt: i32) -> Result<(), CallFailed> {
        let lead_id = lead.to_string();
        let request = wire::FreeSlotRequest { lead_id, attempt };
        call!(self, free_slot, "FreeSlot", request).map(|_| ())
    }

    pub async fn complete(&self, lead: Uuid, attempt: i32) -> Result<(), CallFailed> {
        let lead_id = lead.to_string();
        let request = wire::CompleteAssignmentRequest { lead_id, attempt };
        call!(self, complete_assignment, "CompleteAssignment", request).map(|_| ())
    }

    /// Closes the attempt for good, also where it holds nothing yet.
    pub async fn release(&self, lead: Uuid, attempt: i32, cause: &str) -> Result<(), CallFailed> {
        let request = wire::ReleaseAssignmentRequest {
            lead_id: lead.to_string(),
            attempt,
            cause: cause.to_owned(),
        };
        call!(self, release_assignment, "ReleaseAssignment", request).map(|_| ())
    }

    /// The attempt of the lead that is not released, if there is one.
    pub async fn standing_attempt(&self, lead: Uuid) -> Result<Option<i32>, CallFailed> {
        let lead_id = lead.to_string();
        let request = wire::GetAssignmentRequest {
            lead_id,
            attempt: 0,
        };
        match call!(self, get_assignment, "GetAssignment", request) {
            Err(failed) if failed.code == Code::NotFound => Ok(None),
            Err(failed) => Err(failed),
            Ok(answer) => Ok(answer
                .assignment
                .filter(|found| found.state() != wire::AssignmentState::Released)
                .map(|found| found.attempt)),
        }
    }
}
