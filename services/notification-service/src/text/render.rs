//! Rendering: from a notice and its plan to the text of every delivery, in the receiver's language.

use chassis::mask;

use crate::domain::clean;
use crate::domain::delivery::{Channel, Recipient};
use crate::domain::notice::{LeadFacts, Notice, ProviderFacts};
use crate::domain::plan::{Planned, Verdict};

use super::facts::{Facts, link};
use super::{answer, follow, mail, operator, sms, summary, whatsapp, words};

/// What a delivery says. `html` only for email; `variables` only for WhatsApp, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub body: String,
    pub html: String,
    pub variables: Vec<String>,
}

/// What a text needs to know besides its notice.
pub struct About<'a> {
    /// The short reference that it shows.
    pub reference: &'a str,
    pub answering: Answering,
    /// What is sent besides, for the operator's copy.
    pub others: &'a [(&'a Planned, &'a Rendered)],
    /// Whether a health-related copy may be complete.
    pub full: bool,
}

/// By what a provider's answer can reach us: no text asks for another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answering {
    pub whatsapp: bool,
    pub sms: bool,
}

impl Answering {
    #[must_use]
    pub fn of(plan: &[Planned]) -> Self {
        let leaves = |channel, two_way: bool| {
            plan.iter().any(|planned| {
                planned.recipient == Recipient::Provider
                    && planned.channel == channel
                    && matches!(planned.verdict, Verdict::Send { .. })
                    && (!two_way || planned.two_way_sms)
            })
        };
        Self {
            whatsapp: leaves(Channel::Whatsapp, false),
            sms: leaves(Channel::Sms, true),
        }
    }
}

/// Renders one delivery.
#[must_use]
pub fn render(notice: &Notice, planned: &Planned, about: &About<'_>) -> Rendered {
    let words = words::of(&planned.language);
    match notice {
        Notice::LeadAssigned { lead, provider } => {
            let mut facts = Facts::of(lead, words);
            facts.link_needed = !facts.recording.is_empty() && !clean::is_email(&provider.email);
            let page = link(&provider.answer_url);
            match (planned.recipient, planned.channel) {
                (Recipient::Provider, Channel::Whatsapp) => {
                    whatsapp::offer(&facts, &payload(lead), about.reference, words)
                }
                (Recipient::Provider, Channel::Sms) => sms::offer(&facts, &page, about, words),
                (Recipient::Provider, Channel::Email) => {
                    mail::offer(&facts, provider, &page, about, words)
                }
                (Recipient::Customer, _) => {
                    sms::confirmed(&facts, provider, about.reference, words)
                }
                (Recipient::Operator, _) => {
                    let what = operator::What::Assigned(provider);
                    operator::copy(lead, &what, planned, about)
                }
            }
        }
        Notice::LeadUnmatched { lead, cause } => match planned.recipient {
            Recipient::Customer => sms::unmatched(&Facts::of(lead, words), about.reference, words),
            _ => operator::copy(lead, &operator::What::Unmatched(cause), planned, about),
        },
        Notice::OfferReminder {
            lead,
            provider,
            answer_by,
        } => follow::reminder(lead, provider, *answer_by, planned.channel, about, words),
        Notice::LeadReleased {
            lead,
            provider,
            cause,
        } => match planned.recipient {
            Recipient::Operator => {
                let what = operator::What::Released(provider, *cause);
                operator::copy(lead, &what, planned, about)
            }
            _ => follow::released(lead, *cause, planned.channel, about, words),
        },
        Notice::LeadConfirmed { lead, provider } => match planned.recipient {
            Recipient::Operator => {
                let what = operator::What::Confirmed(provider);
                operator::copy(lead, &what, planned, about)
            }
            _ => follow::taken(lead, &provider.answer_url, planned.channel, about, words),
        },
        Notice::ResultReminder { lead, provider } => {
            follow::result(lead, provider, planned.channel, about, words)
        }
        Notice::ReplyAnswer(told) => answer::answer(told, about, words),
        Notice::ChannelProof { provider, code, .. } => {
            follow::proof(provider, code, planned.channel, about, words)
        }
        Notice::CallSummary(call) => summary::summary(call, about, words),
        Notice::OperatorAlarm {
            kind,
            subject,
            text,
        } => operator::alarm(kind, subject, text, words),
        Notice::InboundReply {
            from,
            channel,
            body,
            lead_id,
            health,
        } => {
            // Who wrote about a health-related lead, and what, is as private as the lead (D10).
            let open = about.full || !health;
            let reply = operator::Reply {
                from,
                channel,
                body,
                lead_id: *lead_id,
                open,
            };
            operator::reply(&reply, about, words)
        }
    }
}

/// What a quick reply brings back: lead and attempt (design.md, Answer).
fn payload(lead: &LeadFacts) -> String {
    format!("{}:{}", lead.lead_id, lead.attempt)
}

/// The address as it may be shown.
#[must_use]
pub fn masked(planned: &Planned) -> String {
    if planned.address.is_empty() {
        String::new()
    } else if planned.channel == Channel::Email {
        mask::email(&planned.address)
    } else {
        mask::phone(&planned.address)
    }
}

/// The provider's own name, as texts show it.
#[must_use]
pub fn provider_name(provider: &ProviderFacts) -> String {
    clean::line(&provider.name, 80)
}
