//! The sample catalogue keeps every rule, and each rule is broken once in a copy of it: exactly
//! that breach must come, at the right file and line, with nothing beside it.

use std::collections::BTreeSet;

use super::*;

mod collection;
mod fallback;
mod format;
mod prices;
mod prompts;
mod roster;
mod rules;
mod sites;

/// The folder with one text replaced (the first that matches).
fn change(folder: Folder, file: &str, old: &str, new: &str) -> Folder {
    let text = folder
        .get(file)
        .unwrap_or_else(|| panic!("{file} is in the sample"))
        .to_owned();
    assert!(text.contains(old), "{file} holds {old:?}");
    folder.with(file, &text.replacen(old, new, 1))
}

fn breaches(folder: &Folder) -> Vec<Breach> {
    match Catalog::from_folder(folder) {
        Ok(catalog) => catalog.warnings,
        Err(breaches) => breaches,
    }
}

/// Where a text stands; leading line ends are not part of it.
fn line_of(folder: &Folder, file: &str, text: &str) -> usize {
    let whole = folder.get(file).unwrap();
    let found = whole
        .find(text)
        .unwrap_or_else(|| panic!("{file} holds {text:?}"));
    let start = found + text.len() - text.trim_start().len();
    whole[..start].matches('\n').count() + 1
}

/// Expects exactly these breaches: file, a text on its line, rule.
#[track_caller]
fn expect(folder: &Folder, wanted: &[(&str, &str, &str)]) {
    let found = breaches(folder);
    let seen: BTreeSet<_> = found
        .iter()
        .map(|b| (b.file.clone(), b.line, b.rule.to_owned()))
        .collect();
    let wanted: BTreeSet<_> = wanted
        .iter()
        .map(|(file, text, rule)| {
            (
                file.to_string(),
                line_of(folder, file, text),
                rule.to_string(),
            )
        })
        .collect();
    assert_eq!(seen, wanted, "\n{}", render(&found));
    assert_eq!(seen.len(), found.len(), "none twice:\n{}", render(&found));
}

/// Breaks one place of the sample and expects one breach, on the line of the text `at`.
#[track_caller]
fn breaks_at(file: &str, old: &str, new: &str, rule: &str, at: &str) {
    expect(
        &change(Folder::sample(), file, old, new),
        &[(file, at, rule)],
    );
}

/// The same, where the breach is on the line of the new text.
#[track_caller]
fn breaks(file: &str, old: &str, new: &str, rule: &str) {
    breaks_at(file, old, new, rule, new);
}

const GENEVA: &str = "site-geneva-plumbing.toml";
const DENTAL: &str = "site-geneva-dental.toml";
const TENNIS: &str = "site-bali-tennis.toml";
const FAQ: &str = "faq-geneva-plumbing.md";

#[test]
fn the_sample_catalogue_has_no_breach() {
    let catalog = Catalog::sample()
        .map_err(|breaches| render(&breaches))
        .unwrap();
    assert!(catalog.warnings.is_empty(), "{}", render(&catalog.warnings));
}

/// R18, R6, R7, R10, R79 and what the sample is for.
#[test]
fn the_sample_holds_nine_agents_in_five_countries_and_six_languages() {
    let catalog = Catalog::sample().unwrap();
    let agents: Vec<_> = catalog
        .sites
        .iter()
        .filter_map(|site| site.agent.as_ref())
        .collect();
    assert_eq!((catalog.sites.len(), agents.len()), (9, 9));
    let countries: BTreeSet<_> = catalog.sites.iter().map(|s| s.country.as_str()).collect();
    let languages: BTreeSet<_> = catalog.sites.iter().map(|s| s.language.as_str()).collect();
    assert_eq!((countries.len(), languages.len()), (5, 6));
    let plumbing = catalog.site("plombiersgeneve.ch").unwrap();
    assert_eq!(plumbing.numbers[0].did, "+41225394512");
    let chain = plumbing.numbers[0].chain.as_ref().unwrap();
    assert_eq!(chain.carrier, "Digital Republic eSIM");
    let monthly = Money {
        micros: 13_000_000,
        currency: "CHF".to_owned(),
    };
    assert_eq!(chain.monthly, Some(monthly));
    assert!(
        catalog.site("balitennislesson.com").unwrap().numbers[0]
            .did
            .starts_with("+62")
    );
    let flat = Some(Terms::Flat {
        minor: 10_000,
        currency: "EUR".to_owned(),
    });
    assert!(
        catalog
            .cell("dental", "geneve")
            .all(|provider| provider.terms == flat)
    );
}

#[test]
fn each_cell_of_the_sample_has_two_providers_and_geneva_plumbing_a_first_one() {
    let catalog = Catalog::sample().unwrap();
    for site in &catalog.sites {
        for category in &site.categories {
            for city in &site.cities {
                assert!(
                    catalog.cell(category, city).count() >= 2,
                    "{category} in {city}"
                );
            }
        }
    }
    let mut priorities: Vec<_> = catalog
        .cell("plumbing", "geneve")
        .map(|p| p.priority)
        .collect();
    priorities.sort_unstable();
    assert!(priorities[0] < priorities[1]);
}

/// R24, R25: nine real prompts with their whole FAQ.
#[test]
fn a_rendered_prompt_holds_the_whole_faq_and_no_marker() {
    for site in &Catalog::sample().unwrap().sites {
        let agent = site.agent.as_ref().unwrap();
        let text = render_prompt(agent);
        assert!(text.contains(agent.faq.text.trim_end()), "{}", site.id);
        assert!(!text.contains(FAQ_MARKER), "{}", site.id);
        let length = agent.prompt.text.chars().count();
        assert!(
            (2_500..=6_000).contains(&length),
            "{} has {length} characters",
            site.id
        );
        let questions = agent
            .faq
            .text
            .lines()
            .filter(|line| line.starts_with("## "))
            .count();
        assert!(
            (8..=14).contains(&questions),
            "{} has {questions} questions",
            site.id
        );
    }
}

#[test]
fn the_config_map_lists_every_file_of_the_folder() {
    let folder = Folder::sample();
    let listed: BTreeSet<_> = folder
        .get("kustomization.yaml")
        .unwrap()
        .lines()
        .filter_map(|line| line.strip_prefix("      - "))
        .collect();
    let present: BTreeSet<_> = folder
        .names()
        .filter(|name| *name != "kustomization.yaml")
        .collect();
    assert_eq!(listed, present);
}

#[test]
fn a_folder_on_disk_is_read_as_a_mounted_config_map_is() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("..data");
    std::fs::create_dir(&data).unwrap();
    let sample = Folder::sample();
    for name in sample.names() {
        std::fs::write(data.join(name), sample.get(name).unwrap()).unwrap();
        std::os::unix::fs::symlink(data.join(name), dir.path().join(name)).unwrap();
    }
    assert_eq!(Catalog::read(dir.path()).unwrap().sites.len(), 9);
    let (text, sound) = check(dir.path());
    assert!(
        sound && text.starts_with("0 errors, 0 warnings\n"),
        "{text}"
    );
    assert!(
        text.contains("/geneva-plumbing.xml (geneva-plumbing):\n\n<?xml"),
        "{text}"
    );
    assert_eq!(text.matches("<Response>").count(), 9, "{text}");
    let nowhere = dir.path().join("nowhere");
    assert_eq!(Catalog::read(&nowhere).unwrap_err().len(), 1);
}
