//! Lists of leads and of their event logs, page by page. Decode, call, encode.

use std::sync::Arc;

use chassis::fault;
use contracts::lead::v1 as wire;
use tonic::Status;

use super::{decode_lists, encode};
use crate::app::Leads;

pub(super) async fn leads(
    app: &Arc<Leads>,
    request: wire::ListLeadsRequest,
) -> Result<wire::ListLeadsResponse, Status> {
    let mut filter = decode_lists::filter(request)?;
    let page = usize::try_from(filter.limit).unwrap_or_default();
    filter.limit += 1;
    let mut leads = app
        .list_leads(&filter)
        .await
        .map_err(|e| fault::status(&e))?;
    let more = leads.len() > page;
    leads.truncate(page);
    let last = leads.last().filter(|_| more);
    let next_page_token = last.map(encode::page_token).unwrap_or_default();
    let known = app.knowledge().await.map_err(|e| fault::status(&e))?;
    let leads = leads
        .into_iter()
        .map(|lead| encode::lead(lead, &known))
        .collect();
    Ok(wire::ListLeadsResponse {
        leads,
        next_page_token,
    })
}

pub(super) async fn events(
    app: &Arc<Leads>,
    request: wire::ListLeadEventsRequest,
) -> Result<wire::ListLeadEventsResponse, Status> {
    let (id, after, limit) = decode_lists::events(request)?;
    let page = usize::try_from(limit).unwrap_or_default();
    let listed = app.list_lead_events(id, after, limit + 1).await;
    let mut events = listed.map_err(|e| fault::status(&e))?;
    let more = events.len() > page;
    events.truncate(page);
    let last = events.last().filter(|_| more);
    let next_page_token = last
        .map(|event| event.number.to_string())
        .unwrap_or_default();
    let events = events.into_iter().map(encode::event).collect();
    Ok(wire::ListLeadEventsResponse {
        events,
        next_page_token,
    })
}
