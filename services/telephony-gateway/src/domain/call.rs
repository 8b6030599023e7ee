//! A phone call to one of our numbers: its state moves forward only (I15), its handling and its
//! TwiML are decided once.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

use super::origin::Origin;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handling {
    Agent,
    Voicemail,
    Rejected,
    /// Found at the carrier; how it was answered is not known here.
    Unknown,
}

impl Handling {
    const ALL: [Self; 4] = [Self::Agent, Self::Voicemail, Self::Rejected, Self::Unknown];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Voicemail => "voicemail",
            Self::Rejected => "rejected",
            Self::Unknown => "unknown",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|handling| handling.name() == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ringing,
    InProgress,
    Completed,
    Busy,
    Failed,
    NoAnswer,
    Canceled,
}

impl State {
    const ALL: [Self; 7] = [
        Self::Ringing,
        Self::InProgress,
        Self::Completed,
        Self::Busy,
        Self::Failed,
        Self::NoAnswer,
        Self::Canceled,
    ];

    /// Twilio's CallStatus; what is not known moves nothing.
    #[must_use]
    pub fn from_carrier(status: &str) -> Option<Self> {
        match status {
            "queued" | "initiated" | "ringing" => Some(Self::Ringing),
            "in-progress" | "answered" => Some(Self::InProgress),
            "completed" => Some(Self::Completed),
            "busy" => Some(Self::Busy),
            "failed" => Some(Self::Failed),
            "no-answer" => Some(Self::NoAnswer),
            "canceled" => Some(Self::Canceled),
            _ => None,
        }
    }

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ringing => "ringing",
            Self::InProgress => "in_progress",
            Self::Completed => "completed",
            Self::Busy => "busy",
            Self::Failed => "failed",
            Self::NoAnswer => "no_answer",
            Self::Canceled => "canceled",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    #[must_use]
    pub fn is_final(self) -> bool {
        !matches!(self, Self::Ringing | Self::InProgress)
    }

    /// Whether a call may move from here to `next`: forward only, and never out of an end (I15).
    #[must_use]
    pub fn may_become(self, next: Self) -> bool {
        let rank = |state: Self| match state {
            Self::Ringing => 0,
            Self::InProgress => 1,
            _ => 2,
        };
        !self.is_final() && rank(next) > rank(self)
    }
}

/// One thing that happened in a call, the disclosure included (D9). No personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub time: DateTime<Utc>,
    pub kind: String,
    #[serde(default)]
    pub attributes: BTreeMap<String, String>,
}

impl Event {
    #[must_use]
    pub fn new(time: DateTime<Utc>, kind: &str) -> Self {
        Self {
            time,
            kind: kind.to_owned(),
            attributes: BTreeMap::new(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.insert(name.to_owned(), value.into());
        self
    }
}

/// A call as it is kept.
#[derive(Debug, Clone)]
pub struct Call {
    pub sid: String,
    pub site_id: Option<String>,
    pub agent_name: Option<String>,
    pub called_number: String,
    /// Absent when the caller withheld it, and for the chain's own mobile.
    pub caller: Option<String>,
    pub origin: Origin,
    pub handling: Handling,
    pub state: State,
    pub conversation_id: Option<String>,
    pub answer_time: Option<Duration>,
    pub first_audio_time: Option<Duration>,
    pub receive_time: DateTime<Utc>,
    pub end_time: Option<DateTime<Utc>>,
    pub duration: Option<Duration>,
    pub twiml: Option<String>,
    pub fallback_reason: Option<String>,
    pub registrations: i32,
    pub events: Vec<Event>,
    pub traceparent: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_moves_forward_only_and_never_out_of_its_end_i15() {
        use State::{Busy, Completed, InProgress, Ringing};
        assert!(Ringing.may_become(InProgress) && Ringing.may_become(Completed));
        assert!(InProgress.may_become(Completed));
        assert!(!InProgress.may_become(Ringing) && !Completed.may_become(InProgress));
        assert!(!Completed.may_become(Busy) && !Busy.may_become(Completed));
        assert!(!Ringing.may_become(Ringing));
    }

    #[test]
    fn every_state_is_found_by_its_name() {
        for state in State::ALL {
            assert_eq!(State::from_name(state.name()), Some(state));
        }
        for handling in Handling::ALL {
            assert_eq!(Handling::from_name(handling.name()), Some(handling));
        }
    }
}
