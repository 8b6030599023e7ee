//! Rules on the price list, its rates and what the ledger keeps by, each broken once (D4).

use super::*;

const FILE: &str = "prices.toml";
const TOP: &str = "# The expected";
const FRANCS: &str = "currency = \"CHF\"\nfrom";

#[test]
fn a_price_is_of_a_known_item_and_a_gap_is_a_warning_d4() {
    let folder = change(
        Folder::sample(),
        FILE,
        "item = \"carrier_minute\"",
        "item = \"minute\"",
    );
    // Without its price, minutes in that country are unknown as well.
    expect(
        &folder,
        &[(FILE, "item = \"minute\"", "D4"), (FILE, TOP, "D4")],
    );
    let gone = "item = \"sms\"\ncountry = \"ES\"";
    breaks_at(FILE, gone, "item = \"sms\"\ncountry = \"PT\"", "D4", TOP);
}

/// Credits or minutes: a conversation can be priced by either.
#[test]
fn one_way_to_price_an_agent_is_enough() {
    let folder = Folder::sample();
    let text = folder.get(FILE).unwrap().to_owned();
    let credit = "[[price]]\nitem = \"agent_credit\"";
    let start = text.find(credit).unwrap();
    let end = start + text[start + 1..].find("[[price]]").unwrap() + 1;
    let folder = folder.with(FILE, &format!("{}{}", &text[..start], &text[end..]));
    assert!(
        breaches(&folder).is_empty(),
        "{}",
        render(&breaches(&folder))
    );
    let folder = change(
        folder,
        FILE,
        "item = \"agent_minute\"",
        "item = \"agent_credit\"\ncountry = \"AT\"",
    );
    let found = breaches(&folder);
    assert_eq!(found.len(), 5, "in each country:\n{}", render(&found));
    assert!(found[0].message.contains("agent_credit or agent_minute"));
}

#[test]
fn a_rate_is_a_decimal_above_zero_between_two_currencies_once_a_day() {
    for wrong in ["0", "-1", "0,85", "0.1234567891", "x"] {
        breaks(
            FILE,
            "rate = \"0.8512\"",
            &format!("rate = \"{wrong}\""),
            "format",
        );
    }
    breaks_at(
        FILE,
        "to_currency = \"EUR\"\nrate = \"1.0741\"\nfrom = 2026-01-01",
        "to_currency = \"EUR\"\nrate = \"1.0741\"\nfrom = 2026-01-01 # first\n\n[[rate]]\nfrom_currency = \"CHF\"\nto_currency = \"EUR\"\nrate = \"1.08\"\nfrom = 2026-01-01 # again",
        "unique",
        "from = 2026-01-01 # again",
    );
    // What stands in francs has no way into the report then.
    let same = "from_currency = \"EUR\" # same";
    let folder = change(Folder::sample(), FILE, "from_currency = \"CHF\"", same);
    let second = "to_currency = \"EUR\"\nrate = \"1.0741\"";
    expect(&folder, &[(FILE, second, "D4"), (FILE, FRANCS, "D4")]);
    let folder = change(
        Folder::sample(),
        FILE,
        "from_currency = \"CHF\"",
        "from_currency = \"Fr.\"",
    );
    expect(
        &folder,
        &[
            (FILE, "from_currency = \"Fr.\"", "format"),
            (FILE, FRANCS, "D4"),
        ],
    );
}

/// Unknown is never zero, and is told before it is shown.
#[test]
fn a_currency_without_a_rate_to_the_reports_is_a_warning_where_it_first_stands() {
    let folder = change(
        Folder::sample(),
        FILE,
        "report_currency = \"EUR\"",
        "report_currency = \"CHF\"",
    );
    // Francs become euros by the inverse; dollars have no way, and the clinics' euros have one.
    expect(&folder, &[(FILE, "currency = \"USD\"\nfrom", "D4")]);
    let yen = "{ flat_minor = 10000, currency = \"JPY\" }";
    let flat = "{ flat_minor = 10000, currency = \"EUR\" }";
    let folder = change(Folder::sample(), "providers.toml", flat, yen);
    expect(&folder, &[("providers.toml", yen, "D4")]);
    assert!(Catalog::from_folder(&folder).is_ok(), "it is no mistake");
}

#[test]
fn what_the_ledger_keeps_by_has_defaults_and_ranges() {
    breaks(
        FILE,
        "report_currency = \"EUR\"",
        "report_currency = \"euro\"",
        "format",
    );
    breaks(FILE, "credit_days = 14", "credit_days = 0", "D4");
    breaks(FILE, "credit_days = 14", "credit_dayz = 14", "format");
    let folder = change(
        Folder::sample(),
        FILE,
        "[ledger]\nreport_currency = \"EUR\"\ncredit_days = 14\n",
        "",
    );
    let rules = Catalog::from_folder(&folder).unwrap().prices.rules;
    assert_eq!(
        (rules.report_currency.as_str(), rules.credit_days),
        ("EUR", 14)
    );
}

/// R75: the expectation is one figure, and prices nothing.
#[test]
fn what_a_call_is_expected_to_cost_has_no_country() {
    let swiss = "country = \"CH\"\nitem = \"agent_call\"";
    let folder = change(Folder::sample(), FILE, "item = \"agent_call\"", swiss);
    expect(&folder, &[(FILE, swiss, "R75")]);
}
