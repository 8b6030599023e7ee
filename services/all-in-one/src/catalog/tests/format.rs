//! Mistakes of form: each is reported at its own line, and all of them together.

use super::*;

#[test]
fn a_field_that_is_unknown_missing_or_of_another_type_is_named_with_its_line() {
    breaks(GENEVA, "url = ", "sloagn = \"x\"\nurl = ", "format");
    breaks_at(
        "providers.toml",
        "capacity = 6\n",
        "",
        "format",
        "[[provider]]\nid = \"plomberie",
    );
    breaks(
        "providers.toml",
        "capacity = 6",
        "capacity = \"6\"",
        "format",
    );
    breaks(
        GENEVA,
        "name = \"Plombiers Genève\"",
        "name = \"\"",
        "format",
    );
    breaks(
        "prices.toml",
        "from = 2026-01-01\ncall_minutes",
        "from = \"2026-01-01\"\ncall_minutes",
        "format",
    );
    breaks(
        "prices.toml",
        "amount = \"1.15\"",
        "amount = \"1,15\"",
        "format",
    );
    breaks(
        "catalog.toml",
        "sms = \"two-way\"",
        "sms = \"both\"",
        "format",
    );
}

#[test]
fn broken_syntax_a_repeated_key_and_an_impossible_date_are_reported_where_they_stand() {
    breaks_at(
        GENEVA,
        "country = \"CH\"",
        "country = \"CH\"\nname = \"again\"",
        "format",
        "name = \"again\"",
    );
    let folder = change(
        Folder::sample(),
        "prices.toml",
        "from = 2026-01-01",
        "from = 2026-02-31",
    );
    let found = breaches(&folder);
    assert!(
        found.iter().any(|b| b.file == "prices.toml"
            && b.line == line_of(&folder, "prices.toml", "from = 2026-02-31")),
        "{}",
        render(&found)
    );
}

#[test]
fn a_missing_file_is_one_breach_and_not_one_for_each_reference_into_it() {
    for file in [
        "categories.toml",
        "cities.toml",
        "catalog.toml",
        "prices.toml",
        "providers.toml",
    ] {
        let found = breaches(&Folder::sample().without(file));
        assert_eq!(found.len(), 1, "{file}:\n{}", render(&found));
        assert_eq!((found[0].file.as_str(), found[0].rule), (file, "format"));
    }
    let found = breaches(&Folder::sample().without(FAQ));
    assert_eq!(found.len(), 1, "{}", render(&found));
    assert_eq!(
        (found[0].file.as_str(), found[0].rule),
        (GENEVA, "reference")
    );
    let found = breaches(&Folder::sample().with("notes.md", "hello"));
    assert_eq!(
        (found.len(), found[0].file.as_str(), found[0].rule),
        (1, "notes.md", "format")
    );
}

#[test]
fn names_that_stand_twice_are_refused_at_the_second() {
    let milano = "site-milano-dentista.toml";
    breaks(
        milano,
        "https://dentista-subito-milano.it",
        "https://balitennislesson.com/",
        "unique",
    );
    breaks(
        milano,
        "\"bord-milano-dentista\"",
        "\"bord-bali-tennis\"",
        "unique",
    );
    breaks(
        "providers.toml",
        "\"sanitaire-leman\"",
        "\"plomberie-du-rhone\" ",
        "unique",
    );
    let again = "item = \"email\"\namount = \"0.0009\"\ncurrency = \"USD\"\nfrom = 2026-01-01 # again\n\n[[price]]\nitem = \"sms\"";
    breaks_at(
        "prices.toml",
        "item = \"sms\"",
        again,
        "unique",
        "from = 2026-01-01 # again",
    );
    // Laura's id again, as Alice: one voice under two names, and two markets with one voice.
    let twin = change(
        Folder::sample(),
        "catalog.toml",
        "\"FGY2WhTYpPnrIDTdsKH5\"",
        "\"Xb7hH8MSUJpSbSDYk0k2\" # again",
    );
    expect(
        &twin,
        &[
            ("catalog.toml", "\"Xb7hH8MSUJpSbSDYk0k2\" # again", "unique"),
            (milano, "voice = ", "R21"),
        ],
    );
}

