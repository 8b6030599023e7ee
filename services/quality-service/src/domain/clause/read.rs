//! Reads a prompt sentence by sentence, with what stands out in each: words in bold or in capitals.

use super::Rule;
use super::words::{Words, fold, has};

const TOOL: &str = "dispatch_lead";

/// A sentence, folded: all of it, and what is emphasised alone.
#[derive(Debug)]
pub(super) struct Sentence {
    all: String,
    loud: String,
}

/// Sentences of a text. One ends with its line: prompts are written so.
pub(super) fn sentences(text: &str) -> Vec<Sentence> {
    text.lines().flat_map(line).collect()
}

fn line(line: &str) -> Vec<Sentence> {
    let mut found = Vec::new();
    let (mut all, mut loud) = (String::new(), String::new());
    // Bold goes on from one sentence to the next within its line.
    for (index, part) in line.split("**").enumerate() {
        let is_bold = index % 2 == 1;
        for piece in part.split_inclusive(['.', '!', '?']) {
            all.push_str(piece);
            loud.push_str(&emphasised(piece, is_bold));
            if piece.ends_with(['.', '!', '?']) {
                found.push(Sentence::of(&all, &loud));
                all.clear();
                loud.clear();
            }
        }
    }
    found.push(Sentence::of(&all, &loud));
    found
}

/// Bold text as it is; else the words in capitals, so that one shouted word among others counts for
/// itself alone.
fn emphasised(text: &str, is_bold: bool) -> String {
    if is_bold {
        return text.to_owned();
    }
    let words = text.split_inclusive(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.filter(|word| is_upper_case(word)).collect()
}

fn is_upper_case(word: &str) -> bool {
    let mut letters = word.chars().filter(|c| c.is_alphabetic()).peekable();
    letters.peek().is_some() && letters.all(char::is_uppercase)
}

impl Sentence {
    fn of(all: &str, loud: &str) -> Self {
        Self {
            all: fold(all),
            loud: fold(loud),
        }
    }

    /// Whether it states the rule.
    pub(super) fn states(&self, rule: Rule, words: &Words) -> bool {
        let all = &self.all;
        let tool = || has(all, &[TOOL]);
        match rule {
            Rule::Dispatched => {
                tool()
                    && has(all, words.always)
                    && !has(all, words.off_topic)
                    && !has(all, words.closing)
                    && !has(all, words.address)
            }
            Rule::Birth => has(all, words.birth) && has(all, words.never),
            Rule::Address => {
                tool() && has(all, words.address) && has(all, words.before) && has(all, words.never)
            }
            Rule::Closing => {
                tool()
                    && has(all, words.closing)
                    && has(all, words.before)
                    && (has(all, words.never) || has(all, words.always))
            }
        }
    }

    /// Whether it states the rule, and its core stands out.
    pub(super) fn emphasises(&self, rule: Rule, words: &Words) -> bool {
        let loud = &self.loud;
        let core = match rule {
            Rule::Dispatched => has(loud, words.always),
            Rule::Birth => has(loud, words.birth) && has(loud, words.never),
            Rule::Address => has(loud, words.address) && has(loud, words.never),
            Rule::Closing => has(loud, words.closing) && has(loud, words.never),
        };
        core && self.states(rule, words)
    }
}

/// A prompt in its block at the very top, which is a heading with the paragraph or list below it,
/// and the rest.
pub(super) fn parts(prompt: &str) -> (&str, &str) {
    let start = prompt.len() - prompt.trim_start().len();
    if !prompt[start..].starts_with('#') {
        return ("", prompt);
    }
    let mut at = start;
    let mut is_begun = false;
    for (index, line) in prompt[start..].split_inclusive('\n').enumerate() {
        let is_blank = line.trim().is_empty();
        if index > 0 && (line.starts_with('#') || is_begun && is_blank) {
            break;
        }
        is_begun |= index > 0 && !is_blank;
        at += line.len();
    }
    prompt.split_at(at)
}
