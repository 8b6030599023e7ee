//! A notice is something that people must be told: a lead that a provider has, a lead that nobody
//! has, an alarm, an answer that came in. It is what callers ask for; deliveries are what we make
//! of it.

use chrono::{DateTime, Utc};
use uuid::Uuid;

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
}

impl Notice {
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::LeadAssigned { .. } => "lead_assigned",
            Self::LeadUnmatched { .. } => "lead_unmatched",
            Self::OperatorAlarm { .. } => "operator_alarm",
            Self::InboundReply { .. } => "inbound_reply",
        }
    }

    #[must_use]
    pub fn lead_id(&self) -> Option<Uuid> {
        match self {
            Self::LeadAssigned { lead, .. } | Self::LeadUnmatched { lead, .. } => {
                Some(lead.lead_id)
            }
            Self::OperatorAlarm { .. } => None,
            Self::InboundReply { lead_id, .. } => *lead_id,
        }
    }

    /// Health-related: the operator's copy is redacted by default (D10).
    #[must_use]
    pub fn health(&self) -> bool {
        match self {
            Self::LeadAssigned { lead, .. } | Self::LeadUnmatched { lead, .. } => lead.health,
            Self::OperatorAlarm { .. } => false,
            Self::InboundReply { health, .. } => *health,
        }
    }
}
