//! The judge: reads the transcript of a call and says, with evidence, which assertions it kept.
//!
//! Pure, and the same for the same transcript and facts. What a caller says never counts against
//! the agent and never in its favour; tool calls count only where they stand as such. The judge
//! reads frames (a question, a notion, a person), not fixed sentences, in six languages at once.

mod address;
#[cfg(test)]
mod address_tests;
mod birth;
#[cfg(test)]
mod birth_tests;
mod closing;
mod course;
mod dispatched;
#[cfg(test)]
mod examples;
mod facts;
mod fold;
#[cfg(test)]
mod fold_tests;
mod folded;
mod frame;
mod lexicon;
mod need;
#[cfg(test)]
mod need_tests;
mod number_words;
mod numerals;
mod reading;
mod roster;
mod shape;
mod tally;
mod transcript;
mod verdict;
mod words;

pub use facts::Facts;
pub use transcript::{DISPATCH, Speaker, ToolCall, Transcript, Turn};
pub use verdict::{Class, Classed, Evidence, Judgement, Verdict};

/// Changes with every change of a rule or a word: a verdict belongs to the rules that gave it.
pub const RULES_VERSION: &str = "2026-11-22.1";

/// Judges one call.
#[must_use]
pub fn judge(transcript: &Transcript, facts: &Facts) -> Judgement {
    let call = reading::Reading::new(transcript, facts);
    let class = need::classify(&call);
    Judgement {
        rules_version: RULES_VERSION,
        dispatched: dispatched::judge(&call, &class),
        birth: birth::judge(&call),
        address: address::judge(&call),
        closing: closing::judge(&call, class.class),
        class,
    }
}
