//! Every text column of this service, and whether it may hold personal data. A test reads the
//! schema and fails for a column that stands in neither list.

/// Columns whose content may name or identify a caller. Erasure and retention work on these.
pub const PERSONAL: [(&str, &str); 5] = [
    ("call", "caller"),
    // Holds the signed token of the redirect and, in a reject, nothing of the caller; kept here
    // since a token's claims name the called number of this one call.
    ("call", "twiml"),
    ("conversation", "turns"),
    ("conversation", "collected"),
    // A keyed digest of a number, emptied when its deletion is done.
    ("vendor_deletion", "caller_mark"),
];

/// Columns that hold ids, our own texts, states or the vendor's words without a caller in them.
pub const PLAIN: [(&str, &str); 57] = [
    ("agent", "configuration"),
    ("agent", "configuration_hash"),
    ("agent", "live_snapshot"),
    ("agent", "name"),
    ("agent", "paused_by"),
    ("agent", "released_hash"),
    ("agent", "served_categories"),
    ("agent", "site_id"),
    ("agent", "source"),
    ("agent", "tool_id"),
    ("agent", "vendor_agent_id"),
    ("agent", "vendor_version_id"),
    ("agent", "voice_id"),
    ("call", "agent_name"),
    ("call", "call_sid"),
    ("call", "called_number"),
    ("call", "conversation_id"),
    ("call", "fallback_reason"),
    ("call", "handling"),
    ("call", "origin"),
    ("call", "site_id"),
    ("call", "state"),
    ("call", "traceparent"),
    ("call_event", "attributes"),
    ("call_event", "call_sid"),
    ("call_event", "kind"),
    ("configuration", "agent_name"),
    ("configuration", "canonical"),
    ("configuration", "hash"),
    ("conversation", "agent_number"),
    ("conversation", "call_sid"),
    ("conversation", "conversation_id"),
    ("conversation", "site_id"),
    ("conversation", "status"),
    ("conversation", "termination_reason"),
    ("conversation", "traceparent"),
    ("conversation", "vendor_agent_id"),
    // Numbers of ours, and the operator's own mobile in front of one.
    ("number", "chain_carrier"),
    ("number", "chain_mobile_e164"),
    ("number", "country"),
    ("number", "fallback_url"),
    ("number", "number_e164"),
    ("number", "number_sid"),
    ("number", "paused_by"),
    ("number", "site_id"),
    ("number", "source"),
    ("poll", "name"),
    ("scenario_run", "agent_name"),
    ("scenario_run", "bench_agent_id"),
    ("scenario_run", "hash"),
    ("scenario_run", "invocation_id"),
    ("scenario_run", "results"),
    ("scenario_run", "scenarios_version"),
    ("scenario_run", "state"),
    ("scenario_run", "tests"),
    ("scenario_run", "traceparent"),
    ("voicemail", "recording_sid"),
];

/// More plain columns, whose tables are short.
pub const PLAIN_OF_SITE: [(&str, &str); 11] = [
    ("site", "country"),
    ("site", "disclosure"),
    ("site", "languages"),
    ("site", "paused_by"),
    ("site", "site_id"),
    ("site", "source"),
    ("site", "time_zone"),
    ("site", "url"),
    ("vendor_deletion", "kind"),
    ("vendor_deletion", "subject"),
    ("voicemail", "call_sid"),
];