#[test]
fn a_file_of_a_site_carries_its_id() {
    breaks(
        TENNIS,
        "id = \"bali-tennis\"",
        "id = \"bali-tenis\"",
        "format",
    );
    breaks(
        TENNIS,
        "id = \"bali-tennis\"",
        "id = \"Bali Tennis\"",
        "format",
    );
}

/// Thirty mistakes are one round of corrections.
#[test]
fn mistakes_in_many_files_are_reported_together_and_in_order() {
    let folder = change(
        Folder::sample(),
        GENEVA,
        "initial_wait_time = 3",
        "initial_wait_time = 1",
    );
    let folder = change(folder, GENEVA, "voice = \"eric\"", "voice = \"alice\"");
    let folder = change(
        folder,
        "providers.toml",
        "{ percent = 15 }",
        "{ percent = 25 }",
    );
    let folder = change(folder, "cities.toml", "country = \"CH\"", "contry = \"CH\"");
    let folder = change(
        folder,
        "prices.toml",
        "amount = \"13.00\"\ncurrency = \"CHF\"",
        "amount = \"13.00\"\ncurrency = \"francs\"",
    );
    let found = breaches(&folder);
    let rules: BTreeSet<_> = found.iter().map(|breach| breach.rule).collect();
    assert_eq!(
        rules,
        BTreeSet::from(["R16", "R20", "R80", "format"]),
        "{}",
        render(&found)
    );
    let places: Vec<_> = found.iter().map(|b| (b.file.clone(), b.line)).collect();
    assert!(places.is_sorted());
}

#[test]
fn the_report_is_aligned_and_counted() {
    let folder = change(
        Folder::sample(),
        GENEVA,
        "initial_wait_time = 3",
        "initial_wait_time = 1",
    );
    let folder = change(
        folder,
        TENNIS,
        "first_message = \"\"",
        "first_message = \"Hi\"",
    );
    let text = render(&breaches(&folder));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines.len(), 4, "{text}");
    assert!(lines[0].starts_with("site-bali-tennis.toml:"));
    assert_eq!(lines[0].find("warning  D1 "), lines[1].find("error    R16"));
    assert_eq!(lines[3], "1 error, 1 warning");
    assert_eq!(render(&[]), "0 errors, 0 warnings\n");
}

/// A copy that broke off must be refused, never applied in part and never a panic.
#[test]
fn a_file_that_is_cut_off_in_a_field_is_refused_at_a_line_that_it_has() {
    let sample = Folder::sample();
    for file in [
        "catalog.toml",
        "categories.toml",
        "cities.toml",
        "prices.toml",
        "providers.toml",
        GENEVA,
    ] {
        let text = sample.get(file).unwrap();
        let ends = text.match_indices(" = ").map(|(at, _)| at + 2);
        for end in ends.step_by(23) {
            let folder = sample.clone().with(file, &text[..end]);
            let found = breaches(&folder);
            let lines = text[..end].lines().count();
            assert!(
                found.iter().any(|b| b.severity == Severity::Error),
                "{file} cut at {end}"
            );
            for breach in found.iter().filter(|breach| breach.file == file) {
                assert!((1..=lines).contains(&breach.line), "{breach:?}");
            }
        }
    }
}

/// What hangs on a missing field is not reported as well.
#[test]
fn a_missing_field_brings_no_breaches_that_follow_from_it() {
    breaks_at(
        "catalog.toml",
        "languages = [\"fr\", \"de\", \"it\", \"en\", \"id\", \"es\"]\n",
        "",
        "format",
        "# Operator-wide",
    );
    breaks_at(
        "categories.toml",
        "id = \"plumbing\"\n",
        "",
        "format",
        "[[category]]",
    );
    breaks_at("cities.toml", "id = \"geneve\"\n", "", "format", "[[city]]");
    breaks_at(
        "cities.toml",
        "country = \"CH\"\n",
        "",
        "format",
        "[[city]]",
    );
}
