//! A delivery is one message to one recipient by one channel. This file holds its states and the
//! only way in which they move: by events, forward (I15), each ending somewhere visible (I10).

use chrono::{DateTime, Utc};
use uuid::Uuid;

macro_rules! named {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name { $($variant),+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

named! {
    /// By what a message travels.
    Channel { Whatsapp = "whatsapp", Sms = "sms", Email = "email" }
}

named! {
    /// To whom it goes.
    Recipient { Provider = "provider", Customer = "customer", Operator = "operator" }
}

named! {
    /// Where a delivery stands.
    State {
        Queued = "queued", Sending = "sending", Accepted = "accepted", Delivered = "delivered",
        Failed = "failed", Dead = "dead", Expired = "expired", Withheld = "withheld",
        NotPossible = "not_possible", Unknown = "unknown", Cancelled = "cancelled",
    }
}

named! {
    /// What a delivery says.
    Template {
        ProviderOffer = "provider_offer", CustomerConfirmation = "customer_confirmation",
        CustomerUnmatched = "customer_unmatched", OperatorCopy = "operator_copy",
        OperatorUnmatched = "operator_unmatched", OperatorAlarm = "operator_alarm",
        InboundReply = "inbound_reply", ProviderReminder = "provider_reminder",
        ProviderReleased = "provider_released", ProviderConfirmed = "provider_confirmed",
        ProviderResult = "provider_result", ProviderAnswer = "provider_answer",
        CustomerAnswer = "customer_answer", ChannelProof = "channel_proof",
        OperatorReleased = "operator_released", OperatorConfirmed = "operator_confirmed",
        CallSummary = "call_summary",
    }
}

impl Template {
    /// Whether a WhatsApp text of it is approved, and so may open a conversation (fact sheet
    /// Twilio 3.4); the texts stand in `text/whatsapp.rs`.
    #[must_use]
    pub const fn opens_whatsapp(self) -> bool {
        matches!(
            self,
            Self::ProviderOffer | Self::ProviderReleased | Self::ChannelProof
        )
    }

    /// Whether it answers a message that just came in: on WhatsApp within the 24 h in which words
    /// of our own are taken.
    #[must_use]
    pub const fn is_answer(self) -> bool {
        matches!(self, Self::ProviderAnswer | Self::CustomerAnswer)
    }
}

named! {
    /// What is due next.
    Task { Send = "send", LookUp = "look_up", Poll = "poll" }
}

/// A delivery as it may be shown: ids and masked forms, no personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    pub id: Uuid,
    pub message_key: String,
    pub template: Template,
    pub recipient: Recipient,
    pub channel: Channel,
    pub lead_id: Option<Uuid>,
    pub state: State,
    pub masked_address: String,
    pub reference: String,
    /// The provider of a message to a provider; empty for others.
    pub recipient_id: String,
    pub carrier_id: Option<String>,
    pub attempts: i64,
    /// Sends whose outcome was unknown for a while (B7).
    pub ambiguous_attempts: i64,
    /// Country of the number; empty for email.
    pub country: String,
    /// Parts of an SMS as carriers count and bill them; 0 where unknown, and for other channels.
    pub segments: i64,
    pub reason: String,
    /// Name of the last error's class, or empty.
    pub error_class: String,
    pub create_time: DateTime<Utc>,
    pub accept_time: Option<DateTime<Utc>>,
    pub settle_time: Option<DateTime<Utc>>,
    pub not_after: DateTime<Utc>,
}

/// What happened to a delivery. The first group is what we did, the second what a carrier says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    Claimed,
    TryAgain,
    GaveUp,
    TimePassed,
    TakenBack,
    /// Its outcome cannot be found out; it is not repeated.
    Untraceable,
    /// The country rule, seen again right before the send.
    HeldBack,
    CarrierHasIt,
    ReachedRecipient,
    Refused,
    /// The carrier had it, failed, and another try makes sense.
    FailedForNow,
    /// The operator's own hand: it ended without reaching anybody, and is sent again.
    AskedAgain,
}

