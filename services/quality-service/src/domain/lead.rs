//! A lead, as far as the books and the summary need it: no name, no number.

use chrono::{DateTime, Utc};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    pub id: String,
    /// Lower case: "notified".
    pub state: String,
    pub recovered: bool,
    /// "K7-3F9AQ".
    pub reference: String,
    pub category: String,
    /// Empty while nobody has it.
    pub provider_id: String,
    pub health: bool,
    pub create_time: Option<DateTime<Utc>>,
}

impl Lead {
    /// An answer of its provider proves that it was told (D6).
    #[must_use]
    pub fn is_answered(&self) -> bool {
        matches!(self.state.as_str(), "confirmed" | "won" | "lost")
    }

    /// A provider has it and has not answered.
    #[must_use]
    pub fn is_told(&self) -> bool {
        matches!(self.state.as_str(), "assigned" | "notified")
    }
}
