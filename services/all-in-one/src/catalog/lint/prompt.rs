//! The prompt lint: the FAQ (R24), the dispatch rules (R25, R26), the rule that no closing
//! phrase comes before `dispatch_lead`, with emphasis (R27, R29), the clauses on date of birth
//! (R59) and addresses (R60, R82), and what the mandatory scenarios ask of every agent (R63).
//! A clause is found sentence by sentence, in the words of the site's language.

use crate::catalog::breach::Place;
use crate::catalog::model::{Agent, Provider, Site, Text};
use crate::catalog::prompt::FAQ_MARKER;
use crate::catalog::words::{self, Words, fold, has};

use super::Lint;

const TOOL: &str = "dispatch_lead";
/// The five fields (R30), what else the model may send, and what it must do with the answer.
const TERMS: [&str; 9] = [
    "customer_name",
    "phone",
    "language",
    "service",
    "location",
    "urgency",
    "another_need",
    "ok",
    "say",
];
/// Tools of the vendor that an agent of ours does not have (R26).
const FOREIGN: [&str; 6] = [
    "transfer_to_number",
    "transfer_to_agent",
    "skip_turn",
    "language_detection",
    "voicemail_detection",
    "play_keypad_touch_tone",
];

pub(super) fn check(lint: &Lint<'_>, site: &Site, agent: &Agent) {
    // A file that is not in the folder is reported where it is named.
    let mut readable = true;
    for text in [&agent.prompt, &agent.faq] {
        if text.present && text.text.trim().is_empty() {
            lint.report
                .error(line(text, 1), "R24", "the file is empty: write its text");
        }
        readable &= !text.text.trim().is_empty();
    }
    if !readable {
        return;
    }
    check_faq(lint, agent);
    check_tool(lint, &agent.prompt);
    check_secrets(lint, agent);
    if let Some(words) = words::of(&site.language) {
        check_closing(lint, &agent.prompt, words);
        check_clauses(lint, agent, words);
    }
    check_danger(lint, site, &agent.prompt);
}

fn line(text: &Text, number: usize) -> Option<Place> {
    Some(Place::new(&text.file, number))
}

/// Sentences with their line numbers. A sentence ends with its line: prompts are written so.
fn sentences(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().flat_map(|(index, line)| {
        line.split_inclusive(['.', '!', '?'])
            .map(move |sentence| (index + 1, sentence))
    })
}

fn check_faq(lint: &Lint<'_>, agent: &Agent) {
    let markers: Vec<usize> = agent
        .prompt
        .text
        .lines()
        .enumerate()
        .filter(|(_, line)| line.trim() == FAQ_MARKER)
        .map(|(index, _)| index + 1)
        .collect();
    match markers.as_slice() {
        [_] => {}
        [] => {
            let message = format!(
                "the prompt has no line {FAQ_MARKER}, so the FAQ would be missing: add the line where it belongs"
            );
            lint.report.error(line(&agent.prompt, 1), "R24", message);
        }
        [_, again, ..] => {
            let message = format!("the prompt has the line {FAQ_MARKER} twice: keep one");
            lint.report
                .error(line(&agent.prompt, *again), "R24", message);
        }
    }
    let mut question: Option<usize> = None;
    let mut questions = 0;
    let unanswered = |at: usize| {
        let message = "this question has no answer: write it below";
        lint.report.error(line(&agent.faq, at), "R24", message);
    };
    for (index, text) in agent.faq.text.lines().enumerate() {
        if text.starts_with("## ") {
            if let Some(at) = question.replace(index + 1) {
                unanswered(at);
            }
            questions += 1;
        } else if !text.trim().is_empty() {
            question = None;
        }
    }
    if let Some(at) = question {
        unanswered(at);
    }
    if questions == 0 {
        let message =
            "the FAQ has no question: write each as a line \"## …?\" with its answer below";
        lint.report.error(line(&agent.faq, 1), "R24", message);
    }
}

fn check_tool(lint: &Lint<'_>, prompt: &Text) {
    if !prompt.text.contains(TOOL) {
        let message = format!("the prompt never names {TOOL}: say when to call it and with what");
        lint.report.error(line(prompt, 1), "R26", message);
        return;
    }
    let lacking: Vec<&str> = TERMS
        .into_iter()
        .filter(|term| !prompt.text.contains(&format!("`{term}`")))
        .collect();
    if !lacking.is_empty() {
        let message = format!(
            "the dispatch rules do not speak of {}: explain each in back-quotes",
            lacking.join(", ")
        );
        lint.report.error(line(prompt, 1), "R25", message);
    }
    for (number, text) in prompt.text.lines().enumerate() {
        for tool in FOREIGN.into_iter().filter(|tool| text.contains(tool)) {
            let message = format!(
                "the prompt speaks of {tool}, which the agent does not have: {TOOL} is its one tool"
            );
            lint.report.error(line(prompt, number + 1), "R26", message);
        }
    }
}

