//! The operator's copy of a lead: everything that was told to whom (R51), without what is private
//! where the lead is health-related (D10).

use chassis::mask;

use crate::domain::clean;
use crate::domain::delivery::{Channel, Recipient};
use crate::domain::notice::{LeadFacts, ProviderFacts, ReleaseCause};
use crate::domain::phone;
use crate::domain::plan::{Planned, Verdict};

use super::facts::{Facts, joined};
use super::fill;
use super::mail::{self, Block, Mail, Row};
use super::render::{About, Rendered, masked, provider_name};
use super::words::{self, Words};

/// What became of the lead that the copy is about.
pub(super) enum What<'a> {
    Assigned(&'a ProviderFacts),
    Unmatched(&'a str),
    Released(&'a ProviderFacts, ReleaseCause),
    Confirmed(&'a ProviderFacts),
}

/// The operator's copy of everything (R51); without what is private of a health-related lead,
/// unless the setting says otherwise (D10).
pub(super) fn copy(
    lead: &LeadFacts,
    what: &What<'_>,
    planned: &Planned,
    about: &About<'_>,
) -> Rendered {
    let words = words::of(&planned.language);
    let facts = Facts::of(lead, words);
    let open = about.full || !lead.health;
    let (subject, intro, provider, cause) = match what {
        What::Assigned(to) => (
            words.copy_subject,
            words.copy_intro.to_owned(),
            Some(to),
            "",
        ),
        What::Unmatched(cause) => (
            words.unmatched_subject,
            unmatched_intro(about, words),
            None,
            *cause,
        ),
        What::Released(by, cause) => (
            words.released_copy_subject,
            words.released_copy_intro.to_owned(),
            Some(by),
            released(*cause, words),
        ),
        What::Confirmed(by) => (
            words.confirmed_copy_subject,
            words.confirmed_copy_intro.to_owned(),
            Some(by),
            "",
        ),
    };
    let provider = provider.map(|provider| provider_name(provider));
    let provider = provider.as_deref();
    // The customer's own words may stand in the summary, where no category fits.
    let summary = if open {
        facts.summary()
    } else {
        joined(&[&facts.trade, &facts.city])
    };
    let values = [
        ("provider", provider.unwrap_or_default()),
        ("need", summary.as_str()),
        ("ref", about.reference),
    ];
    let subject = fill(subject, &values);
    let subject = if facts.urgent {
        format!("[{}] {subject}", words.urgent_mark)
    } else {
        subject
    };
    let mut rows = facts_of(lead, &facts, open, words);
    if let Some(provider) = provider {
        rows.push(Row::new(words.provider, provider));
    }
    rows.push(Row::new(words.cause, clean::line(cause, 300)));
    if open && !facts.recording.is_empty() {
        rows.push(Row::linked(words.recording, &facts.recording));
    }
    let number = lead.attempt.to_string();
    let attempt = fill(words.attempt, &[("number", &number)]);
    rows.push(Row::new(
        words.lead,
        format!("{} ({attempt})", lead.lead_id),
    ));
    rows.push(Row::new(words.reference_label, about.reference));
    let mail = Mail {
        banner: if facts.urgent { words.urgent_mark } else { "" },
        subject: &subject,
        intro: &intro,
        rows,
        blocks: blocks(about, open, words),
        closing: "",
    };
    mail::compose(mail, words)
}

fn released(cause: ReleaseCause, words: &'static Words) -> &'static str {
    match cause {
        ReleaseCause::Silent => words.cause_silent,
        ReleaseCause::Declined => words.cause_declined,
        ReleaseCause::Undeliverable => words.cause_undeliverable,
        ReleaseCause::Operator => words.cause_operator,
        ReleaseCause::Cancelled => words.cause_cancelled,
    }
}

fn unmatched_intro(about: &About<'_>, words: &'static Words) -> String {
    let told = about.others.iter().any(|(other, _)| {
        other.recipient == Recipient::Customer && matches!(other.verdict, Verdict::Send { .. })
    });
    if told {
        format!("{} {}", words.unmatched_intro, words.unmatched_told)
    } else {
        words.unmatched_intro.to_owned()
    }
}

fn facts_of(lead: &LeadFacts, facts: &Facts, open: bool, words: &'static Words) -> Vec<Row> {
    let private = |text: String| {
        if open {
            text
        } else {
            words.redacted.to_owned()
        }
    };
    let (place, phone) = if open {
        (facts.place(200), facts.phone.clone())
    } else {
        (facts.city.clone(), mask::phone(&lead.customer_phone))
    };
    vec![
        Row::new(words.urgency, facts.urgency),
        Row::new(words.trade, facts.trade.as_str()),
        Row::new(words.need, private(facts.need.clone())),
        Row::new(words.place, place),
        Row::new(words.customer, private(facts.name.clone())),
        Row::new(words.phone, phone),
        Row::new(words.speaks, facts.speaks.as_str()),
        Row::new(words.received, facts.received.as_str()),
        Row::new(words.site, facts.site.as_str()),
    ]
}

/// Every message with its receiver, channel and masked address, then the text messages as sent.
fn blocks(about: &About<'_>, open: bool, words: &'static Words) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !about.others.is_empty() {
        let lines: Vec<String> = about
            .others
            .iter()
            .map(|(other, _)| delivery_line(other, words))
            .collect();
        blocks.push(Block::new(words.deliveries, lines.join("\n")));
    }
    for (other, said) in about.others {
        let leaves = matches!(other.verdict, Verdict::Send { .. });
        if open && leaves && other.channel == Channel::Sms {
            let title = match other.recipient {
                Recipient::Customer => words.sms_to_customer,
                _ => words.sms_to_provider,
            };
            blocks.push(Block::new(title, said.body.clone()));
        }
    }
    blocks
}

fn delivery_line(planned: &Planned, words: &'static Words) -> String {
    let who = match planned.recipient {
        Recipient::Provider => words.provider,
        Recipient::Customer => words.customer,
        Recipient::Operator => "bord",
    };
    let channel = match planned.channel {
        Channel::Whatsapp => "WhatsApp",
        Channel::Sms => "SMS",
        Channel::Email => "e-mail",
    };
    let to = joined(&[who, channel, &masked(planned)]);
    match &planned.verdict {
        Verdict::Send { .. } => to,
        Verdict::Withheld(_) => format!("{to}{} {}", words.colon, words.withheld),
        Verdict::NotPossible(reason) => {
            format!("{to}{} {} ({reason})", words.colon, words.not_possible)
        }
    }
}

/// Something that the operator must know.
pub(super) fn alarm(kind: &str, subject: &str, text: &str, words: &'static Words) -> Rendered {
    let kind = clean::line(kind, 60);
    let subject = clean::line(subject, 120);
    let title = fill(
        words.alarm_subject,
        &[("kind", &kind), ("subject", &subject)],
    );
    let mail = Mail {
        banner: &kind,
        subject: &title,
        intro: words.alarm_intro,
        rows: Vec::new(),
        blocks: vec![Block::new(words.details, clean::paragraphs(text, 8_000))],
        closing: "",
    };
    mail::compose(mail, words)
}

/// A message that came in; `open` unless who wrote, and what, is private.
pub(super) struct Reply<'a> {
    pub(super) from: &'a str,
    pub(super) channel: &'a str,
    pub(super) body: &'a str,
    pub(super) lead_id: Option<uuid::Uuid>,
    pub(super) open: bool,
}

pub(super) fn reply(reply: &Reply<'_>, about: &About<'_>, words: &'static Words) -> Rendered {
    let from = clean::line(reply.from, 80);
    let (from, body) = if reply.open {
        (phone::readable(&from), clean::paragraphs(reply.body, 8_000))
    } else {
        (mask::phone(&from), words.redacted.to_owned())
    };
    let title = fill(words.reply_subject, &[("from", &from)]);
    let mut rows = vec![
        Row::new(words.from, from),
        Row::new(words.channel, clean::line(reply.channel, 20)),
    ];
    if let Some(id) = reply.lead_id {
        rows.push(Row::new(words.lead, id.to_string()));
        rows.push(Row::new(words.reference_label, about.reference));
    }
    let mail = Mail {
        banner: "",
        subject: &title,
        intro: words.reply_intro,
        rows,
        blocks: vec![Block::new(words.message, body)],
        closing: "",
    };
    mail::compose(mail, words)
}
