//! Rules on providers, each broken once. The first provider of the file is
//! plomberie-du-rhone in Geneva.

use super::*;

const FILE: &str = "providers.toml";

#[test]
fn r42_a_provider_serves_cities_of_its_own_country_and_known_categories() {
    breaks(
        FILE,
        "cities = [\"geneve\"]",
        "cities = [\"geneve\", \"milano\"]",
        "R42",
    );
    breaks(
        FILE,
        "cities = [\"geneve\"]",
        "cities = [\"geneve\", \"gotham\"]",
        "reference",
    );
    breaks(
        FILE,
        "categories = [\"plumbing\"]",
        "categories = [\"plumbing\", \"magic\"]",
        "reference",
    );
    // An Austrian one: no [countries.AT], and neither its city nor its phones are Austrian.
    let abroad = change(
        Folder::sample(),
        FILE,
        "country = \"CH\"",
        "country = \"AT\"",
    );
    let first = |field| (FILE, field, "R43");
    expect(
        &abroad,
        &[
            (FILE, "country = \"AT\"", "reference"),
            (FILE, "cities = ", "R42"),
            first("whatsapp = "),
            first("sms = "),
        ],
    );
}

#[test]
fn r43_a_provider_is_told_in_its_own_country() {
    breaks(
        FILE,
        "whatsapp = \"+41795530141\"",
        "whatsapp = \"+33612345678\"",
        "R43",
    );
    breaks(
        FILE,
        "whatsapp = \"+41795530141\"",
        "whatsapp = \"+4179\"",
        "phone",
    );
    breaks(
        FILE,
        "pikett@plomberie-du-rhone.example",
        "pikett at example",
        "format",
    );
}

#[test]
fn r44_a_provider_has_all_three_channels_or_a_reason() {
    let first = "[[provider]]\nid = \"plomberie-du-rhone\"";
    breaks_at(FILE, "sms = \"+41795530141\"\n", "", "R44", first);
    expect(
        &change(
            Folder::sample(),
            FILE,
            "sms = \"+41795530141\"\n",
            "without = { sms = \"a landline\" }\n",
        ),
        &[],
    );
    breaks_at(
        FILE,
        "sms = \"+41795530141\"\n",
        "sms = \"+41795530141\"\nwithout = { sms = \"why\" }\n",
        "R44",
        "sms = ",
    );
    breaks(
        FILE,
        "address = \"Rue",
        "without = { fax = \"old\" }\naddress = \"Rue",
        "R44",
    );
    let nothing = "without = { whatsapp = \"no\", sms = \"no\", email = \"no\" }\n";
    let mute = "whatsapp = \"+41795530141\"\nsms = \"+41795530141\"\nemail = \"pikett@plomberie-du-rhone.example\"\n";
    breaks_at(FILE, mute, nothing, "R44", first);
}

#[test]
fn d11_a_landline_takes_no_sms() {
    breaks(
        FILE,
        "sms = \"+41795530141\"",
        "sms = \"+41225394777\"",
        "D11",
    );
    breaks(
        "catalog.toml",
        "sms_from = \"+41798071420\"",
        "sms_from = \"+41225394777\"",
        "D11",
    );
}

#[test]
fn r67_our_own_number_is_no_providers_phone() {
    breaks(
        FILE,
        "whatsapp = \"+41795530141\"",
        "whatsapp = \"+41779503412\"",
        "R67",
    );
}

#[test]
fn r80_percent_is_ten_to_twenty_and_r79_a_flat_sum_has_a_currency() {
    breaks(FILE, "{ percent = 15 }", "{ percent = 9 }", "R80");
    breaks(FILE, "{ percent = 15 }", "{ percent = 21 }", "R80");
    breaks(FILE, "{ percent = 15 }", "{ flat_minor = 10000 }", "R80");
    breaks(
        FILE,
        "{ percent = 15 }",
        "{ flat_minor = 0, currency = \"EUR\" }",
        "R79",
    );
}

#[test]
fn hours_capacity_and_time_zone_make_sense() {
    breaks(
        FILE,
        "\"mon-sun 00:00-24:00\"",
        "\"mon-sun 19:00-07:00\"",
        "hours",
    );
    breaks(
        FILE,
        "\"mon-sun 00:00-24:00\"",
        "\"mon-sun 08:00-19:00\", \"sat 18:00-20:00\"",
        "hours",
    );
    breaks(FILE, "capacity = 6", "capacity = 0", "R38");
    breaks(FILE, "priority = 1", "priority = 0", "D3");
    breaks(FILE, "\"Europe/Zurich\"", "\"Switzerland\"", "timezone");
}
