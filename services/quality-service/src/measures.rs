//! What quality-service measures. Gauges are read from the database by every replica: ask for `max()`.

use chassis::metrics::{Label, Metric};

/// As `domain::flag::Kind` names them.
const KIND: Label = (
    "kind",
    &[
        "DISPATCH_MISSED",
        "BIRTH_ASKED",
        "ADDRESS_TOLD",
        "CLOSED_FIRST",
        "NOT_DELIVERED",
        "DRIFT",
        "DISPATCH_RATE",
        "TOOL_SILENT",
        "CALL_UNEXPLAINED",
        "RECOVERY_INCOMPLETE",
        "PAGE_NUMBER",
        "PAGE_UNREACHABLE",
        "MODEL_DEPRECATED",
        "MODEL_SUBSTITUTED",
        "WEBHOOK_OFF",
        "FULL_STRENGTH",
        "GATE_FAILED",
        "ROLLED_BACK",
        "BRAKED",
    ],
);

pub const METRICS: &[Metric] = &[
    Metric::counter("bord_flags_total", "Flags raised, by kind.").by(&[KIND]),
    Metric::gauge("bord_flags_open", "Flags that are not resolved, by kind.").by(&[KIND]),
    Metric::counter("bord_scans_total", "Scans that ended, by how.")
        .by(&[("state", &["good", "failed"])]),
    Metric::gauge(
        "bord_last_good_scan_age_seconds",
        "How long ago a scan last went well; absent until one did (R54, R72).",
    ),
    Metric::counter(
        "bord_conversations_judged_total",
        "Conversations judged, by class.",
    )
    .by(&[("class", &["real", "off_topic", "spam", "hang_up", "erased"])]),
    Metric::counter(
        "bord_calls_closed_total",
        "Calls whose books are closed, by what came of them (B2).",
    )
    .by(&[(
        "class",
        &[
            "lead",
            "recovered",
            "off_topic",
            "spam",
            "hang_up",
            "flagged",
        ],
    )]),
    Metric::counter(
        "bord_leads_recovered_total",
        "Lost leads recovered by a scan (B3).",
    ),
    Metric::counter(
        "bord_call_costs_told_total",
        "Costs of closed calls that the ledger took, repeats counted.",
    ),
    Metric::gauge(
        "bord_call_costs_parked",
        "Closed calls whose cost the ledger refuses (I23).",
    ),
    Metric::counter("bord_summaries_total", "Summary mails handed over (R52)."),
    Metric::counter(
        "entries_carried_total",
        "Entries of telephony's stream carried on, by kind.",
    )
    .by(&[(
        "kind",
        &[
            "ended",
            "conversation",
            "voicemail",
            "fallback",
            "verified",
            "alarm",
            "unknown",
        ],
    )]),
    Metric::counter(
        "erasures_total",
        "Erasures of a caller, by whether every store was reached at once (B10).",
    )
    .by(&[("complete", &["true", "false"])]),
    Metric::counter("prompt_releases_total", "Prompts put live."),
    Metric::counter("prompt_rollbacks_total", "Prompts taken back."),
    Metric::counter(
        "prompt_candidates_failed_total",
        "Candidates that did not pass the gate.",
    ),
    Metric::counter(
        "alarms_failed_total",
        "Alarms that lead-service did not take, by kind.",
    )
    .by(&[("kind", &["HOST_SLEPT"])]),
];

#[cfg(test)]
mod tests {
    use super::KIND;
    use crate::domain::flag::Kind;

    #[test]
    fn every_kind_of_flag_is_shown_from_the_start() {
        assert_eq!(KIND.1, Kind::ALL.map(Kind::name));
    }
}
