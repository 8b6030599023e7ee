//! A worked month: EUR 100 opening, EUR 100 and 15 % of CHF 450, a credit, a payment.

use super::*;

fn amount(micros: i64, currency: &str) -> Option<lead::Amount> {
    Some(lead::Amount {
        micros,
        currency: currency.to_owned(),
    })
}

fn line(day: u32, kind: &str, amount: Option<lead::Amount>) -> lead::StatementLine {
    let at = format!("2026-11-{day:02}T10:00:00Z");
    lead::StatementLine {
        line_time: Some(crate::operator::moment::stamp(at.parse().unwrap())),
        kind: kind.to_owned(),
        lead_id: "0b5f".into(),
        reference: "K7-3F9AQ".into(),
        amount,
        ..Default::default()
    }
}

fn november() -> lead::GetStatementResponse {
    let stamp = |text: &str| crate::operator::moment::stamp(text.parse().unwrap());
    let mut commission = line(4, "commission", amount(67_500_000, "CHF"));
    commission.work_closed = amount(450_000_000, "CHF");
    commission.percent_hundredths = 1_500;
    let mut credit = line(9, "credit", amount(-50_000_000, "EUR"));
    credit.reason = "undeliverable".into();
    let mut expected = line(10, "expected", None);
    expected.percent_hundredths = 1_250;
    let mut payment = line(20, "payment", amount(-100_000_000, "EUR"));
    payment.reason = "bank 17".into();
    payment.reference = String::new();
    payment.lead_id = String::new();
    lead::GetStatementResponse {
        provider_id: "clinique".into(),
        from_time: Some(stamp("2026-11-01T00:00:00Z")),
        until_time: Some(stamp("2026-12-01T00:00:00Z")),
        lines: vec![
            line(3, "flat", amount(100_000_000, "EUR")),
            commission,
            credit,
            expected,
            line(11, "waived", None),
            payment,
        ],
        balances: vec![
            lead::StatementBalance {
                currency: "CHF".into(),
                opening_micros: 0,
                charged_micros: 67_500_000,
                credited_micros: 0,
                paid_micros: 0,
                closing_micros: 67_500_000,
            },
            lead::StatementBalance {
                currency: "EUR".into(),
                opening_micros: 100_000_000,
                charged_micros: 100_000_000,
                credited_micros: 50_000_000,
                paid_micros: 100_000_000,
                closing_micros: 50_000_000,
            },
        ],
    }
}

#[test]
fn a_statement_reads_as_a_letter_and_adds_up() {
    let provider = roster::Provider {
        name: "Clinique du Mont-Blanc".into(),
        terms: Some(roster::PayoutTerms {
            terms: Some(roster::payout_terms::Terms::Flat(roster::FlatTerms {
                amount_minor: 10_000,
                currency: "EUR".into(),
            })),
        }),
        ..Default::default()
    };
    assert_eq!(
        super::lines(&provider, &november()),
        [
            "Clinique du Mont-Blanc (clinique)",
            "Statement of account, 2026-11-01 to 2026-11-30 (UTC)",
            "Terms today: 100.00 EUR for each lead that is confirmed",
            "",
            "DAY         WHAT                                          LEAD           AMOUNT",
            "2026-11-03  lead                                          K7-3F9AQ   EUR 100.00",
            "2026-11-04  15 % of CHF 450.00 of work closed             K7-3F9AQ    CHF 67.50",
            "2026-11-09  credit: undeliverable                         K7-3F9AQ   EUR -50.00",
            "2026-11-10  12.5 % of work that is not closed yet         K7-3F9AQ      unknown",
            "2026-11-11  repeat of an earlier lead, not charged again  K7-3F9AQ            -",
            "2026-11-20  payment: bank 17                              -         EUR -100.00",
            "",
            "                          CHF",
            "Balance on 2026-11-01    0.00",
            "+ leads and commission  67.50",
            "- credits                0.00",
            "- payments               0.00",
            "Balance on 2026-12-01   67.50",
            "You owe us CHF 67.50.",
            "",
            "                           EUR",
            "Balance on 2026-11-01   100.00",
            "+ leads and commission  100.00",
            "- credits                50.00",
            "- payments              100.00",
            "Balance on 2026-12-01    50.00",
            "You owe us EUR 50.00.",
        ]
    );
    adds_up(&november()).unwrap();
    let mut wrong = november();
    wrong.balances[1].closing_micros += 1;
    let told = adds_up(&wrong).unwrap_err().to_string();
    assert!(
        told.contains("EUR") && told.contains("`bord books`"),
        "{told}"
    );
}

#[test]
fn a_statement_for_programs_keeps_signs_and_marks_what_is_unknown() {
    let text = sheet(&november()).unwrap();
    let rows: Vec<&str> = text.trim_end().split("\r\n").collect();
    assert_eq!(
        rows[2],
        "\"clinique\",\"2026-11-04T10:00:00Z\",\"commission\",\"0b5f\",\"K7-3F9AQ\",67.50,\"CHF\",\"\",450.00,\"CHF\",15.00,\"\""
    );
    assert_eq!(
        rows[3],
        "\"clinique\",\"2026-11-09T10:00:00Z\",\"credit\",\"0b5f\",\"K7-3F9AQ\",-50.00,\"EUR\",\"\",\"\",\"\",\"\",\"undeliverable\""
    );
    assert_eq!(
        rows[4],
        "\"clinique\",\"2026-11-10T10:00:00Z\",\"expected\",\"0b5f\",\"K7-3F9AQ\",\"\",\"\",\"unknown\",\"\",\"\",12.50,\"\""
    );
    let value = as_json(&november());
    assert_eq!(value["balances"][1]["closing"], "50.00");
    assert_eq!(value["lines"][3]["amount"], Value::Null);
    assert_eq!(value["lines"][5]["amount"]["amount"], "-100.00");
}
