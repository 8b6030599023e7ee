//! How many transcripts of 40 turns one core judges in a second, beside only parsing them (P12).
//!
//! The two are measured in turn (A B B A), each for a fraction of a second; what is printed is the
//! median of the paired ratios, with the quartiles. "Judged" starts from the JSON as "parsed" does.

#![expect(clippy::print_stdout, reason = "a benchmark prints what it measured")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use quality_service::domain::judge::{Facts, Speaker, ToolCall, Transcript, Turn, judge};
use serde::Deserialize;

const TURNS: usize = 40;
const STRETCH: Duration = Duration::from_millis(200);
const PAIRS: usize = 15;

#[derive(Deserialize)]
struct Call {
    language: String,
    category: String,
    roster: Vec<String>,
    turns: Vec<Spoken>,
}

#[derive(Deserialize)]
struct Spoken {
    role: String,
    text: String,
    tool: Option<Tool>,
}

#[derive(Deserialize)]
struct Tool {
    name: String,
    ok: bool,
}

/// The calls of the corpus as JSON, repeated or cut to 40 turns.
fn calls() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/judge/corpus");
    let files = std::fs::read_dir(folder).expect("the corpus lies beside the tests");
    let mut calls = Vec::new();
    for file in files {
        let path = file.expect("the folder is readable").path();
        let text = std::fs::read_to_string(path).expect("the file is readable");
        calls.extend(text.lines().map(lengthened));
    }
    calls
}

fn lengthened(line: &str) -> String {
    let mut call: serde_json::Value = serde_json::from_str(line).expect("a line is a call");
    let turns = call["turns"].as_array().expect("a call has turns").clone();
    let mut turns: Vec<_> = turns.into_iter().cycle().take(TURNS).collect();
    for turn in &mut turns {
        // A dispatch in the middle would spare the rest some of the work.
        if turn["tool"]["ok"] == true {
            turn["tool"]["ok"] = false.into();
        }
    }
    call["turns"] = turns.into();
    call.to_string()
}

fn parsed(call: &str) -> (Transcript, Call) {
    let mut call: Call = serde_json::from_str(call).expect("a call is JSON");
    let turns = std::mem::take(&mut call.turns)
        .into_iter()
        .map(|spoken| Turn {
            speaker: match spoken.role.as_str() {
                "agent" => Speaker::Agent,
                _ => Speaker::Caller,
            },
            text: spoken.text,
            tool_calls: spoken.tool.into_iter().map(called).collect(),
        });
    let turns = turns.collect();
    (Transcript { turns }, call)
}

fn called(tool: Tool) -> ToolCall {
    ToolCall {
        tool_name: tool.name,
        failed: !tool.ok,
    }
}

/// Calls of `work` a second, over a stretch of time, each call in its turn.
fn rate(calls: &[String], at: &mut usize, mut work: impl FnMut(usize, &str)) -> f64 {
    let start = Instant::now();
    let mut done = 0;
    while start.elapsed() < STRETCH {
        for _ in 0..16 {
            let one = *at % calls.len();
            work(one, &calls[one]);
            *at += 1;
            done += 1;
        }
    }
    f64::from(done) / start.elapsed().as_secs_f64()
}

fn quartiles(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    [1, 2, 3].map(|quarter| values[values.len() * quarter / 4])
}

fn main() {
    let calls = calls();
    let facts: Vec<Facts> = calls
        .iter()
        .map(|call| {
            let (_, call) = parsed(call);
            Facts::new(&call.roster, &[call.category], &[call.language])
        })
        .collect();
    let start = Instant::now();
    black_box(judge(&parsed(&calls[0]).0, &facts[0]));
    let first = start.elapsed();

    let (mut a, mut b, mut c) = (0, 0, 0);
    let mut only_parsed = || {
        rate(&calls, &mut a, |_, call| {
            black_box(parsed(call));
        })
    };
    let mut judged = || {
        rate(&calls, &mut b, |at, call| {
            black_box(judge(&parsed(call).0, &facts[at]));
        })
    };
    let (mut parse_rates, mut judge_rates, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..PAIRS {
        let (one, two, three, four) = (only_parsed(), judged(), judged(), only_parsed());
        parse_rates.extend([one, four]);
        judge_rates.extend([two, three]);
        ratios.push((two + three) / (one + four));
    }
    let transcripts: Vec<Transcript> = calls.iter().map(|call| parsed(call).0).collect();
    let alone = rate(&calls, &mut c, |at, _| {
        black_box(judge(&transcripts[at], &facts[at]));
    });
    let characters: usize = transcripts
        .iter()
        .flat_map(|t| &t.turns)
        .map(|t| t.text.len())
        .sum();

    println!(
        "{} transcripts of {TURNS} turns, {} bytes of speech each",
        calls.len(),
        characters / calls.len()
    );
    println!(
        "only parsed        {:>8.0} a second",
        quartiles(parse_rates)[1]
    );
    let [_, middle, _] = quartiles(judge_rates);
    println!("parsed and judged  {middle:>8.0} a second (at least 1000)");
    println!("judged alone       {alone:>8.0} a second");
    let [low, middle, high] = quartiles(ratios);
    println!("judged ÷ parsed    {middle:>8.3} ({low:.3} to {high:.3}) (P12)");
    println!("the first one, with the automata built: {first:?}");
}
