//! What a closed call cost, as lead-service's ledger is told (R74 to R78): what the carrier bills, what
//! each conversation with an agent cost, and whether anything of it is still to come. Unknown is never
//! zero (D4).

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::call::{Call, Class};
use super::conversation::Conversation;

/// So long after its end a call's missing figures are asked for.
pub(crate) const LATEST: TimeDelta = TimeDelta::days(3);

/// What telephony says of the call as the carrier bills it.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// When it rang.
    pub start_time: Option<DateTime<Utc>>,
    pub duration: Option<Duration>,
    pub called_number: String,
    pub with_agent: bool,
    /// Turned away before it was answered.
    pub rejected: bool,
}

impl Carried {
    /// Of a call that telephony does not know: nothing while it may still learn of it, which it does by
    /// asking the carrier. What nobody can tell is then unknown rather than none (D4): unless it never
    /// began it may have had the agent.
    #[must_use]
    pub fn untold(call: &Call, is_conversation: bool, now: DateTime<Utc>) -> Option<Self> {
        // A conversation that names no call is one of its own in the books; no carrier knows it.
        (is_conversation || now - call.end_time >= LATEST).then(|| Self {
            with_agent: !call.never_began(),
            ..Self::default()
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallCost {
    pub call_sid: String,
    /// Empty: the number is none of ours.
    pub site_id: String,
    pub class: Class,
    pub start_time: DateTime<Utc>,
    pub end_time: DateTime<Utc>,
    /// As the carrier bills it; none: unknown.
    pub duration: Option<Duration>,
    pub called_number: String,
    pub with_agent: bool,
    /// The caller spoke in a conversation, or on a recording (R76).
    pub heard: bool,
    pub conversations: Vec<ConversationCost>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationCost {
    pub id: String,
    /// Empty where it is none of ours.
    pub agent_name: String,
    pub duration: Option<Duration>,
    /// In the vendor's credits.
    pub credits: Option<i64>,
    /// In millionths of a US dollar.
    pub usd_micros: Option<i64>,
}

impl CallCost {
    #[must_use]
    pub fn of(
        call: Call,
        class: Class,
        carried: Carried,
        heard: bool,
        conversations: &[Conversation],
    ) -> Self {
        let never_began = call.never_began() || carried.rejected;
        let told = call.duration_ms.and_then(|ms| u64::try_from(ms).ok());
        let told = carried.duration.or(told.map(Duration::from_millis));
        let duration = if never_began {
            Some(Duration::ZERO)
        } else {
            told
        };
        let first = conversations.iter().filter_map(|one| one.start_time).min();
        let counted = duration.and_then(|length| TimeDelta::from_std(length).ok());
        let start = carried.start_time.or(first);
        let start = start.or(counted.and_then(|length| call.end_time.checked_sub_signed(length)));
        let start_time = start.unwrap_or(call.end_time);
        Self {
            site_id: call.site_id,
            class,
            start_time,
            // The carrier counts whole seconds by a clock of its own.
            end_time: call.end_time.max(start_time),
            duration,
            called_number: carried.called_number,
            with_agent: carried.with_agent,
            heard,
            conversations: conversations.iter().map(ConversationCost::of).collect(),
            call_sid: call.call_sid,
        }
    }

    /// Whether to ask again: a figure is missing that may still come.
    #[must_use]
    pub fn is_awaited(&self, now: DateTime<Utc>) -> bool {
        let silent = self.with_agent && self.conversations.is_empty();
        let unpriced = self.conversations.iter().any(|one| !one.is_priced());
        (silent || unpriced || self.duration.is_none()) && now - self.end_time < LATEST
    }
}

impl ConversationCost {
    fn of(conversation: &Conversation) -> Self {
        Self {
            id: conversation.id.clone(),
            agent_name: conversation.agent_name.clone(),
            duration: conversation.duration,
            credits: conversation.cost_credits,
            usd_micros: conversation.cost_usd_micros,
        }
    }

    /// The vendor named its price; no credits are none in money.
    fn is_priced(&self) -> bool {
        self.usd_micros.is_some() || self.credits == Some(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_795_253_400 + second, 0).unwrap()
    }

    fn call(state: &str, duration_ms: Option<i64>) -> Call {
        Call {
            call_sid: "CA1".to_owned(),
            site_id: "plombiersgeneve".to_owned(),
            conversation_id: String::new(),
            state: state.to_owned(),
            duration_ms,
            end_time: at(180),
        }
    }

    fn answered() -> Carried {
        Carried {
            start_time: Some(at(-3)),
            with_agent: true,
            ..Carried::default()
        }
    }

    fn conversation(usd_micros: Option<i64>, credits: Option<i64>) -> Conversation {
        Conversation {
            id: "conv_1".to_owned(),
            start_time: Some(at(1)),
            cost_usd_micros: usd_micros,
            cost_credits: credits,
            ..Conversation::default()
        }
    }

    #[test]
    fn a_call_that_never_began_or_was_turned_away_is_billed_for_no_second() {
        for state in ["busy", "failed", "no_answer", "canceled"] {
            let cost = CallCost::of(
                call(state, None),
                Class::HangUp,
                Carried::default(),
                false,
                &[],
            );
            assert_eq!(cost.duration, Some(Duration::ZERO), "{state}");
        }
        let turned_away = Carried {
            rejected: true,
            ..Carried::default()
        };
        let cost = CallCost::of(
            call("completed", None),
            Class::HangUp,
            turned_away,
            false,
            &[],
        );
        assert_eq!(cost.duration, Some(Duration::ZERO));
        assert!(!cost.is_awaited(at(200)));
    }

    #[test]
    fn a_length_that_nobody_told_is_unknown_and_asked_for_again_d4() {
        let cost = CallCost::of(call("completed", None), Class::Lead, answered(), true, &[]);
        assert_eq!(cost.duration, None);
        assert!(cost.is_awaited(at(200)));
        let known = Carried {
            duration: Some(Duration::from_secs(181)),
            ..answered()
        };
        let cost = CallCost::of(
            call("completed", Some(90_000)),
            Class::Lead,
            known,
            true,
            &[],
        );
        assert_eq!(cost.duration, Some(Duration::from_secs(181)));
    }

    #[test]
    fn a_price_is_awaited_for_three_days_and_no_credits_are_a_price_r75() {
        let with = |usd, credits| {
            let told = [conversation(usd, credits)];
            CallCost::of(
                call("completed", Some(180_000)),
                Class::Lead,
                answered(),
                true,
                &told,
            )
        };
        assert!(with(None, Some(58)).is_awaited(at(3 * 86_400 + 179)));
        assert!(!with(None, Some(58)).is_awaited(at(3 * 86_400 + 180)));
        assert!(!with(Some(43_500), Some(58)).is_awaited(at(200)));
        assert!(!with(None, Some(0)).is_awaited(at(200)));
        let silent = CallCost::of(
            call("completed", Some(9_000)),
            Class::Flagged,
            answered(),
            true,
            &[],
        );
        assert!(
            silent.is_awaited(at(200)),
            "its conversation may still be found"
        );
    }

    #[test]
    fn a_call_that_telephony_does_not_know_began_with_its_conversation() {
        let lone = [conversation(Some(40_000), None)];
        let cost = CallCost::of(
            call("unknown", None),
            Class::Lead,
            Carried::default(),
            true,
            &lone,
        );
        assert_eq!((cost.start_time, cost.end_time), (at(1), at(180)));
        let late = Carried {
            start_time: Some(at(181)),
            ..Carried::default()
        };
        let cost = CallCost::of(call("failed", None), Class::HangUp, late, false, &[]);
        assert_eq!((cost.start_time, cost.end_time), (at(181), at(181)));
        let cost = CallCost::of(
            call("completed", Some(60_000)),
            Class::Spam,
            Carried::default(),
            true,
            &[],
        );
        assert_eq!(cost.start_time, at(120));
    }

    #[test]
    fn a_call_that_telephony_does_not_know_yet_is_waited_for_and_then_unknown_d4() {
        let ended = call("completed", Some(60_000));
        assert!(Carried::untold(&ended, false, at(3 * 86_400 + 179)).is_none());
        let given_up = at(3 * 86_400 + 180);
        assert!(Carried::untold(&ended, false, given_up).unwrap().with_agent);
        assert!(Carried::untold(&ended, true, at(200)).unwrap().with_agent);
        let never = Carried::untold(&call("busy", None), false, given_up);
        assert!(!never.unwrap().with_agent);
    }
}
