//! `GET` and `POST /api/elevenlabs-quality-scan`: a cron service starts the scan of the slot that stands
//! (R55). A slot runs once: who comes again hears of the scan that runs or ran.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use chassis::config::Secret;
use chrono::{DateTime, SecondsFormat};
use contracts::quality::v1::{RunScanRequest, RunScanResponse, Scan, ScanState};
use serde::Serialize;

use crate::Gateway;
use crate::clients;
use crate::problem::Problem;

pub const ROUTE: &str = "/api/elevenlabs-quality-scan";
/// The scan itself goes on behind its answer.
const START_LIMIT: Duration = Duration::from_secs(8);

#[derive(Debug, Serialize)]
struct Started {
    scan_id: String,
    /// Start of the slot, RFC 3339.
    slot_time: Option<String>,
    /// "running", "good", "failed".
    state: String,
}

/// Starts the scan: 202 where it began now, 200 where the slot's scan runs or ran already.
pub async fn start(
    State(gateway): State<Gateway>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if !is_allowed(&gateway.cron_secrets, &headers) {
        let reason = "CRON_SECRET_WRONG";
        return Err(Problem::unproven(StatusCode::UNAUTHORIZED, reason));
    }
    let mut quality = gateway.clients.quality.clone();
    let request = RunScanRequest {
        asked_by: "route".to_owned(),
        since_time: None,
    };
    let answer = clients::within(START_LIMIT, quality.run_scan(request)).await?;
    let RunScanResponse { scan, created } = answer;
    let status = if created {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    };
    let started = scan.map(told).ok_or_else(Problem::internal)?;
    Ok((status, Json(started)).into_response())
}

fn told(scan: Scan) -> Started {
    let state = scan.state();
    let slot = scan.slot_time.and_then(|time| {
        let nanos = u32::try_from(time.nanos).ok()?;
        DateTime::from_timestamp(time.seconds, nanos)
    });
    Started {
        scan_id: scan.scan_id,
        slot_time: slot.map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true)),
        state: name(state),
    }
}

fn name(state: ScanState) -> String {
    let name = state.as_str_name();
    let name = name.strip_prefix("SCAN_STATE_").unwrap_or(name);
    name.to_ascii_lowercase()
}

/// `Authorization: Bearer SECRET`, once; the scheme's case is free (RFC 9110).
fn is_allowed(secrets: &[Secret], headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (values.next(), values.next());
    let given = first
        .filter(|_| second.is_none())
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map_or("", |(_, secret)| secret.trim());
    // Every value is compared, so that the time does not tell which one was near.
    let good = secrets
        .iter()
        .fold(false, |good, secret| good | secret.matches(given));
    good && !given.is_empty()
}
