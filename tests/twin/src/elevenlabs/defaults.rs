//! The vendor's defaults: what an agent reads back for the fields that nobody set. They move at
//! the real vendor without notice, so here they can be moved as well.

use serde_json::{Value, json};

/// The defaults of `conversation_config` and `platform_settings` as the fact sheet has them.
pub(super) fn vendor_defaults() -> Value {
    json!({
        "conversation_config": {
            "asr": {"quality": "high", "provider": "scribe_realtime",
                "user_input_audio_format": "pcm_16000", "keywords": []},
            "turn": {"turn_timeout": 7, "initial_wait_time": null, "silence_end_call_timeout": -1,
                "turn_eagerness": "normal", "turn_model": "turn_v3", "speculative_turn": true,
                "spelling_patience": "auto", "interruption_ignore_terms": [],
                "soft_timeout_config": {"timeout_seconds": -1, "message": "Hhmmmm...yeah."}},
            "tts": {"model_id": "eleven_flash_v2", "voice_id": "cjVigY5qzO86Huf0OWal",
                "agent_output_audio_format": "pcm_16000", "stability": 0.5,
                "similarity_boost": 0.8, "speed": 1.0},
            "conversation": {"text_only": false, "max_duration_seconds": 600},
            "agent": {
                "first_message": "", "language": "en", "disable_first_message_interruptions": false,
                "max_conversation_duration_message": "",
                "dynamic_variables": {"dynamic_variable_placeholders": {}},
                "prompt": {
                    "prompt": "", "llm": "qwen35-397b-a17b", "temperature": 0, "max_tokens": -1,
                    "reasoning_effort": null, "tool_ids": [], "built_in_tools": {},
                    "mcp_server_ids": [], "knowledge_base": [], "timezone": null,
                    "ignore_default_personality": true,
                    "backup_llm_config": {"preference": "default"}, "cascade_timeout_seconds": 4,
                },
            },
        },
        "platform_settings": {
            "evaluation": {"criteria": []},
            "data_collection": {},
            "overrides": {"conversation_config_override": {}, "custom_llm_extra_body": false,
                "enable_conversation_initiation_client_data_from_webhook": false},
            "workspace_overrides": {"webhooks": {}},
            "auth": {"enable_auth": false, "allowlist": []},
            "call_limits": {"agent_concurrency_limit": -1, "daily_limit": 100_000, "bursting_enabled": true},
            "queueing_config": {"enabled": true},
            "privacy": {"record_voice": true, "retention_days": -1, "delete_transcript_and_pii": false,
                "delete_audio": false, "apply_to_existing_conversations": false,
                "zero_retention_mode": false},
        },
    })
}
