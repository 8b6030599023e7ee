//! Clicks and conversions on the wire (R35).

use std::sync::Arc;

use contracts::lead::v1 as wire;
use tonic::Status;

use crate::app::Leads;

pub(super) async fn record_click(
    _leads: &Arc<Leads>,
    _request: wire::RecordClickRequest,
) -> Result<wire::RecordClickResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}

pub(super) async fn list_conversions(
    _leads: &Arc<Leads>,
    _request: wire::ListConversionsRequest,
) -> Result<wire::ListConversionsResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}
