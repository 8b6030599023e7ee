//! A deletion at a vendor: what of a caller lies there, and what became of it (B10).

use std::time::Duration;

/// What is to be deleted; the subject names whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// One conversation, by its id.
    Conversation,
    /// The conversations that carry a call's sid, where their id is not known here.
    ConversationsOfCall,
    /// Every recording of a call.
    RecordingsOfCall,
    /// The carrier's record of a call.
    Call,
}

/// Whose interface is asked; a vendor that hangs must not keep the other one waiting (I12).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    ElevenLabs,
    Twilio,
}

impl Kind {
    pub const ALL: [Self; 4] = [
        Self::Conversation,
        Self::ConversationsOfCall,
        Self::RecordingsOfCall,
        Self::Call,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::ConversationsOfCall => "conversations_of_call",
            Self::RecordingsOfCall => "recordings_of_call",
            Self::Call => "call",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The line of the receipt on which it counts.
    #[must_use]
    pub fn store(self) -> &'static str {
        match self {
            Self::Conversation | Self::ConversationsOfCall => "elevenlabs.conversations",
            Self::RecordingsOfCall => "twilio.recordings",
            Self::Call => "twilio.calls",
        }
    }

    #[must_use]
    pub fn vendor(self) -> Vendor {
        match self {
            Self::Conversation | Self::ConversationsOfCall => Vendor::ElevenLabs,
            Self::RecordingsOfCall | Self::Call => Vendor::Twilio,
        }
    }
}

/// After so many failed tries the operator is told; the deletion stays due.
pub const ALARM_AFTER: i64 = 8;

/// The pause after a failed try: doubled each time, at most a quarter of an hour.
#[must_use]
pub fn pause(first: Duration, tries: i64) -> Duration {
    const MOST: Duration = Duration::from_secs(15 * 60);
    let doublings = u32::try_from(tries.clamp(0, 16)).unwrap_or(16);
    first
        .saturating_mul(2u32.saturating_pow(doublings))
        .min(MOST)
}

/// One line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Erased {
    pub store: &'static str,
    pub count: i64,
    /// What is left and why; empty when nothing is.
    pub kept: String,
    /// Whether what is left is still to be erased.
    pub due: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_doubles_up_to_a_quarter_of_an_hour() {
        let first = Duration::from_secs(1);
        assert_eq!(pause(first, 0), first);
        assert_eq!(pause(first, 3), Duration::from_secs(8));
        assert_eq!(pause(first, i64::MAX), Duration::from_secs(900));
    }

    #[test]
    fn every_kind_is_found_by_its_name() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_name(kind.name()), Some(kind));
        }
    }
}
