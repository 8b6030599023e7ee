//! What roster-service measures. Gauges are read from the database by every replica: ask for `max()`.

use chassis::metrics::Metric;

pub const METRICS: &[Metric] = &[
    Metric::gauge(
        "bord_coverage_cells",
        "Cells (a category in a city) that some provider serves, by whether one of them could take a \
         lead now, opening hours aside: ready, or shut (all full, paused or without a channel).",
    )
    .by(&[("state", &["ready", "shut"])]),
    Metric::gauge(
        "bord_capacity_not_conserved",
        "Providers whose held slots do not equal their assignments. Only 0 is good (I5).",
    ),
    Metric::gauge(
        "bord_assignments_across_border",
        "Assignments to a provider of another country. Only 0 is good (R42).",
    ),
    Metric::counter(
        "bord_proofs_not_planned_total",
        "Proofs of a channel that could not be planned; each is tried again.",
    ),
    Metric::counter(
        "bord_roster_rows_retired_total",
        "Rows that ended with their age.",
    ),
];
