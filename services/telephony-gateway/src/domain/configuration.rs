//! The canonical configuration: every field that we set at the vendor, the tool's included, listed
//! in this one file. Its SHA-256 is what scenarios are run for and what a seal names (R63): any
//! change of a field, of the tool, of the agent's name or of what its site serves is another hash.

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::agent::{Agent, Configuration, VARIABLES};
use super::speech;

pub const TOOL_NAME: &str = "dispatch_lead";

/// Stands for the tool's id, which only the vendor knows.
const TOOL_MARK: &str = "<tool>";

/// What the tool's configuration takes from where bord runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub tool_url: String,
    /// Name of the vendor's secret that holds the tool's header.
    pub tool_secret_name: String,
}

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
            "served_categories": served,
            "conversation_config": conversation_config(&agent.configuration),
            "platform_settings": platform_settings(),
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

    #[must_use]
    pub fn served_categories(&self) -> Vec<String> {
        let served = self.value["served_categories"].as_array();
        let served = served.into_iter().flatten().filter_map(Value::as_str);
        served.map(str::to_owned).collect()
    }

    #[must_use]
    pub fn language(&self) -> &str {
        self.value["conversation_config"]["agent"]["language"]
            .as_str()
            .unwrap_or("en")
    }
}

/// The name of the vendor's secret for this value: another value is another secret, so that a tool
/// that is live keeps working while the old value is still accepted.
#[must_use]
pub fn secret_name(value: &str) -> String {
    format!("bord_dispatch_tool_{}", &sha256(value)[..12])
}

/// `conversation_config`, with a mark in place of the tool's id.
fn conversation_config(of: &Configuration) -> Value {
    json!({
        "agent": {
            "language": of.language,
            "first_message": of.first_message,
            "disable_first_message_interruptions": false,
            "max_conversation_duration_message": "",
            // Test values; a real call carries every variable itself.
            "dynamic_variables": { "dynamic_variable_placeholders": placeholders() },
            "prompt": {
                "prompt": of.prompt,
                "llm": of.llm,
                "temperature": 0,
                "max_tokens": -1,
                "tool_ids": [TOOL_MARK],
                "built_in_tools": built_in_tools(),
                "enable_parallel_tool_calls": false,
                "knowledge_base": [],
                "mcp_server_ids": [],
                // Another model must never answer in silence (R22).
                "backup_llm_config": { "preference": "disabled" },
            },
        },
        "turn": {
            "turn_timeout": seconds(or(of.turn_timeout_ms, 7_000)),
            "initial_wait_time": seconds(of.initial_wait_ms),
            "silence_end_call_timeout": seconds(of.silence_end_call_ms),
            "turn_eagerness": if of.turn_eagerness.is_empty() { "normal" } else { &of.turn_eagerness },
        },
        "tts": {
            "voice_id": of.voice_id,
            "model_id": tts_model(of),
            // register-call gives silence or noise with any other format, and no error.
            "agent_output_audio_format": "ulaw_8000",
            "stability": 0.5,
            "similarity_boost": 0.8,
            "speed": 1.0,
        },
        "asr": {
            "user_input_audio_format": "ulaw_8000",
            "quality": "high",
            "keywords": of.keywords,
        },
        "conversation": {
            "text_only": false,
            "max_duration_seconds": of.max_duration_ms / 1_000,
        },
    })
}

/// Only `end_call` (R19). The others are named as absent, since a PATCH merges objects and would
/// leave standing what somebody switched on by hand.
fn built_in_tools() -> Value {
    json!({
        "end_call": {
            "type": "system",
            "name": "end_call",
            "description": "Ends the call. Only after dispatch_lead answered ok and its sentence was \
                            spoken, or when the call is off-topic; never before.",
            "params": { "system_tool_type": "end_call" },
        },
        "language_detection": null,
        "transfer_to_agent": null,
        "transfer_to_number": null,
        "skip_turn": null,
        "play_keypad_touch_tone": null,
        "voicemail_detection": null,
    })
}

fn platform_settings() -> Value {
    let collected = |description: &str| json!({ "type": "string", "description": description });
    json!({
        // Whether register-call works with authentication on is not documented; the daily limit
        // bounds what somebody who learns an agent's id could spend.
        "auth": { "enable_auth": false, "allowlist": [] },
        "call_limits": {
            "agent_concurrency_limit": -1,
            "daily_limit": 1000,
            "bursting_enabled": true,
        },
        // Over the limit the call is refused and our voicemail answers, instead of a hold tone.
        "queueing_config": { "enabled": false },
        "privacy": {
            "record_voice": true,
            "retention_days": 90,
            "delete_transcript_and_pii": false,
            "delete_audio": false,
            "apply_to_existing_conversations": false,
            "zero_retention_mode": false,
        },
        // What a lost tool call is recovered from (B3), under the tool's own names.
        "data_collection": {
            "customer_name": collected("The caller's name as given. Empty when none was given."),
            "phone": collected("The number that the caller gave for a call back. Empty when none was given."),
            "language": collected("BCP 47 code of the language that the caller spoke, such as fr."),
            "service": collected("What the caller needs, in a few of the caller's own words. Empty when nothing."),
            "location": collected("Town or district where the service is needed. Empty when not said."),
            "real_need": {
                "type": "boolean",
                "description": "True when the caller had a need that this line serves and wanted to \
                                be called back; false for spam, wrong numbers and off-topic calls.",
            },
        },
        // Nothing of an agent may be changed by whoever opens a conversation.
        "overrides": {
            "conversation_config_override": {
                "agent": {
                    "first_message": false,
                    "language": false,
                    "prompt": { "prompt": false, "llm": false, "tool_ids": false },
                },
                "tts": { "voice_id": false },
                "conversation": { "text_only": false },
            },
            "custom_llm_extra_body": false,
            "enable_conversation_initiation_client_data_from_webhook": false,
        },
    })
}

