//! Scans as they are asked for and travel.

use chassis::fault::{self, Fault, Kind};
use chrono::{DateTime, Utc};
use contracts::quality::v1 as wire;
use tonic::{Response, Status};
use uuid::Uuid;

use super::{Unreadable, page};
use crate::app::scan::Scanner;
use crate::domain::scan::Scan;
use crate::store;

/// No scan has this id.
#[derive(Debug, thiserror::Error)]
#[error("no scan has this id; `bord scan --list` shows them")]
struct UnknownScan;

impl Fault for UnknownScan {
    fn kind(&self) -> Kind {
        Kind::NotFound
    }

    fn reason(&self) -> &'static str {
        "UNKNOWN_SCAN"
    }
}

pub(super) async fn run(
    scanner: &Scanner,
    request: wire::RunScanRequest,
) -> Result<Response<wire::RunScanResponse>, Status> {
    let asked_by = match request.asked_by.trim() {
        "" => "operator:unnamed".to_owned(),
        asked if asked.len() <= 100 && !asked.contains(char::is_control) => asked.to_owned(),
        _ => {
            let rule = "says who asks, such as operator:ana, in at most 100 bytes of one line";
            return Err(page::invalid("asked_by", rule).into());
        }
    };
    let since = request.since_time.map(since).transpose()?;
    let started = scanner.start(asked_by, since).await;
    let (scan, created) = started.map_err(|error| fault::status(&Unreadable(error)))?;
    Ok(Response::new(wire::RunScanResponse {
        scan: Some(encode(scan)),
        created,
    }))
}

fn since(stamp: prost_types::Timestamp) -> Result<DateTime<Utc>, Status> {
    let nanos = u32::try_from(stamp.nanos).unwrap_or(u32::MAX);
    let time = DateTime::from_timestamp(stamp.seconds, nanos);
    let now = chassis::clock::now();
    time.filter(|time| (DateTime::UNIX_EPOCH..=now).contains(time))
        .ok_or_else(|| {
            page::invalid("since_time", "is a time since 1970 and not in the future").into()
        })
}

pub(super) async fn get(
    scanner: &Scanner,
    request: wire::GetScanRequest,
) -> Result<Response<wire::GetScanResponse>, Status> {
    // What is no id is the id of no scan.
    let id: Uuid = request.scan_id.parse().unwrap_or_default();
    let read = async {
        let mut tx = scanner.db.read().await?;
        store::scans::find(&mut tx, id).await
    };
    let found = read
        .await
        .map_err(|error| fault::status(&Unreadable(error)))?;
    let scan = found.ok_or_else(|| fault::status(&UnknownScan))?;
    Ok(Response::new(wire::GetScanResponse {
        scan: Some(encode(scan)),
    }))
}

pub(super) async fn list(
    scanner: &Scanner,
    request: wire::ListScansRequest,
) -> Result<Response<wire::ListScansResponse>, Status> {
    let size = page::size(request.page_size)?;
    let place = page::place(&request.page_token)?;
    let read = async {
        let mut tx = scanner.db.read().await?;
        store::scans::page(&mut tx, place, size).await
    };
    let scans = read
        .await
        .map_err(|error| fault::status(&Unreadable(error)))?;
    let full = i64::try_from(scans.len()).is_ok_and(|count| count == size);
    let last = scans.last().filter(|_| full);
    let next_page_token = last.map(|scan| page::place_token(scan.slot_time, scan.id));
    Ok(Response::new(wire::ListScansResponse {
        next_page_token: next_page_token.unwrap_or_default(),
        scans: scans.into_iter().map(encode).collect(),
    }))
}

fn encode(scan: Scan) -> wire::Scan {
    let state = match scan.state.as_str() {
        "good" => wire::ScanState::Good,
        "failed" => wire::ScanState::Failed,
        _ => wire::ScanState::Running,
    };
    wire::Scan {
        scan_id: scan.id.to_string(),
        slot_time: Some(super::wire::timestamp(scan.slot_time)),
        state: state.into(),
        start_time: Some(super::wire::timestamp(scan.start_time)),
        end_time: scan.end_time.map(super::wire::timestamp),
        since_time: scan.since_time.map(super::wire::timestamp),
        judged: scan.counts.judged,
        ended_calls: scan.counts.ended_calls,
        closed_calls: scan.counts.closed_calls,
        recovered: scan.counts.recovered,
        flags_raised: scan.counts.flags_raised,
        failures: scan.failures,
        asked_by: scan.asked_by,
    }
}
