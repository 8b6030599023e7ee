//! `[retention]` and `[leads]` of catalog.toml: days that are possible, and that fit together.

use super::Lint;

/// Ten years; the services refuse more.
const LONGEST: i64 = 3_650;

pub(super) fn check(lint: &Lint<'_>) {
    let operator = &lint.catalog.operator;
    let (kept, leads) = (&operator.retention, &operator.leads);
    for (field, days) in [
        ("recording_days", kept.recording_days),
        ("transcript_days", kept.transcript_days),
        ("message_days", kept.message_days),
        ("lead_days", kept.lead_days),
    ] {
        lint.range(kept.at.field(field), field, days, 1..=LONGEST, "retention");
    }
    let repeat = leads.at.field("repeat_days");
    lint.range(
        repeat.clone(),
        "repeat_days",
        leads.repeat_days,
        1..=LONGEST,
        "D13",
    );
    lint.range(
        leads.at.field("result_reminder_days"),
        "result_reminder_days",
        leads.result_reminder_days,
        1..=365,
        "D8",
    );
    let in_range = 1..=LONGEST;
    if in_range.contains(&leads.repeat_days)
        && in_range.contains(&kept.lead_days)
        && leads.repeat_days > kept.lead_days
    {
        let message = format!(
            "`repeat_days` is {}, but `lead_days` is {}: a lead whose data are gone cannot be \
             recognised as repeated; keep leads at least as long",
            leads.repeat_days, kept.lead_days
        );
        let place = repeat.or_else(|| kept.at.field("lead_days"));
        lint.report.error(place, "D13", message);
    }
}
