//! Channels on the wire: evidence, proofs, quarantine, and how each stands.

use chassis::fault::{InvalidRequest, Violations};
use chrono::{DateTime, Utc};
use contracts::bord::roster::v1 as pb;
use prost_types::Timestamp;
use uuid::Uuid;

use super::{optional, parsed, short, text, time};
use crate::app::pause_provider::Reason;
use crate::domain::channel::{AddressKey, Health, Kind};
use crate::domain::evidence::{self, Report};
use crate::domain::ids::ProviderId;
use crate::domain::proof::{Digits, Proof};
use crate::store::evidence::Changed;

const CHECKED: &str = "checked with the violations";

pub(super) fn kind(kind: Kind) -> pb::ChannelKind {
    match kind {
        Kind::Whatsapp => pb::ChannelKind::Whatsapp,
        Kind::Sms => pb::ChannelKind::Sms,
        Kind::Email => pb::ChannelKind::Email,
    }
}

pub(super) fn kind_of(v: &mut Violations, field: &str, kind: pb::ChannelKind) -> Option<Kind> {
    let kind = match kind {
        pb::ChannelKind::Unspecified => None,
        pb::ChannelKind::Whatsapp => Some(Kind::Whatsapp),
        pb::ChannelKind::Sms => Some(Kind::Sms),
        pb::ChannelKind::Email => Some(Kind::Email),
    };
    v.required(field, kind)
}

pub(super) fn health(health: Health) -> pb::ChannelHealth {
    match health {
        Health::Unproven => pb::ChannelHealth::Unproven,
        Health::Proven => pb::ChannelHealth::Proven,
        Health::Quarantined => pb::ChannelHealth::Quarantined,
        Health::OptedOut => pb::ChannelHealth::OptedOut,
    }
}

/// An address to look for; nothing when it is empty.
pub(in crate::grpc) fn contact(v: &mut Violations, text: &str) -> Option<AddressKey> {
    if text.is_empty() {
        return None;
    }
    v.check("contact", AddressKey::read(text))
}

pub(in crate::grpc) fn quarantine(
    request: pb::QuarantineChannelRequest,
) -> Result<(ProviderId, Kind, Reason), InvalidRequest> {
    let wanted = request.kind();
    let pb::QuarantineChannelRequest {
        provider_id,
        kind: _,
        actor,
        cause,
    } = request;
    let mut violations = Violations::new();
    let v = &mut violations;
    let id = parsed(v, "provider_id", &provider_id);
    let kind = kind_of(v, "kind", wanted);
    let reason = Reason {
        actor: text(v, "actor", actor, 100),
        cause: text(v, "cause", cause, 500),
    };
    violations.finish()?;
    let (id, kind) = id.zip(kind).expect(CHECKED);
    Ok((id, kind, reason))
}

pub(in crate::grpc) fn prove(
    request: pb::ProveChannelRequest,
) -> Result<(ProviderId, Kind, String), InvalidRequest> {
    let wanted = request.kind();
    let pb::ProveChannelRequest {
        provider_id,
        kind: _,
        actor,
    } = request;
    let mut violations = Violations::new();
    let v = &mut violations;
    let id = parsed(v, "provider_id", &provider_id);
    let kind = kind_of(v, "kind", wanted);
    let actor = text(v, "actor", actor, 100);
    violations.finish()?;
    let (id, kind) = id.zip(kind).expect(CHECKED);
    Ok((id, kind, actor))
}

pub(in crate::grpc) fn proof(from: &Proof) -> pb::ProveChannelResponse {
    pb::ProveChannelResponse {
        proof_id: from.proof_id.to_string(),
        expire_time: Some(time(from.expire_time)),
        needs_code: from.code.is_some(),
    }
}

