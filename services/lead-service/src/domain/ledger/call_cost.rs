//! What a closed call cost, as quality-service tells it: one fact for the carrier, and one for each
//! conversation with the agent. Spam and hang-ups cost too.

use chrono::{DateTime, Utc};

use super::cost::{Belongs, Fact, Part, Quantity, Word};
use super::economics::Call;
use super::money::Amount;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosedCall {
    /// Its site is empty where the number is none of ours.
    pub call: Call,
    pub end: DateTime<Utc>,
    pub number: String,
    /// The caller was handed to the agent.
    pub with_agent: bool,
    pub conversations: Vec<Spoken>,
}

/// A conversation with the agent, by its vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spoken {
    pub id: String,
    pub agent: String,
    pub seconds: Option<u32>,
    pub credits: Option<u32>,
    pub actual: Option<Amount>,
}

/// The key of the agent's line of a conversation.
#[must_use]
pub fn conversation_key(conversation_id: &str) -> String {
    format!("conversation:{conversation_id}:agent")
}

impl ClosedCall {
    /// All that it cost. A call that had the agent and of which no conversation is told has a line
    /// whose amount is unknown, not zero.
    #[must_use]
    pub fn facts(&self, country: &str) -> Vec<Fact> {
        let sid = &self.call.id;
        let carrier = self.call.seconds.map(Quantity::Seconds);
        let mut facts = vec![self.fact(
            format!("call:{sid}:carrier"),
            Part::Carrier,
            country,
            said(None, carrier),
        )];
        if self.conversations.is_empty() && self.with_agent {
            let key = format!("call:{sid}:agent");
            facts.push(self.fact(key, Part::Agent, country, Word::NotYet));
        }
        facts.extend(self.conversations.iter().map(|spoken| {
            let credits = spoken.credits.map(Quantity::Credits);
            let seconds = spoken.seconds.map(Quantity::Seconds);
            let word = said(spoken.actual, credits.into_iter().chain(seconds));
            let mut fact = self.fact(conversation_key(&spoken.id), Part::Agent, country, word);
            fact.belongs.conversation = Some(spoken.id.clone());
            fact.belongs.agent = some(&spoken.agent);
            fact
        }));
        facts
    }

    fn fact(&self, key: String, part: Part, country: &str, word: Word) -> Fact {
        Fact {
            key,
            part,
            at: self.call.at,
            belongs: Belongs {
                site: self.call.site.clone(),
                number: some(&self.number),
                call: Some(self.call.id.clone()),
                agent: some(&self.call.agent),
                ..Belongs::default()
            },
            country: country.to_owned(),
            word,
        }
    }
}

fn said(actual: Option<Amount>, quantities: impl IntoIterator<Item = Quantity>) -> Word {
    Word::Said {
        actual,
        quantities: quantities.into_iter().collect(),
    }
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ledger::economics::Class;

    fn call(with_agent: bool, conversations: Vec<Spoken>) -> ClosedCall {
        let at = "2026-01-31T23:59:30Z".parse().unwrap();
        ClosedCall {
            call: Call {
                id: "CA1".to_owned(),
                site: "plombiersgeneve".to_owned(),
                agent: "eric".to_owned(),
                at,
                seconds: Some(61),
                class: Class::Spam,
                heard: true,
            },
            end: at,
            number: "+41225394512".to_owned(),
            with_agent,
            conversations,
        }
    }

    fn told(call: &ClosedCall) -> Vec<(String, Word)> {
        let facts = call.facts("CH").into_iter();
        facts.map(|fact| (fact.key, fact.word)).collect()
    }

    #[test]
    fn a_call_that_had_the_agent_and_no_conversation_is_waited_for_d4() {
        let carrier = (
            "call:CA1:carrier".to_owned(),
            said(None, [Quantity::Seconds(61)]),
        );
        assert_eq!(
            told(&call(false, Vec::new())),
            std::slice::from_ref(&carrier)
        );
        let waits = ("call:CA1:agent".to_owned(), Word::NotYet);
        assert_eq!(told(&call(true, Vec::new())), [carrier, waits]);
    }

    #[test]
    fn credits_are_priced_before_seconds_and_the_vendor_s_figure_before_both() {
        let spoken = Spoken {
            id: "conv_1".to_owned(),
            agent: "eric".to_owned(),
            seconds: Some(90),
            credits: Some(400),
            actual: Some("USD 0.04".parse().unwrap()),
        };
        let facts = call(true, vec![spoken]).facts("CH");
        let agent = &facts[1];
        assert_eq!(agent.key, "conversation:conv_1:agent");
        assert_eq!(agent.belongs.conversation.as_deref(), Some("conv_1"));
        assert_eq!(agent.belongs.call.as_deref(), Some("CA1"));
        let quantities = [Quantity::Credits(400), Quantity::Seconds(90)];
        assert_eq!(
            agent.word,
            said(Some("USD 0.04".parse().unwrap()), quantities)
        );
    }

    #[test]
    fn what_nobody_measured_has_no_quantity() {
        let mut unmeasured = call(false, Vec::new());
        unmeasured.call.seconds = None;
        assert_eq!(told(&unmeasured)[0].1, said(None, None));
    }
}
