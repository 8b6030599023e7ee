//! The class of a call (R76): a real need of the site's trade, something else, an offer nobody
//! asked for, or a caller who went away.
//!
//! Read from what the caller tells. Remarks about the judging weigh nothing: a need once told in
//! the caller's own name stays a need, whatever else is said.

use std::sync::OnceLock;

use super::lexicon::Finder;
use super::reading::Reading;
use super::tally::Tally;
use super::verdict::{Class, Classed, Evidence};
use super::words;

/// The trades of the taxonomy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trade {
    Plumbing,
    Dental,
    Tennis,
    Locksmith,
    Cooling,
}

impl Trade {
    /// By the word with which the category's id begins: a catalogue may be finer than trades.
    pub(crate) fn by_id(id: &str) -> Option<Self> {
        Some(match id.split('-').next().unwrap_or_default() {
            "plumbing" => Self::Plumbing,
            "dental" => Self::Dental,
            "tennis" => Self::Tennis,
            "locksmith" => Self::Locksmith,
            "ac" => Self::Cooling,
            _ => return None,
        })
    }
}

/// What a phrase of the caller tells of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sign {
    /// What only somebody in need says ("toothache").
    Symptom(Trade),
    /// What the trade works on, and who works in it.
    Thing(Trade),
    /// What several trades may mend ("it leaks").
    Vague(Trade),
    /// What none of the sites serves.
    Other,
    /// Nobody's trade here, but plumbing is often the matter with it.
    Appliance,
    /// Not the kind of patient that a dentist sees.
    Animal,
    /// Its air conditioning is another trade's.
    Vehicle,
    Wrong,
    /// Looks for work.
    Job,
    /// Only a seller, a survey or a recording says it.
    Pitch,
    /// A seller says it often.
    Lure,
    /// "I need"
    Want,
    /// "at my place"
    Mine,
    /// "is this the plumber": asks who is there.
    Identity,
    Not,
    Yes,
    /// Politeness and noise: no content.
    Filler,
    /// "I'll call back later", "a machine?"
    Leave,
}

/// What a phrase of the agent tells of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conduct {
    /// Asks for one of the five fields.
    Field,
    /// "that is nothing for us"
    Redirect,
    /// "you have the wrong number"
    WrongNumber,
}

pub(crate) fn finder() -> &'static Finder<Sign> {
    static FINDER: OnceLock<Finder<Sign>> = OnceLock::new();
    FINDER.get_or_init(words::need)
}

/// The class of a call, with the words that tell it.
pub(crate) fn classify(call: &Reading<'_>) -> Classed {
    let mut tally = Tally::default();
    for at in call.caller_turns() {
        tally.add(call, at);
    }
    let told = tally.told;
    let (class, seen, rule) = tally.class(call);
    let seen = seen.iter().take(3);
    let mut evidence: Vec<Evidence> = seen
        .map(|(turn, hit)| call.evidence(*turn, hit.first, hit.last, rule))
        .collect();
    if let Some(turn) = told
        && evidence.is_empty()
        && class != Class::HangUp
    {
        evidence.push(call.evidence(turn, 0, call.folded(turn).tokens.len() - 1, rule));
    }
    Classed { class, evidence }
}
