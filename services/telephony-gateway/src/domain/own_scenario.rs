//! A scenario of one agent beside the mandatory ones, made of a flagged call (D14). It holds nothing
//! of the caller whose call it was.

use std::collections::BTreeSet;

use chassis::fault::Violations;
use serde::{Deserialize, Serialize};

use super::case::{Case, Forbidden};
use super::closing::fold;
use super::scenarios::Scenario;
use super::{site, speech, text};

/// How many a run takes.
pub const MOST: usize = 20;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnScenario {
    pub id: String,
    pub need: String,
    pub manner: String,
    pub language: String,
    pub dispatch_expected: bool,
    /// Names of what the agent must not do.
    pub forbidden: Vec<String>,
    pub service_words: Vec<String>,
}

/// Every field of every scenario that breaks a rule.
pub fn check(own: &[OwnScenario], found: &mut Violations) {
    if own.len() > MOST {
        found.add("own_scenarios", "has at most 20 scenarios");
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, scenario) in own.iter().enumerate() {
        let mut fault = |field: &str, rule: &str| {
            found.add(format!("own_scenarios[{index}].{field}"), rule);
        };
        let id = scenario.id.as_str();
        if !site::is_slug(id) || id.len() > 60 {
            let rule = "is a short name of at most 60 lower case letters, digits and hyphens";
            fault("scenario_id", rule);
        } else if Scenario::by_id(id).is_some() {
            fault("scenario_id", "is none of the mandatory scenarios' ids");
        } else if !seen.insert(id) {
            fault("scenario_id", "stands once in the list");
        }
        let language = speech::primary(&scenario.language);
        if !language.is_empty() && !speech::LANGUAGES.contains(&language.as_str()) {
            fault("language", "is one of fr, de, it, en, id, es, or empty");
        }
        let known = |name: &String| Forbidden::from_name(name).is_some();
        if !scenario.forbidden.iter().all(known) || scenario.forbidden.len() > 3 {
            fault("forbidden", "holds birth, address or closing, each once");
        }
        if scenario.need.trim().is_empty() {
            fault("need", "is required");
        }
        if scenario.service_words.len() > 60 {
            fault("service_words", "has at most 60 words");
        }
        if !scenario.dispatch_expected && !scenario.service_words.is_empty() {
            fault("service_words", "need a dispatch that is expected");
        }
        let words = scenario.service_words.iter();
        if words.clone().any(|word| fold(word).trim().is_empty()) {
            fault("service_words", "are words");
        }
        let texts = words.map(|word| ("service_words", word, 60));
        let texts = texts.chain([
            ("need", &scenario.need, 500),
            ("manner", &scenario.manner, 1_000),
        ]);
        for (field, text, most) in texts {
            if text.chars().count() > most {
                fault(field, &format!("has at most {most} characters"));
            }
        }
        for (field, line) in [("need", &scenario.need), ("manner", &scenario.manner)] {
            text::check_line(&format!("own_scenarios[{index}].{field}"), line, found);
        }
    }
}

impl OwnScenario {
    /// The scenario as it is played.
    #[must_use]
    pub fn case(&self) -> Case {
        let rules = self.forbidden.iter();
        let words = self.service_words.iter();
        Case {
            id: self.id.clone(),
            need: self.need.trim().trim_end_matches('.').to_owned(),
            manner: self.manner.trim().to_owned(),
            language: (!self.language.is_empty()).then(|| self.language.clone()),
            dispatch_expected: self.dispatch_expected,
            forbidden: rules
                .filter_map(|name| Forbidden::from_name(name))
                .collect(),
            service_words: words.map(|word| fold(word).trim().to_owned()).collect(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn own(id: &str) -> OwnScenario {
        OwnScenario {
            id: id.to_owned(),
            need: "a blocked sink.".to_owned(),
            manner: "You are in a hurry.".to_owned(),
            language: String::new(),
            dispatch_expected: true,
            forbidden: vec!["birth".to_owned()],
            service_words: vec!["Évier".to_owned()],
        }
    }

    fn faults(change: impl FnOnce(&mut OwnScenario)) -> Vec<String> {
        let mut second = own("own-2");
        change(&mut second);
        let mut found = Violations::new();
        check(&[own("own-1"), second], &mut found);
        let Err(refused) = found.finish() else {
            return Vec::new();
        };
        let told = chassis::fault::Fault::violations(&refused);
        told.iter()
            .map(|violation| violation.field.clone())
            .collect()
    }

    #[test]
    fn each_field_at_fault_is_named_d14() {
        assert_eq!(faults(|_| {}), Vec::<String>::new());
        for id in ["own-1", "off-topic", "", "Own 2"] {
            assert_eq!(
                faults(|o| o.id = id.to_owned()),
                ["own_scenarios[1].scenario_id"]
            );
        }
        assert_eq!(
            faults(|o| o.language = "pt".to_owned()),
            ["own_scenarios[1].language"]
        );
        assert_eq!(
            faults(|o| o.need = " ".to_owned()),
            ["own_scenarios[1].need"]
        );
        assert_eq!(
            faults(|o| o.need = "x".repeat(501)),
            ["own_scenarios[1].need"]
        );
        assert_eq!(
            faults(|o| o.manner = "a\0".to_owned()),
            ["own_scenarios[1].manner"]
        );
        assert_eq!(
            faults(|o| o.forbidden.push("price".to_owned())),
            ["own_scenarios[1].forbidden"]
        );
        assert_eq!(
            faults(|o| o.service_words.push("!".to_owned())),
            ["own_scenarios[1].service_words"]
        );
        let unexpected = faults(|o| o.dispatch_expected = false);
        assert_eq!(unexpected, ["own_scenarios[1].service_words"]);
        let mut found = Violations::new();
        let many: Vec<OwnScenario> = (0..21).map(|n| own(&format!("own-{n}"))).collect();
        check(&many, &mut found);
        assert!(found.finish().is_err());
    }

    #[test]
    fn a_case_is_played_in_the_agents_language_and_its_words_are_folded() {
        let case = own("own-1").case();
        assert_eq!(case.caller_language("de-CH"), "de");
        assert_eq!(case.service_words, ["evier"]);
        assert!(
            case.persona("fr")
                .contains("phoning about a blocked sink. Your name")
        );
        assert_eq!(case.success_conditions().len(), 3);
    }
}
