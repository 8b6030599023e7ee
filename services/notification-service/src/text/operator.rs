//! The operator's copy of a lead: everything that was told to whom (R51), without what is private
//! where the lead is health-related (D10).

use chassis::mask;

use crate::domain::clean;
use crate::domain::delivery::{Channel, Recipient, Template};
use crate::domain::notice::LeadFacts;
use crate::domain::plan::{Planned, Verdict};

use super::fill;
use super::mail::{self, Block, Row};
use super::render::{Facts, Rendered, emphasised, joined, masked};
use super::words::{self, Words};

/// The operator's copy of everything (R51); without what is private of a health-related lead,
/// unless the setting says otherwise (D10).
pub(super) fn copy(
    lead: &LeadFacts,
    provider: Option<&str>,
    cause: &str,
    planned: &Planned,
    reference: &str,
    others: &[(&Planned, &Rendered)],
    full: bool,
) -> Rendered {
    let words = words::of(&planned.language);
    let facts = Facts::of(lead, words);
    let open = full || !lead.health;
    let private = |text: &str| {
        if open {
            text.to_owned()
        } else {
            words.redacted.to_owned()
        }
    };
    let need = facts.need();
    let phone = if open {
        facts.phone.clone()
    } else {
        mask::phone(&lead.customer_phone)
    };
    let mut rows = vec![
        Row::new(words.urgency, facts.urgency),
        Row::new(words.trade, &facts.trade),
        Row::new(words.need, private(&facts.service)),
        Row::new(
            words.place,
            if open {
                joined(&[&facts.place, &facts.city])
            } else {
                facts.city.clone()
            },
        ),
        Row::new(words.customer, private(&facts.name)),
        Row::new(words.phone, phone),
        Row::new(words.speaks, &facts.speaks),
        Row::new(words.received, &facts.received),
        Row::new(words.site, &facts.site),
    ];
    if let Some(provider) = provider {
        rows.push(Row::new(words.provider, provider));
    }
    if !cause.is_empty() {
        rows.push(Row::new(words.cause, clean::line(cause, 300)));
    }
    if open && !facts.recording.is_empty() {
        rows.push(Row::linked(words.recording, &facts.recording));
    }
    rows.push(Row::new(
        words.lead,
        format!("{} ({})", lead.lead_id, lead.attempt),
    ));
    for (other, _) in others {
        rows.push(Row::new(words.deliveries, delivery_line(other, words)));
    }
    rows.push(Row::new(words.reference, reference));
    let blocks: Vec<Block> = others
        .iter()
        .filter(|(other, _)| open && other.channel == Channel::Sms)
        .map(|(other, said)| {
            let title = format!(
                "{}: {} SMS",
                words.sent_as,
                recipient(other.recipient, words)
            );
            Block::new(&title, said.body.clone())
        })
        .collect();
    let (subject, intro) = match planned.template {
        Template::OperatorUnmatched => (words.unmatched_subject, words.unmatched_intro),
        _ => (words.copy_subject, words.copy_intro),
    };
    let values = [
        ("provider", provider.unwrap_or_default()),
        ("need", need.as_str()),
        ("ref", reference),
    ];
    let urgent = if facts.urgent { words.emergency } else { "" };
    let subject = emphasised(urgent, &fill(subject, &values));
    mail::compose(words, urgent, &subject, intro, rows, &blocks, "")
}

fn recipient(recipient: Recipient, words: &'static Words) -> &'static str {
    match recipient {
        Recipient::Provider => words.provider,
        Recipient::Customer => words.customer,
        Recipient::Operator => "bord",
    }
}

fn delivery_line(planned: &Planned, words: &'static Words) -> String {
    let channel = match planned.channel {
        Channel::Whatsapp => "WhatsApp",
        Channel::Sms => "SMS",
        Channel::Email => "E-mail",
    };
    let address = masked(planned);
    let who = recipient(planned.recipient, words);
    match &planned.verdict {
        Verdict::Send { .. } => format!("{who}, {channel}, {address}"),
        Verdict::Withheld(_) => format!("{who}, {channel}, {address}: {}", words.withheld),
        Verdict::NotPossible(reason) => {
            format!(
                "{who}, {channel}, {address}: {} ({reason})",
                words.not_possible
            )
        }
    }
}
