//! The clauses against prompts: our own, handwritten ones, and any text at all.

use proptest::prelude::*;

use super::*;

/// From the sample catalogue, shortened.
const PLUMBING: &str = "# Votre rôle\n\nVous êtes l'assistant téléphonique de Plombiers Genève.\n\n# Transmettre la demande : l'outil `dispatch_lead`\n\nAppelez `dispatch_lead` dès que vous avez les cinq informations, sans attendre la fin de la conversation :\n\n**RÈGLE ABSOLUE : NE PRONONCEZ JAMAIS « AU REVOIR », « BONNE JOURNÉE », « MERCI DE VOTRE APPEL » NI AUCUNE FORMULE DE CLÔTURE AVANT D'AVOIR APPELÉ `dispatch_lead` ET LU SA RÉPONSE. UN AU REVOIR AVANT L'OUTIL EST UN CLIENT PERDU.**\n\n# Ce que vous ne faites jamais\n\n- Ne demandez jamais la date de naissance. Elle ne sert à rien ici.\n- Ne donnez jamais le nom ni l'adresse d'un plombier avant que `dispatch_lead` ait répondu. Si l'on insiste : « Le plombier se présentera. »\n\n# Hors sujet\n\nPour un appel hors sujet, n'appelez pas `dispatch_lead`, ne transmettez rien.\n\n# Questions fréquentes\n\n## Travaillez-vous le dimanche ?\n\nOui.\n";
const MILANO: &str = "# Chiamata\n\nChiami `dispatch_lead` appena ha le cinque informazioni.\n\n**REGOLA ASSOLUTA: NON DICA MAI «ARRIVEDERCI», «BUONA GIORNATA», «GRAZIE PER LA CHIAMATA» NÉ ALTRE FORMULE DI CHIUSURA PRIMA DI AVER CHIAMATO `dispatch_lead` E LETTO LA RISPOSTA. UN ARRIVEDERCI PRIMA DELLO STRUMENTO È UN CLIENTE PERSO.**\n\n- NON CHIEDA MAI LA DATA DI NASCITA, né l'età, né il codice fiscale. Se glieli dicono, non li ripeta.\n";
const MUENCHEN: &str = "# Ihre Aufgabe\n\nRufen Sie `dispatch_lead` auf, sobald Sie die fünf Angaben haben.\n\n**OBERSTE REGEL: SAGEN SIE NIEMALS „AUF WIEDERHÖREN“, „SCHÖNEN TAG NOCH“ ODER SONST EINE ABSCHIEDSFORMEL, BEVOR SIE `dispatch_lead` AUFGERUFEN UND DIE ANTWORT GELESEN HABEN.**\n\n- Fragen Sie nie nach dem Geburtsdatum. Ausweisen muss man sich nur vor Ort.\n";
const LANGUAGES: [&str; 6] = ["fr", "de-CH", "it", "en", "id", "es"];

#[test]
fn the_sample_prompts_are_read_as_they_were_written_r29_r59_r60() {
    use Strength::{Absent, Emphasised, Stated};
    let read = |prompt, language| Rule::ALL.map(|rule| strength(prompt, language, rule));
    // Dispatched, birth, address, closing.
    let plumbing = [Stated, Stated, Stated, Emphasised];
    assert_eq!(read(PLUMBING, "fr"), plumbing);
    assert_eq!(read(MILANO, "it"), [Stated, Emphasised, Absent, Emphasised]);
    assert_eq!(read(MUENCHEN, "de"), [Stated, Stated, Absent, Emphasised]);
    assert_eq!(read("", "fr"), [Absent; 4]);
}

#[test]
fn a_softened_rule_is_not_read_as_one() {
    let soft = "Call `dispatch_lead` before you say goodbye if it seems useful.";
    assert_eq!(strength(soft, "en", Rule::Closing), Strength::Absent);
    let off_topic = "If a call is off-topic, always hang up and do not use `dispatch_lead`.";
    assert_eq!(
        strength(off_topic, "en", Rule::Dispatched),
        Strength::Absent
    );
    let asked = "Ask for the date of birth.";
    assert_eq!(strength(asked, "en", Rule::Birth), Strength::Absent);
    let handwritten = "ALWAYS call dispatch_lead before any goodbye.";
    assert_eq!(strength(handwritten, "en", Rule::Closing), Strength::Stated);
}

#[test]
fn each_language_climbs_step_by_step_to_full_strength_and_stops() {
    for language in LANGUAGES {
        for rule in Rule::ALL {
            let mut prompt = "# Role\n\nText.\n".to_owned();
            let mut steps = Vec::new();
            while let Some(patch) = strengthen(&prompt, language, &[rule]) {
                prompt = patch.prompt;
                steps.extend(patch.clauses);
            }
            let name = rule.name();
            let mut wanted = vec![
                format!("{name}: stated"),
                format!("{name}: emphasis"),
                format!("{name}: full"),
            ];
            if rule == Rule::Closing {
                // R29: never without emphasis.
                wanted.remove(0);
            }
            assert_eq!(steps, wanted, "{language}\n{prompt}");
        }
    }
}

