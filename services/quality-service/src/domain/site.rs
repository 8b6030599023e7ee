//! Sites and agents, as far as judging and checking need them.

use std::collections::HashMap;
use std::sync::Arc;

use super::judge::Facts;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    pub id: String,
    pub url: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// BCP 47, the spoken one first.
    pub languages: Vec<String>,
    pub time_zone: String,
    pub paused: bool,
    /// What may stand on its page: its numbers and the mobiles in front of them, E.164.
    pub numbers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    pub name: String,
    pub site_id: String,
    pub served_categories: Vec<String>,
    /// The model that is declared.
    pub llm: String,
    pub is_live: bool,
}

/// An address of a provider in a country.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    pub country: String,
    pub text: String,
}

/// What a scan knows of sites and agents: read once, used for all its conversations.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    pub sites: Vec<Site>,
    pub agents: Vec<Agent>,
    facts: HashMap<String, Arc<Facts>>,
}

impl Knowledge {
    /// The judge's facts of each site are prepared here, once.
    #[must_use]
    pub fn new(sites: Vec<Site>, agents: Vec<Agent>, addresses: &[Address]) -> Self {
        let facts = sites.iter().map(|site| {
            let roster: Vec<&str> = addresses
                .iter()
                .filter(|address| address.country == site.country)
                .map(|address| address.text.as_str())
                .collect();
            let categories: Vec<&str> = agents
                .iter()
                .filter(|agent| agent.site_id == site.id)
                .flat_map(|agent| agent.served_categories.iter().map(String::as_str))
                .collect();
            let languages: Vec<&str> = site.languages.iter().map(String::as_str).collect();
            let facts = Facts::new(&roster, &categories, &languages);
            (site.id.clone(), Arc::new(facts))
        });
        let facts = facts.collect();
        Self {
            sites,
            agents,
            facts,
        }
    }

    /// What the judge must know of a site; of an unknown one, nothing.
    #[must_use]
    pub fn facts(&self, site_id: &str) -> Arc<Facts> {
        let none: [&str; 0] = [];
        self.facts
            .get(site_id)
            .map_or_else(|| Arc::new(Facts::new(&none, &none, &none)), Arc::clone)
    }

    #[must_use]
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|site| site.id == id)
    }

    #[must_use]
    pub fn agent(&self, name: &str) -> Option<&Agent> {
        self.agents.iter().find(|agent| agent.name == name)
    }
}
