//! The summary of a call as the operator reads it, on a phone as well: what it came to at the head,
//! then what was said, a paragraph for each turn. Nothing is made up where nothing was drawn (R53).

use std::time::Duration;

use crate::domain::clean::line;
use crate::domain::summary::{CallSummary, SummaryLead, Turn};

use super::facts::{host, joined};
use super::mail::{self, Block, Mail, Row};
use super::render::{About, Rendered};
use super::words::Words;
use super::words::summary::{self, Summary};
use super::{fill, time};

/// Bytes of the transcript; what is longer was no call that anybody reads to its end.
const TRANSCRIPT_LIMIT: usize = 60_000;
/// Characters of one turn.
const TURN_LIMIT: usize = 4_000;
/// Sentiments that tell nothing of what was said, so that a redacted summary shows them too.
const TELLING_NOTHING: [&str; 4] = ["positive", "neutral", "negative", "mixed"];

/// A call's summary; of a health-related call without the words, unless the setting says otherwise
/// (D10).
pub(super) fn summary(call: &CallSummary, about: &About<'_>, words: &'static Words) -> Rendered {
    let said = summary::of(words.language);
    let open = about.full || !call.health;
    let subject = fill(
        said.subject,
        &[
            ("site", &host(&call.site_url)),
            ("length", &length(call.duration, said, false)),
            ("outcome", &outcome(call, said)),
        ],
    );
    let mail = Mail {
        banner: "",
        subject: &subject,
        intro: said.intro,
        rows: rows(call, open, words, said),
        blocks: blocks(call, open, said),
        closing: "",
    };
    mail::compose(mail, words)
}

/// What the subject says that the call came to. No name: a subject is read over one's shoulder.
fn outcome(call: &CallSummary, said: &Summary) -> String {
    let leads: Vec<String> = call.leads.iter().map(|lead| named(lead, said)).collect();
    if !leads.is_empty() {
        return leads.join(", ");
    }
    match line(&call.outcome, 80) {
        told if told.is_empty() => said.no_lead.to_owned(),
        told => told,
    }
}

fn named(lead: &SummaryLead, said: &Summary) -> String {
    let state = line(&lead.state, 40);
    fill(
        said.lead,
        &[("ref", &lead.reference()), ("state", state.as_str())],
    )
}

/// "3 min" for the subject, "3 min 12 s" for the table.
fn length(duration: Option<Duration>, said: &Summary, exact: bool) -> String {
    let Some(duration) = duration else {
        return said.unknown_length.to_owned();
    };
    let all = duration.as_secs();
    let (minutes, seconds) = match (exact, all) {
        (_, 0..60) => (0, all),
        (true, _) => (all / 60, all % 60),
        (false, _) => ((all + 30) / 60, 0),
    };
    let place = match (minutes, seconds) {
        (0, _) => said.seconds,
        (_, 0) => said.minutes,
        _ => said.minutes_seconds,
    };
    let (minutes, seconds) = (minutes.to_string(), seconds.to_string());
    fill(place, &[("minutes", &minutes), ("seconds", &seconds)])
}

fn rows(call: &CallSummary, open: bool, words: &Words, said: &Summary) -> Vec<Row> {
    let mut rows = vec![
        Row::new(
            said.when,
            time::local(call.start_time, &call.time_zone, words),
        ),
        Row::new(said.length, length(call.duration, said, true)),
        Row::new(said.agent, line(&call.agent_name, 80)),
        Row::new(words.site, host(&call.site_url)),
    ];
    let told = line(&call.outcome, 300);
    if call.leads.is_empty() {
        rows.push(Row::new(said.result, joined(&[said.no_lead, &told])));
    } else {
        rows.push(Row::new(said.result, told));
    }
    for lead in &call.leads {
        let [state, category, provider] =
            [&lead.state, &lead.category, &lead.provider_id].map(|part| line(part, 60));
        let facts = joined(&[&lead.reference(), &state, &category, &provider]);
        rows.push(Row::new(words.lead, facts));
        rows.push(Row::new(said.show, format!("bord lead {}", lead.lead_id)));
    }
    rows.push(Row::new(
        said.sentiment,
        drawn(
            &call.sentiment,
            open || tells_nothing(&call.sentiment),
            words,
            said,
        ),
    ));
    rows.push(Row::new(
        said.next_step,
        drawn(&call.next_step, open, words, said),
    ));
    rows.push(Row::new(
        said.conversation,
        line(&call.conversation_id, 100),
    ));
    rows
}

/// What the data collection drew, or that it drew nothing.
fn drawn(text: &str, open: bool, words: &Words, said: &Summary) -> String {
    match line(text, 1_000) {
        text if text.is_empty() => said.none_drawn.to_owned(),
        _ if !open => words.redacted.to_owned(),
        text => text,
    }
}

fn tells_nothing(sentiment: &str) -> bool {
    let sentiment = sentiment.trim().to_ascii_lowercase();
    TELLING_NOTHING.contains(&sentiment.as_str())
}

fn blocks(call: &CallSummary, open: bool, said: &Summary) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !call.findings.is_empty() {
        let findings = if open {
            let lines = call.findings.iter().map(|text| line(text, 500));
            let lines: Vec<String> = lines.map(|text| format!("- {text}")).collect();
            lines.join("\n")
        } else {
            let count = call.findings.len().to_string();
            fill(said.findings_hidden, &[("count", &count)])
        };
        blocks.push(Block::new(said.findings, findings));
    }
    let transcript = if open {
        transcript(&call.turns, said)
    } else {
        let count = call.turns.len().to_string();
        let hidden = fill(said.transcript_hidden, &[("turns", &count)]);
        format!("{hidden}\n{}", said.full_copies)
    };
    blocks.push(Block::new(said.transcript, transcript));
    blocks
}

/// Every turn in order, up to the limit; where it is cut, that is said.
fn transcript(turns: &[Turn], said: &Summary) -> String {
    let mut text = String::new();
    for (at, turn) in turns.iter().enumerate() {
        let Some(paragraph) = paragraph(turn, said) else {
            continue;
        };
        if text.len() + paragraph.len() > TRANSCRIPT_LIMIT {
            let left = (turns.len() - at).to_string();
            text.push_str("\n\n");
            text.push_str(&fill(said.cut, &[("turns", &left)]));
            break;
        }
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&paragraph);
    }
    if text.is_empty() {
        return said.no_transcript.to_owned();
    }
    text
}

/// "00:41 Agent [dispatch_lead]: …". Tools stand before the colon, where nothing that anybody said
/// can stand, and a turn is one line, so that no words look like another turn.
fn paragraph(turn: &Turn, said: &Summary) -> Option<String> {
    let who = if turn.by_agent {
        said.agent
    } else {
        said.caller
    };
    let seconds = turn.offset.as_secs();
    let mut text = format!("{:02}:{:02} {who}", seconds / 60, seconds % 60);
    for tool in &turn.tools {
        let name: String = tool
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.'))
            .take(60)
            .collect();
        text.push_str(&format!(" [{name}]"));
    }
    let words = line(&turn.text, TURN_LIMIT);
    if words.is_empty() {
        return (!turn.tools.is_empty()).then_some(text);
    }
    Some(format!("{text}: {words}"))
}
