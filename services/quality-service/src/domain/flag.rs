//! A flag: a finding about a call, an agent or a site that somebody or something must act on (R61).
//! It holds ids and places in a transcript, never what was said.

use chassis::ids;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was found. The names are stable: they are what people and scripts read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A call with a real need, and no lead was dispatched (R58).
    DispatchMissed,
    /// The agent asked for a date of birth or a person's age (R59).
    BirthAsked,
    /// The agent told a specific address before the dispatch (R60, R82).
    AddressTold,
    /// The agent said goodbye before the dispatch (R27, R28).
    ClosedFirst,
    /// A dispatched lead reached its provider on no channel (D2).
    NotDelivered,
    /// What stands at the vendor is not what was sealed (B5).
    Drift,
    /// Fewer calls are dispatched than before (B13).
    DispatchRate,
    /// An agent has real calls and never fires the tool (R68).
    ToolSilent,
    /// A call that ended has no conversation and no recording (B2).
    CallUnexplained,
    /// A lost lead that cannot be recovered without a person (B3).
    RecoveryIncomplete,
    /// The number on the page is not the one that rings (R8).
    PageNumber,
    PageUnreachable,
    ModelDeprecated,
    /// Another model answered than the one configured.
    ModelSubstituted,
    /// The vendor's webhook is off, or not attached.
    WebhookOff,
    /// A rule was broken although its clause stands at full strength.
    FullStrength,
    /// A candidate did not pass the gate.
    GateFailed,
    /// A release was taken back because fewer calls were dispatched with it (B5).
    RolledBack,
    /// A brake of B5 held a release back.
    Braked,
}

impl Kind {
    pub const ALL: [Self; 19] = [
        Self::DispatchMissed,
        Self::BirthAsked,
        Self::AddressTold,
        Self::ClosedFirst,
        Self::NotDelivered,
        Self::Drift,
        Self::DispatchRate,
        Self::ToolSilent,
        Self::CallUnexplained,
        Self::RecoveryIncomplete,
        Self::PageNumber,
        Self::PageUnreachable,
        Self::ModelDeprecated,
        Self::ModelSubstituted,
        Self::WebhookOff,
        Self::FullStrength,
        Self::GateFailed,
        Self::RolledBack,
        Self::Braked,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::DispatchMissed => "DISPATCH_MISSED",
            Self::BirthAsked => "BIRTH_ASKED",
            Self::AddressTold => "ADDRESS_TOLD",
            Self::ClosedFirst => "CLOSED_FIRST",
            Self::NotDelivered => "NOT_DELIVERED",
            Self::Drift => "DRIFT",
            Self::DispatchRate => "DISPATCH_RATE",
            Self::ToolSilent => "TOOL_SILENT",
            Self::CallUnexplained => "CALL_UNEXPLAINED",
            Self::RecoveryIncomplete => "RECOVERY_INCOMPLETE",
            Self::PageNumber => "PAGE_NUMBER",
            Self::PageUnreachable => "PAGE_UNREACHABLE",
            Self::ModelDeprecated => "MODEL_DEPRECATED",
            Self::ModelSubstituted => "MODEL_SUBSTITUTED",
            Self::WebhookOff => "WEBHOOK_OFF",
            Self::FullStrength => "FULL_STRENGTH",
            Self::GateFailed => "GATE_FAILED",
            Self::RolledBack => "ROLLED_BACK",
            Self::Braked => "BRAKED",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The rule whose clause mends it, where a clause can.
    #[must_use]
    pub fn rule(self) -> Option<&'static str> {
        match self {
            Self::DispatchMissed => Some("dispatched"),
            Self::BirthAsked => Some("birth"),
            Self::AddressTold => Some("address"),
            Self::ClosedFirst => Some("closing"),
            _ => None,
        }
    }

    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::DispatchMissed
            | Self::ClosedFirst
            | Self::NotDelivered
            | Self::Drift
            | Self::DispatchRate
            | Self::ToolSilent
            | Self::RecoveryIncomplete
            | Self::PageNumber
            | Self::WebhookOff => Severity::Critical,
            Self::BirthAsked
            | Self::AddressTold
            | Self::CallUnexplained
            | Self::PageUnreachable
            | Self::ModelSubstituted
            | Self::FullStrength
            | Self::GateFailed
            | Self::RolledBack
            | Self::Braked => Severity::Warning,
            Self::ModelDeprecated => Severity::Notice,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Notice,
    Warning,
    /// A lead is, or may be, lost.
    Critical,
}

impl Severity {
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Notice => 1,
            Self::Warning => 2,
            Self::Critical => 3,
        }
    }
}

/// Who must act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Machine,
    Operator,
}

impl Owner {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Machine => "machine",
            Self::Operator => "operator",
        }
    }
}

/// Where in a transcript a rule was broken, without the words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// From 0.
    pub turn: usize,
    /// Bytes in the turn's text.
    pub start: usize,
    pub end: usize,
    pub rule: String,
}

/// A finding that is to be raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    pub kind: Kind,
    /// What it is about: an agent, a site, a lead, a call.
    pub subject: String,
    /// Parts findings of the same kind and subject: a conversation, a hash, a day; may be empty.
    pub slot: String,
    pub agent_name: String,
    pub conversation_id: String,
    pub call_sid: String,
    pub lead_id: String,
    /// What is wrong and what to do next, without personal data.
    pub text: String,
    pub evidence: Vec<Evidence>,
    pub owner: Owner,
}

impl Finding {
    /// A finding about `subject` that nobody but the operator can act on, until it is said otherwise.
    #[must_use]
    pub fn new(kind: Kind, subject: &str, slot: &str, text: impl Into<String>) -> Self {
        Self {
            kind,
            subject: subject.to_owned(),
            slot: slot.to_owned(),
            agent_name: String::new(),
            conversation_id: String::new(),
            call_sid: String::new(),
            lead_id: String::new(),
            text: text.into(),
            evidence: Vec::new(),
            owner: Owner::Operator,
        }
    }

    #[must_use]
    pub fn of_agent(mut self, name: &str) -> Self {
        name.clone_into(&mut self.agent_name);
        self
    }

    /// The same finding is the same flag, whoever finds it and however often.
    #[must_use]
    pub fn id(&self) -> Uuid {
        ids::derive("flag", &[self.kind.name(), &self.subject, &self.slot])
    }
}

/// A flag as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    pub id: Uuid,
    /// As stored; a newer version's may be unknown here.
    pub kind: String,
    pub severity: i64,
    /// "open", "mending" or "resolved".
    pub state: String,
    pub subject: String,
    pub agent_name: String,
    pub conversation_id: String,
    pub call_sid: String,
    pub lead_id: String,
    pub text: String,
    pub evidence: Vec<Evidence>,
    pub owner: String,
    pub raise_time: DateTime<Utc>,
    /// How often it was found.
    pub times: i64,
    pub revision_id: Option<Uuid>,
    pub resolve_time: Option<DateTime<Utc>>,
    pub resolved_by: String,
    pub resolution: String,
}
