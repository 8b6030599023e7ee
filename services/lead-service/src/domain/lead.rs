//! A lead: one customer's need, from the tool call to the provider.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::attempt::LeadResult;
use super::keys;
use super::need::{Field, Need, Urgency};
use super::provider::Candidate;
use super::site::SiteFacts;
use super::state::{IllegalMove, LeadState};
use super::taxonomy::UNSORTED;

/// How the lead reached bord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    ToolCall,
    Voicemail,
    Recovered,
}

impl Origin {
    pub const ALL: [Self; 3] = [Self::ToolCall, Self::Voicemail, Self::Recovered];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ToolCall => "tool_call",
            Self::Voicemail => "voicemail",
            Self::Recovered => "recovered",
        }
    }
}

/// The source site; its country binds provider, messages and callbacks (D5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub site_id: String,
    pub url: String,
    pub country: String,
}

impl Source {
    #[must_use]
    pub fn of(site: &SiteFacts) -> Self {
        Self {
            site_id: site.site_id.clone(),
            url: site.url.clone(),
            country: site.country.clone(),
        }
    }
}

/// The times of the offer that waits for its answer (D8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Offer {
    pub deadline_us: Option<i64>,
    /// When the provider is reminded; cleared by that.
    pub reminder_us: Option<i64>,
    /// When it is looked at whether any message was taken by a carrier.
    pub watch_us: Option<i64>,
    /// None was, and the operator knows.
    pub unreached: bool,
}

impl Offer {
    #[must_use]
    pub fn next_us(&self) -> Option<i64> {
        let times = [self.deadline_us, self.reminder_us, self.watch_us];
        times.into_iter().flatten().min()
    }
}

/// What is owed after an answer: roster and people learn of it, and the result is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Aftercare {
    /// Roster and people know of the state.
    pub settled: bool,
    /// When the slot of a confirmed lead is freed.
    pub free_us: Option<i64>,
    /// When its provider is asked for the result.
    pub ask_us: Option<i64>,
    /// When the operator hears that there is none.
    pub no_result_us: Option<i64>,
}

impl Default for Aftercare {
    fn default() -> Self {
        Self {
            settled: true,
            free_us: None,
            ask_us: None,
            no_result_us: None,
        }
    }
}

impl Aftercare {
    #[must_use]
    pub fn next_us(&self) -> Option<i64> {
        let times = [self.free_us, self.ask_us, self.no_result_us];
        times.into_iter().flatten().min()
    }
}

/// What is known, or must be asked, of the time before a loss (B3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Before {
    /// Set while roster and carriers must be asked first; carriers from this moment on.
    pub ask_since_us: Option<i64>,
    /// Who was told: the lead goes to this provider, or to the operator.
    pub provider_id: Option<String>,
    /// When a carrier took the offer that notification-service lost.
    pub told_us: Option<i64>,
    /// It had accepted.
    pub confirmed: bool,
}

/// Everything that is kept of a lead, its saved answer apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    pub id: Uuid,
    pub conversation_key: String,
    /// 1 for a conversation's first need (D12).
    pub need_number: i32,
    /// Set for another need only.
    pub need_key: Option<String>,
    pub conversation_id: String,
    pub call_sid: String,
    pub origin: Origin,
    pub state: LeadState,
    /// The call is proven to be one of ours.
    pub verified: bool,
    /// Unknown while nobody knows which of our numbers was called.
    pub source: Option<Source>,
    /// The words as they came.
    pub need: Need,
    pub arguments: Uuid,
    pub caller_id: String,
    pub recording_sid: String,
    pub phone: String,
    pub language: String,
    pub category: String,
    pub city: Option<String>,
    pub urgency: Option<Urgency>,
    pub missing: Vec<Field>,
    /// The attempt that stands or is tried; 0 before the first.
    pub attempt: i32,
    pub provider_id: Option<String>,
    /// The provider's country; the database holds it to be the source's (R42).
    pub provider_country: Option<String>,
    pub match_reason: String,
    pub candidates: Vec<Candidate>,
    /// Customer and operator know that nobody has it yet.
    pub told: bool,
    /// Whom the operator named (D7).
    pub wanted: Option<String>,
    pub before: Before,
    /// The earlier lead of the same customer and need, with the same provider (D13).
    pub repeat_of: Option<Uuid>,
    pub offer: Offer,
    pub aftercare: Aftercare,
    pub confirm_time: Option<DateTime<Utc>>,
    pub result: Option<LeadResult>,
    pub erase_time: Option<DateTime<Utc>>,
    /// A person must act; the machine has nothing due.
    pub operator_owned: bool,
    /// Failed tries of the step that is due.
    pub tries: i32,
    pub due_us: Option<i64>,
    /// When an unmatched lead is tried again, once people are told.
    pub retry_us: Option<i64>,
    /// Changes of the roster during its matches; read only.
    pub wake_count: i64,
    /// When the call counts as ended if nobody says so.
    pub assumed_end_us: i64,
    pub call_end_us: Option<i64>,
    pub traceparent: Option<String>,
    pub version: i64,
    pub create_us: i64,
    pub create_time: DateTime<Utc>,
    pub change_time: DateTime<Utc>,
}

