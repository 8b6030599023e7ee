//! Every field that we set at the vendor, of an agent and of its one tool, listed in this one file.
//! What stands here is hashed, tested, written and read back; what does not is the vendor's own.

use serde_json::{Value, json};

use super::agent_configuration::{COLLECTED, Configuration, VARIABLES};
use super::speech;

pub const TOOL_NAME: &str = "dispatch_lead";

/// Stands for the tool's id, which only the vendor knows.
pub const TOOL_MARK: &str = "<tool>";

/// What the tool's configuration takes from where bord runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Environment {
    pub tool_url: String,
    /// Name of the vendor's secret that holds the tool's header.
    pub tool_secret_name: String,
}

/// `conversation_config`, with a mark in place of the tool's id.
#[must_use]
pub fn conversation_config(of: &Configuration) -> Value {
    json!({
        "agent": {
            // The vendor knows languages without regions.
            "language": speech::primary(&of.language),
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

/// What is drawn from every conversation, and what the configuration asks for besides.
fn data_collection(of: &Configuration) -> Value {
    let collected = |description: &str| json!({ "type": "string", "description": description });
    // What a lost tool call is recovered from (B3), under the tool's own names.
    let mut items = json!({
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
    });
    for (id, description) in &of.data_collection {
        if !COLLECTED.contains(&id.as_str()) {
            items[id.as_str()] = collected(description);
        }
    }
    items
}

#[must_use]
pub fn platform_settings(of: &Configuration) -> Value {
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
        "data_collection": data_collection(of),
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
#[must_use]
pub fn tool_config(environment: &Environment) -> Value {
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
