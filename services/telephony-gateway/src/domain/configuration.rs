//! The canonical configuration: every field that we set at the vendor, the tool's included, in one
//! text. Its SHA-256 is what scenarios are run for and what a seal names (R63): any change of a
//! field, of the tool, of the agent's name, of its site or of what that serves is another hash.

use serde_json::{Value, json};

use super::agent::Agent;
use super::canonical_json::{canonical_json, sha256};
use super::vendor_fields::{Environment, conversation_config, platform_settings, tool_config};

/// A configuration in canonical form, with its hash.
#[derive(Debug, Clone, PartialEq)]
pub struct Canonical {
    pub text: String,
    pub hash: String,
    value: Value,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a stored configuration is not the one that its hash names")]
pub struct Tampered;

impl Canonical {
    #[must_use]
    pub fn of(agent: &Agent, environment: &Environment) -> Self {
        let mut served = agent.served_categories.clone();
        served.sort();
        served.dedup();
        Self::from_value(json!({
            "format": 1,
            "name": agent.name,
            "site_id": agent.site_id,
            "served_categories": served,
            "conversation_config": conversation_config(&agent.configuration),
            "platform_settings": platform_settings(&agent.configuration),
            "tool": tool_config(environment),
        }))
    }

    fn from_value(value: Value) -> Self {
        let text = canonical_json(&value);
        Self {
            hash: sha256(&text),
            text,
            value,
        }
    }

    /// A stored canonical text, checked against the hash under which it is kept.
    pub fn stored(text: &str, hash: &str) -> Result<Self, Tampered> {
        let value: Value = serde_json::from_str(text).map_err(|_| Tampered)?;
        let canonical = Self::from_value(value);
        if canonical.hash == hash {
            Ok(canonical)
        } else {
            Err(Tampered)
        }
    }

    /// `conversation_config` and `platform_settings` as the vendor takes them.
    #[must_use]
    pub fn agent_body(&self, tool_id: &str) -> Value {
        let mut conversation = self.value["conversation_config"].clone();
        conversation["agent"]["prompt"]["tool_ids"] = json!([tool_id]);
        json!({
            "conversation_config": conversation,
            "platform_settings": self.value["platform_settings"],
        })
    }

    /// The tool as the vendor takes it; the description ends in the mark by which it is found.
    #[must_use]
    pub fn tool_body(&self, secret_id: &str) -> Value {
        let mut tool = self.value["tool"].clone();
        let description = tool["description"].as_str().unwrap_or_default().to_owned();
        tool["description"] = json!(format!("{description} {}", self.tool_mark()));
        tool["api_schema"]["request_headers"]["X-Bord-Tool-Secret"] =
            json!({ "secret_id": secret_id });
        tool
    }

    /// What a tool's description ends in: its own hash.
    #[must_use]
    pub fn tool_mark(&self) -> String {
        let hash = sha256(&canonical_json(&self.value["tool"]));
        format!("[bord {}]", &hash[..16])
    }

    #[must_use]
    pub fn tool_secret_name(&self) -> &str {
        let header = &self.value["tool"]["api_schema"]["request_headers"]["X-Bord-Tool-Secret"];
        header["secret_name"].as_str().unwrap_or_default()
    }

    /// The site whose calls the agent answers with this configuration.
    #[must_use]
    pub fn site_id(&self) -> &str {
        self.value["site_id"].as_str().unwrap_or_default()
    }

    #[must_use]
    pub fn served_categories(&self) -> Vec<String> {
        let served = self.value["served_categories"].as_array();
        let served = served.into_iter().flatten().filter_map(Value::as_str);
        served.map(str::to_owned).collect()
    }

    /// The longest call, in milliseconds.
    #[must_use]
    pub fn max_duration_ms(&self) -> Option<i64> {
        let conversation = &self.value["conversation_config"]["conversation"];
        Some(conversation["max_duration_seconds"].as_i64()? * 1_000)
    }

    /// The model that is to answer.
    #[must_use]
    pub fn llm(&self) -> &str {
        self.value["conversation_config"]["agent"]["prompt"]["llm"]
            .as_str()
            .unwrap_or_default()
    }

