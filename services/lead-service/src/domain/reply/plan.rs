//! What is done about an inbound message: decided once, stored with it, and then carried out, so
//! that a crash in between repeats the same and nothing else. Ids and words of our own only.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// As what a message was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Understood {
    Confirmed,
    Declined,
    Late,
    WhichOffer,
    Unclear,
    Customer,
    CancelQuestion,
    Cancelled,
    Kept,
    OptedOut,
    OptedIn,
    Proof,
    UnknownSender,
}

impl Understood {
    /// As the database and the answers spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
            Self::Late => "late",
            Self::WhichOffer => "which_offer",
            Self::Unclear => "unclear",
            Self::Customer => "customer",
            Self::CancelQuestion => "cancel_question",
            Self::Cancelled => "cancelled",
            Self::Kept => "kept",
            Self::OptedOut => "opted_out",
            Self::OptedIn => "opted_in",
            Self::Proof => "proof",
            Self::UnknownSender => "unknown_sender",
        }
    }
}

/// The verb that a message is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    Confirm,
    Decline,
    Cancel,
    /// The roster compares the digits.
    Prove,
}

/// What is answered to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Say {
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

/// To whom it is answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum To {
    Customer,
    Provider {
        provider_id: String,
        /// Of the provider.
        country: String,
        language: String,
    },
}

/// What is done about one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub understood: Understood,
    pub act: Option<Act>,
    pub say: Option<Say>,
    pub to: To,
    pub lead_id: Option<Uuid>,
    pub attempt: i32,
    /// Of a question which offer is meant: lead and attempt of each.
    pub choices: Vec<(Uuid, i32)>,
}

impl Plan {
    /// The operator reads it; nothing else happens.
    #[must_use]
    pub fn person(understood: Understood) -> Self {
        Self {
            understood,
            act: None,
            say: None,
            to: To::Customer,
            lead_id: None,
            attempt: 0,
            choices: Vec::new(),
        }
    }
}
