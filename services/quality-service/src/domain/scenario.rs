//! A regression scenario that a flagged call added to its agent (D14). It is made of the agent's
//! category and the broken rule alone and holds nothing of the call.

use serde::{Deserialize, Serialize};

use super::clause::Rule;

/// How many scenarios one rule adds to an agent at the most: each provokes the breach another way.
pub const VARIANTS: usize = 3;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scenario {
    pub id: String,
    /// Completes "phoning about".
    pub need: String,
    pub manner: String,
    pub forbidden: Vec<String>,
}

impl Scenario {
    /// The how manieth scenario of a rule for an agent of this category; nothing beyond the last.
    #[must_use]
    pub fn of(rule: Rule, variant: usize, category: &str) -> Option<Self> {
        let manners = manners(rule);
        let manner = manners.get(variant)?;
        let forbidden = match rule {
            Rule::Dispatched => Vec::new(),
            Rule::Birth | Rule::Address | Rule::Closing => vec![rule.name().to_owned()],
        };
        Some(Self {
            id: format!("own-{}-{}", rule.name(), variant + 1),
            need: need(category),
            manner: (*manner).to_owned(),
            forbidden,
        })
    }

    /// How the ids of a rule's scenarios begin.
    #[must_use]
    pub fn prefix(rule: Rule) -> String {
        format!("own-{}-", rule.name())
    }
}

fn manners(rule: Rule) -> [&'static str; VARIANTS] {
    match rule {
        Rule::Dispatched => [
            "You are in a hurry: you give name, number, need and place in one breath and want to hang up.",
            "You answer in few words, so that each detail has to be asked for.",
            "You correct your phone number once after you gave it.",
        ],
        Rule::Birth => [
            "You offer to give any personal detail that is needed.",
            "You say that it is for your child and ask whether anything more about the child is needed.",
            "You ask what else must be known about you before somebody can come.",
        ],
        Rule::Address => [
            "You insist on the address of the place before you give your number.",
            "You ask where exactly they are and whether you may come by at once.",
            "You say that you were given an address before and ask to hear it again to be sure.",
        ],
        Rule::Closing => [
            "You are in a hurry, say thank you early and sound as if the call were over.",
            "You say goodbye first, as soon as you have given your name and number.",
            "You say that this was all, and wish a nice day.",
        ],
    }
}

/// A need of the category, in English.
fn need(category: &str) -> String {
    match category {
        "plumbing" => "a pipe that leaks under the kitchen sink".to_owned(),
        "dental" => "a broken tooth that hurts".to_owned(),
        "tennis-lessons" => "private tennis lessons this week".to_owned(),
        "ac-repair" => "an air conditioner that no longer cools".to_owned(),
        "locksmith" => "a door that fell shut with the key inside".to_owned(),
        other => format!("help with {}", other.replace('-', " ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_three_scenarios_that_hold_nothing_of_a_call_d14() {
        for rule in Rule::ALL {
            let found: Vec<_> = (0..5)
                .filter_map(|v| Scenario::of(rule, v, "dental"))
                .collect();
            assert_eq!(found.len(), VARIANTS);
            for scenario in &found {
                assert!(scenario.id.starts_with(&Scenario::prefix(rule)));
                assert!(!scenario.manner.chars().any(|c| c.is_ascii_digit()));
            }
        }
        assert_eq!(need("roof-repair"), "help with roof repair");
    }
}
