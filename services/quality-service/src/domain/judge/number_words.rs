//! What each number word does to the number that is being said: adds, multiplies, joins.

use std::collections::HashMap;
use std::sync::OnceLock;

use super::fold;
use super::words;

/// What a number word does to the number so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Add(u32),
    /// Indonesian "belas": the unit before it becomes a teen.
    Teen,
    Times(u32),
    /// "and": only between two number words.
    Glue,
}

impl Step {
    fn read(does: &str) -> Option<Self> {
        Some(match does {
            "&" => Self::Glue,
            "+10" => Self::Teen,
            _ => match does.strip_prefix('x') {
                Some(by) => Self::Times(by.parse().ok()?),
                None => Self::Add(does.parse().ok()?),
            },
        })
    }
}

fn steps() -> &'static HashMap<String, Step> {
    static STEPS: OnceLock<HashMap<String, Step>> = OnceLock::new();
    STEPS.get_or_init(|| {
        let mut steps = HashMap::new();
        let pairs = words::numbers().flat_map(|list| list.split(','));
        for (word, does) in pairs.filter_map(|pair| pair.trim().split_once(' ')) {
            let step = Step::read(does).expect("the list of number words is compiled in");
            let umlauts = word.replace('ö', "oe").replace('ü', "ue");
            for spelled in [word, &umlauts] {
                steps.entry(fold::phrase(spelled)).or_insert(step);
            }
        }
        steps
    })
}

/// Whether a word says a number, articles apart.
pub(crate) fn is_word(word: &str) -> bool {
    let shy = fold::is_in("un une ein eine uno una a one se et und y e and", word);
    !shy && word_steps(word).is_some()
}

/// The steps of one word, a compound such as "hundertachtzehn" taken apart.
pub(crate) fn word_steps(word: &str) -> Option<Vec<Step>> {
    let steps = steps();
    if let Some(step) = steps.get(word) {
        return Some(vec![*step]);
    }
    (word.len() >= 6).then(|| compound(word, steps)).flatten()
}

fn compound(word: &str, steps: &HashMap<String, Step>) -> Option<Vec<Step>> {
    if word.is_empty() {
        return Some(Vec::new());
    }
    for length in (2..=word.len().min(12)).rev() {
        let Some(head) = word.get(..length) else {
            continue;
        };
        let step = match head {
            "und" | "y" => Some(Step::Glue),
            // Halves that stand in compounds only.
            "sech" => Some(Step::Add(6)),
            "sieb" => Some(Step::Add(7)),
            "vent" | "venti" | "veinti" | "vein" => Some(Step::Add(20)),
            "trent" => Some(Step::Add(30)),
            "quarant" => Some(Step::Add(40)),
            "cinquant" => Some(Step::Add(50)),
            "sessant" => Some(Step::Add(60)),
            "settant" => Some(Step::Add(70)),
            "ottant" => Some(Step::Add(80)),
            "novant" => Some(Step::Add(90)),
            "cent" => Some(Step::Times(100)),
            "treintay" => Some(Step::Add(30)),
            _ => steps.get(head).copied(),
        };
        if let Some(step) = step
            && let Some(mut rest) = compound(&word[length..], steps)
        {
            rest.insert(0, step);
            return Some(rest);
        }
    }
    None
}
