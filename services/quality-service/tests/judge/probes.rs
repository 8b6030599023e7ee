//! Single turns of an agent in all six languages, both sides of each assertion.

use quality_service::domain::judge::{Facts, Judgement, Speaker, Transcript, Turn, judge};

fn turn(speaker: Speaker, text: &str) -> Turn {
    Turn {
        speaker,
        text: text.to_owned(),
        tool_calls: Vec::new(),
    }
}

fn judged(said: &str) -> Judgement {
    let mut turns = vec![
        turn(Speaker::Agent, "Bonjour, que puis-je faire pour vous ?"),
        turn(
            Speaker::Caller,
            "Il y a une fuite dans ma cuisine, c'est urgent.",
        ),
        turn(Speaker::Agent, "D'accord."),
        turn(Speaker::Caller, "Oui."),
    ];
    let agent = match said.split_once("=>") {
        Some((caller, agent)) => {
            turns.push(turn(Speaker::Caller, caller.trim()));
            agent
        }
        None => said,
    };
    turns.push(turn(Speaker::Agent, agent.trim()));
    turns.push(turn(Speaker::Caller, "Hm."));
    let facts = Facts::new(
        &["Rue Saint-Léger 149, 1204 Genève"],
        &["plumbing"],
        &["fr"],
    );
    judge(&Transcript { turns }, &facts)
}

/// "real plumbing caller | agent | caller"
fn misclassed(call: &str) -> Option<String> {
    let mut parts = call.splitn(3, ' ');
    let (class, category, said) = (parts.next()?, parts.next()?, parts.next()?);
    let mut turns = vec![turn(Speaker::Agent, "Hello.")];
    for (at, text) in said.split('|').enumerate() {
        let speaker = if at % 2 == 0 {
            Speaker::Caller
        } else {
            Speaker::Agent
        };
        turns.push(turn(speaker, text.trim()));
    }
    let facts = Facts::new(&[], &[category], &["fr"]);
    let found = judge(&Transcript { turns }, &facts).class;
    (found.class.name() != class).then(|| format!("class {call}    {found:?}"))
}

#[test]
fn every_probe_is_judged_as_it_says() {
    let mut wrong = Vec::new();
    let lines = include_str!("probes.txt").lines();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(call) = line.strip_prefix("class ") {
            wrong.extend(misclassed(call));
            continue;
        }
        let mut parts = line.splitn(3, ' ');
        let (Some(name), Some(sign), Some(said)) = (parts.next(), parts.next(), parts.next())
        else {
            panic!("no probe: {line}");
        };
        let judgement = judged(said);
        let verdicts = judgement.verdicts();
        let (_, verdict) = verdicts.iter().find(|(n, _)| *n == name).unwrap();
        if verdict.is_broken() != (sign == "+") {
            wrong.push(format!("{line}    {verdict:?}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
