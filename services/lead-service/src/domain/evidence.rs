//! Evidence about a channel: what a message's outcome or an inbound message says of the address it
//! went to or came from (B4). The roster decides what follows from it.

use chrono::{DateTime, Utc};

use serde::{Deserialize, Serialize};

use super::reach::DeliveryState;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EvidenceKind {
    HardFailure,
    SoftFailure,
    Delivered,
    Answered,
    Code,
    OptedOut,
    OptedIn,
}

impl EvidenceKind {
    pub const ALL: [Self; 7] = [
        Self::HardFailure,
        Self::SoftFailure,
        Self::Delivered,
        Self::Answered,
        Self::Code,
        Self::OptedOut,
        Self::OptedIn,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HardFailure => "hard_failure",
            Self::SoftFailure => "soft_failure",
            Self::Delivered => "delivered",
            Self::Answered => "answered",
            Self::Code => "code",
            Self::OptedOut => "opted_out",
            Self::OptedIn => "opted_in",
        }
    }
}

/// One piece of evidence, on its way to the roster; without the address itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The same key counts once.
    pub key: String,
    pub kind: EvidenceKind,
    /// Empty: everybody with the address among their channels.
    pub provider_id: String,
    /// "whatsapp", "sms" or "email".
    pub channel: String,
    /// As notification-service shows it; empty where `message_sid` names the message.
    pub masked_address: String,
    /// The inbound message whose sender is meant.
    pub message_sid: Option<String>,
    pub observe_time: DateTime<Utc>,
    /// Stable: "TWILIO_21211".
    pub reason: String,
    pub code: String,
    pub proof_id: String,
}

/// A delivery to a provider as notification-service tells of it; ids and masked forms only.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outcome {
    pub delivery_id: String,
    pub message_key: String,
    pub provider_id: String,
    pub channel: String,
    pub state: String,
    pub masked_address: String,
    pub reason: String,
    pub error_class: String,
    pub create_us: i64,
    pub accept_us: Option<i64>,
}

/// A channel whose health the roster changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelChange {
    pub provider_id: String,
    pub channel: String,
    /// "unproven", "proven", "quarantined" or "opted_out".
    pub health: String,
    /// Channels of the provider that still serve.
    pub serving: i32,
}

impl ChannelChange {
    /// It no longer serves.
    #[must_use]
    pub fn is_shut(&self) -> bool {
        matches!(self.health.as_str(), "quarantined" | "opted_out")
    }
}

/// What a delivery's state says of its address; nothing where it says nothing.
///
/// An unreachable handset (30003) passes while it is tried again and counts once it is final.
#[must_use]
pub fn of_delivery(state: DeliveryState, class: &str, reason: &str) -> Option<EvidenceKind> {
    match state {
        DeliveryState::Delivered => Some(EvidenceKind::Delivered),
        DeliveryState::Failed | DeliveryState::Dead => match (class, reason) {
            ("opted_out", _) => Some(EvidenceKind::OptedOut),
            ("address", _) | (_, "TWILIO_63024" | "TWILIO_63003") => {
                Some(EvidenceKind::HardFailure)
            }
            ("suspect", _) | (_, "TWILIO_30003") => Some(EvidenceKind::SoftFailure),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fact_sheets_codes_are_the_stated_evidence_b4() {
        use DeliveryState::{Accepted, Dead, Delivered, Failed, Queued, Withheld};
        for (state, class, reason, kind) in [
            (
                Failed,
                "address",
                "TWILIO_21211",
                Some(EvidenceKind::HardFailure),
            ),
            (
                Failed,
                "address",
                "TWILIO_30005",
                Some(EvidenceKind::HardFailure),
            ),
            (Failed, "", "TWILIO_63024", Some(EvidenceKind::HardFailure)),
            (
                Failed,
                "suspect",
                "TWILIO_30006",
                Some(EvidenceKind::SoftFailure),
            ),
            (
                Dead,
                "retry",
                "TWILIO_30003",
                Some(EvidenceKind::SoftFailure),
            ),
            (Queued, "retry", "TWILIO_30003", None),
            (
                Failed,
                "opted_out",
                "TWILIO_21610",
                Some(EvidenceKind::OptedOut),
            ),
            (Delivered, "", "", Some(EvidenceKind::Delivered)),
            (Dead, "config", "TWILIO_63016", None),
            (Accepted, "", "", None),
            (Withheld, "", "COUNTRY", None),
        ] {
            assert_eq!(of_delivery(state, class, reason), kind, "{reason}");
        }
    }
}
