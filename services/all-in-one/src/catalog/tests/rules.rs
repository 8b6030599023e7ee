//! How long what is kept, the rules on leads, and the deadlines of a category.

use super::*;

const CATALOG: &str = "catalog.toml";

#[test]
fn days_that_are_impossible_are_named_with_their_line() {
    breaks(
        CATALOG,
        "recording_days = 30",
        "recording_days = 0",
        "retention",
    );
    breaks(
        CATALOG,
        "transcript_days = 90",
        "transcript_days = 3651",
        "retention",
    );
    breaks(
        CATALOG,
        "message_days = 90",
        "message_days = \"90\"",
        "format",
    );
    breaks(
        CATALOG,
        "lead_days = 730",
        "laed_days = 1\nlead_days = 730",
        "format",
    );
    breaks(
        CATALOG,
        "result_reminder_days = 5",
        "result_reminder_days = 0",
        "D8",
    );
}

/// D13: a repeat is recognised by the earlier lead.
#[test]
fn a_lead_is_kept_as_long_as_a_repeat_of_it_is_recognised() {
    breaks(CATALOG, "\nrepeat_days = 30", "\nrepeat_days = 731", "D13");
}

#[test]
fn tables_and_fields_that_are_left_out_mean_their_defaults() {
    let sample = Folder::sample();
    let text = sample.get(CATALOG).unwrap();
    let without: String = text
        .lines()
        .filter(|line| !line.contains("_days = ") && !["[retention]", "[leads]"].contains(line))
        .map(|line| format!("{line}\n"))
        .collect();
    let catalog = Catalog::from_folder(&sample.with(CATALOG, &without)).unwrap();
    let days = |kept: &Retention| {
        [
            kept.recording_days,
            kept.transcript_days,
            kept.message_days,
            kept.lead_days,
        ]
    };
    assert_eq!(days(&catalog.operator.retention), [30, 90, 90, 730]);
    assert_eq!(catalog.operator.leads.repeat_days, 30);
    assert_eq!(catalog.operator.leads.result_reminder_days, 5);
    let sample = Catalog::sample().unwrap().operator;
    assert_eq!(days(&sample.retention), days(&catalog.operator.retention));
}

/// D8: an urgent lead waits least.
#[test]
fn a_deadline_is_a_number_of_minutes_that_grows_with_patience() {
    const PLUMBING: &str = "deadline_minutes = { emergency = 10, soon = 30, flexible = 120 }";
    for wrong in [
        "deadline_minutes = { emergency = 31, soon = 30, flexible = 120 }",
        "deadline_minutes = { emergency = 0, soon = 30, flexible = 120 }",
        "deadline_minutes = { emergency = 10, soon = 30, flexible = 10081 }",
    ] {
        breaks("categories.toml", PLUMBING, wrong, "D8");
    }
    let missing = "deadline_minutes = { emergency = 10, soon = 30 }";
    breaks("categories.toml", PLUMBING, missing, "format");
}
