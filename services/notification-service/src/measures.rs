//! What notification-service measures. Gauges are read from the database by every replica: ask for
//! `max()`.

use chassis::metrics::{Label, Metric};

const CHANNEL: Label = ("channel", &["whatsapp", "sms", "email"]);

pub const METRICS: &[Metric] = &[
    Metric::counter(
        "notification_deliveries_total",
        "Deliveries that entered a state, by channel.",
    )
    .by(&[
        CHANNEL,
        (
            "state",
            &[
                "queued",
                "sending",
                "accepted",
                "delivered",
                "failed",
                "dead",
                "expired",
                "withheld",
                "not_possible",
                "unknown",
                "cancelled",
            ],
        ),
    ]),
    Metric::histogram(
        "notification_send_seconds",
        "From a message's leaving to the carrier's answer.",
    )
    .by(&[CHANNEL]),
    Metric::counter(
        "notification_ambiguous_attempts_total",
        "Sends of which nobody knew for a while whether they had an effect (B7).",
    )
    .by(&[CHANNEL]),
    Metric::counter(
        "notification_doubles_total",
        "Messages that a carrier took twice; never more than the ambiguous attempts (I11).",
    ),
    Metric::counter(
        "notification_alarms_total",
        "Deliveries that the operator must know of, by kind.",
    )
    .by(&[(
        "kind",
        &[
            "DELIVERY_DEAD",
            "DELIVERY_UNKNOWN",
            "DELIVERY_EXPIRED",
            "SEND_REFUSED",
            "CREDENTIALS_REFUSED",
        ],
    )]),
    Metric::counter(
        "notification_tokens_reused_total",
        "Mail events that came with the token of another one.",
    ),
    Metric::counter(
        "notification_messages_emptied_total",
        "Messages whose address and text ended with their age.",
    ),
    Metric::gauge(
        "bord_messages_not_ended",
        "Messages that neither ended nor are due. Only 0 is good (I10).",
    ),
    Metric::gauge(
        "bord_messages_across_border",
        "Messages to another country than their lead's. Only 0 is good (R43).",
    ),
];
