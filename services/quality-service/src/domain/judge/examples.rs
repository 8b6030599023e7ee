//! Examples for the tests: short calls, written as a chain.

use super::transcript::{DISPATCH, Speaker, ToolCall, Transcript, Turn};
use super::verdict::Judgement;
use super::{Facts, judge};

#[derive(Clone)]
pub(crate) struct Example {
    turns: Vec<Turn>,
    roster: Vec<&'static str>,
    category: &'static str,
}

impl Example {
    /// A greeting, and what the caller says first, at a plumber's site.
    pub(crate) fn new(need: &str) -> Self {
        Self::silent()
            .agent("Bonjour, que puis-je faire pour vous ?")
            .caller(need)
    }

    /// A call with a real need.
    pub(crate) fn real() -> Self {
        Self::new("J'ai une fuite d'eau sous l'évier, il me faut un plombier.")
    }

    pub(crate) fn silent() -> Self {
        Self {
            turns: Vec::new(),
            roster: vec![
                "Rue de la Coulouvrenière 118, 1204 Genève",
                "Birmensdorferstrasse 688, 8055 Zürich",
                "Via Cantonale 214, 6900 Lugano",
                "Calle de Embajadores 287, 28012 Madrid",
                "Jalan Tebet Raya 418, Jakarta Selatan 12810",
            ],
            category: "plumbing",
        }
    }

    pub(crate) fn site(mut self, category: &'static str) -> Self {
        self.category = category;
        self
    }

    fn say(mut self, speaker: Speaker, text: &str, tool_calls: Vec<ToolCall>) -> Self {
        let text = text.to_owned();
        self.turns.push(Turn {
            speaker,
            text,
            tool_calls,
        });
        self
    }

    pub(crate) fn agent(self, text: &str) -> Self {
        self.say(Speaker::Agent, text, Vec::new())
    }

    pub(crate) fn caller(self, text: &str) -> Self {
        self.say(Speaker::Caller, text, Vec::new())
    }

    pub(crate) fn dispatch(self, ok: bool) -> Self {
        let call = ToolCall {
            tool_name: DISPATCH.to_owned(),
            failed: !ok,
        };
        self.say(Speaker::Agent, "", vec![call])
    }
}

pub(crate) fn check(example: &Example) -> Judgement {
    let facts = Facts::new(&example.roster, &[example.category], &["fr"]);
    let turns = example.turns.clone();
    judge(&Transcript { turns }, &facts)
}
