//! Channels from outside: telling evidence, quarantining, proving, and looking at how each stands.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use contracts::bord::roster::v1 as pb;
use pb::{ChannelHealth, ChannelKind, EvidenceKind};
use tonic::Status;

use crate::harness::RosterTest;

pub(crate) const PHONE: &str = "+41795530141";
pub(crate) const MASKED: &str = "+41 79 *** ** 41";

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Evidence about the provider's SMS channel, of now, under a key of its own.
pub(crate) fn about(provider: &str, evidence: EvidenceKind) -> pb::RecordChannelEvidenceRequest {
    pb::RecordChannelEvidenceRequest {
        evidence_key: format!("key-{}", NEXT.fetch_add(1, Ordering::Relaxed)),
        evidence: evidence.into(),
        provider_id: provider.to_owned(),
        kind: ChannelKind::Sms.into(),
        masked_address: MASKED.to_owned(),
        observe_time: at(chassis::clock::now()),
        ..pb::RecordChannelEvidenceRequest::default()
    }
}

/// Evidence from an address, of nobody in particular.
pub(crate) fn from(
    address: &str,
    kind: ChannelKind,
    evidence: EvidenceKind,
) -> pb::RecordChannelEvidenceRequest {
    pb::RecordChannelEvidenceRequest {
        provider_id: String::new(),
        kind: kind.into(),
        masked_address: String::new(),
        address: address.to_owned(),
        ..about("", evidence)
    }
}

pub(crate) fn at(time: DateTime<Utc>) -> Option<prost_types::Timestamp> {
    Some(std::time::SystemTime::from(time).into())
}

/// So many days after now: evidence counts by its own time.
pub(crate) fn in_days(days: i64) -> Option<prost_types::Timestamp> {
    at(chassis::clock::now() + TimeDelta::days(days))
}

/// Changes as (provider, kind, health, serving).
pub(crate) type Told = Vec<(String, ChannelKind, ChannelHealth, i32)>;

impl RosterTest {
    pub(crate) async fn try_tell(
        &self,
        evidence: pb::RecordChannelEvidenceRequest,
    ) -> Result<Told, Status> {
        let answer = self
            .client
            .clone()
            .record_channel_evidence(evidence)
            .await?;
        let changes = answer.into_inner().changes.into_iter();
        Ok(changes
            .map(|c| (c.provider_id.clone(), c.kind(), c.health(), c.serving))
            .collect())
    }

    pub(crate) async fn tell(&self, evidence: pb::RecordChannelEvidenceRequest) -> Told {
        self.try_tell(evidence).await.unwrap()
    }

    pub(crate) async fn channel(&self, provider: &str, kind: ChannelKind) -> pb::Channel {
        let channels = self.provider(provider).await.channels;
        channels.into_iter().find(|c| c.kind() == kind).unwrap()
    }

    pub(crate) async fn health(&self, provider: &str, kind: ChannelKind) -> ChannelHealth {
        self.channel(provider, kind).await.health()
    }

    pub(crate) async fn quarantine(
        &self,
        provider: &str,
        kind: ChannelKind,
    ) -> Result<bool, Status> {
        let request = pb::QuarantineChannelRequest {
            provider_id: provider.to_owned(),
            kind: kind.into(),
            actor: "operator:ana".to_owned(),
            cause: "the phone was lost".to_owned(),
        };
        let answer = self.client.clone().quarantine_channel(request).await?;
        Ok(answer.into_inner().changed)
    }

    pub(crate) async fn prove(
        &self,
        provider: &str,
        kind: ChannelKind,
    ) -> Result<pb::ProveChannelResponse, Status> {
        let request = pb::ProveChannelRequest {
            provider_id: provider.to_owned(),
            kind: kind.into(),
            actor: "operator:ana".to_owned(),
        };
        Ok(self
            .client
            .clone()
            .prove_channel(request)
            .await?
            .into_inner())
    }
}