pub(in crate::grpc) fn report(
    request: pb::RecordChannelEvidenceRequest,
) -> Result<Report, InvalidRequest> {
    let (learned, channel) = (request.evidence(), request.kind());
    let pb::RecordChannelEvidenceRequest {
        evidence_key,
        evidence: _,
        provider_id,
        kind: _,
        masked_address,
        address,
        observe_time,
        reason,
        code,
        proof_id,
    } = request;
    let mut violations = Violations::new();
    let v = &mut violations;
    let evidence_key = text(v, "evidence_key", evidence_key, 300);
    let kind = v.required("evidence", evidence_kind(learned));
    let provider_id: Option<ProviderId> = optional(v, "provider_id", &provider_id);
    let channel = kind_of(v, "kind", channel);
    let address = if address.is_empty() {
        None
    } else {
        v.check("address", AddressKey::read(&address))
    };
    let masked = short(v, "masked_address", masked_address, 100);
    if !masked.is_empty() && !masked.contains('*') {
        v.add("masked_address", "is not masked; give +41 79 *** ** 12");
    }
    if address.is_none() && (masked.is_empty() || provider_id.is_none()) && v.is_empty() {
        v.add(
            "address",
            "is required where no provider or no masked form is named",
        );
    }
    let observe_time = v
        .required("observe_time", observe_time)
        .and_then(|at| v.check("observe_time", instant(at)));
    let code = (!code.is_empty()).then(|| Digits::read(&code));
    if kind == Some(evidence::Kind::Code) && code.is_none() {
        v.add("code", "is required with a code");
    }
    let proof_id = if proof_id.is_empty() {
        None
    } else {
        let parsed = Uuid::parse_str(&proof_id);
        v.check(
            "proof_id",
            parsed.map_err(|_| "is not a proof's id; give the UUID"),
        )
    };
    let reason = stable(v, reason);
    violations.finish()?;
    Ok(Report {
        evidence_key,
        kind: kind.expect(CHECKED),
        channel: channel.expect(CHECKED),
        provider_id,
        masked_address: address.as_ref().map_or(masked, AddressKey::masked),
        address,
        observe_time: observe_time.expect(CHECKED),
        reason,
        code,
        proof_id,
    })
}

fn evidence_kind(kind: pb::EvidenceKind) -> Option<evidence::Kind> {
    Some(match kind {
        pb::EvidenceKind::Unspecified => return None,
        pb::EvidenceKind::HardFailure => evidence::Kind::HardFailure,
        pb::EvidenceKind::SoftFailure => evidence::Kind::SoftFailure,
        pb::EvidenceKind::Delivered => evidence::Kind::Delivered,
        pb::EvidenceKind::Answered => evidence::Kind::Answered,
        pb::EvidenceKind::Code => evidence::Kind::Code,
        pb::EvidenceKind::OptedOut => evidence::Kind::OptedOut,
        pb::EvidenceKind::OptedIn => evidence::Kind::OptedIn,
    })
}

/// A word that stands with the health and in an alarm: no text of people.
fn stable(v: &mut Violations, reason: String) -> String {
    let legal = |b: u8| b.is_ascii_alphanumeric() || b"_.:-".contains(&b);
    if reason.len() > 64 || !reason.bytes().all(legal) {
        v.add(
            "reason",
            "is no stable word; give one such as TWILIO_21211, of at most 64 letters and digits",
        );
    }
    reason
}

/// To the microsecond, as the database keeps it.
fn instant(at: Timestamp) -> Result<DateTime<Utc>, &'static str> {
    let micros = (0..1_000_000_000)
        .contains(&at.nanos)
        .then_some(i64::from(at.nanos) / 1000);
    micros
        .and_then(|micros| at.seconds.checked_mul(1_000_000)?.checked_add(micros))
        .and_then(DateTime::from_timestamp_micros)
        .ok_or("is not a time")
}

pub(in crate::grpc) fn change(from: &Changed) -> pb::ChannelChange {
    pb::ChannelChange {
        provider_id: from.provider_id.to_string(),
        kind: kind(from.kind).into(),
        health: health(from.health).into(),
        serving: from.serving,
    }
}

/// The number of a caller to be forgotten.
pub(in crate::grpc) fn erase(request: pb::EraseRequest) -> Result<AddressKey, InvalidRequest> {
    let pb::EraseRequest {
        phone_e164,
        actor,
        dry_run: _,
    } = request;
    let mut violations = Violations::new();
    let v = &mut violations;
    let phone = if phone_e164.contains('@') {
        v.add("phone_e164", "is not a phone number; write it as E.164");
        None
    } else {
        v.check("phone_e164", AddressKey::read(&phone_e164))
    };
    text(v, "actor", actor, 100);
    violations.finish()?;
    Ok(phone.expect(CHECKED))
}

/// Nothing of a caller is stored here, so nothing is erased.
pub(in crate::grpc) fn erased(kept: i64) -> pb::EraseResponse {
    let why = if kept == 0 {
        ""
    } else {
        "contacts that providers declared; the catalogue or an operator removes them"
    };
    pb::EraseResponse {
        stores: vec![pb::ErasedStore {
            store: "roster.channel".to_owned(),
            count: kept,
            kept: why.to_owned(),
            // A contact is the provider's own: it stays for good.
            due: false,
        }],
    }
}
