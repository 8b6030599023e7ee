//! The crash points of every service, in the order in which work passes them (engineering.md, §3).
//! A point that no longer exists, or that nothing reaches, never fires, and a run in which one has
//! not fired is inconclusive.

/// Service and its points.
pub const POINTS: [(&str, &[&str]); 6] = [
    (
        "gateway",
        &[
            "gateway.after_read",
            "gateway.after_verify",
            "gateway.before_rpc",
            "gateway.after_rpc",
        ],
    ),
    (
        "lead-service",
        &[
            "lead.after_insert",
            "lead.before_assign",
            "lead.after_assign",
            "lead.before_notify",
            "lead.after_notify",
            "lead.before_reply",
            "lead.before_release",
            "lead.after_release",
            "lead.after_confirm",
            "lead.after_cancel",
        ],
    ),
    (
        "roster-service",
        &["roster.before_commit", "roster.after_commit"],
    ),
    (
        "notification-service",
        &[
            "outbox.after_claim",
            "outbox.before_send",
            "outbox.after_send",
            "outbox.before_record",
            "callback.before_commit",
        ],
    ),
    (
        "telephony-gateway",
        &[
            "telephony.before_register",
            "telephony.after_register",
            "telephony.before_commit",
            "telephony.before_publish",
        ],
    ),
    (
        "quality-service",
        &["quality.before_carry", "quality.after_carry"],
    ),
];

/// Every point with its service.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    POINTS
        .iter()
        .flat_map(|(service, points)| points.iter().map(move |point| (*service, *point)))
}
