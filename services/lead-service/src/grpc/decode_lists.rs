//! From the wire to what a list shows: filters and pages.

use chassis::fault::{InvalidRequest, Violations};
use contracts::lead::v1 as wire;
use uuid::Uuid;

use super::decode::short;
use crate::domain::state::LeadState;
use crate::store::leads::Filter;

pub(super) fn filter(request: wire::ListLeadsRequest) -> Result<Filter, InvalidRequest> {
    let state = match request.state() {
        wire::LeadState::Unspecified => String::new(),
        named => named
            .as_str_name()
            .trim_start_matches("LEAD_STATE_")
            .to_ascii_lowercase(),
    };
    let wire::ListLeadsRequest {
        state: number,
        site_id,
        conversation_id,
        page_size,
        page_token,
        call_sid,
    } = request;
    let mut v = Violations::new();
    if wire::LeadState::try_from(number).is_err()
        || (!state.is_empty() && state.parse::<LeadState>().is_err())
    {
        v.add("state", "must be a state of a lead");
    }
    for (field, text) in [
        ("site_id", &site_id),
        ("conversation_id", &conversation_id),
        ("call_sid", &call_sid),
    ] {
        short(&mut v, field, text);
    }
    let limit = page(&mut v, page_size);
    let before = page_token
        .split_once('.')
        .and_then(|(us, id)| Some((us.parse().ok()?, Uuid::try_parse(id).ok()?)));
    if !page_token.is_empty() && before.is_none() {
        v.add("page_token", "must come from next_page_token");
    }
    v.finish()?;
    Ok(Filter {
        state,
        site_id,
        conversation_id,
        call_sid,
        before,
        limit,
    })
}

pub(super) fn events(
    request: wire::ListLeadEventsRequest,
) -> Result<(Uuid, i32, i64), InvalidRequest> {
    let wire::ListLeadEventsRequest {
        lead_id,
        page_size,
        page_token,
    } = request;
    let mut v = Violations::new();
    let id = Uuid::try_parse(&lead_id);
    if id.is_err() {
        v.add("lead_id", "must be a UUID");
    }
    let limit = page(&mut v, page_size);
    let after = if page_token.is_empty() {
        Ok(0)
    } else {
        page_token.parse()
    };
    if after.is_err() {
        v.add("page_token", "must come from next_page_token");
    }
    v.finish()?;
    Ok((id.unwrap_or_default(), after.unwrap_or_default(), limit))
}

fn page(v: &mut Violations, size: i32) -> i64 {
    if size < 0 {
        v.add("page_size", "must not be negative");
    }
    match size {
        0 => 50,
        size => i64::from(size.min(200)),
    }
}
