//! A recovered lead, and who was told of it before a loss (B3): what roster, notification-service
//! and the carriers still show, added up.
//!
//! A lead of which a provider was told goes to that provider or to the operator, never to a new
//! one; where the three leave a doubt, to the operator.

use std::collections::BTreeSet;

use super::lead::Before;

/// From what a lead is recovered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The vendor's log of a tool call.
    ToolExecution,
    /// The vendor's data collection over the transcript.
    DataCollection,
}

impl Source {
    /// As the events spell it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ToolExecution => "tool_execution",
            Self::DataCollection => "data_collection",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeldState {
    Reserved,
    Confirmed,
    Completed,
    Released,
}

/// One assignment of the lead at the roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub attempt: i32,
    pub provider_id: String,
    pub state: HeldState,
    /// Why it was released.
    pub cause: String,
}

/// What a message to a provider is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Offer,
    Confirmed,
    Released,
    Other,
}

/// A message to a provider that notification-service kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub attempt: i32,
    /// Empty where it is not known.
    pub provider_id: String,
    pub about: About,
    /// It left, or may still leave.
    pub live: bool,
}

/// A message that a carrier shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub masked_address: String,
    pub to_operator: bool,
    pub send_us: Option<i64>,
}

/// A provider to whose very address a carrier shows a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reached {
    pub provider_id: String,
    /// It does the lead's trade.
    pub takes_it: bool,
    pub masked_addresses: Vec<String>,
    /// The first message to it.
    pub send_us: i64,
}

/// Whose the lead is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// No provider was told: the ordinary way.
    Nobody,
    /// It has this attempt, and the lead goes to nobody else.
    With { attempt: i32, before: Before },
    /// A person decides; why, in words.
    Operator(&'static str),
}

/// What roster and notification-service say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Books {
    Settled(Verdict),
    /// The roster has it with this provider; whether it was told, only the carriers know.
    Standing {
        attempt: i32,
        provider_id: String,
    },
    /// Neither knows of a provider.
    Silent,
}

fn with(attempt: i32, provider_id: &str, confirmed: bool, told_us: Option<i64>) -> Verdict {
    Verdict::With {
        attempt,
        before: Before {
            ask_since_us: None,
            provider_id: Some(provider_id.to_owned()),
            told_us,
            confirmed,
        },
    }
}

/// The books of roster and notification-service.
#[must_use]
pub fn by_books(held: &[Held], kept: &[Kept]) -> Books {
    let settled = |words| Books::Settled(Verdict::Operator(words));
    if let Some(stands) = held.iter().find(|one| one.state != HeldState::Released) {
        let known = kept.iter().any(|one| one.attempt == stands.attempt);
        return match stands.state {
            HeldState::Completed => settled("the roster has it as finished by its provider"),
            HeldState::Confirmed => {
                Books::Settled(with(stands.attempt, &stands.provider_id, true, None))
            }
            // A repeat of the notice writes nothing where the first one is kept.
            _ if known => Books::Settled(with(stands.attempt, &stands.provider_id, false, None)),
            _ => Books::Standing {
                attempt: stands.attempt,
                provider_id: stands.provider_id.clone(),
            },
        };
    }
    if !held.is_empty() || kept.iter().any(|one| one.about == About::Released) {
        return settled("a provider had it and no longer does");
    }
    let live = kept.iter().filter(|one| one.live);
    let told: BTreeSet<(i32, &str)> = live.map(|k| (k.attempt, k.provider_id.as_str())).collect();
    match told.iter().collect::<Vec<_>>()[..] {
        [] => Books::Silent,
        [(attempt, provider)] if !provider.is_empty() => {
            let confirmed = kept.iter().any(|one| one.about == About::Confirmed);
            Books::Settled(with(*attempt, provider, confirmed, None))
        }
        _ => settled("messages about it went to more than one provider"),
    }
}

/// The roster's standing attempt, with what the carriers show of its provider.
#[must_use]
pub fn standing(attempt: i32, provider_id: &str, reached: &[Reached]) -> Verdict {
    let told = reached.iter().find(|one| one.provider_id == provider_id);
    with(attempt, provider_id, false, told.map(|one| one.send_us))
}

/// The carriers alone. `customer`: the customer's own addresses, masked; `sorted`: a match can be
/// asked for.
#[must_use]
pub fn by_carriers(
    seen: &[Sighting],
    customer: &[String],
    reached: &[Reached],
    sorted: bool,
    attempt: i32,
) -> Verdict {
    let explained = |one: &Sighting| {
        one.to_operator
            || customer.contains(&one.masked_address)
            || reached
                .iter()
                .any(|provider| provider.masked_addresses.contains(&one.masked_address))
    };
    match reached {
        _ if !seen.iter().all(explained) => {
            Verdict::Operator("a carrier shows a message to somebody whom the roster does not have")
        }
        [] => Verdict::Nobody,
        [one] if one.takes_it && sorted => {
            with(attempt, &one.provider_id, false, Some(one.send_us))
        }
        [_] => Verdict::Operator(
            "a carrier shows a message to a provider who does not do this trade any more",
        ),
        _ => Verdict::Operator("carriers show messages to more than one provider"),
    }
}

#[cfg(test)]
#[path = "recovery_tests.rs"]
mod tests;
