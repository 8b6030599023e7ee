//! CallSummary: a call with its transcript, as quality-service tells of it.

use std::time::Duration;

use chassis::fault::Violations;
use contracts::notification::v1 as wire;

use crate::domain::phone::Phone;
use crate::domain::reference;
use crate::domain::summary::{CallSummary, SummaryLead, Turn};

use super::fields::{id, required, text, time};

/// No agent talks so long.
const MOST_TURNS: usize = 10_000;
const MOST_FINDINGS: usize = 200;
const MOST_LEADS: usize = 20;

pub(super) fn summary(faults: &mut Violations, told: wire::CallSummary) -> Option<CallSummary> {
    let wire::CallSummary {
        conversation_id,
        call_sid,
        site_url,
        time_zone,
        start_time,
        duration: length,
        agent_name,
        turns,
        sentiment,
        next_step,
        leads,
        outcome,
        findings,
        health,
        caller_e164,
    } = told;
    let conversation_id = required(faults, "call_summary.conversation_id", conversation_id);
    let time_zone = required(faults, "call_summary.time_zone", time_zone);
    let at = "call_summary.start_time";
    let start_time = match start_time {
        Some(start) => time(faults, at, start),
        None => {
            faults.add(at, "is required");
            None
        }
    };
    let length = length.map(|length| duration(faults, "call_summary.duration", length));
    let counts = [
        ("call_summary.turns", turns.len(), MOST_TURNS),
        ("call_summary.findings", findings.len(), MOST_FINDINGS),
        ("call_summary.leads", leads.len(), MOST_LEADS),
    ];
    for (field, count, most) in counts {
        if count > most {
            faults.add(field, format!("are more than {most}"));
        }
    }
    let turns = turns
        .into_iter()
        .enumerate()
        .map(|(at, told)| turn(faults, at, told))
        .collect();
    let leads: Vec<Option<SummaryLead>> = leads
        .into_iter()
        .enumerate()
        .map(|(at, told)| lead(faults, at, told))
        .collect();
    let mut said = |name: &str, value| text(faults, &format!("call_summary.{name}"), value);
    Some(CallSummary {
        conversation_id,
        call_sid: said("call_sid", call_sid),
        site_url: said("site_url", site_url),
        time_zone,
        start_time: start_time?,
        duration: length,
        agent_name: said("agent_name", agent_name),
        turns,
        sentiment: said("sentiment", sentiment),
        next_step: said("next_step", next_step),
        leads: leads.into_iter().flatten().collect(),
        outcome: said("outcome", outcome),
        findings: findings
            .into_iter()
            .map(|finding| said("findings", finding))
            .collect(),
        health,
        caller: caller(&caller_e164),
    })
}

fn turn(faults: &mut Violations, at: usize, told: wire::SummaryTurn) -> Turn {
    let wire::SummaryTurn {
        by_agent,
        text: words,
        offset,
        tools,
    } = told;
    let field = format!("call_summary.turns[{at}].offset");
    Turn {
        by_agent,
        // As long as it was; the text cuts it.
        text: words,
        offset: offset.map_or(Duration::ZERO, |offset| duration(faults, &field, offset)),
        tools,
    }
}

fn lead(faults: &mut Violations, at: usize, told: wire::SummaryLead) -> Option<SummaryLead> {
    let wire::SummaryLead {
        lead_id,
        reference,
        state,
        category,
        provider_id,
    } = told;
    let field = |name: &str| format!("call_summary.leads[{at}].{name}");
    let lead_id = id(faults, &field("lead_id"), &lead_id);
    if !reference.is_empty() && !reference::is_one(&reference) {
        faults.add(field("reference"), "is of the form K7-3F9AQ, or empty");
    }
    Some(SummaryLead {
        lead_id: lead_id?,
        reference,
        state: text(faults, &field("state"), state),
        category: text(faults, &field("category"), category),
        provider_id: text(faults, &field("provider_id"), provider_id),
    })
}

/// As the carrier gave it. What is no number was withheld, or is none that anybody erases by.
fn caller(told: &str) -> String {
    Phone::parse(told).map_or_else(String::new, |phone| phone.e164().to_owned())
}

fn duration(faults: &mut Violations, field: &str, told: prost_types::Duration) -> Duration {
    Duration::try_from(told).unwrap_or_else(|_| {
        faults.add(field, "is no length of time: it is negative");
        Duration::ZERO
    })
}
