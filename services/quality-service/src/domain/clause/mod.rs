//! A clause: what a prompt says so that the agent keeps a rule (R27 to R29, R59, R60), in the six
//! languages that agents speak and in four strengths: absent, stated, emphasised, and at full
//! strength, which is emphasised and said again in a short block at the very top.
//!
//! `strength` reads any prompt, whoever wrote it; `strengthen` raises rules by a step and never takes
//! a word away. What it writes passes the catalogue's lint.

mod read;
mod texts;
mod words;

#[cfg(test)]
mod tests;

use read::{parts, sentences};
use words::{Words, fold, has};

/// A rule that a clause of the prompt keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// A real need is dispatched (R58).
    Dispatched,
    /// Nobody is asked for a date of birth (R59).
    Birth,
    /// No provider's address is told before the dispatch (R60).
    Address,
    /// No closing phrase comes before the dispatch (R27).
    Closing,
}

impl Rule {
    pub const ALL: [Self; 4] = [Self::Dispatched, Self::Birth, Self::Address, Self::Closing];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Dispatched => "dispatched",
            Self::Birth => "birth",
            Self::Address => "address",
            Self::Closing => "closing",
        }
    }

    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }
}

/// How firmly a prompt states a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    Absent,
    Stated,
    /// In bold or in capitals.
    Emphasised,
    /// Emphasised, and said again at the very top.
    Full,
}

impl Strength {
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Stated => "stated",
            Self::Emphasised => "emphasis",
            Self::Full => "full",
        }
    }
}

/// A prompt with clauses raised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Patch {
    pub prompt: String,
    /// What was raised to what: "closing: emphasis".
    pub clauses: Vec<String>,
}

/// How firmly `prompt` states `rule` in `language` (BCP 47).
#[must_use]
pub fn strength(prompt: &str, language: &str, rule: Rule) -> Strength {
    let words = words::of(language);
    let (top, rest) = parts(prompt);
    let below = strongest(rest, rule, words);
    let above = strongest(top, rule, words);
    if above >= Strength::Stated && below >= Strength::Emphasised {
        return Strength::Full;
    }
    above.max(below)
}

fn strongest(text: &str, rule: Rule, words: &Words) -> Strength {
    let mut found = Strength::Absent;
    for sentence in sentences(text) {
        if sentence.emphasises(rule, words) {
            return Strength::Emphasised;
        }
        if sentence.states(rule, words) {
            found = Strength::Stated;
        }
    }
    found
}

/// Raises each rule by a step, those at full strength left as they are; nothing when all are.
///
/// The rule on closing phrases is emphasised from the first, as R29 has it.
#[must_use]
pub fn strengthen(prompt: &str, language: &str, rules: &[Rule]) -> Option<Patch> {
    let mut rules = rules.to_vec();
    rules.sort_unstable();
    rules.dedup();
    let mut patch = Patch {
        prompt: prompt.to_owned(),
        clauses: Vec::new(),
    };
    for rule in rules {
        let before = strength(&patch.prompt, language, rule);
        raise(&mut patch.prompt, language, rule, before);
        let after = strength(&patch.prompt, language, rule);
        if after > before {
            let clause = format!("{}: {}", rule.name(), after.name());
            patch.clauses.push(clause);
        }
    }
    (!patch.clauses.is_empty()).then_some(patch)
}

fn raise(prompt: &mut String, language: &str, rule: Rule, from: Strength) {
    let texts = texts::of(language);
    let clause = texts.clause(rule);
    let section = texts.section;
    match from {
        Strength::Absent => {
            below(prompt, language, section, clause.stated);
            if rule == Rule::Closing {
                below(prompt, language, section, clause.emphasised);
            }
        }
        Strength::Stated => below(prompt, language, section, clause.emphasised),
        Strength::Emphasised => {
            if strongest(parts(prompt).1, rule, words::of(language)) < Strength::Emphasised {
                // It stands at the top alone: the rest must say it as well.
                below(prompt, language, section, clause.emphasised);
            } else {
                on_top(prompt, words::of(language), texts.top, clause.full);
            }
        }
        Strength::Full => {}
    }
}

/// Adds a line to the block at the very top, which it opens where none there states a rule: another
/// one above it would take its place.
fn on_top(prompt: &mut String, words: &Words, heading: &str, line: &str) {
    let top = parts(prompt).0;
    let states = |rule| strongest(top, rule, words) >= Strength::Stated;
    if Rule::ALL.into_iter().any(states) {
        let (end, lead) = (top.len(), if top.ends_with('\n') { "" } else { "\n" });
        prompt.insert_str(end, &format!("{lead}- {line}\n"));
    } else {
        *prompt = format!("# {heading}\n\n- {line}\n\n{prompt}");
    }
}

/// Adds a line to the section that repeats rules; a new one stands before the questions and answers,
/// or at the end, and never at the very top.
fn below(prompt: &mut String, language: &str, heading: &str, line: &str) {
    let heading = format!("# {heading}");
    let top = parts(prompt).0.len();
    if let Some((_, end)) = find_line(prompt, top, |text| text.trim_end() == heading) {
        let lead = if prompt[..end].ends_with('\n') {
            ""
        } else {
            "\n"
        };
        // The list that stood there goes on below.
        prompt.insert_str(end, &format!("{lead}\n- {line}"));
        return;
    }
    let words = words::of(language);
    let section = format!("{heading}\n\n- {line}\n");
    let questions = find_line(prompt, top, |text| {
        text.starts_with("# ") && has(&fold(text), words.questions)
    });
    match questions {
        Some((start, _)) if !prompt[..start].trim().is_empty() => {
            prompt.insert_str(start, &format!("{section}\n"));
        }
        _ => {
            let lead = match prompt.as_str() {
                "" => "",
                text if text.ends_with("\n\n") => "",
                text if text.ends_with('\n') => "\n",
                _ => "\n\n",
            };
            prompt.push_str(&format!("{lead}{section}"));
        }
    }
}

/// The first line of that kind from `from` on: where it starts and ends.
fn find_line(text: &str, from: usize, is_it: impl Fn(&str) -> bool) -> Option<(usize, usize)> {
    let mut at = from;
    for line in text[from..].split_inclusive('\n') {
        if is_it(line) {
            return Some((at, at + line.len()));
        }
        at += line.len();
    }
    None
}
