//! What is declared of an agent's behaviour: voice, model, prompt and times, with the rules that can
//! be read off them alone (R16, R19, R22 to R25).

use std::collections::{BTreeMap, BTreeSet};

use chassis::fault::Violations;
use serde::{Deserialize, Serialize};

use super::{speech, text};

/// The fields that are declared; `vendor_fields.rs` makes the vendor's fields of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Configuration {
    pub language: String,
    pub voice_id: String,
    pub voice_name: String,
    pub llm: String,
    pub prompt: String,
    pub first_message: String,
    pub initial_wait_ms: i64,
    pub silence_end_call_ms: i64,
    pub max_duration_ms: i64,
    pub dispatch_fidelity: bool,
    #[serde(default)]
    pub tts_model: String,
    #[serde(default)]
    pub turn_timeout_ms: i64,
    #[serde(default)]
    pub turn_eagerness: String,
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What the vendor's analysis draws beside [`COLLECTED`]: description by id.
    #[serde(default)]
    pub data_collection: BTreeMap<String, String>,
}

/// What every agent's analysis draws from its conversations, since a lost tool call is recovered from
/// it (B3); `vendor_fields.rs` describes each.
pub const COLLECTED: [&str; 6] = [
    "customer_name",
    "phone",
    "language",
    "service",
    "location",
    "real_need",
];

const MOST_COLLECTED: usize = 20;

/// R16: how long an agent waits for the caller's first word.
pub const INITIAL_WAIT_MS: i64 = 3_000;

/// Dynamic variables that every call carries; a prompt may use these and the platform's own.
pub const VARIABLES: [&str; 9] = [
    "call_sid",
    "called_number",
    "caller_id",
    "caller_known",
    "language",
    "secret__call_token",
    "site_id",
    "site_url",
    "traceparent",
];

impl Configuration {
    /// Every field that breaks a rule.
    pub fn check(&self, found: &mut Violations) {
        self.check_texts(found);
        self.check_collection(found);
        let mut fault = |field: &str, rule: &str| {
            found.add(format!("agent.configuration.{field}"), rule);
        };
        if !speech::LANGUAGES.contains(&speech::primary(&self.language).as_str()) {
            fault("language", "is one of fr, de, it, en, id, es");
        }
        if self.voice_id.trim().is_empty() {
            fault("voice_id", "is required (R19)");
        }
        if self.voice_name.trim().is_empty() {
            fault("voice_name", "is required (R19)");
        }
        match (self.llm.as_str(), self.dispatch_fidelity) {
            ("gpt-4o", true) | ("gpt-4o-mini", false) => {}
            (_, true) => fault("llm", "is gpt-4o where dispatch fidelity matters (R22)"),
            (_, false) => fault(
                "llm",
                "is gpt-4o-mini where dispatch fidelity does not matter (R23)",
            ),
        }
        if self.prompt.trim().is_empty() {
            fault("prompt", "is required (R19, R24)");
        } else {
            if !self.prompt.contains("dispatch_lead") {
                fault("prompt", "tells when to call dispatch_lead (R25)");
            }
            if self.prompt.contains("<!-- faq -->") {
                fault("prompt", "holds the site's FAQ in place of the mark (R24)");
            }
            if self.prompt.len() > 200_000 {
                fault("prompt", "is at most 200 kB");
            }
        }
        for name in unknown_variables(&[&self.prompt, &self.first_message]) {
            fault(
                "prompt",
                &format!("uses {{{{{name}}}}}, which no call carries: it would end at once"),
            );
        }
        if self.initial_wait_ms != INITIAL_WAIT_MS {
            fault("initial_wait_time", "is 3 s (R16)");
        }
        if !(5_000..=120_000).contains(&self.silence_end_call_ms) {
            fault("silence_end_call_timeout", "is between 5 s and 2 min");
        }
        if !(60_000..=3_600_000).contains(&self.max_duration_ms) {
            fault("max_duration", "is between 1 min and 1 h");
        }
        if self.turn_timeout_ms != 0 && !(1_000..=30_000).contains(&self.turn_timeout_ms) {
            fault("turn_timeout", "is between 1 s and 30 s");
        }
        if !matches!(
            self.turn_eagerness.as_str(),
            "" | "patient" | "normal" | "eager"
        ) {
            fault("turn_eagerness", "is patient, normal or eager");
        }
        let english = speech::primary(&self.language) == "en";
        if !english
            && matches!(
                self.tts_model.as_str(),
                "eleven_flash_v2" | "eleven_turbo_v2"
            )
        {
            fault("tts_model", "speaks more than English where the agent does");
        }
    }

