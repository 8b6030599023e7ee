//! A voice agent: what is declared of it, and the rules that the server checks whoever declares
//! it (R16 to R29 as far as they can be read off one agent; the catalogue's lint says more).

use std::collections::BTreeSet;

use chassis::fault::Violations;
use serde::{Deserialize, Serialize};

use super::site::{self, Site};
use super::speech;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub name: String,
    pub site_id: String,
    pub configuration: Configuration,
    pub served_categories: Vec<String>,
}

/// The fields that are declared; `configuration.rs` makes the vendor's fields of them.
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
}

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

impl Agent {
    /// Every field that breaks a rule, all at once.
    pub fn check(&self, found: &mut Violations) {
        if !site::is_slug(&self.name) {
            found.add(
                "agent.name",
                "is a short name in lower case letters, digits and hyphens",
            );
        }
        if self.name == site::BENCH {
            found.add(
                "agent.name",
                "bord-bench is the agent on which candidates are tested",
            );
        }
        if self.served_categories.is_empty() {
            found.add(
                "agent.served_categories",
                "names at least one category: scenarios need it",
            );
        }
        if !self
            .served_categories
            .iter()
            .all(|category| site::is_slug(category))
        {
            found.add(
                "agent.served_categories",
                "holds category ids such as plumbing",
            );
        }
        self.configuration.check(found);
    }

    /// Rules that need the site (R20, R21).
    pub fn check_at(&self, site: &Site, found: &mut Violations) {
        let is_eric = self.configuration.voice_name.eq_ignore_ascii_case("eric");
        if site.is_swiss_ch() && !is_eric {
            found.add(
                "agent.configuration.voice_name",
                "is Eric on Swiss .ch sites (R20)",
            );
        }
        if !site.is_swiss_ch() && is_eric {
            let rule = "is a voice of this market's own, Eric speaks on Swiss .ch sites (R20, R21)";
            found.add("agent.configuration.voice_name", rule);
        }
        let language = speech::primary(&self.configuration.language);
        if !site
            .languages
            .iter()
            .any(|known| speech::primary(known) == language)
        {
            found.add(
                "agent.configuration.language",
                "is one of its site's languages",
            );
        }
    }

    #[must_use]
    pub fn changed(&self, other: &Self) -> Vec<&'static str> {
        let mut names = Vec::new();
        let mut note = |differs: bool, name| {
            if differs {
                names.push(name);
            }
        };
        let (new, old) = (&self.configuration, &other.configuration);
        let served = |agent: &Self| {
            agent
                .served_categories
                .iter()
                .cloned()
                .collect::<BTreeSet<_>>()
        };
        note(self.site_id != other.site_id, "site_id");
        note(served(self) != served(other), "served_categories");
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
        names
    }
}

impl Configuration {
    fn check(&self, found: &mut Violations) {
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
        if self.prompt.contains('\0') || self.first_message.contains('\0') {
            fault("prompt", "holds no NUL character");
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

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::site::tests::plombiers;

    pub(crate) fn agent() -> Agent {
        Agent {
            name: "bord-plombiersgeneve".to_owned(),
            site_id: "plombiersgeneve".to_owned(),
            configuration: Configuration {
                language: "fr".to_owned(),
                voice_id: "cjVigY5qzO86Huf0OWal".to_owned(),
                voice_name: "Eric".to_owned(),
                llm: "gpt-4o".to_owned(),
                prompt: "Appelez dispatch_lead avant de dire au revoir.".to_owned(),
                first_message: String::new(),
                initial_wait_ms: 3_000,
                silence_end_call_ms: 30_000,
                max_duration_ms: 600_000,
                dispatch_fidelity: true,
                tts_model: String::new(),
                turn_timeout_ms: 0,
                turn_eagerness: String::new(),
                keywords: Vec::new(),
            },
            served_categories: vec!["plumbing".to_owned()],
        }
    }

    fn faults(change: impl FnOnce(&mut Agent)) -> usize {
        let mut agent = agent();
        change(&mut agent);
        let mut found = Violations::new();
        agent.check(&mut found);
        agent.check_at(&plombiers(), &mut found);
        found
            .finish()
            .err()
            .map_or(0, |faults| chassis::fault::Fault::violations(&faults).len())
    }

    #[test]
    fn a_sound_agent_has_no_fault() {
        assert_eq!(faults(|_| {}), 0);
    }

    #[test]
    fn the_model_follows_the_fidelity_that_the_site_needs_r22_r23() {
        assert_eq!(
            faults(|a| a.configuration.llm = "gpt-4o-mini".to_owned()),
            1
        );
        assert_eq!(faults(|a| a.configuration.dispatch_fidelity = false), 1);
        assert_eq!(
            faults(|a| {
                a.configuration.dispatch_fidelity = false;
                a.configuration.llm = "gpt-4o-mini".to_owned();
            }),
            0
        );
    }

    #[test]
    fn voice_wait_and_prompt_have_their_rules_r16_r19_r20_r25() {
        assert_eq!(
            faults(|a| a.configuration.voice_name = "Charlie".to_owned()),
            1
        );
        assert_eq!(faults(|a| a.configuration.initial_wait_ms = 4_000), 1);
        assert_eq!(faults(|a| a.configuration.prompt = " ".to_owned()), 1);
        assert_eq!(
            faults(|a| a.configuration.prompt = "Soyez poli.".to_owned()),
            1
        );
        assert_eq!(
            faults(|a| a.configuration.prompt.push_str("<!-- faq -->")),
            1
        );
        assert_eq!(faults(|a| a.configuration.voice_id.clear()), 1);
        assert_eq!(faults(|a| a.name = "bord-bench".to_owned()), 1);
    }

    #[test]
    fn a_variable_that_no_call_carries_is_refused() {
        assert_eq!(
            faults(|a| a
                .configuration
                .prompt
                .push_str("{{site_url}} {{ system__time_utc }}")),
            0
        );
        assert_eq!(
            faults(|a| a.configuration.prompt.push_str("{{caller_name}}")),
            1
        );
        assert_eq!(
            faults(|a| a.configuration.first_message = "{{secret__call_token}}".to_owned()),
            1
        );
    }

    #[test]
    fn every_fault_is_told_at_once() {
        assert_eq!(
            faults(|a| {
                a.configuration.llm = "gpt-5".to_owned();
                a.configuration.initial_wait_ms = 0;
                a.configuration.voice_id.clear();
                a.served_categories.clear();
            }),
            4
        );
    }
}
