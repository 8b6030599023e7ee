//! A fact is one entry of telephony's stream: something that happened to a call and that
//! telephony tells nobody else.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// What happened. It holds ids only; the caller's number is asked for when it is needed (I25).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// The carrier ended the call.
    Ended {
        site_id: String,
        conversation_id: String,
        /// The carrier's final state: "completed", "busy"…
        state: String,
        end_time: Option<DateTime<Utc>>,
        duration_ms: Option<i64>,
    },
    /// A conversation is stored in its final state.
    Conversation {
        conversation_id: String,
        site_id: String,
        status: String,
    },
    /// A caller left a voicemail (B12).
    Voicemail {
        site_id: String,
        recording_sid: String,
        duration_ms: Option<i64>,
    },
    /// The caller was served by the fallback.
    Fallback { site_id: String, reason: String },
    /// The vendor knows the conversation as a call to one of our numbers.
    Verified {
        conversation_id: String,
        called_number: String,
    },
    /// The operator must know.
    Alarm {
        kind: String,
        subject: String,
        text: String,
    },
    /// Of a newer telephony; nothing follows from it here.
    Unknown,
}

impl Fact {
    /// The name under which the books count it.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ended { .. } => "ended",
            Self::Conversation { .. } => "conversation",
            Self::Voicemail { .. } => "voicemail",
            Self::Fallback { .. } => "fallback",
            Self::Verified { .. } => "verified",
            Self::Alarm { .. } => "alarm",
            Self::Unknown => "unknown",
        }
    }
}

/// The quarter of an hour of `time`: alarms of one kind and subject mail once in it.
#[must_use]
pub fn slot(time: DateTime<Utc>) -> String {
    const QUARTER: TimeDelta = TimeDelta::minutes(15);
    let number = time.timestamp().div_euclid(QUARTER.num_seconds());
    number.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fact_survives_being_written_and_read() {
        let fact = Fact::Ended {
            site_id: "plombiersgeneve".to_owned(),
            conversation_id: "conv_1".to_owned(),
            state: "completed".to_owned(),
            end_time: DateTime::from_timestamp_micros(1_795_253_436_000_001),
            duration_ms: Some(73_000),
        };
        let written = serde_json::to_value(&fact).unwrap();
        assert_eq!(serde_json::from_value::<Fact>(written).unwrap(), fact);
    }

    #[test]
    fn a_slot_lasts_a_quarter_of_an_hour() {
        let at = |seconds| slot(DateTime::from_timestamp(seconds, 0).unwrap());
        assert_eq!(at(900), at(1_799));
        assert_ne!(at(1_799), at(1_800));
    }
}