    #[must_use]
    pub fn language(&self) -> &str {
        self.value["conversation_config"]["agent"]["language"]
            .as_str()
            .unwrap_or("en")
    }
}

/// Whether a tool's description ends in a mark of ours.
#[must_use]
pub fn is_marked(description: &str) -> bool {
    let mark = description
        .rsplit_once("[bord ")
        .and_then(|(_, mark)| mark.strip_suffix(']'));
    mark.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// The name of the vendor's secret for this value: another value is another secret, so that a tool
/// that is live keeps working while the old value is still accepted.
#[must_use]
pub fn secret_name(value: &str) -> String {
    format!("bord_dispatch_tool_{}", &sha256(value)[..12])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::agent::tests::agent;

    fn environment() -> Environment {
        Environment {
            tool_url: "https://bord.example/elevenlabs/tools/dispatch_lead".to_owned(),
            tool_secret_name: secret_name("s3cret"),
        }
    }

    fn hash(change: impl FnOnce(&mut Agent)) -> String {
        let mut agent = agent();
        change(&mut agent);
        Canonical::of(&agent, &environment()).hash
    }

    #[test]
    fn every_declared_field_moves_the_hash_r63() {
        let base = hash(|_| {});
        let hashes = [
            hash(|a| a.name.push('x')),
            hash(|a| a.site_id.push('x')),
            hash(|a| a.served_categories.push("dental".to_owned())),
            hash(|a| a.configuration.language = "de".to_owned()),
            hash(|a| a.configuration.voice_id.push('x')),
            hash(|a| a.configuration.llm = "gpt-4o-mini".to_owned()),
            hash(|a| a.configuration.prompt.push('.')),
            hash(|a| a.configuration.first_message.push('.')),
            hash(|a| a.configuration.initial_wait_ms += 1),
            hash(|a| a.configuration.silence_end_call_ms += 1),
            hash(|a| a.configuration.max_duration_ms += 1_000),
            hash(|a| a.configuration.tts_model.push('x')),
            hash(|a| a.configuration.turn_timeout_ms = 8_000),
            hash(|a| a.configuration.turn_eagerness = "eager".to_owned()),
            hash(|a| a.configuration.keywords.push("x".to_owned())),
            hash(|a| {
                let items = &mut a.configuration.data_collection;
                items.insert("sentiment".to_owned(), "How the caller felt.".to_owned());
            }),
        ];
        for (index, other) in hashes.iter().enumerate() {
            assert_ne!(&base, other, "change {index}");
        }
        let elsewhere = Environment {
            tool_url: "https://other".to_owned(),
            ..environment()
        };
        assert_ne!(base, Canonical::of(&agent(), &elsewhere).hash);
        assert_eq!(
            base,
            hash(|_| {}),
            "the same configuration has the same hash"
        );
    }

    #[test]
    fn what_the_vendor_gets_holds_the_fields_that_calls_depend_on() {
        let mut asks = agent();
        let next = ("next_step".to_owned(), "What to do next.".to_owned());
        asks.configuration.data_collection.extend([next]);
        let canonical = Canonical::of(&asks, &environment());
        let body = canonical.agent_body("tool_1");
        let conversation = &body["conversation_config"];
        assert_eq!(
            conversation["tts"]["agent_output_audio_format"],
            "ulaw_8000"
        );
        assert_eq!(conversation["asr"]["user_input_audio_format"], "ulaw_8000");
        assert_eq!(conversation["turn"]["initial_wait_time"], 3, "R16");
        assert_eq!(conversation["tts"]["model_id"], "eleven_flash_v2_5");
        let prompt = &conversation["agent"]["prompt"];
        assert_eq!(prompt["tool_ids"], json!(["tool_1"]), "R19");
        assert_eq!(prompt["backup_llm_config"]["preference"], "disabled");
        assert_eq!(prompt["temperature"], 0);
        let collected = &body["platform_settings"]["data_collection"];
        for id in crate::domain::agent_configuration::COLLECTED {
            assert!(collected[id]["description"].is_string(), "{id} (B3)");
        }
        assert_eq!(collected["next_step"]["type"], "string");
        let tool = canonical.tool_body("sec_1");
        let schema = &tool["api_schema"];
        assert_eq!(
            schema["request_headers"]["X-Bord-Tool-Secret"],
            json!({ "secret_id": "sec_1" })
        );
        assert_eq!(
            schema["request_body_schema"]["properties"]["conversation_id"]["dynamic_variable"],
            "system__conversation_id"
        );
        let mut swiss = agent();
        swiss.configuration.language = "fr-CH".to_owned();
        let body = Canonical::of(&swiss, &environment()).agent_body("tool_1");
        assert_eq!(body["conversation_config"]["agent"]["language"], "fr");
        assert!(
            tool["description"]
                .as_str()
                .unwrap()
                .ends_with(&canonical.tool_mark())
        );
        assert!(is_marked(tool["description"].as_str().unwrap()) && !is_marked("x [bord y]"));
    }

    #[test]
    fn a_stored_configuration_is_what_its_hash_names() {
        let canonical = Canonical::of(&agent(), &environment());
        assert_eq!(
            Canonical::stored(&canonical.text, &canonical.hash),
            Ok(canonical.clone())
        );
        let softened = canonical.text.replace("dispatch_lead avant", "rien avant");
        assert_eq!(Canonical::stored(&softened, &canonical.hash), Err(Tampered));
    }
}
