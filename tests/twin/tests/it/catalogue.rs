//! The prompts of the sample catalogue, read by the scripted agent: each holds every clause, and
//! taking the emphatic rule away, or only its emphasis, shows.

use std::path::Path;

use serde_json::Value;
use vendor_twin::Clauses;

use crate::runs::{Run, calls, play, test};
use crate::support::Bord;

fn prompts() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../k8s/catalog");
    let mut prompts: Vec<(String, String)> = std::fs::read_dir(&folder)
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let site = name.strip_prefix("prompt-")?.to_owned();
            let text = std::fs::read_to_string(folder.join(&name)).unwrap();
            let faq =
                std::fs::read_to_string(folder.join(format!("faq-{site}"))).unwrap_or_default();
            Some((site, text.replace("<!-- faq -->", &faq)))
        })
        .collect();
    prompts.sort();
    prompts
}

#[test]
fn every_prompt_of_the_sample_catalogue_holds_every_clause() {
    let prompts = prompts();
    assert_eq!(prompts.len(), 9);
    for (site, prompt) in prompts {
        let expected = Clauses {
            empty: false,
            tool: true,
            dispatch_first: true,
            no_birth_date: true,
            no_address: true,
            off_topic: true,
        };
        assert_eq!(Clauses::of(&prompt), expected, "{site}");
    }
}

#[test]
fn a_sample_prompt_without_its_rule_or_without_its_emphasis_is_seen_as_softened() {
    for (site, prompt) in prompts() {
        let rule = prompt
            .lines()
            .find(|line| line.starts_with("**") && line.contains("dispatch_lead"))
            .unwrap_or_else(|| panic!("{site} has no emphatic rule"));
        assert!(
            !Clauses::of(&prompt.replace(rule, "")).dispatch_first,
            "{site} without the rule"
        );
        let mild = rule.to_lowercase().replace("**", "");
        assert!(
            !Clauses::of(&prompt.replace(rule, &mild)).dispatch_first,
            "{site} softened"
        );
    }
}

/// The persona texts as telephony gives them to the vendor.
fn persona(need: &str, language: &str, tag: &str) -> String {
    format!(
        "You are Camille Rochat, phoning about {need}. Your name is Camille Rochat. Your phone number \
         is +41791234567; say it when you are asked which number to call back. Speak {language} \
         ({tag}) only. When you are asked where you are, name the main town that this line covers."
    )
}

#[tokio::test]
async fn the_three_scenarios_have_their_right_outcome_for_every_sample_agent() {
    for (site, prompt) in prompts() {
        let (tag, language) = match site.trim_end_matches(".md") {
            "geneva-plumbing" | "geneva-dental" => ("fr", "French"),
            "lugano-idraulico" | "milano-dentista" => ("it", "Italian"),
            "madrid-fontaneros" => ("es", "Spanish"),
            "jakarta-ac" => ("id", "Indonesian"),
            "bali-tennis" => ("en", "English"),
            _ => ("de", "German"),
        };
        let plumber = ["geneva-plumbing", "lugano", "madrid", "zurich"]
            .iter()
            .any(|s| site.starts_with(s));
        let dentist = site.contains("dent");
        let bord = Bord::with_agent(&prompt, tag).await;
        let tool = bord.twin.agents()[0].tool_ids[0].clone();
        for (need, language, tag, served) in [
            (
                "a very bad toothache since last night: you want to see a dentist today",
                language,
                tag,
                dentist,
            ),
            (
                "to order a pizza for tonight, nothing else",
                language,
                tag,
                false,
            ),
            (
                "a water leak under the kitchen sink (une fuite d'eau sous l'évier): you need a plumber",
                "French",
                "fr",
                plumber,
            ),
        ] {
            let condition = if served {
                "The agent called dispatch_lead exactly once, before it said goodbye."
            } else {
                "The agent told the caller what this site does. The agent did not call dispatch_lead."
            };
            let test = test(&persona(need, language, tag), condition, &tool);
            let polled = play(
                &bord,
                Run {
                    test,
                    over: Value::Null,
                },
            )
            .await;
            assert_eq!(
                polled["test_runs"][0]["status"], "passed",
                "{site}: {need}: {polled}"
            );
            assert_eq!(calls(&polled).len(), usize::from(served), "{site}: {need}");
        }
    }
}