/// What one rule's clause says is never read as another's.
#[test]
fn a_clause_raises_its_own_rule_alone() {
    for language in LANGUAGES {
        for rule in Rule::ALL {
            let mut prompt = String::new();
            while let Some(patch) = strengthen(&prompt, language, &[rule]) {
                prompt = patch.prompt;
            }
            for other in Rule::ALL.into_iter().filter(|other| *other != rule) {
                let read = strength(&prompt, language, other);
                assert_eq!(read, Strength::Absent, "{language} {rule:?} {other:?}");
            }
        }
    }
}

/// What the catalogue's lint and the scripted agent look for.
#[test]
fn a_patched_prompt_keeps_the_lint() {
    for language in LANGUAGES {
        let words = words::of(language);
        let mut prompt = "# Role\n\nText.\n".to_owned();
        while let Some(patch) = strengthen(&prompt, language, &Rule::ALL) {
            prompt = patch.prompt;
            for line in prompt.lines() {
                let plain = line.replace("**", "");
                for sentence in plain.split_inclusive(['.', '!', '?']) {
                    let folded = fold(sentence);
                    let asks = has(&folded, words.birth) && !has(&folded, words.never);
                    assert!(!asks, "R59: {line}");
                }
            }
        }
        let emphasised = prompt.lines().any(|line| {
            let folded = fold(line);
            line.contains("**")
                && [words.never, words.closing, words.before, &["dispatch_lead"]]
                    .iter()
                    .all(|phrases| has(&folded, phrases))
        });
        assert!(emphasised, "R29: {language}");
        assert!(!prompt.contains("{{"));
    }
}

#[test]
fn a_section_stands_before_the_questions_and_answers() {
    let patch = strengthen(PLUMBING, "fr", &[Rule::Birth]).unwrap();
    assert_eq!(patch.clauses, ["birth: emphasis"]);
    let (rules, faq) = (
        patch.prompt.find("# Rappel des règles").unwrap(),
        patch.prompt.find("# Questions fréquentes").unwrap(),
    );
    assert!(rules < faq);
    let again = strengthen(&patch.prompt, "fr", &[Rule::Birth, Rule::Address]).unwrap();
    assert_eq!(again.clauses, ["birth: full", "address: emphasis"]);
    assert!(
        again
            .prompt
            .starts_with("# Règles absolues\n\n- **NE DEMANDEZ JAMAIS")
    );
    assert_eq!(again.prompt.matches("# Rappel des règles").count(), 1);
}

fn prompts() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(PLUMBING.to_owned()),
        Just(MILANO.to_owned()),
        Just("# Absolute rules\n\n- **NEVER ASK FOR A DATE OF BIRTH.**\n\n".to_owned()),
        Just("**NEVER say goodbye before `dispatch_lead`.**".to_owned()),
        Just("# The rules once more".to_owned()),
        Just("# Questions and answers\n\n## Really?\n\nYes.".to_owned()),
        "[ -~\\n#*.éÀß]{0,60}",
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// Every line that stood there stands there still, in its order.
fn keeps(before: &str, after: &str) -> bool {
    let mut rest = after.split('\n');
    before
        .split('\n')
        .filter(|line| !line.is_empty())
        .all(|line| rest.any(|other| other == line))
}

proptest! {
    #[test]
    fn strengthening_raises_every_rule_takes_nothing_away_and_ends(
        prompt in prompts(), language in proptest::sample::select(&LANGUAGES[..]),
        picked in proptest::sample::subsequence(Rule::ALL.to_vec(), 1..=4),
    ) {
        let mut prompt = prompt;
        let mut steps = 0;
        loop {
            let before = Rule::ALL.map(|rule| strength(&prompt, language, rule));
            let Some(patch) = strengthen(&prompt, language, &picked) else {
                // Nothing more to do: all are at full strength, for good.
                for rule in &picked {
                    prop_assert_eq!(strength(&prompt, language, *rule), Strength::Full);
                }
                break;
            };
            prop_assert!(keeps(&prompt, &patch.prompt), "{:?}\n->\n{:?}", prompt, patch.prompt);
            for (rule, before) in Rule::ALL.into_iter().zip(before) {
                let after = strength(&patch.prompt, language, rule);
                prop_assert!(after >= before);
                if picked.contains(&rule) {
                    prop_assert!(after > before || before == Strength::Full);
                }
            }
            prompt = patch.prompt;
            steps += 1;
            prop_assert!(steps <= 3);
        }
    }
}
