//! The assertion that the agent asked for nobody's date of birth, birthday or age (R59).
//!
//! A sentence is read as a frame: a notion of birth or age, asked for, of a person. It is no breach
//! where the agent declines to ask, speaks of a thing's age, or repeats a number that the caller
//! gave unasked.

use std::sync::OnceLock;

use super::frame::{Frame, is_core};
use super::lexicon::Finder;
use super::reading::Reading;
use super::verdict::Verdict;
use super::words;

/// What a phrase contributes to the frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Notion {
    /// "date of birth": hardly said but to ask for it.
    Date,
    /// "birthday", "Jahrgang": asked only together with a when, a request or a whose.
    Day,
    /// "born"
    Born,
    /// "born on", left open for an answer.
    BornOn,
    /// "age"
    Age,
    /// "your age": a person's beyond doubt.
    AgeYou,
    /// "how old"
    HowOld,
    /// "how old are you": a person beyond doubt.
    HowOldYou,
    /// "how old is she": of whom or what was spoken.
    HowOldIt,
    /// "are you of age"
    OfAge,
    /// "you are … years old", with a number.
    Years,
    /// Words that ask when.
    When,
    /// Words that make a sentence a question without its mark.
    Asking,
    Request,
    /// "your", "his"
    Whose,
    Not,
    /// What is denied in "I do not need …".
    Needing,
    /// "I do not need", in one.
    Refusal,
    /// "without": a refusal, unless nothing goes without.
    Without,
    /// "I cannot": nothing goes without.
    Unable,
    /// "nothing but", "no problem": holds a denial and denies nothing.
    Only,
    /// "noted"
    Noted,
    /// Somebody else will ask.
    Later,
    /// Where, and of whom, it may be asked.
    Elsewhere,
    /// A present or a party.
    Party,
    /// "all ages"
    AnyAge,
    Person,
    Thing,
}

pub(crate) fn finder() -> &'static Finder<Notion> {
    static FINDER: OnceLock<Finder<Notion>> = OnceLock::new();
    FINDER.get_or_init(words::birth)
}

/// Judges every turn of the agent: a date of birth is not asked after the dispatch either.
pub(crate) fn judge(call: &Reading<'_>) -> Verdict {
    let mut evidence = Vec::new();
    for at in call.agent_turns() {
        let turn = call.folded(at);
        let hits = finder().find(turn);
        if !hits.iter().any(|hit| is_core(hit.concept)) {
            continue;
        }
        for index in 0..turn.sentences.len() {
            let frame = Frame::new(call, at, &hits, index);
            if let Some((first, last, rule)) = frame.breach() {
                evidence.push(call.evidence(at, first, last, rule));
            }
        }
    }
    Verdict::of(evidence)
}