impl Lead {
    /// A lead of which nothing is understood yet, the first need of its conversation.
    #[must_use]
    pub fn new(
        conversation_key: &str,
        origin: Origin,
        need: Need,
        now_us: i64,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id: keys::lead(conversation_key, None),
            conversation_key: conversation_key.to_owned(),
            need_number: 1,
            need_key: None,
            conversation_id: String::new(),
            call_sid: String::new(),
            origin,
            state: LeadState::Incomplete,
            verified: false,
            source: None,
            arguments: keys::arguments(&need),
            need,
            caller_id: String::new(),
            recording_sid: String::new(),
            phone: String::new(),
            language: String::new(),
            category: String::new(),
            city: None,
            urgency: None,
            missing: Vec::new(),
            attempt: 0,
            provider_id: None,
            provider_country: None,
            match_reason: String::new(),
            candidates: Vec::new(),
            told: false,
            wanted: None,
            before: Before::default(),
            repeat_of: None,
            offer: Offer::default(),
            aftercare: Aftercare::default(),
            confirm_time: None,
            result: None,
            erase_time: None,
            operator_owned: false,
            tries: 0,
            due_us: None,
            retry_us: None,
            wake_count: 0,
            assumed_end_us: now_us,
            call_end_us: None,
            traceparent: None,
            version: 1,
            create_us: now_us,
            create_time: now,
            change_time: now,
        }
    }

    /// Moves the state, or refuses (D6).
    pub fn go(&mut self, to: LeadState) -> Result<(), IllegalMove> {
        self.state = self.state.to(to)?;
        Ok(())
    }

    /// A match can be asked for: trade and city are known.
    #[must_use]
    pub fn is_sorted(&self) -> bool {
        !self.category.is_empty() && self.category != UNSORTED && self.city.is_some()
    }

    /// The only provider who may have it: whom the operator named, or who was told before a loss.
    #[must_use]
    pub fn named(&self) -> Option<&String> {
        self.wanted.as_ref().or(self.before.provider_id.as_ref())
    }

    /// When an incomplete lead is dispatched with what is known.
    #[must_use]
    pub fn completion_due_us(&self, grace_us: i64) -> i64 {
        self.call_end_us.unwrap_or(self.assumed_end_us) + grace_us
    }

    /// The same trade and place, or too little said to tell them apart.
    #[must_use]
    pub fn may_be(&self, category: &str, city: Option<&str>) -> bool {
        let either = |mine: &str, other: &str| mine.is_empty() || other.is_empty() || mine == other;
        either(&self.category, category)
            && either(
                self.city.as_deref().unwrap_or_default(),
                city.unwrap_or_default(),
            )
    }
}

/// One entry of the event log; facts without personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub kind: &'static str,
    pub from: Option<LeadState>,
    pub to: LeadState,
    pub actor: String,
    pub cause: String,
    pub attributes: Vec<(&'static str, String)>,
}
