//! What telephony measures. Gauges are read from the database by every replica: ask for `max()`.

use chassis::metrics::{Label, Metric};

const STORE: Label = (
    "store",
    &[
        "elevenlabs.conversations",
        "twilio.recordings",
        "twilio.calls",
    ],
);

pub const METRICS: &[Metric] = &[
    Metric::counter(
        "telephony_calls_total",
        "Calls answered, by what the caller got.",
    )
    .by(&[("handling", &["agent", "voicemail", "rejected"])]),
    Metric::counter("telephony_calls_ended_total", "Calls that ended, by how.").by(&[(
        "state",
        &["completed", "busy", "failed", "no_answer", "canceled"],
    )]),
    Metric::histogram(
        "telephony_answer_seconds",
        "From a ringing call's arrival to its TwiML; every one below 3 s (R15).",
    ),
    Metric::counter(
        "telephony_answers_without_database_total",
        "Calls answered while the database was down.",
    ),
    Metric::gauge(
        "telephony_journal_waiting",
        "What waits in this replica's memory until the database is back; not in another's: sum() it.",
    ),
    Metric::counter(
        "telephony_journal_dropped_total",
        "What did not fit in the journal; polling finds it.",
    ),
    Metric::counter(
        "telephony_resume_unnoted_total",
        "Ends of a talk with the agent that were not written down.",
    ),
    Metric::counter(
        "telephony_directory_stale_total",
        "Times that sites and numbers could not be read anew; what is held stays in use.",
    ),
    Metric::counter("telephony_conversations_total", "Conversations stored."),
    Metric::counter("telephony_voicemails_total", "Voicemails stored."),
    Metric::counter("telephony_post_call_total", "Post-call webhooks, by kind.").by(&[(
        "kind",
        &[
            "transcription",
            "initiation_failure",
            "audio",
            "unknown",
            "unreadable",
            "without_id",
        ],
    )]),
    Metric::gauge(
        "telephony_poll_success_seconds",
        "When a poll of a vendor last went well, in seconds since 1970; absent until one did.",
    )
    .by(&[(
        "poll",
        &["calls", "recordings", "conversations", "retention"],
    )]),
    Metric::counter(
        "telephony_leases_lost_total",
        "Rounds of a poll that another replica took over.",
    )
    .by(&[(
        "poll",
        &["calls", "recordings", "conversations", "retention"],
    )]),
    Metric::gauge(
        "telephony_webhooks_off",
        "Webhooks at ElevenLabs that are off or not attached, when last looked at.",
    ),
    Metric::counter(
        "telephony_scenario_runs_total",
        "Scenario runs that ended, by how.",
    )
    .by(&[("state", &["passed", "failed", "invalid"])]),
    Metric::counter("telephony_releases_total", "Agents released at the vendor."),
    Metric::counter(
        "telephony_releases_refused_total",
        "Releases refused for want of a seal.",
    ),
    Metric::counter(
        "telephony_read_back_differs_total",
        "Releases after which the vendor showed something else.",
    ),
    Metric::counter(
        "telephony_retention_ended_total",
        "What ended with its age, by class.",
    )
    .by(&[("class", &["recordings", "transcripts", "callers"])]),
    Metric::gauge(
        "telephony_vendor_deletions_due",
        "Deletions at vendors that are not done yet.",
    ),
    Metric::counter(
        "telephony_vendor_deletions_total",
        "Things deleted at vendors, by where.",
    )
    .by(&[STORE]),
    Metric::counter(
        "telephony_vendor_deletion_failures_total",
        "Tries of a deletion at a vendor that failed, by where.",
    )
    .by(&[STORE]),
];
