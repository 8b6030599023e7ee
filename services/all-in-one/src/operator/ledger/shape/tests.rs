//! Worked figures, as programs get them.

use super::*;

fn sum_of(known_micros: i64, unknown_lines: i32) -> Option<lead::Sum> {
    Some(lead::Sum {
        known_micros,
        unknown_lines,
    })
}

fn found() -> lead::GetEconomicsResponse {
    let row = lead::EconomicsRow {
        key: "=cmd".into(),
        calls: 2,
        real_calls: 1,
        leads: 1,
        cost: sum_of(103_400, 1),
        own_cost: sum_of(3_400, 0),
        share_cost: sum_of(100_000, 1),
        income_due: sum_of(0, 2),
        income_credited: sum_of(0, 0),
        margin: sum_of(-103_400, 3),
        cost_per_lead_micros: Some(103_400),
        costs: vec![lead::PartSum {
            part: lead::CostPart::Did.into(),
            sum: sum_of(103_400, 1),
        }],
        ..Default::default()
    };
    lead::GetEconomicsResponse {
        rows: vec![row.clone()],
        total: Some(row),
        currency: "EUR".into(),
        ..Default::default()
    }
}

/// D4: a sum of which nothing is known is an empty cell, a negative number of ours a number, and a
/// name that a spreadsheet would reckon with a text.
#[test]
fn the_sheet_has_stable_columns_and_unknown_is_never_zero() {
    let text = sheet(Group::Site, &found()).unwrap();
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(
        lines[0],
        "site,from_time,until_time,currency,calls,real_calls,average_call_seconds,leads,unknown,\
         cost_per_lead,agent_cost_per_real_call,income_expected,income_waived,\
         cost,cost_unknown_lines,own_cost,own_cost_unknown_lines,share_cost,share_cost_unknown_lines,\
         income_due,income_due_unknown_lines,income_credited,income_credited_unknown_lines,\
         margin,margin_unknown_lines,cost_did,cost_did_unknown_lines,\
         cost_chain,cost_chain_unknown_lines,cost_carrier,cost_carrier_unknown_lines,\
         cost_agent,cost_agent_unknown_lines,cost_sms,cost_sms_unknown_lines,\
         cost_whatsapp,cost_whatsapp_unknown_lines,cost_email,cost_email_unknown_lines"
    );
    assert_eq!(
        lines[1],
        "\"'=cmd\",\"'-\",\"'-\",\"EUR\",2,1,\"\",1,\"unknown\",0.1034,\"\",0,0,0.1034,1,\
         0.0034,0,0.10,1,\"\",2,0.00,0,-0.1034,3,\
         0.1034,1,0.00,0,0.00,0,0.00,0,0.00,0,0.00,0,0.00,0"
    );
    assert_eq!(lines[2..], [""]);
}

#[test]
fn json_tells_what_is_known_and_how_many_lines_lack() {
    let value = as_json(Group::Site, &found());
    let row = &value["rows"][0];
    assert_eq!(row["cost"], json!({"known": "0.1034", "unknown_lines": 1}));
    assert_eq!(
        row["income_due"],
        json!({"known": null, "unknown_lines": 2})
    );
    assert_eq!(
        row["income_credited"],
        json!({"known": "0.00", "unknown_lines": 0})
    );
    assert_eq!(row["margin"]["known"], "-0.1034");
    assert_eq!(row["costs"]["did"]["unknown_lines"], 1);
    assert_eq!(row["average_call_seconds"], Value::Null);
    assert_eq!(value["total"]["key"], "=cmd");
    assert_eq!(value["currency"], "EUR");
    assert_eq!(value["monthly_numbers_of"], json!([]));
    let stamp = |text: &str| crate::operator::moment::stamp(text.parse().unwrap());
    let within = lead::GetEconomicsResponse {
        from_time: Some(stamp("2026-11-10T00:00:00Z")),
        until_time: Some(stamp("2027-01-02T00:00:00Z")),
        ..found()
    };
    let value = as_json(Group::Site, &within);
    assert_eq!(value["monthly_numbers_of"], json!(["2026-12", "2027-01"]));
}