    fn check_collection(&self, found: &mut Violations) {
        const FIELD: &str = "agent.configuration.data_collection";
        if self.data_collection.len() > MOST_COLLECTED {
            found.add(FIELD, "has at most 20 items");
        }
        for (id, description) in &self.data_collection {
            let plain = id.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if !plain || !(1..=40).contains(&id.len()) {
                found.add(FIELD, "has ids of 1 to 40 letters a to z and _");
                continue;
            }
            let field = format!("{FIELD}.{id}");
            if COLLECTED.contains(&id.as_str()) {
                found.add(&field, "is drawn from every conversation already (B3)");
            }
            if description.trim().is_empty() || description.chars().count() > 500 {
                found.add(&field, "is described in 1 to 500 characters");
            }
            text::check_lines(&field, description, found);
        }
    }

    /// Model and eagerness have their own words, and no others.
    fn check_texts(&self, found: &mut Violations) {
        for (field, text) in [
            ("language", &self.language),
            ("voice_id", &self.voice_id),
            ("voice_name", &self.voice_name),
            ("tts_model", &self.tts_model),
        ] {
            text::check_line(&format!("agent.configuration.{field}"), text, found);
        }
        for keyword in &self.keywords {
            text::check_line("agent.configuration.keywords", keyword, found);
        }
        for (field, text) in [
            ("prompt", &self.prompt),
            ("first_message", &self.first_message),
        ] {
            text::check_lines(&format!("agent.configuration.{field}"), text, found);
        }
    }

    /// Names of the fields that differ.
    #[must_use]
    pub fn changed(&self, old: &Self) -> Vec<&'static str> {
        let new = self;
        let mut names = Vec::new();
        let mut note = |differs: bool, name| {
            if differs {
                names.push(name);
            }
        };
        note(new.language != old.language, "configuration.language");
        note(new.voice_id != old.voice_id, "configuration.voice_id");
        note(new.voice_name != old.voice_name, "configuration.voice_name");
        note(new.llm != old.llm, "configuration.llm");
        note(new.prompt != old.prompt, "configuration.prompt");
        note(
            new.first_message != old.first_message,
            "configuration.first_message",
        );
        note(
            new.initial_wait_ms != old.initial_wait_ms,
            "configuration.initial_wait_time",
        );
        note(
            new.silence_end_call_ms != old.silence_end_call_ms,
            "configuration.silence_end_call_timeout",
        );
        note(
            new.max_duration_ms != old.max_duration_ms,
            "configuration.max_duration",
        );
        note(
            new.dispatch_fidelity != old.dispatch_fidelity,
            "configuration.dispatch_fidelity",
        );
        note(new.tts_model != old.tts_model, "configuration.tts_model");
        note(
            new.turn_timeout_ms != old.turn_timeout_ms,
            "configuration.turn_timeout",
        );
        note(
            new.turn_eagerness != old.turn_eagerness,
            "configuration.turn_eagerness",
        );
        note(new.keywords != old.keywords, "configuration.keywords");
        note(
            new.data_collection != old.data_collection,
            "configuration.data_collection",
        );
        names
    }
}

/// Names in `{{…}}` that neither we nor the platform fill. A conversation that lacks one ends at
/// 0 s, so no such prompt may be stored.
#[must_use]
pub fn unknown_variables(texts: &[&str]) -> BTreeSet<String> {
    let mut unknown = BTreeSet::new();
    for text in texts {
        let mut rest = *text;
        while let Some((_, tail)) = rest.split_once("{{") {
            let Some((name, after)) = tail.split_once("}}") else {
                break;
            };
            let name = name.trim();
            // A secret may stand in a tool's headers only.
            let known = VARIABLES.contains(&name) && !name.starts_with("secret__");
            if !known && !name.starts_with("system__") {
                unknown.insert(name.chars().take(60).collect());
            }
            rest = after;
        }
    }
    unknown
}
