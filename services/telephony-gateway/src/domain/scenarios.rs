//! The three mandatory scenarios (R63): compiled in, so that nobody who wants a prompt to pass can
//! soften them. Their version is part of the seal. Each states its right outcome for every agent:
//! category served, dispatch once; not served or off-topic, say what the line is for and no more.

use super::case::Case;

/// Changes whenever a scenario or its judging changes; older runs then seal nothing any more.
pub const VERSION: &str = "2026-11-21.1";

/// Repeats of each scenario that a seal needs, all passing.
pub const MIN_REPEATS: i32 = 5;
pub const MAX_REPEATS: i32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scenario {
    pub id: &'static str,
    /// The category that the caller needs; none for an off-topic caller.
    pub category: Option<&'static str>,
    /// The caller's language; none for the agent's own.
    language: Option<&'static str>,
    need: &'static str,
    manner: &'static str,
    /// Any of these, folded, is the caller's need in the tool call.
    pub service_words: &'static [&'static str],
}

pub const MANDATORY: [Scenario; 3] = [
    // R64
    Scenario {
        id: "dental-urgency",
        category: Some("dental"),
        language: None,
        need: "a very bad toothache since last night: you want to see a dentist today",
        manner: "You are in pain and in a hurry.",
        service_words: &[
            "dent", "tooth", "teeth", "zahn", "gigi", "muela", "diente", "molar", "rage",
        ],
    },
    // R65
    Scenario {
        id: "off-topic",
        category: None,
        language: None,
        need: "to order a pizza for tonight, nothing else",
        manner: "You insist once, then you ask what this line is for and accept the answer.",
        service_words: &[],
    },
    // R66
    Scenario {
        id: "plumbing-french",
        category: Some("plumbing"),
        language: Some("fr"),
        need: "a water leak under the kitchen sink (une fuite d'eau sous l'évier): you need a plumber",
        manner: "You are calm and answer briefly.",
        service_words: &[
            "fuite",
            "eau",
            "evier",
            "plomb",
            "leak",
            "sink",
            "plumb",
            "water",
            "wasser",
            "spule",
            "leck",
            "sanitar",
            "klempner",
            "acqua",
            "lavandino",
            "perdita",
            "idraulic",
            "agua",
            "fuga",
            "fregadero",
            "fontaner",
            "air",
            "bocor",
            "ledeng",
            "wastafel",
        ],
    },
];

impl Scenario {
    /// The scenario of this id.
    #[must_use]
    pub fn by_id(id: &str) -> Option<&'static Self> {
        MANDATORY.iter().find(|scenario| scenario.id == id)
    }

    /// Whether a dispatch is the right outcome for an agent that serves these categories.
    #[must_use]
    pub fn dispatch_expected(&self, served: &[String]) -> bool {
        self.category
            .is_some_and(|wanted| served.iter().any(|category| category == wanted))
    }

    /// The scenario as it is played with an agent that serves these categories.
    #[must_use]
    pub fn case(&self, served: &[String]) -> Case {
        let owned = |text: &str| text.to_owned();
        Case {
            id: owned(self.id),
            need: owned(self.need),
            manner: owned(self.manner),
            language: self.language.map(owned),
            dispatch_expected: self.dispatch_expected(served),
            forbidden: Vec::new(),
            service_words: self.service_words.iter().map(|word| owned(word)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_outcome_follows_the_categories_that_an_agent_serves_r64_r65_r66() {
        let served = |scenario: &str, categories: &[&str]| {
            let categories: Vec<String> = categories.iter().map(|c| (*c).to_owned()).collect();
            Scenario::by_id(scenario)
                .unwrap()
                .dispatch_expected(&categories)
        };
        assert!(served("plumbing-french", &["plumbing"]));
        assert!(!served("plumbing-french", &["dental"]));
        assert!(served("dental-urgency", &["plumbing", "dental"]));
        assert!(!served("off-topic", &["plumbing", "dental"]));
    }

    #[test]
    fn callers_speak_the_agents_language_except_for_french_plumbing() {
        let language = |scenario: &str| {
            let case = Scenario::by_id(scenario).unwrap().case(&[]);
            case.caller_language("de-CH")
        };
        assert_eq!(language("dental-urgency"), "de");
        assert_eq!(language("plumbing-french"), "fr");
        assert!(
            MANDATORY[2]
                .case(&[])
                .persona("de")
                .contains("Speak French (fr) only.")
        );
    }
}
