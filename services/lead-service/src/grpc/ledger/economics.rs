//! Economics and the check of the books on the wire.

use std::sync::Arc;

use contracts::lead::v1 as wire;
use tonic::Status;

use crate::app::Leads;

pub(super) async fn get_economics(
    _leads: &Arc<Leads>,
    _request: wire::GetEconomicsRequest,
) -> Result<wire::GetEconomicsResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}

pub(super) async fn get_lead_economics(
    _leads: &Arc<Leads>,
    _request: wire::GetLeadEconomicsRequest,
) -> Result<wire::GetLeadEconomicsResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}

pub(super) async fn check_books(
    _leads: &Arc<Leads>,
    _request: wire::CheckBooksRequest,
) -> Result<wire::CheckBooksResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}
