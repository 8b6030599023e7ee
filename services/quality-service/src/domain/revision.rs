//! A prompt revision: one configuration of an agent, how it came about and what became of it (B5),
//! and the agent as telephony tells of it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::clause::{Rule, Strength, strength};

/// Who releases what the machine made.
pub const STANDING_POLICY: &str = "policy:standing";

/// An agent's configuration as it is declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    pub language: String,
    pub voice_id: String,
    pub voice_name: String,
    pub llm: String,
    pub prompt: String,
    pub first_message: String,
    /// Durations in milliseconds; unset stays unset.
    pub initial_wait_ms: Option<i64>,
    pub silence_end_call_ms: Option<i64>,
    pub max_duration_ms: Option<i64>,
    pub dispatch_fidelity: bool,
    pub tts_model: String,
    pub turn_timeout_ms: Option<i64>,
    pub turn_eagerness: String,
    pub keywords: Vec<String>,
    #[serde(default)]
    pub data_collection: BTreeMap<String, String>,
}

impl Configuration {
    #[must_use]
    pub fn prompt_length(&self) -> i64 {
        i64::try_from(self.prompt.chars().count()).unwrap_or(i64::MAX)
    }

    #[must_use]
    pub fn strength(&self, rule: Rule) -> Strength {
        strength(&self.prompt, &self.language, rule)
    }
}

/// An agent as telephony tells of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Agent {
    pub name: String,
    pub site_id: String,
    /// What stands as candidate at telephony, released or not, and its hash.
    pub configuration: Configuration,
    pub served_categories: Vec<String>,
    pub configuration_hash: String,
    /// What is live; empty before the first release.
    pub released_hash: String,
    pub release_time: Option<DateTime<Utc>>,
    /// Who let it go live.
    pub approved_by: String,
    pub paused: bool,
}

/// A field at the vendor that stands differently from what was released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drift {
    pub path: String,
    /// JSON of what stands there.
    pub live: String,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$note:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name { $($(#[$note])* $variant),+ }

        impl $name {
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// Where a revision stands.
    State {
        Candidate = "candidate",
        Evaluating = "evaluating",
        Passed = "passed",
        Failed = "failed",
        Live = "live",
        Superseded = "superseded",
        RolledBack = "rolled_back",
    }
}

words! {
    /// How a revision came about.
    Origin {
        Catalog = "catalog",
        /// Clauses strengthened by the machine.
        Mend = "mend",
        /// What was sealed, written again over what somebody edited at the vendor.
        PutBack = "put_back",
        Operator = "operator",
    }
}

impl Origin {
    /// The machine takes it through the gate and releases it by the standing policy.
    #[must_use]
    pub fn is_automatic(self) -> bool {
        matches!(self, Self::Mend | Self::PutBack)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    pub id: Uuid,
    pub agent_name: String,
    pub configuration_hash: String,
    /// Nothing where it was live before this service saw it.
    pub configuration: Option<Configuration>,
    pub site_id: String,
    pub served_categories: Vec<String>,
    pub state: State,
    pub origin: Origin,
    pub cause: String,
    /// "closing: emphasis".
    pub clauses: Vec<String>,
    pub run_id: String,
    pub reasons: Vec<String>,
    pub approved_by: String,
    pub create_time: DateTime<Utc>,
    pub release_time: Option<DateTime<Utc>>,
    pub end_time: Option<DateTime<Utc>>,
    /// Something is to be done about it.
    pub is_due: bool,
    /// Fences a worker that lost its lease.
    pub tries: i64,
    pub traceparent: Option<String>,
}

impl Revision {
    /// A candidate that is yet to be stored.
    #[must_use]
    pub fn candidate(id: Uuid, agent: &Agent, origin: Origin, now: DateTime<Utc>) -> Self {
        Self {
            id,
            agent_name: agent.name.clone(),
            configuration_hash: agent.configuration_hash.clone(),
            configuration: Some(agent.configuration.clone()),
            site_id: agent.site_id.clone(),
            served_categories: agent.served_categories.clone(),
            state: State::Candidate,
            origin,
            cause: String::new(),
            clauses: Vec::new(),
            run_id: String::new(),
            reasons: Vec::new(),
            approved_by: String::new(),
            create_time: now,
            release_time: None,
            end_time: None,
            is_due: origin.is_automatic(),
            tries: 0,
            traceparent: None,
        }
    }

    /// The same configuration live another time, or another state of it: a row of its own, so that
    /// what was live at a time stays known.
    #[must_use]
    pub fn again(&self, id: Uuid, cause: String, now: DateTime<Utc>) -> Self {
        Self {
            id,
            cause,
            reasons: Vec::new(),
            create_time: now,
            release_time: None,
            end_time: None,
            is_due: false,
            tries: 0,
            ..self.clone()
        }
    }

    /// Whether its clauses, or the whole of it, keep this rule better than what stood before.
    #[must_use]
    pub fn mends(&self, rule: Rule) -> bool {
        let prefix = format!("{}: ", rule.name());
        match self.origin {
            Origin::Mend => self
                .clauses
                .iter()
                .any(|clause| clause.starts_with(&prefix)),
            Origin::PutBack => self.stands_firm(rule),
            Origin::Catalog | Origin::Operator => false,
        }
    }

    #[must_use]
    pub fn stands_firm(&self, rule: Rule) -> bool {
        let strength = self
            .configuration
            .as_ref()
            .map(|known| known.strength(rule));
        strength.is_some_and(|strength| strength >= Strength::Emphasised)
    }
}

/// How the gate judged a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gate {
    Running,
    Passed,
    /// Why, a sentence each.
    Failed(Vec<String>),
    /// The vendor failed: it says nothing about the prompt.
    Invalid(Vec<String>),
}

/// A run of the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub gate: Gate,
    pub credits: Option<i64>,
}

/// What became of a model that an agent of ours uses.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    pub llm: String,
    pub listed: bool,
    pub deprecated: bool,
    pub replacement: String,
    pub fallback_percent: i32,
}

/// A webhook of the agents' platform that tells of conversations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: String,
    pub is_off: bool,
    pub last_failure_code: i32,
}

/// The account at the agents' platform.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    pub webhooks: Vec<Webhook>,
    pub models: Vec<Model>,
    pub repairs: Vec<String>,
}

/// Whether `answered` is the configured model, or a dated snapshot of it ("gpt-4o-2024-08-06").
#[must_use]
pub fn is_configured_model(configured: &str, answered: &str) -> bool {
    let rest = answered.strip_prefix(configured);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("-20") || rest.starts_with('@'))
}

#[cfg(test)]
mod tests {
    use super::is_configured_model;

    #[test]
    fn a_dated_snapshot_is_the_model_and_its_small_sister_is_not_r22() {
        assert!(is_configured_model("gpt-4o", "gpt-4o"));
        assert!(is_configured_model("gpt-4o", "gpt-4o-2024-08-06"));
        assert!(!is_configured_model("gpt-4o", "gpt-4o-mini"));
        assert!(!is_configured_model("gpt-4o", "gemini-2.5-flash"));
    }
}
