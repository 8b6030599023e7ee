//! A voice agent: what is declared of it, and the rules that the server checks whoever declares
//! it (R16 to R29 as far as they can be read off one agent; the catalogue's lint says more).

use std::collections::BTreeSet;

use chassis::fault::Violations;

use super::agent_configuration::Configuration;
use super::site::{self, Site};
use super::{speech, text};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub name: String,
    pub site_id: String,
    pub configuration: Configuration,
    pub served_categories: Vec<String>,
}

impl Agent {
    /// Every field that breaks a rule, all at once.
    pub fn check(&self, found: &mut Violations) {
        if !site::is_slug(&self.name) {
            found.add(
                "agent.name",
                "is a short name in lower case letters, digits and hyphens",
            );
        }
        if self.name == site::BENCH {
            found.add(
                "agent.name",
                "bord-bench is the agent on which candidates are tested",
            );
        }
        if self.served_categories.is_empty() {
            found.add(
                "agent.served_categories",
                "names at least one category: scenarios need it",
            );
        }
        if !self
            .served_categories
            .iter()
            .all(|category| site::is_slug(category))
        {
            found.add(
                "agent.served_categories",
                "holds category ids such as plumbing",
            );
        }
        text::check_line("agent.site_id", &self.site_id, found);
        self.configuration.check(found);
    }

    /// Rules that need the site (R20, R21).
    pub fn check_at(&self, site: &Site, found: &mut Violations) {
        let is_eric = self.configuration.voice_name.eq_ignore_ascii_case("eric");
        if site.is_swiss_ch() && !is_eric {
            found.add(
                "agent.configuration.voice_name",
                "is Eric on Swiss .ch sites (R20)",
            );
        }
        if !site.is_swiss_ch() && is_eric {
            let rule = "is a voice of this market's own, Eric speaks on Swiss .ch sites (R20, R21)";
            found.add("agent.configuration.voice_name", rule);
        }
        let language = speech::primary(&self.configuration.language);
        if !site
            .languages
            .iter()
            .any(|known| speech::primary(known) == language)
        {
            found.add(
                "agent.configuration.language",
                "is one of its site's languages",
            );
        }
    }

    #[must_use]
    pub fn changed(&self, other: &Self) -> Vec<&'static str> {
        let mut names = Vec::new();
        let mut note = |differs: bool, name| {
            if differs {
                names.push(name);
            }
        };
        let served = |agent: &Self| {
            agent
                .served_categories
                .iter()
                .cloned()
                .collect::<BTreeSet<_>>()
        };
        note(self.site_id != other.site_id, "site_id");
        note(served(self) != served(other), "served_categories");
        names.extend(self.configuration.changed(&other.configuration));
        names
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::domain::site::tests::plombiers;

    pub(crate) fn agent() -> Agent {
        Agent {
            name: "bord-plombiersgeneve".to_owned(),
            site_id: "plombiersgeneve".to_owned(),
            configuration: Configuration {
                language: "fr".to_owned(),
                voice_id: "cjVigY5qzO86Huf0OWal".to_owned(),
                voice_name: "Eric".to_owned(),
                llm: "gpt-4o".to_owned(),
                prompt: "Appelez dispatch_lead avant de dire au revoir.".to_owned(),
                first_message: String::new(),
                initial_wait_ms: 3_000,
                silence_end_call_ms: 30_000,
                max_duration_ms: 600_000,
                dispatch_fidelity: true,
                tts_model: String::new(),
                turn_timeout_ms: 0,
                turn_eagerness: String::new(),
                keywords: Vec::new(),
                data_collection: std::collections::BTreeMap::new(),
            },
            served_categories: vec!["plumbing".to_owned()],
        }
    }

    fn faults(change: impl FnOnce(&mut Agent)) -> usize {
        let mut agent = agent();
        change(&mut agent);
        let mut found = Violations::new();
        agent.check(&mut found);
        agent.check_at(&plombiers(), &mut found);
        found
            .finish()
            .err()
            .map_or(0, |faults| chassis::fault::Fault::violations(&faults).len())
    }

    #[test]
    fn a_sound_agent_has_no_fault() {
        assert_eq!(faults(|_| {}), 0);
    }

    #[test]
    fn the_model_follows_the_fidelity_that_the_site_needs_r22_r23() {
        assert_eq!(
            faults(|a| a.configuration.llm = "gpt-4o-mini".to_owned()),
            1
        );
        assert_eq!(faults(|a| a.configuration.dispatch_fidelity = false), 1);
        assert_eq!(
            faults(|a| {
                a.configuration.dispatch_fidelity = false;
                a.configuration.llm = "gpt-4o-mini".to_owned();
            }),
            0
        );
    }

    #[test]
    fn voice_wait_and_prompt_have_their_rules_r16_r19_r20_r25() {
        assert_eq!(
            faults(|a| a.configuration.voice_name = "Charlie".to_owned()),
            1
        );
        assert_eq!(faults(|a| a.configuration.initial_wait_ms = 4_000), 1);
        assert_eq!(faults(|a| a.configuration.prompt = " ".to_owned()), 1);
        assert_eq!(
            faults(|a| a.configuration.prompt = "Soyez poli.".to_owned()),
            1
        );
        assert_eq!(
            faults(|a| a.configuration.prompt.push_str("<!-- faq -->")),
            1
        );
        assert_eq!(faults(|a| a.configuration.voice_id.clear()), 1);
        assert_eq!(faults(|a| a.name = "bord-bench".to_owned()), 1);
    }

    #[test]
    fn what_is_drawn_besides_has_plain_ids_and_leaves_the_five_fields_alone_b3() {
        let with = |id: &str, description: &str| {
            let item = (id.to_owned(), description.to_owned());
            faults(|a| a.configuration.data_collection.extend([item]))
        };
        assert_eq!(with("next_step", "What the operator does next."), 0);
        let long = "x".repeat(501);
        for (id, description) in [
            ("real_need", "x"),
            ("phone", "x"),
            ("Sentiment", "x"),
            ("", "x"),
            ("mood2", "x"),
            ("mood", " "),
            ("mood", "a\0"),
            ("mood", long.as_str()),
        ] {
            assert_eq!(with(id, description), 1, "{id} {description}");
        }
    }

    #[test]
    fn a_variable_that_no_call_carries_is_refused() {
        assert_eq!(
            faults(|a| a
                .configuration
                .prompt
                .push_str("{{site_url}} {{ system__time_utc }}")),
            0
        );
        assert_eq!(
            faults(|a| a.configuration.prompt.push_str("{{caller_name}}")),
            1
        );
        assert_eq!(
            faults(|a| a.configuration.first_message = "{{secret__call_token}}".to_owned()),
            1
        );
    }

    #[test]
    fn every_fault_is_told_at_once() {
        assert_eq!(
            faults(|a| {
                a.configuration.llm = "gpt-5".to_owned();
                a.configuration.initial_wait_ms = 0;
                a.configuration.voice_id.clear();
                a.served_categories.clear();
            }),
            4
        );
    }
}
