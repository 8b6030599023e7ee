//! How long what is kept, and the operator-wide rules on leads: the tables `[retention]` and
//! `[leads]` of catalog.toml. A table or a field that is left out means its default.

use super::document::At;

/// In days; the vendor's copies go with ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retention {
    /// From a call's end.
    pub recording_days: i64,
    /// From a conversation's end.
    pub transcript_days: i64,
    /// From the making of a message.
    pub message_days: i64,
    /// From a lead's end.
    pub lead_days: i64,
    pub at: At,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            recording_days: 30,
            transcript_days: 90,
            message_days: 90,
            lead_days: 730,
            at: At::default(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadRules {
    /// So long the same customer with the same need stays with the same provider (D13).
    pub repeat_days: i64,
    /// So long after accepting, the provider is asked once for the result.
    pub result_reminder_days: i64,
    pub at: At,
}

impl Default for LeadRules {
    fn default() -> Self {
        Self {
            repeat_days: 30,
            result_reminder_days: 5,
            at: At::default(),
        }
    }
}
