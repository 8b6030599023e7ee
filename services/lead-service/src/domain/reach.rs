//! Whether an offer reached its provider: what the states of its messages mean together (D8).

use std::str::FromStr;

use super::attempt::InvalidName;

/// Where a delivery stands, as notification-service tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeliveryState {
    Queued,
    Sending,
    Unknown,
    Accepted,
    Expired,
    Withheld,
    NotPossible,
    Cancelled,
    Dead,
    Failed,
    Delivered,
}

impl DeliveryState {
    pub const ALL: [Self; 11] = [
        Self::Queued,
        Self::Sending,
        Self::Unknown,
        Self::Accepted,
        Self::Expired,
        Self::Withheld,
        Self::NotPossible,
        Self::Cancelled,
        Self::Dead,
        Self::Failed,
        Self::Delivered,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::Unknown => "unknown",
            Self::Accepted => "accepted",
            Self::Expired => "expired",
            Self::Withheld => "withheld",
            Self::NotPossible => "not_possible",
            Self::Cancelled => "cancelled",
            Self::Dead => "dead",
            Self::Failed => "failed",
            Self::Delivered => "delivered",
        }
    }

    /// A carrier has it, or its recipient.
    #[must_use]
    pub fn is_taken(self) -> bool {
        matches!(self, Self::Accepted | Self::Delivered)
    }

    /// It ended without reaching anybody.
    #[must_use]
    pub fn gave_up(self) -> bool {
        matches!(self, Self::Failed | Self::Dead)
    }
}

impl FromStr for DeliveryState {
    type Err = InvalidName;

    fn from_str(name: &str) -> Result<Self, InvalidName> {
        let mut all = Self::ALL.into_iter();
        all.find(|state| state.name() == name).ok_or(InvalidName)
    }
}

/// One message of an offer to its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub state: DeliveryState,
    /// "address", "suspect", "opted_out", "retry", "config", "credentials", "ambiguous" or empty.
    pub error_class: String,
    /// When a carrier took it, also where it failed later.
    pub accept_us: Option<i64>,
}

/// What the messages of an offer mean together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Nothing is known yet: some may still be sent.
    Waiting,
    /// A carrier took one; the first at this moment.
    Taken { first_us: i64 },
    /// None can reach the provider, for the addresses' sake.
    Undeliverable,
    /// All ended, none was taken, and a carrier is at fault for at least one.
    CarrierFails,
}

/// Nobody else than the address, or the rule of its country, is at fault.
fn for_the_address(message: &Message) -> bool {
    match message.state {
        DeliveryState::Withheld | DeliveryState::NotPossible => true,
        DeliveryState::Failed | DeliveryState::Dead => {
            matches!(message.error_class.as_str(), "address" | "opted_out")
        }
        _ => false,
    }
}

/// Adds an offer's messages up. No message at all is nothing known.
#[must_use]
pub fn of(messages: &[Message]) -> Reach {
    if messages.is_empty() {
        return Reach::Waiting;
    }
    if messages.iter().all(for_the_address) {
        return Reach::Undeliverable;
    }
    // What a carrier took and then gave up on reached nobody.
    let stands = messages.iter().filter(|m| !m.state.gave_up());
    if let Some(first_us) = stands.filter_map(|m| m.accept_us).min() {
        return Reach::Taken { first_us };
    }
    let open = |m: &Message| matches!(m.state, DeliveryState::Queued | DeliveryState::Sending);
    if messages.iter().any(open) {
        return Reach::Waiting;
    }
    Reach::CarrierFails
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(state: DeliveryState, class: &str) -> Message {
        Message {
            state,
            error_class: class.to_owned(),
            accept_us: state.is_taken().then_some(7),
        }
    }

    #[test]
    fn one_message_that_a_carrier_took_is_enough_d8() {
        let taken = message(DeliveryState::Accepted, "");
        let failed = message(DeliveryState::Failed, "address");
        assert_eq!(of(&[failed, taken]), Reach::Taken { first_us: 7 });
    }

    #[test]
    fn a_message_that_was_taken_and_then_bounced_reached_nobody_d8() {
        let bounced = Message {
            accept_us: Some(7),
            ..message(DeliveryState::Failed, "address")
        };
        let queued = message(DeliveryState::Queued, "credentials");
        assert_eq!(of(&[bounced.clone(), queued]), Reach::Waiting);
        let refused = message(DeliveryState::Failed, "config");
        assert_eq!(of(&[bounced, refused]), Reach::CarrierFails);
    }

    #[test]
    fn addresses_release_and_carriers_do_not_d8() {
        let wrong = message(DeliveryState::Failed, "address");
        let out = message(DeliveryState::Failed, "opted_out");
        let never = message(DeliveryState::NotPossible, "");
        assert_eq!(of(&[wrong.clone(), out, never]), Reach::Undeliverable);
        for (state, class) in [
            (DeliveryState::Dead, "retry"),
            (DeliveryState::Failed, "config"),
            (DeliveryState::Failed, "credentials"),
            (DeliveryState::Unknown, "ambiguous"),
            (DeliveryState::Expired, ""),
        ] {
            assert_eq!(
                of(&[wrong.clone(), message(state, class)]),
                Reach::CarrierFails
            );
        }
        assert_eq!(
            of(&[wrong, message(DeliveryState::Queued, "")]),
            Reach::Waiting
        );
    }

    #[test]
    fn what_was_taken_and_failed_for_its_address_later_reaches_nobody() {
        let mut bounced = message(DeliveryState::Failed, "address");
        bounced.accept_us = Some(3);
        assert_eq!(of(&[bounced]), Reach::Undeliverable);
    }

    proptest! {
        /// Nobody is released while one message was taken, or while any may still be sent.
        #[test]
        fn nobody_is_released_who_may_know_of_the_offer(
            states in proptest::collection::vec((0..11usize, 0..6usize), 0..5)
        ) {
            let classes = ["", "address", "opted_out", "retry", "config", "suspect"];
            let messages: Vec<_> = states
                .into_iter()
                .map(|(state, class)| message(DeliveryState::ALL[state], classes[class]))
                .collect();
            if of(&messages) == Reach::Undeliverable {
                prop_assert!(!messages.is_empty());
                prop_assert!(messages.iter().all(for_the_address));
            }
            let taken = messages.iter().any(|m| m.state.is_taken());
            let reached = matches!(of(&messages), Reach::Taken { .. });
            prop_assert!(!taken || reached);
        }
    }
}
