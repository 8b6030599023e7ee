//! Rendering: from a notice and its plan to the text of every delivery. Facts are cleaned here
//! once, so that what a caller said can harm no receiver's screen, header or template.

use chassis::mask;

use crate::domain::clean;
use crate::domain::delivery::{Channel, Recipient};
use crate::domain::notice::{LeadFacts, Notice, ProviderFacts, Urgency};
use crate::domain::phone;
use crate::domain::plan::Planned;

use super::mail::{self, Block, Row};
use super::words::{self, Words};
use super::{fill, operator, sms, time, whatsapp};

/// What a delivery says. `html` only for email; `variables` only for WhatsApp, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    pub subject: String,
    pub body: String,
    pub html: String,
    pub variables: Vec<String>,
}

/// Facts of a lead in one language, cleaned: one visible line each.
pub struct Facts {
    pub trade: String,
    pub city: String,
    pub service: String,
    pub place: String,
    pub name: String,
    pub phone: String,
    pub urgent: bool,
    pub urgency: &'static str,
    pub received: String,
    pub site: String,
    pub recording: String,
    /// No mail brings the recording's link, so that the other channels must.
    pub link_needed: bool,
    pub speaks: String,
}

impl Facts {
    #[must_use]
    pub fn of(lead: &LeadFacts, words: &'static Words) -> Self {
        let named = |names: &[(String, String)], id: &str| {
            let name = names
                .iter()
                .find(|(language, _)| language == words.language);
            clean::line(name.or(names.first()).map_or(id, |(_, name)| name), 40)
        };
        let service = clean::line(&lead.service, 500);
        let trade = named(&lead.category_names, &lead.category);
        Self {
            // A need that no category fits is told in the customer's own words.
            trade: if lead.category == "unsorted" || trade.is_empty() {
                clean::shortened(&service, 40)
            } else {
                trade
            },
            city: named(&lead.city_names, &lead.city),
            service,
            place: clean::line(&lead.location, 200),
            name: clean::line(&lead.customer_name, 80),
            phone: phone::readable(&lead.customer_phone),
            urgent: lead.urgency == Urgency::Emergency,
            urgency: urgency(lead.urgency, words),
            received: time::local(lead.create_time, &lead.time_zone, words),
            site: host(&lead.site_url),
            recording: link(&lead.recording_url),
            link_needed: false,
            speaks: clean::line(&lead.language, 20),
        }
    }

    /// "Plumbing, Geneva", or what of it is known.
    #[must_use]
    pub fn need(&self) -> String {
        joined(&[&self.trade, &self.city])
    }
}

fn urgency(urgency: Urgency, words: &'static Words) -> &'static str {
    match urgency {
        Urgency::Emergency => words.emergency,
        Urgency::Soon => words.soon,
        Urgency::Flexible => words.flexible,
        Urgency::Unknown => words.new_request,
    }
}

pub(super) fn joined(parts: &[&str]) -> String {
    parts
        .iter()
        .filter(|part| !part.is_empty())
        .copied()
        .collect::<Vec<_>>()
        .join(", ")
}

/// The site as people know it: "plombiersgeneve.ch".
fn host(url: &str) -> String {
    let rest = url.split("://").last().unwrap_or_default();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    clean::line(host.strip_prefix("www.").unwrap_or(host), 40)
}

/// Only a web link becomes one.
fn link(url: &str) -> String {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if web && !url.chars().any(char::is_whitespace) {
        url.to_owned()
    } else {
        String::new()
    }
}

/// Renders one delivery. `reference` is its short reference, `payload` what a quick reply brings
/// back, `others` what is sent besides (for the operator's copy), `full` whether a health-related
/// copy may be complete.
#[must_use]
pub fn render(
    notice: &Notice,
    planned: &Planned,
    reference: &str,
    others: &[(&Planned, &Rendered)],
    full: bool,
) -> Rendered {
    let words = words::of(&planned.language);
    match notice {
        Notice::LeadAssigned { lead, provider } => {
            let mut facts = Facts::of(lead, words);
            facts.link_needed = !facts.recording.is_empty() && !clean::is_email(&provider.email);
            match (planned.recipient, planned.channel) {
                (Recipient::Provider, Channel::Whatsapp) => {
                    whatsapp::offer(&facts, &payload(lead), reference, words)
                }
                (Recipient::Provider, Channel::Sms) => {
                    sms::offer(&facts, reference, planned.two_way_sms, words)
                }
                (Recipient::Provider, Channel::Email) => {
                    mail::offer(&facts, provider, reference, words)
                }
                (Recipient::Customer, _) => sms::confirmed(&facts, provider, reference, words),
                (Recipient::Operator, _) => {
                    let provider = clean::line(&provider.name, 80);
                    operator::copy(lead, Some(&provider), "", planned, reference, others, full)
                }
            }
        }
        Notice::LeadUnmatched { lead, cause } => match planned.recipient {
            Recipient::Customer => sms::unmatched(&Facts::of(lead, words), reference, words),
            _ => operator::copy(lead, None, cause, planned, reference, others, full),
        },
        Notice::OperatorAlarm {
            kind,
            subject,
            text,
        } => {
            let kind = clean::line(kind, 60);
            let subject = clean::line(subject, 120);
            let title = fill(
                words.alarm_subject,
                &[("kind", &kind), ("subject", &subject)],
            );
            let blocks = vec![Block::new(words.subject, clean::paragraphs(text, 8_000))];
            mail::compose(
                words,
                &kind,
                &title,
                words.alarm_intro,
                Vec::new(),
                &blocks,
                "",
            )
        }
        Notice::InboundReply {
            from,
            channel,
            body,
            lead_id,
        } => {
            let from = phone::readable(&clean::line(from, 80));
            let title = fill(words.reply_subject, &[("from", &from)]);
            let mut rows = vec![
                Row::new(words.from, from),
                Row::new(words.channel, clean::line(channel, 20)),
            ];
            rows.extend(lead_id.map(|id| Row::new(words.lead, id.to_string())));
            let blocks = vec![Block::new(words.sent_as, clean::paragraphs(body, 8_000))];
            mail::compose(words, "", &title, words.reply_intro, rows, &blocks, "")
        }
    }
}

/// What a quick reply brings back: lead and attempt (design.md, Answer).
fn payload(lead: &LeadFacts) -> String {
    format!("{}:{}", lead.lead_id, lead.attempt)
}

/// An emergency is seen first, in a list of subjects too.
#[must_use]
pub fn emphasised(urgent: &str, text: &str) -> String {
    if urgent.is_empty() {
        text.to_owned()
    } else {
        format!("{urgent} - {text}")
    }
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