/// The one webhook tool (R26). Ids and the caller's number are filled by the platform, unseen by
/// the model; the call token travels as a header (design.md, Dispatch).
fn tool_config(environment: &Environment) -> Value {
    let said = |description: &str| json!({ "type": "string", "description": description });
    let filled = |variable: &str| json!({ "type": "string", "dynamic_variable": variable });
    json!({
        "type": "webhook",
        "name": TOOL_NAME,
        "description": "Passes the caller's need on to a provider. Call it once for each need, as \
                        soon as name, number, language, service and location are known, and always \
                        before any closing phrase. Speak the sentence in `say` of its answer.",
        "response_timeout_secs": 10,
        "interruption_mode": "disable_during_tool",
        "pre_tool_speech": "auto",
        "execution_mode": "immediate",
        // The default hides our sentence from the agent.
        "tool_error_handling_mode": "passthrough",
        "dynamic_variables": { "dynamic_variable_placeholders": {
            "call_sid": "CA-test", "caller_id": "unknown", "called_number": "unknown",
            "traceparent": "unknown", "secret__call_token": "unknown",
        } },
        "api_schema": {
            "url": environment.tool_url,
            "method": "POST",
            "content_type": "application/json",
            "request_headers": {
                "X-Bord-Tool-Secret": { "secret_name": environment.tool_secret_name },
                "X-Bord-Call": { "variable_name": "secret__call_token" },
                "traceparent": { "variable_name": "traceparent" },
            },
            "request_body_schema": {
                "type": "object",
                "description": "The lead to pass on.",
                "properties": {
                    "customer_name": said("The caller's name as the caller gives it."),
                    "phone": said("Number to call back, with country code. Empty for the number that the caller is calling from."),
                    "language": said("BCP 47 code of the language of the call, such as fr."),
                    "service": said("What the caller needs, in a few of the caller's own words."),
                    "location": said("Town or district where it is needed."),
                    "urgency": {
                        "type": "string",
                        "description": "emergency: cannot wait an hour; soon: today or tomorrow; flexible: later.",
                        "enum": ["emergency", "soon", "flexible"],
                    },
                    "another_need": {
                        "type": "string",
                        "description": "true only for a second, different need after the first was passed on.",
                        "enum": ["true", "false"],
                    },
                    "conversation_id": filled("system__conversation_id"),
                    "agent_id": filled("system__agent_id"),
                    "caller_id": filled("caller_id"),
                    "called_number": filled("called_number"),
                    "call_sid": filled("call_sid"),
                },
                "required": [
                    "customer_name", "phone", "language", "service", "location",
                    "conversation_id", "agent_id", "caller_id", "called_number", "call_sid",
                ],
            },
        },
    })
}

fn placeholders() -> Value {
    VARIABLES
        .iter()
        .map(|name| ((*name).to_owned(), json!("unknown")))
        .collect()
}

/// The fast model; only its newer form speaks more than English.
fn tts_model(of: &Configuration) -> &str {
    if !of.tts_model.is_empty() {
        &of.tts_model
    } else if speech::primary(&of.language) == "en" {
        "eleven_flash_v2"
    } else {
        "eleven_flash_v2_5"
    }
}

fn or(value: i64, default: i64) -> i64 {
    if value == 0 { default } else { value }
}

fn seconds(ms: i64) -> Value {
    if ms % 1_000 == 0 {
        json!(ms / 1_000)
    } else {
        #[expect(
            clippy::cast_precision_loss,
            reason = "durations are far below 2^52 ms"
        )]
        let seconds = ms as f64 / 1_000.0;
        json!(seconds)
    }
}

/// JSON with sorted keys and no blanks. Written here, since serde_json keeps the order of insertion
/// as soon as any crate of the build asks for it.
#[must_use]
pub fn canonical_json(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let fields: Vec<String> = keys
                .into_iter()
                .map(|key| {
                    format!(
                        "{}:{}",
                        Value::from(key.as_str()),
                        canonical_json(&map[key])
                    )
                })
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical_json).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

#[must_use]
pub fn sha256(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
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
        let canonical = Canonical::of(&agent(), &environment());
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
        assert!(
            tool["description"]
                .as_str()
                .unwrap()
                .ends_with(&canonical.tool_mark())
        );
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

    #[test]
    fn canonical_json_does_not_depend_on_the_order_of_keys() {
        let one: Value = serde_json::from_str(r#"{"b":[1,{"d":null,"c":"é\n"}],"a":0.5}"#).unwrap();
        assert_eq!(
            canonical_json(&one),
            r#"{"a":0.5,"b":[1,{"c":"é\n","d":null}]}"#
        );
    }
}
