//! What every program measures, whatever it does: its calls, its clients, its pools, its streams.

use super::described::Metric;

/// The chassis' own.
pub const METRICS: &[Metric] = &[
    Metric::counter(
        "rpc_server_requests_total",
        "Calls answered, by gRPC service, method and code.",
    )
    .by(&[("service", &[]), ("method", &[]), ("code", &[])]),
    Metric::histogram(
        "rpc_server_duration_seconds",
        "From a call's arrival to its answer.",
    )
    .by(&[("service", &[]), ("method", &[])]),
    Metric::counter(
        "rpc_client_requests_total",
        "Calls made to other services, by gRPC service, method and code.",
    )
    .by(&[("service", &[]), ("method", &[]), ("code", &[])]),
    Metric::histogram(
        "rpc_client_duration_seconds",
        "From the wish to call another service to its answer, retry included.",
    )
    .by(&[("service", &[]), ("method", &[])]),
    Metric::counter(
        "rpc_client_retries_total",
        "Calls that no service had taken and that were made once more.",
    ),
    Metric::counter(
        "http_client_requests_total",
        "Requests to vendors, by operation and status; `none` where no answer came.",
    )
    .by(&[("operation", &[]), ("code", &[])]),
    Metric::histogram(
        "http_client_duration_seconds",
        "From a request to a vendor to the head of its answer.",
    )
    .by(&[("operation", &[])]),
    Metric::counter(
        "tls_handshakes_refused_total",
        "Connections refused for want of a certificate that we trust.",
    ),
    Metric::counter(
        "tls_reloads_total",
        "Times that the certificate files were read anew.",
    )
    .by(&[("outcome", &["ok", "failed"])]),
    Metric::counter(
        "bord_spans_exported_total",
        "Spans that the collector took.",
    ),
    Metric::counter(
        "bord_spans_dropped_total",
        "Spans that no collector will see: the queue was full, or the export failed.",
    )
    .by(&[("reason", &["queue_full", "export_failed"])]),
    Metric::counter(
        "worker_failures_total",
        "Rounds of a background worker that failed.",
    )
    .by(&[("worker", &[])]),
    Metric::gauge(
        "db_connections",
        "Connections of a pool, by what they do: used, idle.",
    )
    .by(&[
        ("database", &[]),
        ("pool", &["all", "writer", "readers"]),
        ("state", &["used", "idle"]),
    ]),
    Metric::gauge("db_connections_max", "How many connections a pool may have.")
        .by(&[("database", &[]), ("pool", &["all", "writer", "readers"])]),
    Metric::histogram(
        "db_acquire_seconds",
        "How long work waited for a connection of a pool.",
    )
    .by(&[("database", &[]), ("pool", &["all", "writer", "readers"])]),
    Metric::counter(
        "db_acquire_timeouts_total",
        "Times that no connection of a pool became free in time.",
    )
    .by(&[("database", &[]), ("pool", &["all", "writer", "readers"])]),
    Metric::gauge(
        "queue_due",
        "What is due in a queue and waits for a worker, at most 10000 counted. Every replica shows \
         the whole: ask for max().",
    )
    .by(&[("queue", &[])]),
    Metric::gauge(
        "queue_oldest_seconds",
        "How long ago the oldest of a queue became due. Every replica shows it: ask for max().",
    )
    .by(&[("queue", &[])]),
    Metric::gauge(
        "feed_published_number",
        "The number of the newest entry of a service's own stream.",
    )
    .by(&[("database", &[])]),
    Metric::gauge(
        "feed_unpublished_seconds",
        "How long the oldest entry that has no number yet has waited for one.",
    )
    .by(&[("database", &[])]),
    Metric::gauge(
        "feed_followed_number",
        "The number of the last entry that a follower took over.",
    )
    .by(&[("follower", &[])]),
    Metric::gauge(
        "feed_behind_seconds",
        "How far a follower is behind: the age of the entry in hand, or the time since it last heard \
         from the stream; 0 at its end, and where another replica follows.",
    )
    .by(&[("follower", &[])]),
    Metric::counter(
        "feed_parked_total",
        "Entries of a stream that were set aside after several tries.",
    )
    .by(&[("follower", &[])]),
    Metric::counter(
        "feed_epochs_total",
        "New epochs of a stream: its database was put back to an earlier state.",
    ),
    Metric::counter(
        "bord_host_slept_total",
        "Times that this process noticed that its host had slept (HOST_SLEPT, R71).",
    ),
    Metric::gauge(
        "bord_host_slept_seconds",
        "How long the host slept the last time.",
    ),
];
