//! A flag as people and scripts see it.

use chrono::{DateTime, Utc};
use contracts::quality::v1 as quality;
use serde_json::{Value, json};

use crate::terminal::Table;
use crate::words;

pub(super) fn table(flags: &[quality::Flag], now: DateTime<Utc>) -> Table {
    let mut table = Table::new(&[
        "SEVERITY", "KIND", "AGE", "OWNER", "STATE", "TIMES", "SUBJECT", "AGENT", "FLAG", "TEXT",
    ]);
    for flag in flags {
        table.row([
            words::severity(flag.severity),
            flag.kind.clone(),
            words::age(words::since(flag.raise_time.as_ref(), now)),
            words::or_dash(&flag.owner),
            words::flag_state(flag.state),
            flag.times.max(1).to_string(),
            words::or_dash(&flag.subject),
            words::or_dash(&flag.agent_name),
            flag.flag_id.clone(),
            words::said(&flag.text),
        ]);
    }
    table
}

/// Where each rule was broken, with the words where they were asked for.
pub(super) fn evidence(flag: &quality::Flag) -> Vec<String> {
    let each = flag.evidence.iter().map(|found| {
        let place = format!("  {}  turn {}, {}", flag.flag_id, found.turn, found.rule);
        match words::said(&found.words) {
            said if said.is_empty() => place,
            said => format!("{place}: « {said} »"),
        }
    });
    each.collect()
}

pub(super) fn shown(flag: &quality::Flag, now: DateTime<Utc>) -> Vec<String> {
    let mut lines = vec![
        format!(
            "{}, {}, {}",
            flag.kind,
            words::severity(flag.severity),
            words::flag_state(flag.state)
        ),
        words::said(&flag.text),
        String::new(),
    ];
    let age = words::age(words::since(flag.raise_time.as_ref(), now));
    let found = format!(
        "{} ({age} ago), {} times",
        words::time(flag.raise_time.as_ref()),
        flag.times.max(1)
    );
    let resolved = format!(
        "{} by {}: {}",
        words::time(flag.resolve_time.as_ref()),
        flag.resolved_by,
        words::said(&flag.resolution)
    );
    let is_resolved = flag.resolve_time.is_some();
    for (label, value) in [
        ("flag", flag.flag_id.as_str()),
        ("found", &found),
        ("owner", &flag.owner),
        ("about", &flag.subject),
        ("agent", &flag.agent_name),
        ("call", &flag.call_sid),
        ("conversation", &flag.conversation_id),
        ("lead", &flag.lead_id),
        ("mended by", &flag.revision_id),
        ("resolved", if is_resolved { &resolved } else { "" }),
    ] {
        if !value.is_empty() {
            lines.push(format!("{label:<13} {value}"));
        }
    }
    if !flag.evidence.is_empty() {
        lines.push("evidence".to_owned());
        lines.extend(evidence(flag));
    }
    lines
}

pub(super) fn as_json(flag: &quality::Flag, now: DateTime<Utc>, with_words: bool) -> Value {
    let evidence = flag.evidence.iter().map(|found| {
        let mut value = json!({
            "turn": found.turn, "start": found.start, "end": found.end, "rule": found.rule,
        });
        if with_words {
            value["words"] = json!(found.words);
        }
        value
    });
    json!({
        "flag_id": flag.flag_id, "kind": flag.kind, "severity": words::severity(flag.severity),
        "state": words::flag_state(flag.state), "subject": flag.subject,
        "agent_name": flag.agent_name, "conversation_id": flag.conversation_id,
        "call_sid": flag.call_sid, "lead_id": flag.lead_id, "text": flag.text,
        "evidence": evidence.collect::<Vec<_>>(),
        "raise_time": words::time(flag.raise_time.as_ref()),
        "age_seconds": words::since(flag.raise_time.as_ref(), now).map(|age| age.num_seconds()),
        "owner": flag.owner, "resolve_time": words::time(flag.resolve_time.as_ref()),
        "resolved_by": flag.resolved_by, "resolution": flag.resolution,
        "revision_id": flag.revision_id, "times": flag.times,
    })
}
