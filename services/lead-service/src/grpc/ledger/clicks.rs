//! Clicks and conversions on the wire (R35): decode, call, encode.

use std::sync::Arc;

use chassis::clock;
use chassis::fault::{self, InvalidRequest, Violations};
use chrono::{DateTime, TimeDelta, Utc};
use contracts::lead::v1 as wire;
use tonic::Status;
use uuid::Uuid;

use super::decode_costs::time;
use super::money;
use crate::app::Leads;
use crate::grpc::decode::{id, short};
use crate::grpc::encode;
use crate::store::ledger::clicks::{Conversion, Filter};

const LONGEST_CLICK: usize = 500;
/// Clocks of two machines differ by less.
const AHEAD: TimeDelta = TimeDelta::hours(1);

pub(super) async fn record_click(
    leads: &Arc<Leads>,
    request: wire::RecordClickRequest,
) -> Result<wire::RecordClickResponse, Status> {
    let (site_id, click_id, at) = click(request)?;
    let recorded = leads.record_click(site_id, click_id, at).await;
    recorded.map_err(|e| fault::status(&e))?;
    Ok(wire::RecordClickResponse {})
}

fn click(
    request: wire::RecordClickRequest,
) -> Result<(String, String, DateTime<Utc>), InvalidRequest> {
    let wire::RecordClickRequest {
        site_id,
        click_id,
        click_time,
    } = request;
    let mut v = Violations::new();
    id(&mut v, "site_id", &site_id);
    // They stand in no need of quoting, in a CSV or elsewhere.
    let safe = |b: u8| b.is_ascii_alphanumeric() || b"._~-".contains(&b);
    if !click_id.bytes().all(safe) || !(1..=LONGEST_CLICK).contains(&click_id.len()) {
        v.add(
            "click_id",
            "must be 1 to 500 ASCII letters, digits or any of . _ ~ -",
        );
    }
    let at = time(&mut v, "click_time", click_time);
    if at.is_some_and(|at| at > clock::now() + AHEAD) {
        v.add("click_time", "must not lie in the future");
    }
    v.finish()?;
    Ok((site_id, click_id, at.unwrap_or_default()))
}

pub(super) async fn list_conversions(
    leads: &Arc<Leads>,
    request: wire::ListConversionsRequest,
) -> Result<wire::ListConversionsResponse, Status> {
    let mut filter = filter(request)?;
    let page = usize::try_from(filter.limit).unwrap_or_default();
    filter.limit += 1;
    let listed = leads.list_conversions(&filter).await;
    let mut listed = listed.map_err(|e| fault::status(&e))?;
    let more = listed.len() > page;
    listed.truncate(page);
    let last = listed.last().filter(|_| more);
    let next_page_token = last.map(|(last, _)| token(last)).unwrap_or_default();
    let conversions = listed
        .into_iter()
        .map(|(conversion, value)| wire::Conversion {
            lead_id: conversion.lead_id.to_string(),
            site_id: conversion.site_id.unwrap_or_default(),
            click_id: conversion.click_id.unwrap_or_default(),
            ambiguous: conversion.ambiguous.unwrap_or_default(),
            conversion_time: Some(encode::timestamp(conversion.create_time)),
            value: value.map(money::amount),
        });
    Ok(wire::ListConversionsResponse {
        conversions: conversions.collect(),
        next_page_token,
    })
}

fn filter(request: wire::ListConversionsRequest) -> Result<Filter, InvalidRequest> {
    let wire::ListConversionsRequest {
        site_id,
        from_time,
        until_time,
        page_size,
        page_token,
    } = request;
    let mut v = Violations::new();
    short(&mut v, "site_id", &site_id);
    let from = from_time.and_then(|said| time(&mut v, "from_time", Some(said)));
    let until = until_time.and_then(|said| time(&mut v, "until_time", Some(said)));
    if from.zip(until).is_some_and(|(from, until)| until < from) {
        v.add("until_time", "must not lie before from_time");
    }
    if page_size < 0 {
        v.add("page_size", "must not be negative");
    }
    let limit = match page_size {
        0 => 200,
        size => i64::from(size.min(1000)),
    };
    let after = place(&page_token);
    if !page_token.is_empty() && after.is_none() {
        v.add("page_token", "must come from next_page_token");
    }
    v.finish()?;
    let end = DateTime::from_timestamp(253_402_300_799, 0);
    Ok(Filter {
        site_id,
        from: from.unwrap_or(DateTime::UNIX_EPOCH),
        until: until.or(end).unwrap_or(DateTime::<Utc>::MAX_UTC),
        after,
        limit,
    })
}

fn token(last: &Conversion) -> String {
    format!("{}.{}", last.create_time.timestamp_micros(), last.lead_id)
}

fn place(token: &str) -> Option<(DateTime<Utc>, Uuid)> {
    let (us, id) = token.split_once('.')?;
    let time = DateTime::from_timestamp_micros(us.parse().ok()?)?;
    Some((time, Uuid::try_parse(id).ok()?))
}
