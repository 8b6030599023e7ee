//! Rules on sites, numbers, agents, countries and words, each broken once.

use super::*;

#[test]
fn r4_a_number_belongs_to_one_site_and_every_site_has_one() {
    let taken = change(Folder::sample(), DENTAL, "+41225394618", "+41225394512");
    // Sites go by id, so the second to name it is the plumber's.
    expect(&taken, &[(GENEVA, "did = ", "R4")]);
    breaks_at(
        DENTAL,
        "[[numbers]]\ndid = \"+41225394618\"\n",
        "",
        "R4",
        "# Dentiste",
    );
}

#[test]
fn r4_a_mobile_of_a_chain_serves_one_chain_and_is_no_did() {
    let did = "did = \"+41225394618\"";
    let chain = format!(
        "{did}\n[numbers.chain]\nmobile = \"+41779503412\"\ncarrier = \"Digital Republic eSIM\"\nmonthly = {{ amount = \"13.00\", currency = \"CHF\" }}"
    );
    let twice = change(Folder::sample(), DENTAL, did, &chain);
    expect(&twice, &[(GENEVA, "mobile = ", "R4")]);
    let did_too = change(Folder::sample(), DENTAL, "+41225394618", "+41779503412");
    expect(&did_too, &[(GENEVA, "mobile = ", "R4")]);
}

#[test]
fn r5_a_number_is_of_the_country_of_its_site() {
    breaks(DENTAL, "+41225394618", "+33142685300", "R5");
    breaks(GENEVA, "+41779503412", "+33612345678", "R5");
    breaks(TENNIS, "+623618497215", "+0361 849", "phone");
    breaks(GENEVA, "+41779503412", "+41225394513", "R9");
}

#[test]
fn r16_the_agent_waits_three_seconds() {
    breaks(
        GENEVA,
        "initial_wait_time = 3",
        "initial_wait_time = 4",
        "R16",
    );
}

#[test]
fn d1_a_first_message_is_a_warning() {
    breaks(
        GENEVA,
        "first_message = \"\"",
        "first_message = \"Bonjour !\"",
        "D1",
    );
    let folder = change(
        Folder::sample(),
        GENEVA,
        "first_message = \"\"",
        "first_message = \"Bonjour !\"",
    );
    assert_eq!(
        Catalog::from_folder(&folder).unwrap().warnings.len(),
        1,
        "a warning refuses nothing"
    );
}

#[test]
fn r19_an_agent_that_lacks_voice_model_prompt_tool_or_wait_is_refused() {
    for field in [
        "voice = ",
        "llm = ",
        "prompt = ",
        "tools = ",
        "initial_wait_time = ",
    ] {
        let sample = Folder::sample();
        let text = sample.get(GENEVA).unwrap();
        let line = text.lines().find(|line| line.starts_with(field)).unwrap();
        let strays: &[(&str, &str, &str)] = match field {
            // Then nothing reads the file.
            "prompt = " => &[
                (GENEVA, "[agent]", "R19"),
                ("prompt-geneva-plumbing.md", "#", "format"),
            ],
            _ => &[(GENEVA, "[agent]", "R19")],
        };
        expect(
            &change(sample.clone(), GENEVA, &format!("{line}\n"), ""),
            strays,
        );
    }
    breaks(GENEVA, "\"end_call\"", "\"end_call\", \"skip_turn\"", "R19");
    breaks(
        GENEVA,
        "max_duration_seconds = 600",
        "max_duration_seconds = 9000",
        "R19",
    );
}

#[test]
fn r26_dispatch_lead_is_the_one_tool() {
    breaks(
        GENEVA,
        "\"dispatch_lead\"",
        "\"dispatch_lead\", \"book_slot\"",
        "R26",
    );
}

#[test]
fn r20_swiss_ch_sites_use_eric_and_r21_no_other_site_does() {
    breaks(GENEVA, "voice = \"eric\"", "voice = \"charlie\"", "R20");
    breaks(TENNIS, "voice = \"charlie\"", "voice = \"eric\"", "R21");
    // Sites go by id: Jakarta's comes after Bali's.
    breaks(
        "site-jakarta-ac.toml",
        "voice = \"matilda\"",
        "voice = \"charlie\"",
        "R21",
    );
    breaks(
        TENNIS,
        "voice = \"charlie\"",
        "voice = \"nobody\"",
        "reference",
    );
}

#[test]
fn r22_gpt_4o_mini_is_refused_where_dispatch_fidelity_matters_pinned_or_not() {
    breaks(GENEVA, "llm = \"gpt-4o\"", "llm = \"gpt-4o-mini\"", "R22");
    breaks(
        GENEVA,
        "llm = \"gpt-4o\"",
        "llm = \"gpt-4o-mini-2024-07-18\"",
        "R22",
    );
    breaks(GENEVA, "llm = \"gpt-4o\"", "llm = \"gpt-4.1\"", "R22");
    let pinned = change(
        Folder::sample(),
        GENEVA,
        "llm = \"gpt-4o\"",
        "llm = \"gpt-4o-2024-11-20\"",
    );
    expect(&pinned, &[]);
}

