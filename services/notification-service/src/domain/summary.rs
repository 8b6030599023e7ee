//! The summary of a call: what it came to and what was said, for the operator (R52, R53). Of a
//! health-related call the words are for nobody's mail unless a setting says so (D10).

use std::time::Duration;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::reference;

/// One call as its summary tells it. What the agent's data collection drew nothing of is empty, and
/// is said to be so, never made up.
#[derive(Clone)]
pub struct CallSummary {
    pub conversation_id: String,
    pub call_sid: String,
    pub site_url: String,
    pub time_zone: String,
    pub start_time: DateTime<Utc>,
    /// None where nobody says.
    pub duration: Option<Duration>,
    pub agent_name: String,
    pub turns: Vec<Turn>,
    pub sentiment: String,
    pub next_step: String,
    pub leads: Vec<SummaryLead>,
    /// What the call came to where it made no lead.
    pub outcome: String,
    pub findings: Vec<String>,
    pub health: bool,
    /// Who called, E.164; never shown, so that an erasure finds the summary.
    pub caller: String,
}

/// One turn of the transcript.
#[derive(Clone)]
pub struct Turn {
    pub by_agent: bool,
    pub text: String,
    /// From the start of the conversation.
    pub offset: Duration,
    /// Names of the tools that it called.
    pub tools: Vec<String>,
}

/// One lead that the call made.
#[derive(Clone)]
pub struct SummaryLead {
    pub lead_id: Uuid,
    pub reference: String,
    pub state: String,
    pub category: String,
    pub provider_id: String,
}

impl CallSummary {
    #[must_use]
    pub fn lead_ids(&self) -> Vec<Uuid> {
        self.leads.iter().map(|lead| lead.lead_id).collect()
    }
}

impl SummaryLead {
    /// As every text about the lead shows it.
    #[must_use]
    pub fn reference(&self) -> String {
        if self.reference.is_empty() {
            reference::of(self.lead_id)
        } else {
            self.reference.clone()
        }
    }
}
