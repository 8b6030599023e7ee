//! What lead-service measures. Gauges are read from the database by every replica: ask for `max()`.

use chassis::metrics::Metric;

pub const METRICS: &[Metric] = &[
    Metric::gauge("leads", "Leads by state.").by(&[(
        "state",
        &[
            "incomplete",
            "pending",
            "assigned",
            "notified",
            "confirmed",
            "won",
            "lost",
            "releasing",
            "unmatched",
            "cancelled",
        ],
    )]),
    Metric::gauge(
        "bord_oldest_unmatched_seconds",
        "The age of the oldest lead that waits for a provider; 0 where none does (D7).",
    ),
    Metric::gauge(
        "bord_leads_two_owners",
        "Leads with more than one assignment that is not released. Only 0 is good (B1).",
    ),
    Metric::gauge(
        "bord_leads_in_limbo",
        "Open leads that are overdue and that nobody moves on. Only 0 is good (I8).",
    ),
    Metric::gauge(
        "bord_ownership_findings",
        "Differences that the last recount of owners found. Only 0 is good (B1).",
    ),
    Metric::gauge(
        "bord_books_findings",
        "Differences that the last recount of the books found. Only 0 is good.",
    ),
    Metric::gauge(
        "bord_month_cost_micros",
        "What this calendar month (UTC) cost so far by part, in millionths of the report's currency.",
    )
    .by(&[(
        "part",
        &[
            "did", "chain", "carrier", "agent", "sms", "whatsapp", "email",
        ],
    )]),
    Metric::gauge(
        "bord_month_income_micros",
        "What providers owe for this month so far, credits taken off, in the same.",
    ),
    Metric::gauge(
        "bord_month_margin_micros",
        "This month's income less its costs, of what is known, in the same.",
    ),
    Metric::gauge(
        "bord_month_unknown_lines",
        "Lines of this month without a known amount or an exchange rate: the margin lacks them.",
    ),
    Metric::gauge(
        "bord_scan_age_seconds",
        "How long ago quality-service told of a good scan, or how long the first is waited for (R72).",
    ),
    Metric::histogram(
        "lead_dispatch_answer_seconds",
        "From dispatch_lead to its answer: what the caller waits.",
    ),
    Metric::histogram(
        "lead_dispatch_seconds",
        "From a lead's storing to the moment that its provider is being told.",
    ),
    Metric::counter(
        "lead_answered_noted_total",
        "Tool calls answered \"noted\", since the rest took longer than the caller may wait.",
    ),
    Metric::counter(
        "lead_unproven_tool_calls_total",
        "Tool calls without a valid call token.",
    ),
    Metric::counter(
        "lead_unmatched_total",
        "Times that no provider could take a lead.",
    ),
    Metric::counter("lead_releases_total", "Offers taken back, by cause.").by(&[("cause", &[])]),
    Metric::counter(
        "lead_recovered_total",
        "Leads recovered from what the vendor keeps, by source.",
    )
    .by(&[("source", &["tool_execution", "data_collection"])]),
    Metric::counter(
        "lead_replies_total",
        "Inbound messages, by what they were understood as.",
    )
    .by(&[("understood_as", &[])]),
    Metric::counter(
        "lead_answers_refused_total",
        "Answers to a reply that could not be told.",
    ),
    Metric::counter(
        "lead_notice_failures_total",
        "Tries to plan a message, a mail or a piece of evidence that failed; each is tried again.",
    ),
    Metric::counter(
        "lead_evidence_refused_total",
        "Evidence about a channel that the roster refused.",
    ),
    Metric::gauge(
        "bord_cost_lines_unknown",
        "Costs whose amount nobody knows: without a price, a quantity or a vendor's word (D4).",
    ),
    Metric::counter(
        "lead_clicks_dropped_total",
        "Clicks that were not kept, since their site had a thousand in the ten minutes before.",
    ),
    Metric::counter(
        "lead_cost_lines_repriced_total",
        "Cost lines that another price list made another.",
    ),
];
