//! The summary of a call, as the operator reads it after a real call (R52, R53). Personal; held in
//! memory only.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::conversation::{Conversation, Turn};
use super::lead::Lead;

#[derive(Debug, Clone)]
pub struct Summary {
    pub conversation_id: String,
    pub call_sid: String,
    pub site_url: String,
    pub time_zone: String,
    pub start_time: DateTime<Utc>,
    pub duration: Option<Duration>,
    pub agent_name: String,
    pub turns: Vec<Turn>,
    /// Empty where the data collection drew none: it is never invented.
    pub sentiment: String,
    pub next_step: String,
    pub leads: Vec<Lead>,
    /// What the call came to where it made no lead.
    pub outcome: String,
    pub findings: Vec<String>,
    pub health: bool,
    /// E.164; never shown, an erasure by number finds the mail by it.
    pub caller: String,
}

/// What a summary takes from elsewhere than the conversation.
#[derive(Debug, Clone)]
pub struct Context {
    pub site_url: String,
    pub time_zone: String,
    /// When the conversation was told of, where the vendor says no start.
    pub tell_time: DateTime<Utc>,
    pub leads: Vec<Lead>,
    pub findings: Vec<String>,
    /// Health-related, by its leads; without any, unknown, which counts as health-related (D10).
    pub serves_health: bool,
    pub caller: String,
}

impl Summary {
    #[must_use]
    pub fn of(conversation: Conversation, context: Context) -> Self {
        let drawn = |id: &str| conversation.collected(id).unwrap_or_default().to_owned();
        let health = if context.leads.is_empty() {
            context.serves_health
        } else {
            context.leads.iter().any(|lead| lead.health)
        };
        let outcome = if context.leads.is_empty() {
            "No lead yet: the next scan recovers it, or raises a flag."
        } else {
            ""
        };
        Self {
            sentiment: drawn("sentiment"),
            next_step: drawn("next_step"),
            conversation_id: conversation.id,
            call_sid: conversation.call_sid,
            site_url: context.site_url,
            time_zone: context.time_zone,
            start_time: conversation.start_time.unwrap_or(context.tell_time),
            duration: conversation.duration,
            agent_name: conversation.agent_name,
            turns: conversation.turns,
            leads: context.leads,
            outcome: outcome.to_owned(),
            findings: context.findings,
            health,
            caller: context.caller,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context(leads: Vec<Lead>, serves_health: bool) -> Context {
        Context {
            site_url: "https://plombiersgeneve.ch".to_owned(),
            time_zone: "Europe/Zurich".to_owned(),
            tell_time: DateTime::from_timestamp(1_795_253_436, 0).unwrap(),
            leads,
            findings: Vec::new(),
            serves_health,
            caller: String::new(),
        }
    }

    #[test]
    fn health_follows_the_leads_and_without_any_the_site_d10() {
        let lead = |health| Lead {
            id: "1".to_owned(),
            state: "notified".to_owned(),
            recovered: false,
            reference: "K7-3F9AQ".to_owned(),
            category: "dental".to_owned(),
            provider_id: String::new(),
            health,
            create_time: None,
        };
        let of = |leads, site| Summary::of(Conversation::default(), context(leads, site)).health;
        assert!(of(vec![lead(true)], false));
        assert!(!of(vec![lead(false)], true));
        assert!(of(Vec::new(), true));
        assert!(!of(Vec::new(), false));
    }

    #[test]
    fn what_the_data_collection_did_not_draw_stays_empty_r53() {
        let mut conversation = Conversation::default();
        conversation
            .collected
            .insert("sentiment".to_owned(), "calm".to_owned());
        let summary = Summary::of(conversation, context(Vec::new(), false));
        assert_eq!(summary.sentiment, "calm");
        assert_eq!(summary.next_step, "");
    }
}
