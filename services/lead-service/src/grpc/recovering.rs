//! After a loss: leads recovered, assignments restored, and the word of the scan. Decode, call,
//! encode.

use std::sync::Arc;

use chassis::fault::{self, InvalidRequest, Violations};
use chrono::{DateTime, Utc};
use contracts::lead::v1 as wire;
use tonic::Status;

use super::decode;
use crate::app::Leads;
use crate::app::recover_lead::{Lost, Recovered};
use crate::app::restore::Restored;
use crate::domain::attempt::is_operator;
use crate::domain::recovery::Source;

pub(super) async fn recover(
    app: &Arc<Leads>,
    request: wire::RecoverLeadRequest,
) -> Result<wire::RecoverLeadResponse, Status> {
    let recovered = app.recover_lead(lost(request)?).await;
    let Recovered {
        lead,
        recovered,
        told_before,
    } = recovered.map_err(|e| fault::status(&e))?;
    Ok(wire::RecoverLeadResponse {
        lead_id: lead.id.to_string(),
        recovered,
        status: lead.state.name().to_owned(),
        told_before,
    })
}

fn lost(request: wire::RecoverLeadRequest) -> Result<Lost, InvalidRequest> {
    let source = request.source();
    let wire::RecoverLeadRequest {
        need,
        source: _,
        call_time,
        actor,
    } = request;
    let mut v = Violations::new();
    let call = need.map(decode::tool_call);
    match &call {
        None => {
            v.add("need", "is required");
        }
        Some(call) if call.conversation_id.trim().is_empty() => {
            v.add("need.conversation_id", "is required: it is the lead's key");
        }
        Some(call) => {
            decode::short(&mut v, "need.conversation_id", &call.conversation_id);
            decode::short(&mut v, "need.call_sid", &call.call_sid);
        }
    }
    let source = match source {
        wire::RecoverySource::ToolExecution => Some(Source::ToolExecution),
        wire::RecoverySource::DataCollection => Some(Source::DataCollection),
        wire::RecoverySource::Unspecified => {
            v.add("source", "must be a tool execution or the data collection");
            None
        }
    };
    let call_time = time(&mut v, "call_time", call_time);
    by_quality_or_operator(&mut v, &actor);
    v.finish()?;
    let whole = call.zip(source).zip(call_time);
    let ((call, source), call_time) = whole.expect("checked with the violations");
    Ok(Lost {
        call,
        source,
        call_time,
        actor,
    })
}

pub(super) async fn restore(
    app: &Arc<Leads>,
    request: wire::RestoreAssignmentsRequest,
) -> Result<wire::RestoreAssignmentsResponse, Status> {
    let wire::RestoreAssignmentsRequest { since_time, actor } = request;
    let mut v = Violations::new();
    let since = time(&mut v, "since_time", since_time);
    by_quality_or_operator(&mut v, &actor);
    v.finish()?;
    let since = since.expect("checked with the violations");
    let restored = app.restore_assignments(since, &actor).await;
    let Restored {
        checked,
        restored,
        refused,
    } = restored.map_err(|e| fault::status(&e))?;
    Ok(wire::RestoreAssignmentsResponse {
        checked,
        restored,
        refused_lead_ids: refused.iter().map(ToString::to_string).collect(),
    })
}

pub(super) async fn scanned(
    app: &Arc<Leads>,
    request: wire::RecordScanRequest,
) -> Result<wire::RecordScanResponse, Status> {
    let mut v = Violations::new();
    let slot = time(&mut v, "slot_time", request.slot_time);
    v.finish()?;
    let slot = slot.expect("checked with the violations");
    let recorded = app.record_scan(slot).await;
    recorded.map_err(|e| fault::status(&e))?;
    Ok(wire::RecordScanResponse {})
}

fn time(
    v: &mut Violations,
    field: &str,
    time: Option<prost_types::Timestamp>,
) -> Option<DateTime<Utc>> {
    let found = time.and_then(|time| {
        let nanos = u32::try_from(time.nanos).ok()?;
        // As the database keeps it.
        let micros = nanos / 1000 * 1000;
        DateTime::from_timestamp(time.seconds, micros)
    });
    if found.is_none() {
        v.add(field, "is required: a moment");
    }
    found
}

fn by_quality_or_operator(v: &mut Violations, actor: &str) {
    if !is_operator(actor) && actor != "quality" {
        v.add(
            "actor",
            "must be quality or an operator, such as operator:ana",
        );
    }
    decode::short(v, "actor", actor);
}
