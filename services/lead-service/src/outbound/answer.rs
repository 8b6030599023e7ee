//! The answer to an inbound message, by the channel it came on.

use contracts::notification::v1 as wire;
use wire::notify_request::Notice;

use super::CallFailed;
use super::notification::Notifications;
use crate::domain::knowledge::Knowledge;
use crate::domain::lead::Lead;
use crate::domain::reference;
use crate::domain::reply::plan::{Say, To};

/// Longest words of a need in a list of offers.
const LONGEST_NEED: usize = 40;

/// An answer on its way.
pub struct Answer<'a> {
    pub message_sid: &'a str,
    /// "sms" or "whatsapp".
    pub channel: &'a str,
    /// Who wrote.
    pub address: &'a str,
    pub say: Say,
    pub to: &'a To,
    /// The lead it is about; none only where a channel is proven.
    pub lead: Option<&'a Lead>,
    /// Of a question which offer is meant.
    pub choices: &'a [Lead],
    /// The page of the offer, or nothing.
    pub answer_url: String,
}

impl Notifications {
    pub async fn answer(&self, answer: Answer<'_>, known: &Knowledge) -> Result<(), CallFailed> {
        let (recipient, provider_id, country, language) = match answer.to {
            To::Customer => {
                let language = answer.lead.map(|lead| lead.language.clone());
                let recipient = wire::RecipientKind::Customer;
                (
                    recipient,
                    String::new(),
                    String::new(),
                    language.unwrap_or_default(),
                )
            }
            To::Provider {
                provider_id,
                country,
                language,
            } => {
                let recipient = wire::RecipientKind::Provider;
                (
                    recipient,
                    provider_id.clone(),
                    country.clone(),
                    language.clone(),
                )
            }
        };
        let kind = match answer.say {
            Say::Confirmed => wire::AnswerKind::Confirmed,
            Say::Declined => wire::AnswerKind::Declined,
            Say::Late => wire::AnswerKind::Late,
            Say::WhichOffer => wire::AnswerKind::WhichOffer,
            Say::Unclear => wire::AnswerKind::Unclear,
            Say::CancelQuestion => wire::AnswerKind::CancelQuestion,
            Say::Cancelled => wire::AnswerKind::Cancelled,
            Say::Kept => wire::AnswerKind::Kept,
            Say::Proven => wire::AnswerKind::Proven,
        };
        let channel = match answer.channel {
            "whatsapp" => wire::ChannelKind::Whatsapp,
            _ => wire::ChannelKind::Sms,
        };
        let lead = answer.lead.map_or_else(
            || wire::LeadFacts {
                source_country: country,
                ..Default::default()
            },
            |lead| self.facts(lead, known),
        );
        let choice = |lead: &Lead| wire::OfferChoice {
            code: reference::code(&reference::of(lead.id)).to_owned(),
            need: need(lead, &language, known),
        };
        let notice = Notice::ReplyAnswer(wire::ReplyAnswer {
            kind: kind.into(),
            lead: Some(lead),
            recipient: recipient.into(),
            channel: channel.into(),
            address: answer.address.to_owned(),
            choices: answer.choices.iter().map(choice).collect(),
            language: language.clone(),
            answer_url: answer.answer_url,
            provider_id,
        });
        let key = format!("answer:{}", answer.message_sid);
        self.notify(key, None, notice).await.map(|_| ())
    }
}

/// The need in a few words: as the customer said it, or else the trade.
fn need(lead: &Lead, language: &str, known: &Knowledge) -> String {
    let said: String = lead.need.service.chars().take(LONGEST_NEED).collect();
    if !said.is_empty() {
        return said;
    }
    let category = known.category(&lead.category);
    let name = category.and_then(|category| category.names.get(language));
    name.cloned().unwrap_or_else(|| lead.category.clone())
}