impl State {
    /// Nothing more will happen to it, except that a carrier may tell what it did.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        !matches!(self, Self::Queued | Self::Sending | Self::Accepted)
    }

    /// The state after `event`, or nothing where the event changes nothing.
    ///
    /// What a carrier reports about a message that it has outweighs our own belief that it was
    /// never sent (`expired`, `dead`, `cancelled`, `unknown`); nothing outweighs `delivered`, a
    /// refusal, or a message that the rules never let go.
    #[must_use]
    pub const fn after(self, event: Event) -> Option<Self> {
        use Event as E;
        use State as S;
        let next = match (self, event) {
            (S::Queued, E::Claimed) => S::Sending,
            (S::Sending, E::TryAgain) => S::Queued,
            (S::Queued | S::Sending, E::GaveUp) => S::Dead,
            (S::Queued | S::Sending, E::TimePassed) => S::Expired,
            // A claimed one may be taken back only when it is known that it never left.
            (S::Queued | S::Sending, E::TakenBack) => S::Cancelled,
            (S::Sending, E::Untraceable) => S::Unknown,
            (S::Queued | S::Sending, E::HeldBack) => S::Withheld,
            (
                S::Queued | S::Sending | S::Unknown | S::Expired | S::Dead | S::Cancelled,
                E::CarrierHasIt,
            ) => S::Accepted,
            (
                S::Queued
                | S::Sending
                | S::Accepted
                | S::Unknown
                | S::Expired
                | S::Dead
                | S::Cancelled,
                E::ReachedRecipient,
            ) => S::Delivered,
            (S::Queued | S::Sending | S::Accepted | S::Unknown, E::Refused) => S::Failed,
            (S::Sending | S::Accepted, E::FailedForNow) => S::Queued,
            (S::Dead | S::Expired | S::Failed, E::AskedAgain) => S::Queued,
            _ => return None,
        };
        Some(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// All but the operator's hand, which alone leads out of a final state.
    const EVENTS: [Event; 11] = [
        Event::Claimed,
        Event::TryAgain,
        Event::GaveUp,
        Event::TimePassed,
        Event::TakenBack,
        Event::Untraceable,
        Event::HeldBack,
        Event::CarrierHasIt,
        Event::ReachedRecipient,
        Event::Refused,
        Event::FailedForNow,
    ];

    fn run(start: State, events: &[Event]) -> Vec<State> {
        let mut states = vec![start];
        for event in events {
            let now = *states.last().unwrap();
            states.extend(now.after(*event));
        }
        states
    }

    proptest! {
        /// I15: whatever comes in whatever order, what is delivered, refused or held back stays so.
        #[test]
        fn a_final_state_is_never_left(picks in prop::collection::vec(0..EVENTS.len(), 0..40)) {
            let events: Vec<Event> = picks.iter().map(|i| EVENTS[*i]).collect();
            let states = run(State::Queued, &events);
            for pair in states.windows(2) {
                prop_assert!(!matches!(
                    pair[0],
                    State::Delivered | State::Failed | State::Withheld | State::NotPossible
                ), "left {:?}", pair[0]);
            }
        }

        /// I11: once a carrier has it, only the carrier's own word makes it go out again.
        #[test]
        fn accepted_is_sent_again_only_when_the_carrier_failed(
            picks in prop::collection::vec(0..EVENTS.len(), 0..40)
        ) {
            let mut state = State::Queued;
            for i in picks {
                let event = EVENTS[i];
                let Some(next) = state.after(event) else { continue };
                if state == State::Accepted && next == State::Queued {
                    prop_assert_eq!(event, Event::FailedForNow);
                }
                prop_assert!(next != State::Sending || state == State::Queued);
                state = next;
            }
        }

        /// The same report twice changes nothing the second time.
        #[test]
        fn a_repeated_report_changes_nothing(
            picks in prop::collection::vec(0..EVENTS.len(), 0..30), last in 7..10_usize
        ) {
            let events: Vec<Event> = picks.iter().map(|i| EVENTS[*i]).collect();
            let state = *run(State::Queued, &events).last().unwrap();
            if let Some(next) = state.after(EVENTS[last]) {
                prop_assert_eq!(next.after(EVENTS[last]), None);
            }
        }
    }

    #[test]
    fn every_state_and_template_reads_back_from_its_name() {
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(*state));
        }
        for template in Template::ALL {
            assert_eq!(Template::parse(template.name()), Some(*template));
        }
    }
}
