//! The plan of a notice: which deliveries it makes, to whom, by what (R44, R50, R51), and which of
//! them cannot or must not go out (D11, R43). Pure: the same notice and rules give the same plan.

use super::border;
use super::delivery::{Channel, Recipient, Template};
use super::notice::{LeadFacts, Notice, ProviderFacts, ReleaseCause, ReplyAnswer};
use super::route::{Scope, email_verdict, language, plan};
use super::rules::Rules;

/// One planned delivery.
#[derive(Clone)]
pub struct Planned {
    pub template: Template,
    pub recipient: Recipient,
    pub channel: Channel,
    /// Number or email address; empty when there is none.
    pub address: String,
    /// In which the text is written.
    pub language: String,
    pub source_country: String,
    /// Country of the number; empty for email.
    pub address_country: String,
    /// Country of the provider; empty for others.
    pub recipient_country: String,
    pub allowed_country: String,
    /// Whether an answer by SMS reaches us.
    pub two_way_sms: bool,
    pub verdict: Verdict,
}

/// What becomes of a planned delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// `from` is our number, empty for email; `content_sid` is set for WhatsApp.
    Send {
        from: String,
        content_sid: String,
    },
    Withheld(&'static str),
    NotPossible(&'static str),
}

/// What the plan needs to know besides the notice.
pub struct Setting<'a> {
    pub rules: &'a Rules,
    pub operator_email: &'a str,
    pub operator_language: &'a str,
    /// The languages in which texts exist.
    pub known: &'a [&'a str],
}

/// All deliveries of a notice, in a fixed order.
#[must_use]
pub fn of(notice: &Notice, setting: &Setting<'_>) -> Vec<Planned> {
    use Template as T;
    let channels = |template, lead: &LeadFacts, provider| -> Vec<Planned> {
        let by = |channel| to_provider(template, &Scope::of(lead), provider, channel, setting);
        Channel::ALL.iter().copied().map(by).collect()
    };
    match notice {
        Notice::LeadAssigned { lead, provider } => {
            let mut plan = channels(T::ProviderOffer, lead, provider);
            plan.push(to_customer(lead, T::CustomerConfirmation, setting));
            plan.push(to_operator(T::OperatorCopy, &lead.source_country, setting));
            plan
        }
        Notice::LeadUnmatched { lead, .. } => vec![
            to_customer(lead, T::CustomerUnmatched, setting),
            to_operator(T::OperatorUnmatched, &lead.source_country, setting),
        ],
        Notice::OperatorAlarm { .. } => vec![to_operator(T::OperatorAlarm, "", setting)],
        Notice::InboundReply { .. } => vec![to_operator(T::InboundReply, "", setting)],
        Notice::CallSummary(_) => vec![to_operator(T::CallSummary, "", setting)],
        Notice::OfferReminder { lead, provider, .. } => {
            channels(T::ProviderReminder, lead, provider)
        }
        Notice::LeadReleased {
            lead,
            provider,
            cause,
        } => {
            // Who declined has the answer to the decline already.
            let mut plan = match cause {
                ReleaseCause::Declined => Vec::new(),
                _ => channels(T::ProviderReleased, lead, provider),
            };
            let source = &lead.source_country;
            plan.push(to_operator(T::OperatorReleased, source, setting));
            plan
        }
        Notice::LeadConfirmed { lead, provider } => {
            let mut plan = channels(T::ProviderConfirmed, lead, provider);
            let source = &lead.source_country;
            plan.push(to_operator(T::OperatorConfirmed, source, setting));
            plan
        }
        Notice::ResultReminder { lead, provider } => channels(T::ProviderResult, lead, provider),
        Notice::ReplyAnswer(answer) => vec![answered(answer, setting)],
        Notice::ChannelProof {
            provider, channel, ..
        } => {
            // About no lead: its source is the provider's own country.
            let scope = Scope {
                source: &provider.country,
                allowed: &[],
            };
            vec![to_provider(
                T::ChannelProof,
                &scope,
                provider,
                *channel,
                setting,
            )]
        }
    }
}

fn to_provider(
    template: Template,
    scope: &Scope<'_>,
    provider: &ProviderFacts,
    channel: Channel,
    setting: &Setting<'_>,
) -> Planned {
    let address = match channel {
        Channel::Whatsapp => &provider.whatsapp,
        Channel::Sms => &provider.sms,
        Channel::Email => &provider.email,
    };
    let mut planned = plan(
        template,
        Recipient::Provider,
        channel,
        address,
        &provider.language,
        scope,
        setting,
    );
    planned.recipient_country.clone_from(&provider.country);
    // R42, R43: a provider of another country hears nothing, whatever the number.
    if provider.country != scope.source {
        planned.verdict = Verdict::Withheld(border::PROVIDER_ABROAD);
    }
    planned
}

fn to_customer(lead: &LeadFacts, template: Template, setting: &Setting<'_>) -> Planned {
    let phone = &lead.customer_phone;
    plan(
        template,
        Recipient::Customer,
        Channel::Sms,
        phone,
        &lead.language,
        &Scope::of(lead),
        setting,
    )
}

/// The answer goes back to where the message came from, if the country rule lets it.
fn answered(answer: &ReplyAnswer, setting: &Setting<'_>) -> Planned {
    let scope = Scope {
        source: &answer.source_country,
        allowed: answer.lead.as_ref().map_or(&[], |l| &l.allowed_countries),
    };
    let template = match answer.recipient {
        Recipient::Customer => Template::CustomerAnswer,
        _ => Template::ProviderAnswer,
    };
    let mut planned = plan(
        template,
        answer.recipient,
        answer.channel,
        &answer.address,
        &answer.language,
        &scope,
        setting,
    );
    if answer.recipient == Recipient::Provider {
        // Nothing else is known of the provider here; a number abroad is withheld either way.
        planned
            .recipient_country
            .clone_from(&planned.address_country);
    }
    planned
}

fn to_operator(template: Template, source_country: &str, setting: &Setting<'_>) -> Planned {
    Planned {
        template,
        recipient: Recipient::Operator,
        channel: Channel::Email,
        address: setting.operator_email.trim().to_owned(),
        language: language(setting.operator_language, setting),
        source_country: source_country.to_owned(),
        address_country: String::new(),
        recipient_country: String::new(),
        allowed_country: String::new(),
        two_way_sms: false,
        verdict: email_verdict(setting.operator_email.trim()),
    }
}
