//! RecordChannelEvidence: what was learned about a channel, and what the roster made of it.

use chassis::client;
use contracts::roster::v1 as wire;

use super::roster::Roster;
use super::{CallFailed, timestamp};
use crate::domain::evidence::{ChannelChange, Evidence, EvidenceKind};

impl Roster {
    /// Tells it; `sender` is the address that wrote, where an inbound message showed it. A repeat
    /// with the same key changes nothing at the roster.
    pub async fn record_evidence(
        &self,
        evidence: &Evidence,
        sender: Option<&str>,
    ) -> Result<Vec<ChannelChange>, CallFailed> {
        let kind = match evidence.kind {
            EvidenceKind::HardFailure => wire::EvidenceKind::HardFailure,
            EvidenceKind::SoftFailure => wire::EvidenceKind::SoftFailure,
            EvidenceKind::Delivered => wire::EvidenceKind::Delivered,
            EvidenceKind::Answered => wire::EvidenceKind::Answered,
            EvidenceKind::Code => wire::EvidenceKind::Code,
            EvidenceKind::OptedOut => wire::EvidenceKind::OptedOut,
            EvidenceKind::OptedIn => wire::EvidenceKind::OptedIn,
        };
        let channel = match evidence.channel.as_str() {
            "whatsapp" => wire::ChannelKind::Whatsapp,
            "sms" => wire::ChannelKind::Sms,
            "email" => wire::ChannelKind::Email,
            _ => wire::ChannelKind::Unspecified,
        };
        let request = wire::RecordChannelEvidenceRequest {
            evidence_key: evidence.key.clone(),
            evidence: kind.into(),
            provider_id: evidence.provider_id.clone(),
            kind: channel.into(),
            masked_address: evidence.masked_address.clone(),
            address: sender.unwrap_or_default().to_owned(),
            observe_time: Some(timestamp(evidence.observe_time)),
            reason: evidence.reason.clone(),
            code: evidence.code.clone(),
            proof_id: evidence.proof_id.clone(),
        };
        let mut client = self.client.clone();
        let call = Box::pin(client.record_channel_evidence(request));
        let answer = client::with_timeout(self.limit, call).await;
        let answer = answer.map_err(|status| CallFailed::new("RecordChannelEvidence", &status))?;
        let changes = answer.into_inner().changes.into_iter();
        Ok(changes.map(change).collect())
    }
}

fn change(change: wire::ChannelChange) -> ChannelChange {
    let lower = |name: &str, prefix| name.trim_start_matches(prefix).to_ascii_lowercase();
    ChannelChange {
        channel: lower(change.kind().as_str_name(), "CHANNEL_KIND_"),
        health: lower(change.health().as_str_name(), "CHANNEL_HEALTH_"),
        provider_id: change.provider_id,
        serving: change.serving,
    }
}
