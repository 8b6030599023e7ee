//! One lead's worked figures.

use super::*;

fn found() -> lead::GetLeadEconomicsResponse {
    let amount = |micros, currency: &str| {
        Some(lead::Amount {
            micros,
            currency: currency.to_owned(),
        })
    };
    let sum = |known_micros, unknown_lines| {
        Some(lead::Sum {
            known_micros,
            unknown_lines,
        })
    };
    lead::GetLeadEconomicsResponse {
        cost_lines: vec![
            lead::CostLine {
                part: lead::CostPart::Carrier.into(),
                amount: amount(10_000, "USD"),
                quantity: Some(42),
                quantity_unit: "second".into(),
                subject: "CA1".into(),
                ..Default::default()
            },
            lead::CostLine {
                part: lead::CostPart::Agent.into(),
                amount: amount(57_000, "USD"),
                actual: true,
                quantity: Some(1),
                quantity_unit: "credit".into(),
                ..Default::default()
            },
            lead::CostLine {
                part: lead::CostPart::Sms.into(),
                unknown_reason: "NO_WORD_YET".into(),
                ..Default::default()
            },
        ],
        incomes: vec![lead::IncomeLine {
            attempt: 1,
            provider_id: "plomberie".into(),
            state: lead::IncomeState::Expected.into(),
            percent_hundredths: 1_500,
            ..Default::default()
        }],
        row: Some(lead::EconomicsRow {
            key: "0b5f".into(),
            leads: 1,
            own_cost: sum(57_030, 1),
            share_cost: sum(978_880, 0),
            cost: sum(1_035_910, 1),
            income_due: sum(0, 0),
            income_credited: sum(0, 0),
            income_expected: 1,
            margin: sum(-1_035_910, 1),
            ..Default::default()
        }),
        currency: "EUR".into(),
        month: "2026-11".into(),
    }
}

#[test]
fn each_line_says_where_its_figure_comes_from_or_why_there_is_none() {
    let text = lines(&found()).join("\n");
    for part in [
        "carrier  USD 0.01   42 seconds  the price list               CA1",
        "agent    USD 0.057  1 credit    the vendor's own figure      -",
        "sms      unknown    -           the vendor has not told yet  -",
        "1        plomberie  15 %   expected  unknown  -",
        "share of what its site cost in 2026-11 without a lead            0.9789",
        "cost                                                    1.04 +1 unknown",
        "margin                                                 -1.04 +1 unknown",
        "What is only expected is not in the margin.",
    ] {
        assert!(text.contains(part), "« {part} » is missing in:\n{text}");
    }
}

#[test]
fn a_lead_for_programs_has_unknown_amounts_as_null_and_empty_cells() {
    let value = as_json(&found());
    assert_eq!(value["cost_lines"][2]["amount"], Value::Null);
    assert_eq!(value["cost_lines"][2]["unknown_reason"], "NO_WORD_YET");
    assert_eq!(value["cost_lines"][1]["amount"]["amount"], "0.057");
    assert_eq!(value["incomes"][0]["charged"], Value::Null);
    assert_eq!(value["row"]["share_cost"]["known"], "0.97888");
    let text = sheet(&found()).unwrap();
    let last = text.trim_end().lines().last().unwrap();
    assert_eq!(
        last,
        r#""0b5f","'-","sms","","","unknown","NO_WORD_YET","no","","","""#
    );
}

#[test]
fn terms_read_as_people_say_them() {
    assert_eq!(terms(0), "flat");
    assert_eq!(terms(1_500), "15 %");
    assert_eq!(terms(1_250), "12.5 %");
    assert_eq!(terms(1_205), "12.05 %");
}
