//! How a call went on after the caller spoke: what the agent asked for, and whether the caller was
//! sent elsewhere (R76).

use std::sync::OnceLock;

use super::folded::Folded;
use super::lexicon::{Finder, Hit};
use super::need::{Conduct, Sign, finder};
use super::number_words;
use super::reading::Reading;
use super::transcript::Speaker;
use super::words;

fn conduct() -> &'static Finder<Conduct> {
    static FINDER: OnceLock<Finder<Conduct>> = OnceLock::new();
    FINDER.get_or_init(words::conduct)
}

/// How the call went on.
#[derive(Debug, Default)]
pub(crate) struct Course {
    /// Turns in which the agent asks for a field.
    pub fields: usize,
    pub redirects: usize,
    pub wrong_number: bool,
    /// The caller gave a telephone number.
    pub phone: bool,
    pub dispatched: bool,
    pub confirmed: bool,
}

impl Course {
    pub(crate) fn of(call: &Reading<'_>) -> Self {
        let mut course = Self {
            dispatched: call.transcript.dispatched_at().is_some()
                || call.transcript.failed_dispatches().next().is_some(),
            confirmed: is_confirmed(call),
            phone: call.caller_turns().any(|at| gives_phone(call.folded(at))),
            ..Self::default()
        };
        // The greeting says what the line is for; only an answer can send somebody away.
        let first = call.caller_turns().next().unwrap_or_default();
        for at in call.agent_turns().filter(|&at| at > first) {
            let hits = conduct().find(call.folded(at));
            let has = |conduct: Conduct| hits.iter().any(|h| h.concept == conduct);
            course.fields += usize::from(has(Conduct::Field));
            course.redirects += usize::from(has(Conduct::Redirect));
            course.wrong_number |= has(Conduct::WrongNumber);
        }
        course
    }
}

/// Six digits or more, written or spoken.
fn gives_phone(turn: &Folded) -> bool {
    let digits = turn.tokens.iter().filter(|t| t.digits && !t.aside);
    let written: u32 = digits.map(|t| t.to - t.at).sum();
    let spoken = || {
        (0..turn.tokens.len())
            .filter(|&t| number_words::is_word(turn.word(t)))
            .count()
    };
    written >= 6 || spoken() >= 6
}

/// The agent asks for a need of the trade, and the caller says yes.
fn is_confirmed(call: &Reading<'_>) -> bool {
    call.agent_turns().any(|at| {
        let answer = at + 1;
        let turns = &call.transcript.turns;
        let answered = turns
            .get(answer)
            .is_some_and(|turn| turn.speaker == Speaker::Caller);
        let turn = call.folded(at);
        let Some(last) = turn.sentences.last().filter(|last| answered && last.asks) else {
            return false;
        };
        let said = finder().find(call.folded(answer));
        let trade = |h: &Hit<Sign>| match h.concept {
            Sign::Symptom(trade) | Sign::Thing(trade) => call.facts.trades.contains(&trade),
            _ => false,
        };
        said.iter().any(|h| h.concept == Sign::Yes && h.first <= 1)
            && finder()
                .find(turn)
                .iter()
                .any(|h| h.first >= last.first && trade(h))
    })
}
