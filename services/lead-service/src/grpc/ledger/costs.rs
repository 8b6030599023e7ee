//! Prices and costs on the wire: decode, call, encode.

use std::sync::Arc;

use chassis::fault;
use contracts::lead::v1 as wire;
use tonic::Status;

use super::{decode_costs, decode_prices};
use crate::app::Leads;

pub(super) async fn put_price_list(
    leads: &Arc<Leads>,
    request: wire::PutPriceListRequest,
) -> Result<wire::PutPriceListResponse, Status> {
    let (list, dry_run) = decode_prices::price_list(request)?;
    let put = leads.put_price_list(list, dry_run).await;
    let changed = put.map_err(|e| fault::status(&e))?;
    Ok(wire::PutPriceListResponse { changed })
}

pub(super) async fn record_cost(
    leads: &Arc<Leads>,
    request: wire::RecordCostRequest,
) -> Result<wire::RecordCostResponse, Status> {
    let closed = decode_costs::closed_call(request)?;
    let recorded = leads.record_cost(closed).await;
    let changed = recorded.map_err(|e| fault::status(&e))?;
    Ok(wire::RecordCostResponse { changed })
}
