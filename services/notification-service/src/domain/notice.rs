//! A notice is something that people must be told: a lead that a provider has or no longer has, one
//! that nobody has, an alarm, an answer that came in or goes out. It is what callers ask for;
//! deliveries are what we make of it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::delivery::{Channel, Recipient};
use super::summary::CallSummary;

/// How soon the customer needs help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    Emergency,
    Soon,
    Flexible,
    Unknown,
}

/// What a message tells about a lead.
#[derive(Clone)]
pub struct LeadFacts {
    pub lead_id: Uuid,
    pub attempt: i32,
    pub source_country: String,
    pub allowed_countries: Vec<String>,
    pub site_url: String,
    pub customer_name: String,
    pub customer_phone: String,
    pub language: String,
    pub service: String,
    pub category: String,
    pub category_names: Vec<(String, String)>,
    pub location: String,
    pub city: String,
    pub city_names: Vec<(String, String)>,
    pub urgency: Urgency,
    pub health: bool,
    pub recording_url: String,
    pub create_time: DateTime<Utc>,
    pub time_zone: String,
    /// The short reference; empty: derived from the lead's id.
    pub reference: String,
}

/// Whom a provider's messages go to.
#[derive(Clone)]
pub struct ProviderFacts {
    pub provider_id: String,
    pub name: String,
    pub language: String,
    pub country: String,
    pub whatsapp: String,
    pub sms: String,
    pub email: String,
    pub address: String,
    /// The offer's page; empty: none is shown.
    pub answer_url: String,
}

/// Why an offer is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseCause {
    Silent,
    Declined,
    Undeliverable,
    Operator,
    Cancelled,
}

/// What is answered to a message that came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerKind {
    Confirmed,
    Declined,
    Late,
    WhichOffer,
    Unclear,
    CancelQuestion,
    Cancelled,
    Kept,
    Proven,
}

/// One open offer among several.
#[derive(Clone)]
pub struct OfferChoice {
    pub code: String,
    pub need: String,
}

/// An answer to a message that came in, by the channel on which it came.
#[derive(Clone)]
pub struct ReplyAnswer {
    pub kind: AnswerKind,
    /// None for a proven channel, which is about no lead.
    pub lead: Option<LeadFacts>,
    pub source_country: String,
    pub recipient: Recipient,
    pub channel: Channel,
    pub address: String,
    pub language: String,
    pub choices: Vec<OfferChoice>,
    pub answer_url: String,
    pub provider_id: String,
}

/// What people must be told.
#[derive(Clone)]
pub enum Notice {
    LeadAssigned {
        lead: Box<LeadFacts>,
        provider: Box<ProviderFacts>,
    },
    LeadUnmatched {
        lead: Box<LeadFacts>,
        cause: String,
    },
    OperatorAlarm {
        kind: String,
        subject: String,
        text: String,
    },
    InboundReply {
        from: String,
        channel: String,
        body: String,
        lead_id: Option<Uuid>,
        /// It is, or may be, about a health-related lead.
        health: bool,
    },
    OfferReminder {
        lead: Box<LeadFacts>,
        provider: Box<ProviderFacts>,
        answer_by: DateTime<Utc>,
    },
    LeadReleased {
        lead: Box<LeadFacts>,
        provider: Box<ProviderFacts>,
        cause: ReleaseCause,
    },
    LeadConfirmed {
        lead: Box<LeadFacts>,
        provider: Box<ProviderFacts>,
    },
    ReplyAnswer(Box<ReplyAnswer>),
    ResultReminder {
        lead: Box<LeadFacts>,
        provider: Box<ProviderFacts>,
    },
    ChannelProof {
        provider: Box<ProviderFacts>,
        channel: Channel,
        /// The digits to send back; empty for a test.
        code: String,
    },
    CallSummary(Box<CallSummary>),
}

impl Notice {
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::LeadAssigned { .. } => "lead_assigned",
            Self::LeadUnmatched { .. } => "lead_unmatched",
            Self::OperatorAlarm { .. } => "operator_alarm",
            Self::InboundReply { .. } => "inbound_reply",
            Self::OfferReminder { .. } => "offer_reminder",
            Self::LeadReleased { .. } => "lead_released",
            Self::LeadConfirmed { .. } => "lead_confirmed",
            Self::ReplyAnswer(_) => "reply_answer",
            Self::ResultReminder { .. } => "result_reminder",
            Self::ChannelProof { .. } => "channel_proof",
            Self::CallSummary(_) => "call_summary",
        }
    }

    /// The lead whose facts it tells, if it tells any.
    #[must_use]
    pub fn lead(&self) -> Option<&LeadFacts> {
        match self {
            Self::LeadAssigned { lead, .. }
            | Self::LeadUnmatched { lead, .. }
            | Self::OfferReminder { lead, .. }
            | Self::LeadReleased { lead, .. }
            | Self::LeadConfirmed { lead, .. }
            | Self::ResultReminder { lead, .. } => Some(lead),
            Self::ReplyAnswer(answer) => answer.lead.as_ref(),
            Self::OperatorAlarm { .. }
            | Self::InboundReply { .. }
            | Self::ChannelProof { .. }
            | Self::CallSummary(_) => None,
        }
    }

    /// The same, to be brought in line with what the lead's first notice fixed.
    pub fn lead_mut(&mut self) -> Option<&mut LeadFacts> {
        match self {
            Self::LeadAssigned { lead, .. }
            | Self::LeadUnmatched { lead, .. }
            | Self::OfferReminder { lead, .. }
            | Self::LeadReleased { lead, .. }
            | Self::LeadConfirmed { lead, .. }
            | Self::ResultReminder { lead, .. } => Some(lead),
            Self::ReplyAnswer(answer) => answer.lead.as_mut(),
            Self::OperatorAlarm { .. }
            | Self::InboundReply { .. }
            | Self::ChannelProof { .. }
            | Self::CallSummary(_) => None,
        }
    }

    #[must_use]
    pub fn lead_id(&self) -> Option<Uuid> {
        match self {
            Self::InboundReply { lead_id, .. } => *lead_id,
            Self::CallSummary(call) => call.leads.first().map(|lead| lead.lead_id),
            _ => self.lead().map(|lead| lead.lead_id),
        }
    }

    /// The reference of that lead, where the notice brings it; empty: it is derived.
    #[must_use]
    pub fn reference(&self) -> &str {
        match self {
            Self::CallSummary(call) => call.leads.first().map_or("", |lead| &lead.reference),
            _ => self.lead().map_or("", |lead| &lead.reference),
        }
    }

    /// The provider whom its messages to a provider go to; empty where there is none.
    #[must_use]
    pub fn provider_id(&self) -> &str {
        match self {
            Self::LeadAssigned { provider, .. }
            | Self::OfferReminder { provider, .. }
            | Self::LeadReleased { provider, .. }
            | Self::LeadConfirmed { provider, .. }
            | Self::ResultReminder { provider, .. }
            | Self::ChannelProof { provider, .. } => &provider.provider_id,
            Self::ReplyAnswer(answer) => &answer.provider_id,
            Self::LeadUnmatched { .. }
            | Self::OperatorAlarm { .. }
            | Self::InboundReply { .. }
            | Self::CallSummary(_) => "",
        }
    }

    /// Health-related: the operator's copy is redacted by default (D10).
    #[must_use]
    pub fn health(&self) -> bool {
        match self {
            Self::InboundReply { health, .. } => *health,
            Self::CallSummary(call) => call.health,
            _ => self.lead().is_some_and(|lead| lead.health),
        }
    }
}
