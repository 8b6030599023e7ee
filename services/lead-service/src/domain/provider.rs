//! A provider as roster-service names it when a lead is assigned, and the candidates beside it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::deadline::Hours;
use super::ledger::terms::Terms;

/// Whom a lead goes to; asked for when it is needed, never stored here.
#[derive(Clone, PartialEq, Eq)]
pub struct Provider {
    pub provider_id: String,
    pub name: String,
    pub language: String,
    pub country: String,
    pub address: String,
    /// Channels that serve; empty where there is none.
    pub whatsapp: String,
    pub sms: String,
    pub email: String,
    /// When it counts time (D8).
    pub hours: Hours,
    /// What it takes: a hand that offers it something else is told before anything is moved.
    pub categories: Vec<String>,
    pub cities: Vec<String>,
    pub paused: bool,
    /// What it pays for a lead; nothing where the roster names none.
    pub terms: Option<Terms>,
}

/// One candidate of a match and the rule that removed it (B6); ids and figures only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub provider_id: String,
    pub rank: i32,
    pub removed_by: String,
    pub explanation: String,
}

/// What roster-service says to one attempt.
#[derive(Clone, PartialEq, Eq)]
#[expect(
    clippy::large_enum_variant,
    reason = "one at a time, and nearly always the large one"
)]
pub enum Match {
    Assigned {
        attempt: i32,
        provider: Provider,
        candidates: Vec<Candidate>,
    },
    Unmatched {
        next_change: Option<DateTime<Utc>>,
        candidates: Vec<Candidate>,
    },
    /// The attempt was released; the next one may try.
    AttemptClosed,
    /// The named provider is of another country, or there is none with that id.
    NotToBeHad { rule: &'static str },
}
