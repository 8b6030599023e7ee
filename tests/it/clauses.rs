//! What the mending of prompts writes is heeded and accepted: each rule is taken out of each of the nine
//! sample prompts, its clause is put back, the catalogue's lint passes, and the scripted agent finds it.

use bord::catalog::{Catalog, Folder};
use quality_service::domain::clause::{Rule, Strength, strength, strengthen};
use vendor_twin::Clauses;

/// The prompt's files of the sample with their languages.
fn prompts() -> Vec<(String, String, String)> {
    let (folder, catalog) = (Folder::sample(), Catalog::sample().expect("no breach"));
    let agents = catalog.sites.iter().filter_map(|site| site.agent.as_ref());
    let sites = agents.map(|agent| {
        let text = &agent.prompt;
        let language = agent.language.clone();
        let content = folder.get(&text.file).expect("the sample has it");
        (text.file.clone(), language, content.to_owned())
    });
    sites.collect()
}

/// The prompt without any sentence that states the rule.
fn without(prompt: &str, language: &str, rule: Rule) -> String {
    let silent = |line: &&str| strength(line, language, rule) == Strength::Absent;
    prompt.lines().filter(silent).collect::<Vec<_>>().join("\n")
}

fn heeds(prompt: &str, rule: Rule) -> bool {
    let found = Clauses::of(prompt);
    match rule {
        Rule::Dispatched => found.tool,
        Rule::Closing => found.dispatch_first,
        Rule::Birth => found.no_birth_date,
        Rule::Address => found.no_address,
    }
}

#[test]
fn a_clause_that_was_taken_out_comes_back_is_heeded_and_passes_the_lint_r29_r59_r60() {
    let sample = Folder::sample();
    assert_eq!(prompts().len(), 9);
    for (file, language, prompt) in prompts() {
        for rule in Rule::ALL {
            let soft = without(&prompt, &language, rule);
            assert_eq!(
                strength(&soft, &language, rule),
                Strength::Absent,
                "{file} {rule:?}"
            );
            let mended = strengthen(&soft, &language, &[rule])
                .expect("a step is left")
                .prompt;
            assert!(
                heeds(&mended, rule),
                "{file} {rule:?} is not heeded:\n{mended}"
            );
            // Taking the lines out may take other clauses with them; those are put back as well.
            let whole = strengthen(&mended, &language, &Rule::ALL);
            let whole = whole.map_or(mended, |patch| patch.prompt);
            let checked = Catalog::from_folder(&sample.clone().with(&file, &whole));
            let told = checked
                .err()
                .map(|breaches| bord::catalog::render(&breaches));
            assert_eq!(told, None, "{file} {rule:?}");
        }
    }
}

#[test]
fn a_prompt_at_full_strength_is_still_heeded_and_passes_the_lint_r29() {
    let sample = Folder::sample();
    for (file, language, mut prompt) in prompts() {
        while let Some(patch) = strengthen(&prompt, &language, &Rule::ALL) {
            prompt = patch.prompt;
        }
        for rule in Rule::ALL {
            assert_eq!(
                strength(&prompt, &language, rule),
                Strength::Full,
                "{file} {rule:?}"
            );
            assert!(heeds(&prompt, rule), "{file} {rule:?}");
        }
        assert!(Clauses::of(&prompt).off_topic, "{file}");
        let checked = Catalog::from_folder(&sample.clone().with(&file, &prompt));
        let told = checked
            .err()
            .map(|breaches| bord::catalog::render(&breaches));
        assert_eq!(told, None, "{file}");
    }
}
