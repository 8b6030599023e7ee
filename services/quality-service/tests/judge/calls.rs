//! The corpus: labelled calls, one JSON object a line, a file for each language.

use std::path::PathBuf;

use quality_service::domain::judge::{
    Facts, Judgement, Speaker, ToolCall, Transcript, Turn, judge,
};
use serde::Deserialize;

#[derive(Deserialize)]
pub(crate) struct Call {
    pub id: String,
    pub language: String,
    pub category: String,
    pub roster: Vec<String>,
    pub turns: Vec<Spoken>,
    pub class: String,
    pub broken: Vec<String>,
}

#[derive(Deserialize)]
pub(crate) struct Spoken {
    pub role: String,
    #[serde(default)]
    pub text: String,
    pub tool: Option<Tool>,
}

#[derive(Deserialize)]
pub(crate) struct Tool {
    pub name: String,
    pub ok: bool,
}

/// Every call of every language.
pub(crate) fn calls() -> Vec<Call> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/judge/corpus");
    let files = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort();
    let texts = paths
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap());
    let texts: Vec<String> = texts.collect();
    let lines = texts.iter().flat_map(|text| text.lines());
    lines
        .map(|line| serde_json::from_str(line).unwrap_or_else(|e| panic!("{e}: {line}")))
        .collect()
}

/// A call as the judge reads it.
fn transcript(call: &Call) -> Transcript {
    let turns = call.turns.iter().map(|spoken| Turn {
        speaker: match spoken.role.as_str() {
            "agent" => Speaker::Agent,
            _ => Speaker::Caller,
        },
        text: spoken.text.clone(),
        tool_calls: spoken
            .tool
            .iter()
            .map(|tool| ToolCall {
                tool_name: tool.name.clone(),
                failed: !tool.ok,
            })
            .collect(),
    });
    Transcript {
        turns: turns.collect(),
    }
}

/// A call judged with the facts of its site.
pub(crate) fn judged(call: &Call) -> Judgement {
    let facts = Facts::new(
        &call.roster,
        std::slice::from_ref(&call.category),
        std::slice::from_ref(&call.language),
    );
    judge(&transcript(call), &facts)
}