#[test]
fn r23_elsewhere_the_model_is_gpt_4o_mini() {
    breaks(TENNIS, "llm = \"gpt-4o-mini\"", "llm = \"gpt-4o\"", "R23");
}

#[test]
fn d9_a_disclosure_is_short_says_what_it_must_and_ends_in_a_question() {
    let file = "catalog.toml";
    let de =
        "Guten Tag, hier ist die KI-Assistenz, der Anruf wird aufgezeichnet. Wie kann ich helfen?";
    breaks(
        file,
        de,
        "Hier ist die KI-Assistenz, der Anruf wird aufgezeichnet. Sprechen Sie.",
        "D9",
    );
    breaks(
        file,
        de,
        "Hier ist die Telefonassistenz, der Anruf wird aufgezeichnet. Wie kann ich helfen?",
        "D9",
    );
    breaks(
        file,
        de,
        "Guten Tag, hier ist die KI-Assistenz. Wie kann ich Ihnen helfen?",
        "D9",
    );
    let long = format!("{} Sagen Sie, wie kann ich helfen?", &de[..de.len() - 1]);
    breaks(file, de, &long, "D9");
    let removed = change(Folder::sample(), file, &format!("de = \"{de}\"\n"), "");
    expect(
        &removed,
        &[("site-muenchen-schluesseldienst.toml", "language = ", "D9")],
    );
}

#[test]
fn r46_a_content_sid_has_its_shape_and_the_offer_exists_in_each_language() {
    let sample = Folder::sample();
    let text = sample.get("catalog.toml").unwrap();
    let sid = text
        .lines()
        .find(|line| line.starts_with("provider_offer"))
        .unwrap();
    breaks("catalog.toml", sid, "provider_offer = \"HX12\"", "R46");
    breaks(
        "catalog.toml",
        sid,
        &sid.to_uppercase()
            .replace("PROVIDER_OFFER", "provider_offer"),
        "R46",
    );
    breaks_at(
        "catalog.toml",
        &format!("{sid}\n"),
        "",
        "R46",
        "[templates.fr]",
    );
    breaks(
        "catalog.toml",
        "channel_proof = \"HX",
        "greeting = \"HX",
        "R46",
    );
}

#[test]
fn times_places_urls_and_languages_must_exist() {
    breaks(GENEVA, "\"Europe/Zurich\"", "\"Europe/Geneva\"", "timezone");
    breaks(GENEVA, "\"Europe/Zurich\"", "\"CET\"", "timezone");
    breaks(
        GENEVA,
        "https://plombiersgeneve.ch",
        "http://plombiersgeneve.ch",
        "url",
    );
    breaks(GENEVA, "[\"fr\", \"en\"]", "[\"fr\", \"pt\"]", "language");
    breaks(GENEVA, "[\"CH\", \"FR\"]", "[\"CH\", \"XX\"]", "country");
    breaks(
        GENEVA,
        "categories = [\"plumbing\"]",
        "categories = [\"plumbing\", \"roofing\"]",
        "reference",
    );
    breaks(
        GENEVA,
        "cities = [\"geneve\"]",
        "cities = [\"geneve\", \"nyon\"]",
        "reference",
    );
    breaks(
        GENEVA,
        "default_category = \"plumbing\"",
        "default_category = \"dental\"",
        "B12",
    );
}

#[test]
fn r42_a_city_of_a_site_is_in_its_country() {
    breaks(
        GENEVA,
        "cities = [\"geneve\"]",
        "cities = [\"geneve\", \"madrid\"]",
        "R42",
    );
}

#[test]
fn d7_a_cell_that_nobody_serves_is_a_warning() {
    breaks(
        GENEVA,
        "categories = [\"plumbing\"]",
        "categories = [\"plumbing\", \"locksmith\"]",
        "D7",
    );
}

#[test]
fn r36_a_word_points_to_one_category_and_within_a_country_to_one_city() {
    breaks(
        "categories.toml",
        "fr = [\"dentiste\",",
        "fr = [\"PLOMBIER\",",
        "R36",
    );
    breaks(
        "cities.toml",
        "synonyms = [\"ZH\",",
        "synonyms = [\"carouge\",",
        "R36",
    );
    let extra = "[[category]]\nid = \"unsorted\"\nhealth = false\ndeadline_minutes = { emergency = 1, soon = 2, flexible = 3 }\nnames = { fr = \"a\", de = \"a\", it = \"a\", en = \"a\", id = \"a\", es = \"a\" }\nsynonyms = { fr = [\"b\"] }\n\n[[category]]\nid = \"dental\"";
    breaks_at(
        "categories.toml",
        "[[category]]\nid = \"dental\"",
        extra,
        "reserved",
        "id = \"unsorted\"",
    );
}
