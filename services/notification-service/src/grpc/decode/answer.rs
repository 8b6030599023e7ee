//! ReplyAnswer: the answer to a message that came in, by the channel it came on.

use chassis::fault::Violations;
use contracts::notification::v1 as wire;

use crate::domain::delivery::{Channel, Recipient};
use crate::domain::notice::{AnswerKind, OfferChoice, ReplyAnswer};

use super::facts::lead;
use super::fields::{country, required, text};
use super::kind;

/// More open offers than this are not told apart by a text message.
const MOST_CHOICES: usize = 5;

pub(super) fn answer(faults: &mut Violations, told: wire::ReplyAnswer) -> Option<ReplyAnswer> {
    let wire::ReplyAnswer {
        kind: answer,
        lead: facts,
        recipient,
        channel,
        address,
        language,
        choices,
        answer_url,
        provider_id,
    } = told;
    let answer = kind_of(faults, answer);
    let recipient = match kind::recipient(faults, "reply_answer.recipient", recipient) {
        Some(recipient @ (Recipient::Provider | Recipient::Customer)) => Some(recipient),
        _ => {
            faults.add("reply_answer.recipient", "is the provider or the customer");
            None
        }
    };
    let channel = match kind::channel(faults, "reply_answer.channel", channel) {
        Some(Channel::Email) => {
            faults.add("reply_answer.channel", "is SMS or WhatsApp");
            None
        }
        channel => channel,
    };
    // A proven channel is about no lead: only the country from which it is told counts.
    let (lead, source_country) = if answer == Some(AnswerKind::Proven) {
        let at = "reply_answer.lead.source_country";
        (
            None,
            country(faults, at, &facts.unwrap_or_default().source_country),
        )
    } else {
        let lead = lead(faults, "reply_answer.lead", facts);
        let source = lead.as_ref().map(|lead| lead.source_country.clone());
        (lead, source)
    };
    let address = required(faults, "reply_answer.address", address);
    let language = required(faults, "reply_answer.language", language);
    if recipient == Some(Recipient::Provider) {
        required(faults, "reply_answer.provider_id", provider_id.clone());
    }
    let choices = choices
        .into_iter()
        .take(MOST_CHOICES)
        .map(|wire::OfferChoice { code, need }| OfferChoice {
            code: text(faults, "reply_answer.choices.code", code),
            need: text(faults, "reply_answer.choices.need", need),
        })
        .collect();
    Some(ReplyAnswer {
        kind: answer?,
        lead,
        source_country: source_country?,
        recipient: recipient?,
        channel: channel?,
        address,
        language,
        choices,
        answer_url: text(faults, "reply_answer.answer_url", answer_url),
        provider_id,
    })
}

fn kind_of(faults: &mut Violations, kind: i32) -> Option<AnswerKind> {
    use wire::AnswerKind as W;
    let kind = match W::try_from(kind) {
        Ok(W::Confirmed) => Some(AnswerKind::Confirmed),
        Ok(W::Declined) => Some(AnswerKind::Declined),
        Ok(W::Late) => Some(AnswerKind::Late),
        Ok(W::WhichOffer) => Some(AnswerKind::WhichOffer),
        Ok(W::Unclear) => Some(AnswerKind::Unclear),
        Ok(W::CancelQuestion) => Some(AnswerKind::CancelQuestion),
        Ok(W::Cancelled) => Some(AnswerKind::Cancelled),
        Ok(W::Kept) => Some(AnswerKind::Kept),
        Ok(W::Proven) => Some(AnswerKind::Proven),
        Ok(W::Unspecified) | Err(_) => None,
    };
    if kind.is_none() {
        faults.add("reply_answer.kind", "is required, one of the answers");
    }
    kind
}
