//! Requests of what follows an offer, as lead-service and roster-service send them.

use contracts::notification::v1::{self as wire, notify_request::Notice};

use super::{LEAD, PROVIDER_PHONE, lead, provider};

pub(crate) const PAGE: &str = "https://bord.example/c/token";

pub(crate) fn request(key: &str, notice: Notice) -> wire::NotifyRequest {
    wire::NotifyRequest {
        message_key: key.to_owned(),
        not_after: None,
        notice: Some(notice),
    }
}

pub(crate) fn paged() -> wire::ProviderFacts {
    wire::ProviderFacts {
        answer_url: PAGE.to_owned(),
        ..provider()
    }
}

pub(crate) fn reminder(answer_by: i64) -> wire::NotifyRequest {
    let notice = wire::OfferReminder {
        lead: Some(lead()),
        provider: Some(paged()),
        answer_by_time: Some(prost_types::Timestamp {
            seconds: answer_by,
            nanos: 0,
        }),
    };
    request(
        &format!("lead:{LEAD}:1:reminder"),
        Notice::OfferReminder(notice),
    )
}

pub(crate) fn released(cause: wire::ReleaseCause) -> wire::NotifyRequest {
    let notice = wire::LeadReleased {
        lead: Some(lead()),
        provider: Some(paged()),
        cause: cause.into(),
    };
    let name = cause.as_str_name();
    request(
        &format!("lead:{LEAD}:1:released:{name}"),
        Notice::LeadReleased(notice),
    )
}

pub(crate) fn confirmed(lead: wire::LeadFacts) -> wire::NotifyRequest {
    let notice = wire::LeadConfirmed {
        lead: Some(lead),
        provider: Some(paged()),
    };
    request(
        &format!("lead:{LEAD}:1:confirmed"),
        Notice::LeadConfirmed(notice),
    )
}

pub(crate) fn result() -> wire::NotifyRequest {
    let notice = wire::ResultReminder {
        lead: Some(lead()),
        provider: Some(paged()),
    };
    request(
        &format!("lead:{LEAD}:1:result"),
        Notice::ResultReminder(notice),
    )
}

pub(crate) fn answer(kind: wire::AnswerKind, channel: wire::ChannelKind) -> wire::ReplyAnswer {
    wire::ReplyAnswer {
        kind: kind.into(),
        lead: Some(lead()),
        recipient: wire::RecipientKind::Provider.into(),
        channel: channel.into(),
        address: PROVIDER_PHONE.to_owned(),
        language: "fr".to_owned(),
        choices: Vec::new(),
        answer_url: PAGE.to_owned(),
        provider_id: "plomberie-du-rhone".to_owned(),
    }
}

pub(crate) fn answered(sid: &str, answer: wire::ReplyAnswer) -> wire::NotifyRequest {
    request(&format!("answer:{sid}"), Notice::ReplyAnswer(answer))
}

pub(crate) fn proof(
    id: &str,
    to: wire::ProviderFacts,
    channel: wire::ChannelKind,
    code: &str,
) -> wire::NotifyRequest {
    let notice = wire::ChannelProof {
        provider: Some(to),
        channel: channel.into(),
        code: code.to_owned(),
    };
    request(&format!("proof:{id}"), Notice::ChannelProof(notice))
}

/// The rules with the approved templates of the sample catalogue.
pub(crate) fn all_templates() -> wire::PutChannelRulesRequest {
    let mut rules = super::rules();
    for (number, template) in (1..).zip(["provider_released", "channel_proof"]) {
        for language in rules.languages.clone() {
            rules.whatsapp_templates.push(wire::WhatsappTemplate {
                template: template.to_owned(),
                content_sid: format!("HX{number}{language:0>31}"),
                language,
            });
        }
    }
    rules
}
