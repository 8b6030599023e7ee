//! The client's ledger: each need that was invoked, and what its caller was told.

use std::collections::BTreeMap;

/// A need as its caller names it: conversation, and whether it is the second one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub conversation: String,
    pub second: bool,
}

/// What an `ok:true` said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub lead_id: String,
    pub status: String,
    pub say: String,
}

/// How one request ended for its client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ok(Told),
    /// The answer said that nothing is promised.
    Failed,
    /// No answer: it may have happened or not.
    Unknown,
}

/// What happened to one need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    pub told: Vec<Told>,
    pub failed: u32,
    pub unknown: u32,
}

#[derive(Clone, Debug, Default)]
pub struct Client {
    pub needs: BTreeMap<Key, Entry>,
}

impl Client {
    pub fn note(&mut self, key: &Key, outcome: Outcome) {
        let entry = self.needs.entry(key.clone()).or_default();
        match outcome {
            Outcome::Ok(told) => entry.told.push(told),
            Outcome::Failed => entry.failed += 1,
            Outcome::Unknown => entry.unknown += 1,
        }
    }

    #[must_use]
    pub fn acknowledged(&self) -> usize {
        self.needs
            .values()
            .filter(|entry| !entry.told.is_empty())
            .count()
    }

    /// Leads that were promised.
    pub fn leads(&self) -> impl Iterator<Item = &str> {
        let told = self.needs.values().filter_map(|entry| entry.told.first());
        told.map(|told| told.lead_id.as_str())
    }

    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.needs
            .values()
            .map(|entry| u64::from(entry.unknown))
            .sum()
    }

    #[must_use]
    pub fn failed(&self) -> u64 {
        self.needs
            .values()
            .map(|entry| u64::from(entry.failed))
            .sum()
    }
}
