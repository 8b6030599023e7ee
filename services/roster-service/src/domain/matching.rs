//! Matching finds the provider of a lead among those of its country: rules remove candidates, the
//! order D3 ranks those who stand, and each one looked at is explained (B6).

use std::cmp::Ordering;

use chrono::{DateTime, SecondsFormat, Utc};

use super::hours::Hours;
use super::ids::{Category, City, Country, ProviderId};

/// The most candidates that an answer explains; the rest is counted.
pub const EXPLAINED: usize = 50;

/// A category in a city of a country: what a lead asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cell {
    pub country: Country,
    pub category: Category,
    pub city: City,
}

/// Why a candidate is out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    Category,
    City,
    Excluded,
    Paused,
    Channel,
    Capacity,
    MaxPerDay,
    Hours,
}

impl Rule {
    pub const ALL: [Self; 8] = [
        Self::Category,
        Self::City,
        Self::Excluded,
        Self::Paused,
        Self::Channel,
        Self::Capacity,
        Self::MaxPerDay,
        Self::Hours,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Category => "CATEGORY",
            Self::City => "CITY",
            Self::Excluded => "EXCLUDED",
            Self::Paused => "PAUSED",
            Self::Channel => "CHANNEL",
            Self::Capacity => "CAPACITY",
            Self::MaxPerDay => "MAX_PER_DAY",
            Self::Hours => "HOURS",
        }
    }

    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.name() == name)
    }

    fn words(self) -> &'static str {
        match self {
            Self::Category => "does not offer this category",
            Self::City => "does not serve this city",
            Self::Excluded => "had this lead before",
            Self::Paused => "is paused",
            Self::Channel => "has no channel that serves",
            Self::Capacity => "has no free slot",
            Self::MaxPerDay => "has its leads of the day",
            Self::Hours => "is closed now",
        }
    }
}

/// Whether a provider covers the cell at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covers {
    Cell,
    /// The category, but not in this city.
    OtherCity,
    OtherCategory,
}

/// What the rules look at.
#[derive(Debug, Clone)]
pub struct Facts {
    pub provider_id: ProviderId,
    pub covers: Covers,
    pub paused: bool,
    pub serving: i32,
    pub priority: i32,
    pub held: i32,
    pub capacity: i32,
    pub max_per_day: i32,
    /// The provider's own date of its latest lead, and how many of that date it has.
    pub day: Option<String>,
    pub day_taken: i32,
    pub hours: Hours,
    pub last_assign_time: Option<DateTime<Utc>>,
}

impl Facts {
    /// The first rule that removes this candidate. Those that only an event lifts come before those
    /// that time lifts, so that time is named only where it is what is missing.
    #[must_use]
    pub fn removed_by(&self, now: DateTime<Utc>, excluded: &[ProviderId]) -> Option<Rule> {
        match self.covers {
            Covers::OtherCategory => return Some(Rule::Category),
            Covers::OtherCity => return Some(Rule::City),
            Covers::Cell => {}
        }
        if excluded.contains(&self.provider_id) {
            Some(Rule::Excluded)
        } else if self.paused {
            Some(Rule::Paused)
        } else if self.serving == 0 {
            Some(Rule::Channel)
        } else if self.held >= self.capacity {
            Some(Rule::Capacity)
        } else if self.day_is_full(now) {
            Some(Rule::MaxPerDay)
        } else if !self.hours.is_open(now) {
            Some(Rule::Hours)
        } else {
            None
        }
    }

    fn day_is_full(&self, now: DateTime<Utc>) -> bool {
        self.max_per_day > 0
            && self.day_taken >= self.max_per_day
            && self.day.as_deref() == Some(&self.local_day(now))
    }

    /// The provider's own date.
    #[must_use]
    pub fn local_day(&self, now: DateTime<Utc>) -> String {
        self.hours.local_day(now).to_string()
    }

    /// When time alone lifts `rule`.
    fn lifted_at(&self, rule: Rule, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match rule {
            Rule::Hours => self.hours.next_opening(now),
            Rule::MaxPerDay => self.hours.next_day(now),
            _ => None,
        }
    }

    /// D3: priority, then fewest open leads against capacity, then longest since the last lead,
    /// then id.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let load = |facts: &Self, of: &Self| i64::from(facts.held) * i64::from(of.capacity);
        self.priority
            .cmp(&other.priority)
            .then_with(|| load(self, other).cmp(&load(other, self)))
            .then_with(|| self.last_assign_time.cmp(&other.last_assign_time))
            .then_with(|| self.provider_id.cmp(&other.provider_id))
    }
}

/// One candidate, explained: enough figures to replay the decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    pub provider_id: ProviderId,
    /// Its place in the order; nothing when a rule removed it.
    pub rank: Option<u32>,
    pub removed_by: Option<Rule>,
    pub priority: i32,
    pub held: i32,
    pub capacity: i32,
    pub last_assign_time: Option<DateTime<Utc>>,
}

impl Looked {
    /// In words.
    #[must_use]
    pub fn explanation(&self) -> String {
        let last = self.last_assign_time.map_or_else(
            || "no lead yet".to_owned(),
            |at| {
                format!(
                    "last lead {}",
                    at.to_rfc3339_opts(SecondsFormat::Secs, true)
                )
            },
        );
        let figures = format!(
            "priority {}, {} of {} slots held, {last}",
            self.priority, self.held, self.capacity
        );
        match self.removed_by {
            Some(rule) => format!("{}: {figures}", rule.words()),
            None => figures,
        }
    }
}

/// What a look at the roster came to.
#[derive(Debug, Clone, Default)]
pub struct Survey {
    /// Who stands, best first.
    pub standing: Vec<Facts>,
    pub looked: Vec<Looked>,
    /// The next moment at which time alone brings somebody back.
    pub next_change_time: Option<DateTime<Utc>>,
}

/// Judges every candidate and puts those who stand into the order D3.
#[must_use]
pub fn survey(mut candidates: Vec<Facts>, now: DateTime<Utc>, excluded: &[ProviderId]) -> Survey {
    candidates.sort_by(Facts::order);
    let mut found = Survey::default();
    let mut removed = Vec::new();
    for facts in candidates {
        let rule = facts.removed_by(now, excluded);
        let mut looked = Looked {
            provider_id: facts.provider_id.clone(),
            rank: None,
            removed_by: rule,
            priority: facts.priority,
            held: facts.held,
            capacity: facts.capacity,
            last_assign_time: facts.last_assign_time,
        };
        match rule {
            None => {
                found.standing.push(facts);
                looked.rank = u32::try_from(found.standing.len()).ok();
                found.looked.push(looked);
            }
            Some(rule) => {
                let lifted = facts.lifted_at(rule, now);
                found.next_change_time = match (found.next_change_time, lifted) {
                    (Some(one), Some(other)) => Some(one.min(other)),
                    (one, other) => one.or(other),
                };
                removed.push(looked);
            }
        }
    }
    // Those of the cell before those from elsewhere in the country; else in the order D3.
    removed.sort_by_key(|looked| matches!(looked.removed_by, Some(Rule::Category | Rule::City)));
    found.looked.extend(removed);
    found
}

#[cfg(test)]
#[path = "matching_tests.rs"]
mod tests;
