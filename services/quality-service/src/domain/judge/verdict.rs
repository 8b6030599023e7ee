//! A verdict: whether an assertion held in a call, with the words that broke it.

/// What a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// Position of the turn in the transcript.
    pub turn: usize,
    /// Where the words stand in the turn's text, in bytes.
    pub start: usize,
    pub end: usize,
    /// The exact stretch of the turn's text; empty where a turn has none. Personal.
    pub words: String,
    /// The rule that was applied, such as "birth/age".
    pub rule: &'static str,
}

/// How an assertion fared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    Kept,
    Broken(Vec<Evidence>),
    /// The assertion says nothing about a call of this class.
    NotApplicable,
}

impl Verdict {
    /// Broken if there is any evidence.
    #[must_use]
    pub fn of(evidence: Vec<Evidence>) -> Self {
        match evidence.is_empty() {
            true => Self::Kept,
            false => Self::Broken(evidence),
        }
    }

    #[must_use]
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Broken(_))
    }
}

/// What a call was (R76).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The caller told a need of the site's trade.
    Real,
    OffTopic,
    Spam,
    /// Nobody spoke, or went away before telling anything.
    HangUp,
}

impl Class {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Real => "real",
            Self::OffTopic => "off_topic",
            Self::Spam => "spam",
            Self::HangUp => "hang_up",
        }
    }
}

/// A class with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classed {
    pub class: Class,
    pub evidence: Vec<Evidence>,
}

/// All that the judge says of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// Version of the rules that were applied.
    pub rules_version: &'static str,
    pub class: Classed,
    /// A real need was passed on (R58).
    pub dispatched: Verdict,
    /// The agent asked nobody's date of birth or age (R59).
    pub birth: Verdict,
    /// The agent told no address before the dispatch (R60).
    pub address: Verdict,
    /// The agent said no closing phrase before the dispatch (R27).
    pub closing: Verdict,
}

impl Judgement {
    /// What broke assertions, each by the assertion's name.
    pub fn breaches(&self) -> impl Iterator<Item = (&'static str, &Evidence)> {
        let verdicts = self.verdicts().into_iter();
        verdicts.flat_map(|(name, verdict)| match verdict {
            Verdict::Broken(evidence) => evidence.iter().map(|one| (name, one)).collect(),
            _ => Vec::new(),
        })
    }

    /// The assertions by name, in their order.
    #[must_use]
    pub fn verdicts(&self) -> [(&'static str, &Verdict); 4] {
        [
            ("dispatched", &self.dispatched),
            ("birth", &self.birth),
            ("address", &self.address),
            ("closing", &self.closing),
        ]
    }
}
