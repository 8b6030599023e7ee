//! The prompt lint, each rule broken once, and the detector of R29 in every language.

use super::*;

const PROMPT: &str = "prompt-geneva-plumbing.md";

fn rule_line(folder: &Folder, file: &str) -> String {
    let text = folder.get(file).unwrap();
    text.lines()
        .find(|line| line.starts_with("**") && line.contains("dispatch_lead"))
        .unwrap()
        .to_owned()
}

#[test]
fn r24_the_prompt_holds_the_faq_and_the_faq_has_answers() {
    breaks_at(PROMPT, FAQ_MARKER, "", "R24", "# Votre rôle");
    breaks_at(
        PROMPT,
        FAQ_MARKER,
        "<!-- faq -->\n\n<!-- faq --> ",
        "R24",
        "<!-- faq --> ",
    );
    breaks_at(
        FAQ,
        "## Qui va venir",
        "## Et alors ?\n\n## Qui va venir",
        "R24",
        "## Et alors ?",
    );
    let empty = Folder::sample().with(FAQ, "Rien.\n");
    expect(&empty, &[(FAQ, "Rien.", "R24")]);
    let blank = Folder::sample().with(PROMPT, "\n");
    let found = breaches(&blank);
    assert_eq!(
        (found.len(), found[0].file.as_str(), found[0].rule),
        (1, PROMPT, "R24")
    );
}

#[test]
fn r25_the_prompt_explains_each_field_and_the_answer() {
    for term in [
        "customer_name",
        "phone",
        "language",
        "service",
        "location",
        "urgency",
        "another_need",
        "say",
    ] {
        let sample = Folder::sample();
        let text = sample
            .get(PROMPT)
            .unwrap()
            .replace(&format!("`{term}`"), "ceci");
        expect(
            &sample.with(PROMPT, &text),
            &[(PROMPT, "# Votre rôle", "R25")],
        );
    }
}

#[test]
fn r26_the_prompt_speaks_of_dispatch_lead_and_of_no_other_tool() {
    breaks(
        PROMPT,
        "Puis prenez congé",
        "Utilisez transfer_to_number. Puis prenez congé",
        "R26",
    );
    let text = Folder::sample()
        .get(PROMPT)
        .unwrap()
        .replace("dispatch_lead", "envoyer");
    let found = breaches(&Folder::sample().with(PROMPT, &text));
    assert!(
        found.iter().any(|b| b.rule == "R26" && b.file == PROMPT),
        "{}",
        render(&found)
    );
    assert!(found.iter().all(|b| b.rule != "R25"), "{}", render(&found));
}

#[test]
fn r27_every_prompt_forbids_a_closing_phrase_before_the_tool() {
    for site in &Catalog::sample().unwrap().sites {
        let file = &site.agent.as_ref().unwrap().prompt.file;
        let sample = Folder::sample();
        let rule = rule_line(&sample, file);
        let folder = change(sample, file, &rule, "");
        let first = folder.get(file).unwrap().lines().next().unwrap().to_owned();
        expect(&folder, &[(file, &first, "R27")]);
    }
}

/// Softened to plain sentences, the rule is still there but no longer shouts.
#[test]
fn r29_every_prompt_states_that_rule_with_emphasis() {
    for site in &Catalog::sample().unwrap().sites {
        let file = &site.agent.as_ref().unwrap().prompt.file;
        let sample = Folder::sample();
        let rule = rule_line(&sample, file);
        let plain = rule.replace("**", "").to_lowercase();
        let folder = change(sample.clone(), file, &rule, &plain);
        expect(&folder, &[(file, &plain, "R29")]);
        // Either emphasis is enough.
        expect(
            &change(sample.clone(), file, &rule, &rule.replace("**", "")),
            &[],
        );
        expect(&change(sample, file, &rule, &rule.to_lowercase()), &[]);
    }
}

#[test]
fn r59_the_prompt_forbids_to_ask_for_the_date_of_birth() {
    breaks_at(
        PROMPT,
        "- Ne demandez jamais la date de naissance. Elle ne sert à rien ici.\n",
        "",
        "R59",
        "# Votre rôle",
    );
    breaks(
        PROMPT,
        "4. Est-ce que cela peut attendre ?",
        "4. Quelle est votre date de naissance ?",
        "R59",
    );
    breaks(
        FAQ,
        "Selon le plombier :",
        "Donnez votre date de naissance. Selon le plombier :",
        "R59",
    );
}

#[test]
fn r60_the_prompt_forbids_names_and_addresses_before_dispatch() {
    breaks_at(
        PROMPT,
        "- Ne donnez jamais le nom ni l'adresse",
        "- Évitez le nom et le lieu",
        "R60",
        "# Votre rôle",
    );
}

#[test]
fn r63_the_prompt_says_what_happens_to_an_off_topic_call() {
    let clause = "Pour un appel hors sujet, n'appelez pas `dispatch_lead`, ne transmettez rien";
    breaks_at(PROMPT, clause, "Ne transmettez rien", "R63", "# Votre rôle");
}

#[test]
fn r64_the_prompt_names_an_emergency_number() {
    breaks_at(
        PROMPT,
        "le 118 pour les pompiers ou le 144 pour l'ambulance",
        "les pompiers",
        "R64",
        "# Votre rôle",
    );
}

#[test]
fn r82_no_name_or_address_of_a_provider_stands_in_prompt_or_faq() {
    breaks(
        PROMPT,
        "# Danger",
        "Le cabinet est rue de la Coulouvrenière 118.\n\n# Danger",
        "R82",
    );
    breaks(
        FAQ,
        "Selon le plombier :",
        "Chez Sanitaire Léman SA :",
        "R82",
    );
}
