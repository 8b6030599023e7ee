//! The standing of a channel: what is believed of one declared address, and how evidence moves it.
//! A fault ends by a proof or with the address; a recipient's no ends by their yes or with the
//! address. Evidence older than the declaration says nothing about it.

use chrono::{DateTime, TimeDelta, Utc};

use super::channel::Health;

/// Two suspicions this far apart at most are one fault.
pub const SUSPICION_WINDOW: TimeDelta = TimeDelta::days(30);

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub health: Health,
    /// The address is wrong until it is proven; stands also beneath a recipient's no.
    pub faulty: bool,
    /// When the health last changed, or the address was declared.
    pub health_time: DateTime<Utc>,
    /// Stable and without personal data: "TWILIO_21211", "operator:ana"; empty when nothing happened.
    pub health_cause: String,
    pub declared_time: DateTime<Utc>,
    /// The one suspicion that no delivery took back yet.
    pub suspect_time: Option<DateTime<Utc>>,
    /// The latest message known to have arrived.
    pub reach_time: Option<DateTime<Utc>>,
}

/// What a piece of evidence says about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// It is wrong or unusable for good.
    Wrong,
    /// The number is unknown or no longer in service: wrong, but where a message arrived before
    /// only at the second.
    Gone,
    Suspect,
    /// A message arrived.
    Reached,
    /// The recipient wrote from it.
    Answered,
    /// A code came back, or the receipt of a test.
    Proof,
    OptedOut,
    OptedIn,
    /// Somebody takes it out of use.
    Withdrawn,
}

impl Standing {
    /// Of an address that is declared for the first time.
    #[must_use]
    pub fn new(now: DateTime<Utc>) -> Self {
        Self {
            health: Health::Unproven,
            faulty: false,
            health_time: now,
            health_cause: String::new(),
            declared_time: now,
            suspect_time: None,
            reach_time: None,
        }
    }

    /// Of an address that is declared again after it was replaced. A recipient's no and a known fault
    /// outlive the detour; a proof does not.
    #[must_use]
    pub fn on_return(&self, now: DateTime<Utc>) -> Self {
        let fresh = Self::new(now);
        if self.health.serves() {
            return fresh;
        }
        Self {
            health: self.health,
            faulty: self.faulty,
            health_cause: self.health_cause.clone(),
            ..fresh
        }
    }

    /// The standing after a sign of `at`; nothing where it says nothing.
    #[must_use]
    pub fn weigh(
        &self,
        sign: Sign,
        at: DateTime<Utc>,
        cause: &str,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        if at < self.declared_time {
            return None;
        }
        let mut next = self.clone();
        let mut proven = self.health == Health::Proven;
        let mut opted_out = self.health == Health::OptedOut;
        match sign {
            Sign::Wrong | Sign::Withdrawn => next.faulty = true,
            Sign::Gone if self.reach_time.is_none() => next.faulty = true,
            Sign::Gone | Sign::Suspect => next.suspect(at),
            Sign::Reached => next.reach(at),
            Sign::Answered => {
                next.reach(at);
                proven = true;
            }
            Sign::Proof => {
                next.reach(at);
                next.faulty = false;
                proven = true;
            }
            Sign::OptedOut => opted_out = true,
            Sign::OptedIn => opted_out = false,
        }
        next.health = if opted_out {
            Health::OptedOut
        } else if next.faulty {
            Health::Quarantined
        } else if proven {
            Health::Proven
        } else {
            Health::Unproven
        };
        if next.faulty {
            next.suspect_time = None;
        }
        // A proof counts anew each time, so that who gave it can be told.
        let renewed = sign == Sign::Proof && next.health == Health::Proven;
        if renewed || next.health != self.health {
            next.health_time = now;
            cause.clone_into(&mut next.health_cause);
        }
        (next != *self).then_some(next)
    }

    /// Whether its health was written anew between `before` and this.
    #[must_use]
    pub fn is_news_after(&self, before: &Self) -> bool {
        (self.health, self.health_time) != (before.health, before.health_time)
    }

    fn suspect(&mut self, at: DateTime<Utc>) {
        if self.reach_time.is_some_and(|reached| reached >= at) {
            return;
        }
        match self.suspect_time {
            Some(first) if (at - first).abs() <= SUSPICION_WINDOW => self.faulty = true,
            first => self.suspect_time = first.max(Some(at)),
        }
    }

    fn reach(&mut self, at: DateTime<Utc>) {
        self.reach_time = self.reach_time.max(Some(at));
        self.suspect_time = self.suspect_time.filter(|suspect| *suspect > at);
    }
}

#[cfg(test)]
#[path = "standing_tests.rs"]
mod tests;
