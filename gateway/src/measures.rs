//! What the gateway measures. Routes are templates and reasons come from a fixed set.

use chassis::metrics::Metric;

pub const METRICS: &[Metric] = &[
    Metric::counter(
        "http_requests_total",
        "Requests answered, by route, method and status.",
    )
    .by(&[("route", &[]), ("method", &[]), ("status", &[])]),
    Metric::histogram(
        "http_request_duration_seconds",
        "From a request's head to the answer's.",
    )
    .by(&[("route", &[]), ("method", &[])]),
    Metric::counter(
        "http_refusals_total",
        "Requests refused, by route and reason.",
    )
    .by(&[("route", &[]), ("reason", &[])]),
    Metric::counter(
        "http_connections_refused_total",
        "Connections closed since as many are open as may be.",
    ),
    Metric::counter(
        "clicks_taken_total",
        "Clicks of advertisements that the ledger took (R35).",
    ),
    Metric::counter(
        "builtin_twiml_total",
        "Callers served by the gateway's own TwiML, by where in the call and why telephony failed.",
    )
    .by(&[
        ("stage", &["answer", "resume", "voicemail"]),
        ("reason", &[]),
    ]),
    Metric::counter(
        "post_call_total",
        "Post-call webhooks, by what was done with them.",
    )
    .by(&[(
        "outcome",
        &[
            "stored",
            "nothing_new",
            "left_to_polling",
            "too_long_left_to_polling",
            "unreadable",
            "audio_dropped",
        ],
    )]),
    Metric::histogram(
        "post_call_signature_age_seconds",
        "How old the signature of a post-call webhook was.",
    ),
    Metric::counter(
        "alarms_dropped_total",
        "Alarms not raised since too many were under way.",
    )
    .by(&[("kind", &["TELEPHONY_UNAVAILABLE", "HOST_SLEPT"])]),
    Metric::counter(
        "alarms_failed_total",
        "Tries of an alarm that lead-service did not take.",
    )
    .by(&[("kind", &["TELEPHONY_UNAVAILABLE", "HOST_SLEPT"])]),
];
