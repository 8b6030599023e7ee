//! Worked figures, as the screen shows them.

use super::*;

fn sum_of(known_micros: i64, unknown_lines: i32) -> Option<lead::Sum> {
    Some(lead::Sum {
        known_micros,
        unknown_lines,
    })
}

fn seconds(seconds: i64) -> Option<prost_types::Duration> {
    Some(prost_types::Duration { seconds, nanos: 0 })
}

/// Two calls, one lead of EUR 100, EUR 0.1034 of cost and one line unknown.
fn dental() -> lead::EconomicsRow {
    lead::EconomicsRow {
        key: "geneva-dental".into(),
        calls: 3,
        real_calls: 2,
        average_call_duration: seconds(185),
        leads: 1,
        cost: sum_of(103_400, 1),
        cost_per_lead_micros: Some(103_400),
        income_due: sum_of(100_000_000, 0),
        income_credited: sum_of(50_000_000, 0),
        margin: sum_of(49_896_600, 1),
        costs: vec![
            lead::PartSum {
                part: lead::CostPart::Carrier.into(),
                sum: sum_of(8_500, 0),
            },
            lead::PartSum {
                part: lead::CostPart::Sms.into(),
                sum: sum_of(94_900, 0),
            },
            lead::PartSum {
                part: lead::CostPart::Agent.into(),
                sum: sum_of(0, 1),
            },
        ],
        ..Default::default()
    }
}

/// A month's number without a call: a loss.
fn bali() -> lead::EconomicsRow {
    lead::EconomicsRow {
        key: "bali-tennis".into(),
        cost: sum_of(12_000_000, 0),
        income_due: sum_of(0, 0),
        margin: sum_of(-12_000_000, 0),
        ..Default::default()
    }
}

fn november() -> lead::GetEconomicsResponse {
    let stamp = |text: &str| crate::operator::moment::stamp(text.parse().unwrap());
    lead::GetEconomicsResponse {
        rows: vec![bali(), dental()],
        total: Some(dental()),
        currency: "EUR".into(),
        from_time: Some(stamp("2026-11-01T00:00:00Z")),
        until_time: Some(stamp("2026-12-01T00:00:00Z")),
        expected: Some(lead::Expected {
            call_duration: seconds(180),
            cost_per_lead: Some(lead::Amount {
                micros: 34_048,
                currency: "EUR".into(),
            }),
            agent_per_call: None,
        }),
        ..Default::default()
    }
}

#[test]
fn cost_and_income_stand_side_by_side_with_what_was_expected() {
    let shown = lines(Group::Site, &november(), 120);
    let table: Vec<&str> = shown.iter().skip(2).take(5).map(String::as_str).collect();
    assert_eq!(
        table,
        [
            "SITE           CALLS  REAL  LENGTH  LEADS               COST  PER LEAD                  INCOME            MARGIN",
            "bali-tennis        0     0       -      0              12.00         -                    0.00            -12.00  ░░",
            "geneva-dental      3     2    3:05      1  0.1034 +1 unknown   ≥0.1034  100.00, 50.00 credited  49.90 +1 unknown  ██████",
            "total              3     2    3:05      1  0.1034 +1 unknown   ≥0.1034  100.00, 50.00 credited  49.90 +1 unknown",
            "expected                      3:00                               0.034",
        ]
    );
    assert_eq!(
        shown[0],
        "Economics by site, 2026-11-01 to 2026-11-30 (UTC), in EUR"
    );
    let text = shown.join("\n");
    for part in [
        "Cost by part",
        "carrier       0.0085  ██▏",
        "sms           0.0949  ████████████████████████",
        "agent    unknown (1)\n",
    ] {
        assert!(text.contains(part), "« {part} » is missing in:\n{text}");
    }
    assert!(!text.contains("Not as expected"), "{text}");
}

/// R10, R74: what a number costs by the month is dated on the month's first day.
#[test]
fn a_period_that_begins_within_a_month_says_which_monthly_costs_are_in_it() {
    let stamp = |text: &str| crate::operator::moment::stamp(text.parse().unwrap());
    let shown = |from: &str, until: &str| {
        let found = lead::GetEconomicsResponse {
            from_time: Some(stamp(from)),
            until_time: Some(stamp(until)),
            ..november()
        };
        lines(Group::Site, &found, 120).join("\n")
    };
    let whole = shown("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z");
    assert!(!whole.contains("by the month"), "{whole}");
    let within = shown("2026-11-10T00:00:00Z", "2026-11-20T00:00:00Z");
    assert!(
        within.contains("dated on the first of each month, UTC: none of it is in these figures."),
        "{within}"
    );
    let over = shown("2026-11-10T00:00:00Z", "2026-12-20T00:00:00Z");
    assert!(
        over.contains("UTC: in these figures is that of 2026-12."),
        "{over}"
    );
}

#[test]
fn on_a_narrow_terminal_the_bars_are_left_out_and_on_a_wide_one_they_end() {
    let narrow = lines(Group::Site, &november(), 80).join("\n");
    assert!(!narrow.contains("unknown  █"), "{narrow}");
    let wide = lines(Group::Site, &november(), 400);
    let longest = wide
        .iter()
        .filter(|line| line.contains('█'))
        .map(|line| line.chars().count());
    assert!(longest.max().unwrap() < 150, "{wide:?}");
}

/// D4: a lead whose costs are all unknown did not cost nothing.
#[test]
fn what_is_unknown_is_written_so_and_what_is_expected_or_waived_is_counted() {
    let row = lead::EconomicsRow {
        leads: 2,
        real_calls: 1,
        cost: sum_of(0, 3),
        cost_per_lead_micros: Some(0),
        income_due: sum_of(0, 0),
        income_expected: 1,
        income_waived: 1,
        ..Default::default()
    };
    let shown = cells("x", &row, "EUR");
    assert_eq!(shown[3], "unknown", "the length of a real call");
    assert_eq!(shown[5], "unknown (3)");
    assert_eq!(shown[6], "unknown");
    assert_eq!(shown[7], "0.00, 1 expected, 1 waived");
    assert_eq!(shown[8], "unknown", "no margin was told");
    let nothing = lead::GetEconomicsResponse {
        rows: Vec::new(),
        ..november()
    };
    assert!(
        lines(Group::Month, &nothing, 80)
            .concat()
            .contains("Nothing cost")
    );
}

/// R75, R77, R78.
#[test]
fn what_left_its_expectation_is_a_sentence() {
    let of = |figure: &str, expected, actual, unknown_lines| {
        let one = lead::Divergence {
            site_id: "geneva-dental".into(),
            month: "2026-11".into(),
            figure: figure.into(),
            expected,
            actual,
            unknown_lines,
        };
        divergence(&one, "EUR")
    };
    assert_eq!(
        of("cost_per_lead", 40_000, 120_000, 2),
        "geneva-dental in 2026-11: a lead costs EUR 0.12 instead of EUR 0.04 (300 % of it); \
         2 lines are unknown, so it is higher still"
    );
    assert_eq!(
        of("call_seconds", 180, 85, 1),
        "geneva-dental in 2026-11: a real call lasts 1:25 instead of 3:00 (47 % of it); \
         1 calls have no known length"
    );
    assert_eq!(
        of("cost_per_real_call", 40_000, 62_100, 0),
        "geneva-dental in 2026-11: the agent costs, for a real call, EUR 0.0621 instead of EUR 0.04 \
         (155 % of it)"
    );
}
