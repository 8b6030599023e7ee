//! A call as the judge reads it: every turn folded once, and what the caller said by then.

use super::facts::Facts;
use super::fold;
use super::folded::Folded;
use super::numerals::{self, Number};
use super::transcript::{Speaker, Transcript};
use super::verdict::Evidence;

pub(crate) struct Reading<'a> {
    pub transcript: &'a Transcript,
    pub facts: &'a Facts,
    folded: Vec<Folded>,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(transcript: &'a Transcript, facts: &'a Facts) -> Self {
        let turns = transcript.turns.iter();
        Self {
            transcript,
            facts,
            folded: turns.map(|turn| fold::fold(&turn.text)).collect(),
        }
    }

    pub(crate) fn folded(&self, turn: usize) -> &Folded {
        &self.folded[turn]
    }

    pub(crate) fn text(&self, turn: usize) -> &'a str {
        &self.transcript.turns[turn].text
    }

    pub(crate) fn turns_of(&self, speaker: Speaker) -> impl DoubleEndedIterator<Item = usize> {
        let turns = self.transcript.turns.iter().enumerate();
        turns.filter_map(move |(at, turn)| (turn.speaker == speaker).then_some(at))
    }

    pub(crate) fn agent_turns(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.turns_of(Speaker::Agent)
    }

    pub(crate) fn caller_turns(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.turns_of(Speaker::Caller)
    }

    /// The evidence of a stretch of a turn, in its very words.
    pub(crate) fn evidence(
        &self,
        turn: usize,
        first: usize,
        last: usize,
        rule: &'static str,
    ) -> Evidence {
        let (start, end) = self.folded(turn).span(first, last);
        self.evidence_at(turn, start, end, rule)
    }

    /// The evidence of a whole turn.
    pub(crate) fn evidence_of(&self, turn: usize, rule: &'static str) -> Evidence {
        self.evidence_at(turn, 0, self.text(turn).len(), rule)
    }

    fn evidence_at(&self, turn: usize, start: usize, end: usize, rule: &'static str) -> Evidence {
        Evidence {
            turn,
            start,
            end,
            words: self
                .text(turn)
                .get(start..end)
                .unwrap_or_default()
                .to_owned(),
            rule,
        }
    }

    /// Whether the caller said this number in a turn before `turn`.
    pub(crate) fn caller_said(&self, turn: usize, number: &Number) -> bool {
        let before = self.caller_turns().take_while(|&at| at < turn);
        before.into_iter().any(|at| {
            let said = self.folded(at);
            let said = numerals::numbers(said, 0, said.tokens.len());
            said.iter().any(|one| same_number(one, number))
        })
    }
}

/// Whether two numbers may be one: as a whole, or as a year and its last two digits.
fn same_number(one: &Number, other: &Number) -> bool {
    let year = |long: u32, short: u32| (1900..2100).contains(&long) && long % 100 == short;
    one.values.iter().any(|&a| {
        let others = other.values.iter();
        others.copied().any(|b| a == b || year(a, b) || year(b, a))
    })
}