fn check_closing(lint: &Lint<'_>, prompt: &Text, words: &Words) {
    if !prompt.text.contains(TOOL) {
        return;
    }
    let complete = |folded: &str| {
        has(folded, words.never) && has(folded, words.closing) && has(folded, words.before)
    };
    let mut stated = None;
    for (number, text) in prompt.text.lines().enumerate() {
        let plain = text.replace("**", "");
        for sentence in plain.split_inclusive(['.', '!', '?']) {
            let folded = fold(sentence);
            if folded.contains(&format!(" {TOOL} ")) && complete(&folded) {
                if is_upper_case(sentence)
                    || bold_parts(text).any(|part| {
                        let folded = fold(part);
                        has(&folded, words.never) && has(&folded, words.closing)
                    })
                {
                    return;
                }
                stated.get_or_insert(number + 1);
            }
        }
    }
    match stated {
        Some(number) => {
            let message = format!(
                "the rule that no closing phrase comes before {TOOL} is stated without emphasis: write it in UPPER CASE or in **bold**"
            );
            lint.report.error(line(prompt, number), "R29", message);
        }
        None => {
            let message = format!(
                "the prompt does not forbid a closing phrase before {TOOL}: state it in one sentence with \"{}\", \"{}\" and a closing phrase such as \"{}\"",
                words.never[0], words.before[0], words.closing[0]
            );
            lint.report.error(line(prompt, 1), "R27", message);
        }
    }
}

/// At least seven letters in ten, names of tools in back-quotes left out.
fn is_upper_case(sentence: &str) -> bool {
    let spoken = sentence.split('`').step_by(2).collect::<String>();
    let letters = || spoken.chars().filter(|c| c.is_alphabetic());
    let upper = letters().filter(|c| c.is_uppercase()).count();
    upper * 10 >= letters().count() * 7
}

fn bold_parts(line: &str) -> impl Iterator<Item = &str> {
    line.split("**").skip(1).step_by(2)
}

fn check_clauses(lint: &Lint<'_>, agent: &Agent, words: &Words) {
    let prompt = &agent.prompt;
    let mut birth_date = false;
    for text in [prompt, &agent.faq] {
        for (number, sentence) in sentences(&text.text) {
            let folded = fold(sentence);
            if has(&folded, words.birth_date) {
                if has(&folded, words.never) {
                    birth_date = true;
                } else {
                    let message = "this speaks of the date of birth without forbidding to ask for it: the agent never asks";
                    lint.report.error(line(text, number), "R59", message);
                }
            }
        }
    }
    let clause = |wanted: &[&[&str]]| {
        sentences(&prompt.text).any(|(_, sentence)| {
            let folded = fold(sentence);
            wanted.iter().all(|phrases| has(&folded, phrases))
        })
    };
    if !birth_date {
        let message = format!(
            "the prompt does not forbid to ask for the date of birth: say so in one sentence with \"{}\" and \"{}\"",
            words.never[0], words.birth_date[0]
        );
        lint.report.error(line(prompt, 1), "R59", message);
    }
    if !clause(&[words.never, words.address, words.before, &[TOOL]]) {
        let message = format!(
            "the prompt does not forbid to give a name or an address before {TOOL}: say so in one sentence with \"{}\", \"{}\" and \"{}\"",
            words.never[0], words.address[0], words.before[0]
        );
        lint.report.error(line(prompt, 1), "R60", message);
    }
    if !clause(&[words.off_topic, words.not, &[TOOL]]) {
        let message = format!(
            "the prompt does not say that an off-topic call is not dispatched: say so in one sentence with \"{}\" and {TOOL} (scenario R65)",
            words.off_topic[0]
        );
        lint.report.error(line(prompt, 1), "R63", message);
    }
}

/// No provider's name or address may stand where an agent could read it out (R60, R82).
fn check_secrets(lint: &Lint<'_>, agent: &Agent) {
    for text in [&agent.prompt, &agent.faq] {
        let whole = fold(&text.text);
        for (id, what, secret) in &lint.secrets {
            if !whole.contains(secret) {
                continue;
            }
            for (number, content) in text.text.lines().enumerate() {
                if fold(content).contains(secret) {
                    let message = format!(
                        "this tells the {what} of provider {id}: it is released only after dispatch; remove it"
                    );
                    lint.report.error(line(text, number + 1), "R82", message);
                }
            }
        }
    }
}

/// What no prompt may tell: provider, what it is, and its folded text.
pub(super) fn secrets(providers: &[Provider]) -> Vec<(&str, &'static str, String)> {
    let mut secrets = Vec::new();
    for provider in providers {
        let street = provider.address.split(',').next().unwrap_or_default();
        secrets.push((provider.id.as_str(), "address", fold(street)));
        secrets.push((provider.id.as_str(), "name", fold(&provider.name)));
    }
    // Shorter ones would be found inside of innocent sentences.
    secrets.retain(|(_, _, secret)| secret.trim().len() >= 6);
    secrets
}

/// Whom to call when life is in danger. 112 works in all of Europe and in Indonesia.
fn check_danger(lint: &Lint<'_>, site: &Site, prompt: &Text) {
    let numbers: &[&str] = match site.country.as_str() {
        "CH" => &["112", "117", "118", "144"],
        "ID" => &["112", "113", "118", "119"],
        _ => &["112"],
    };
    if !has(&fold(&prompt.text), numbers) {
        let message = format!(
            "the prompt names no emergency number for danger to life: name one of {}",
            numbers.join(", ")
        );
        lint.report.error(line(prompt, 1), "R64", message);
    }
}
