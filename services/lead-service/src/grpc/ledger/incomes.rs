//! Credits, payments and statements on the wire.

use std::sync::Arc;

use contracts::lead::v1 as wire;
use tonic::Status;

use crate::app::Leads;

pub(super) async fn get_statement(
    _leads: &Arc<Leads>,
    _request: wire::GetStatementRequest,
) -> Result<wire::GetStatementResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}

pub(super) async fn credit_lead(
    _leads: &Arc<Leads>,
    _request: wire::CreditLeadRequest,
) -> Result<wire::CreditLeadResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}

pub(super) async fn record_payment(
    _leads: &Arc<Leads>,
    _request: wire::RecordPaymentRequest,
) -> Result<wire::RecordPaymentResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}
