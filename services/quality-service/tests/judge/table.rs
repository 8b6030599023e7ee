//! Misses and false alarms by language and assertion, as a table.

use std::collections::BTreeMap;

use crate::calls::{calls, judged};

const ASSERTIONS: [&str; 4] = ["dispatched", "birth", "address", "closing"];

#[derive(Default)]
struct Count {
    broken: usize,
    kept: usize,
    missed: Vec<String>,
    alarmed: Vec<String>,
}

#[test]
fn issue4_no_breach_is_missed_and_at_most_two_percent_are_false_alarms() {
    let calls = calls();
    assert!(
        calls.len() >= 300,
        "{} calls are too few to measure by",
        calls.len()
    );
    let mut counts: BTreeMap<(&str, &str), Count> = BTreeMap::new();
    for call in &calls {
        assert!(
            call.broken.iter().all(|b| ASSERTIONS.contains(&b.as_str())),
            "{}",
            call.id
        );
        let judgement = judged(call);
        for (name, verdict) in judgement.verdicts() {
            let count = counts.entry((&call.language, name)).or_default();
            let broken = call.broken.iter().any(|b| b == name);
            match broken {
                true => count.broken += 1,
                false => count.kept += 1,
            }
            match (broken, verdict.is_broken()) {
                (true, false) => count.missed.push(call.id.clone()),
                (false, true) => count.alarmed.push(call.id.clone()),
                _ => {}
            }
        }
    }
    println!(
        "{:<4} {:<11} {:>5} {:>7} {:>7} {:>13}",
        "", "", "calls", "broken", "missed", "false alarms"
    );
    for ((language, name), count) in &counts {
        println!(
            "{language:<4} {name:<11} {:>5} {:>7} {:>7} {:>5} = {:>3.1} %",
            count.broken + count.kept,
            count.broken,
            count.missed.len(),
            count.alarmed.len(),
            100.0 * count.alarmed.len() as f64 / count.kept.max(1) as f64
        );
    }
    for ((language, name), count) in &counts {
        assert!(
            count.broken > 0 && count.kept > 0,
            "{language} {name} is measured on one side only"
        );
        assert!(
            count.missed.is_empty(),
            "{language} {name} missed {:?}",
            count.missed
        );
        let few = count.alarmed.len() * 50 <= count.kept;
        assert!(few, "{language} {name} alarmed at {:?}", count.alarmed);
    }
}

#[test]
fn r76_a_call_is_told_from_spam_and_hang_ups() {
    let calls = calls();
    let mut wrong = Vec::new();
    let mut right: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for call in &calls {
        let found = judged(call).class.class.name();
        let (of, all) = right.entry(&call.language).or_default();
        *all += 1;
        match found == call.class {
            true => *of += 1,
            false => wrong.push(format!("{} is {}, not {found}", call.id, call.class)),
        }
    }
    for (language, (of, all)) in &right {
        println!("{language:<4} class       {of:>5} of {all}");
    }
    assert!(wrong.len() * 50 <= calls.len(), "{wrong:?}");
}

#[test]
fn r58_evidence_is_the_very_words_of_its_turn() {
    for call in &calls() {
        let judgement = judged(call);
        for (name, evidence) in judgement.breaches() {
            assert!(
                evidence.rule.starts_with(name),
                "{}: {}",
                call.id,
                evidence.rule
            );
            let text = &call.turns[evidence.turn].text;
            assert_eq!(
                text[evidence.start..evidence.end],
                evidence.words,
                "{}",
                call.id
            );
            assert!(
                !evidence.words.is_empty() || name == "dispatched",
                "{}",
                call.id
            );
        }
    }
}
