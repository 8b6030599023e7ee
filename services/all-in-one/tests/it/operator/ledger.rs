//! The ledger's commands: what the lead brought in, taken back in part, paid, and recounted.

use crate::operator::FIRST;
use crate::running::Up;

const REQUEST: &str = "6e4f6a58-0c6e-4f0e-8d0b-6c2f3a1d9e77";

/// R80, R81: 15 % of CHF 450 are CHF 67.50; CHF 7.50 are taken back and CHF 60 paid.
pub(super) fn what_it_brings_in_is_stated_credited_and_paid(up: &Up, lead: &str) {
    let told = up.told(&["statement", FIRST]);
    for part in [
        "Plomberie du Rhône",
        "Terms today: 15 % of the work that is closed",
        "15 % of CHF 450.00 of work closed",
        "You owe us CHF 67.50.",
    ] {
        assert!(told.contains(part), "« {part} » is missing in:\n{told}");
    }
    let credit = [
        "credit",
        lead,
        "--reason",
        "undeliverable",
        "--amount",
        "CHF 7.50",
        "--request-id",
        REQUEST,
    ];
    for _ in 0..2 {
        let told = up.told(&credit);
        assert!(told.contains("CHF 60.00 still due"), "{told}");
    }
    let told = up.refused(&["credit", lead, "--reason", "x", "--amount", "CHF 61"]);
    assert!(
        told.contains("CREDIT_EXCEEDS") && told.contains("--request-id"),
        "{told}"
    );
    let told = up.refused(&["credit", lead, "--reason", "x", "--amount", "EUR 1"]);
    assert!(told.contains("CREDIT_INVALID"), "{told}");
    let pay = |amount: &'static str| {
        [
            "payment",
            FIRST,
            "--amount",
            amount,
            "--reference",
            "bank 17",
        ]
    };
    assert!(up.told(&pay("CHF 60")).contains("is booked"));
    assert!(up.told(&pay("CHF 60")).contains("nothing changed"));
    assert!(up.refused(&pay("CHF 61")).contains("PAYMENT_DIFFERS"));
    let letter = up.json(&["statement", FIRST, "--json"]);
    assert_eq!(letter["balances"][0]["closing"], "0.00", "{letter:#}");
    let sheet = up.told(&["statement", FIRST, "--csv"]);
    assert!(
        sheet.contains(r#","credit","#) && sheet.contains(r#",-7.50,"CHF","#),
        "{sheet}"
    );
}

/// D4, R35: tables for people, CSV for spreadsheets, and books that balance.
pub(super) fn cost_and_income_stand_side_by_side(up: &Up, lead: &str) {
    let told = up.told(&["economics"]);
    assert!(
        told.contains("geneva-plumbing") && told.contains("Cost by part"),
        "{told}"
    );
    let sheet = up.told(&["economics", "--group", "provider", "--csv"]);
    assert!(
        sheet.starts_with("provider,from_time,until_time,currency,"),
        "{sheet}"
    );
    assert!(sheet.contains(FIRST), "{sheet}");
    let told = up.told(&["economics", "--lead", &lead[..8]]);
    assert!(
        told.contains("margin") && told.contains("CHF 67.50"),
        "{told}"
    );
    let value = up.json(&["economics", "--group", "lead", "--json"]);
    let rows = value["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["key"] == lead).unwrap();
    // CHF 67.50 and 7.50 at 1.0741.
    assert_eq!(row["income_due"]["known"], "72.50175", "{row:#}");
    assert_eq!(row["income_credited"]["known"], "8.05575", "{row:#}");
    let told = up.refused(&["economics", "--from", "2026-11-02", "--until", "2026-11-01"]);
    assert!(told.contains("comes before"), "{told}");
    assert!(up.told(&["conversions"]).contains(lead));
    let header =
        "Google Click ID,Conversion Name,Conversion Time,Conversion Value,Conversion Currency";
    assert_eq!(
        up.told(&["conversions", "--csv"]).trim_end(),
        header,
        "nobody clicked"
    );
    let told = up.told(&["books"]);
    assert!(
        told.contains("0 findings") && told.contains("receivable:"),
        "{told}"
    );
}
