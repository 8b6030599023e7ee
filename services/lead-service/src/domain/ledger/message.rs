//! What a message cost, as notification's outcomes tell it: a line once a carrier took it.
//!
//! A line moves forward only: what may have cost something becomes what did, and what was counted
//! stays counted, so that an outcome told again, or late, changes nothing.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::cost::{Belongs, Fact, Part, Quantity, Word};
use crate::domain::reach::DeliveryState;

/// A message as its outcome shows it; ids only.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sent {
    pub delivery_id: String,
    pub message_key: String,
    /// "whatsapp", "sms" or "email".
    pub channel: String,
    pub state: String,
    /// Whose price holds; empty for emails.
    pub country: String,
    /// 0: unknown.
    pub segments: u32,
    pub lead_id: String,
    pub provider_id: String,
    pub create_us: i64,
    pub accept_us: Option<i64>,
}

/// What an outcome says of the cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Cost(Word),
    /// It was never taken.
    Free,
    /// It is still on its way.
    Nothing,
}

impl Sent {
    #[must_use]
    pub fn key(&self) -> String {
        format!("message:{}", self.delivery_id)
    }

    #[must_use]
    pub fn told(&self) -> Told {
        use DeliveryState as S;
        let Ok(state) = self.state.parse::<S>() else {
            return Told::Nothing;
        };
        if self.accept_us.is_some() || state.is_taken() {
            let quantity = match (self.channel.as_str(), self.segments) {
                ("sms", 0) => None,
                ("sms", segments) => Some(Quantity::Segments(segments)),
                _ => Some(Quantity::Message),
            };
            return Told::Cost(Word::Said {
                actual: None,
                quantities: quantity.into_iter().collect(),
            });
        }
        match state {
            // The carrier may have taken it.
            S::Unknown => Told::Cost(Word::NotYet),
            S::Queued | S::Sending => Told::Nothing,
            _ => Told::Free,
        }
    }

    /// The lead that it is about: named, or in its key.
    #[must_use]
    pub fn lead(&self) -> Option<Uuid> {
        let in_key = || self.message_key.strip_prefix("lead:")?.split(':').next();
        let named = Some(self.lead_id.as_str()).filter(|id| !id.is_empty());
        Uuid::try_parse(named.or_else(in_key)?).ok()
    }

    /// The conversation that it sums up (R52).
    #[must_use]
    pub fn conversation(&self) -> Option<&str> {
        let id = self.message_key.strip_prefix("summary:")?;
        (!id.is_empty()).then_some(id)
    }

    /// `country` where the outcome names none.
    #[must_use]
    pub fn fact(&self, word: Word, belongs: Belongs, country: &str) -> Option<Fact> {
        let part = match self.channel.as_str() {
            "sms" => Part::Sms,
            "whatsapp" => Part::Whatsapp,
            "email" => Part::Email,
            _ => return None,
        };
        let at = self.accept_us.unwrap_or(self.create_us);
        Some(Fact {
            key: self.key(),
            part,
            at: DateTime::<Utc>::from_timestamp_micros(at)?,
            belongs,
            country: match self.country.as_str() {
                "" => country.to_owned(),
                named => named.to_owned(),
            },
            word,
        })
    }
}

/// Whether a word says more than the one that stands.
#[must_use]
pub fn is_news(word: &Word, standing: &Word) -> bool {
    let rank = |word: &Word| match word {
        Word::NotYet => 0,
        Word::Said { quantities, .. } if quantities.is_empty() => 1,
        Word::Said { .. } => 2,
    };
    rank(word) > rank(standing)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(state: &str, accept_us: Option<i64>, segments: u32) -> Sent {
        Sent {
            delivery_id: "d1".to_owned(),
            message_key: "lead:6e4f6a58-0c6e-5f0e-8d0b-6c2f3a1d9e77:1".to_owned(),
            channel: "sms".to_owned(),
            state: state.to_owned(),
            country: "CH".to_owned(),
            segments,
            lead_id: String::new(),
            provider_id: String::new(),
            create_us: 5,
            accept_us,
        }
    }

    fn counted(segments: u32) -> Told {
        let quantities = vec![Quantity::Segments(segments)];
        Told::Cost(Word::Said {
            actual: None,
            quantities,
        })
    }

    #[test]
    fn a_message_costs_once_a_carrier_took_it_whatever_became_of_it() {
        assert_eq!(sent("queued", None, 2).told(), Told::Nothing);
        assert_eq!(sent("sending", None, 2).told(), Told::Nothing);
        assert_eq!(sent("accepted", Some(7), 2).told(), counted(2));
        assert_eq!(sent("delivered", None, 2).told(), counted(2));
        assert_eq!(
            sent("failed", Some(7), 2).told(),
            counted(2),
            "taken, then lost"
        );
        assert_eq!(sent("failed", None, 2).told(), Told::Free, "refused");
        assert_eq!(sent("withheld", None, 0).told(), Told::Free);
        assert_eq!(sent("unknown", None, 2).told(), Told::Cost(Word::NotYet));
    }

    #[test]
    fn segments_that_nobody_counted_are_no_quantity_and_never_one() {
        let uncounted = Told::Cost(Word::Said {
            actual: None,
            quantities: Vec::new(),
        });
        assert_eq!(sent("accepted", Some(7), 0).told(), uncounted);
    }

    #[test]
    fn a_line_moves_forward_only() {
        let said = |quantities: &[Quantity]| Word::Said {
            actual: None,
            quantities: quantities.to_vec(),
        };
        let order = [Word::NotYet, said(&[]), said(&[Quantity::Segments(1)])];
        for (i, standing) in order.iter().enumerate() {
            for (j, word) in order.iter().enumerate() {
                assert_eq!(
                    is_news(word, standing),
                    j > i,
                    "{word:?} after {standing:?}"
                );
            }
        }
    }

    #[test]
    fn a_message_belongs_to_the_lead_that_is_named_or_stands_in_its_key() {
        let mut message = sent("accepted", None, 1);
        assert!(message.lead().is_some());
        message.message_key = "alarm:SCAN_LATE:x:y".to_owned();
        assert_eq!((message.lead(), message.conversation()), (None, None));
        message.lead_id = "6e4f6a58-0c6e-5f0e-8d0b-6c2f3a1d9e77".to_owned();
        assert!(message.lead().is_some());
        message.message_key = "summary:conv_1".to_owned();
        assert_eq!(message.conversation(), Some("conv_1"));
    }
}
