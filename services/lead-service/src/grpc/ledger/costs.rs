//! Prices and costs on the wire.

use std::sync::Arc;

use contracts::lead::v1 as wire;
use tonic::Status;

use crate::app::Leads;

pub(super) async fn put_price_list(
    _leads: &Arc<Leads>,
    _request: wire::PutPriceListRequest,
) -> Result<wire::PutPriceListResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}

pub(super) async fn record_cost(
    _leads: &Arc<Leads>,
    _request: wire::RecordCostRequest,
) -> Result<wire::RecordCostResponse, Status> {
    Err(Status::unimplemented("not served yet"))
}
