//! What follows an offer, to the provider: the reminder, the release, the lead that is theirs with
//! all that is needed to go (R49), the question for the result. And the proof of a channel.

use chrono::{DateTime, Utc};

use crate::domain::clean::{line, shortened};
use crate::domain::delivery::Channel;
use crate::domain::notice::{LeadFacts, ProviderFacts, ReleaseCause};

use super::facts::{Facts, joined, link};
use super::mail::{self, Mail, Row};
use super::render::{About, Rendered, provider_name};
use super::sms::{code, fitting, linked};
use super::words::Words;
use super::{fill, segments, time, whatsapp};

fn signed(about: &About<'_>, words: &Words) -> String {
    format!("{} {}", words.reference, about.reference)
}

/// Subject and first words of a mail about a lead.
fn titled(text: &str, facts: &Facts, about: &About<'_>) -> String {
    let values = [("need", &*facts.summary()), ("ref", about.reference)];
    fill(text, &values)
}

/// Asks once more for an answer; the customer's name and number stand in the offer itself.
pub(super) fn reminder(
    lead: &LeadFacts,
    provider: &ProviderFacts,
    answer_by: DateTime<Utc>,
    channel: Channel,
    about: &About<'_>,
    words: &'static Words,
) -> Rendered {
    let facts = Facts::of(lead, words);
    let page = link(&provider.answer_url);
    let until = time::local(answer_by, &lead.time_zone, words);
    let remind = fill(words.remind, &[("until", &until)]);
    if channel == Channel::Email {
        let subject = titled(words.remind_subject, &facts, about);
        let rows = vec![
            Row::new(words.urgency, facts.urgency),
            Row::new(words.trade, facts.trade.as_str()),
            Row::new(words.need, facts.need.as_str()),
            Row::new(words.place, facts.place(200)),
            Row::new(words.reference_label, about.reference),
            Row::linked(words.answer_link, &page),
        ];
        let closing = mail::closing(about, words);
        return mailed(&subject, &remind, rows, &closing, words);
    }
    let said = fitting(|need, place, _| {
        let mut lines = vec![
            remind.clone(),
            shortened(&facts.summary(), need.clamp(16, 60)),
            facts.place(place),
        ];
        if about.answering.sms {
            lines.push(fill(words.sms_answer, &[("code", code(about.reference))]));
        }
        lines.push(signed(about, words));
        kept(lines)
    });
    linked(said, words.answer_link, &page, words)
}

/// The offer is over, and why.
pub(super) fn released(
    lead: &LeadFacts,
    cause: ReleaseCause,
    channel: Channel,
    about: &About<'_>,
    words: &'static Words,
) -> Rendered {
    let facts = Facts::of(lead, words);
    let why = match cause {
        ReleaseCause::Silent => words.released_silent,
        ReleaseCause::Undeliverable => words.released_undeliverable,
        ReleaseCause::Cancelled => words.released_cancelled,
        ReleaseCause::Operator | ReleaseCause::Declined => words.released_operator,
    };
    match channel {
        Channel::Whatsapp => whatsapp::released(&facts.summary(), why, about.reference, words),
        Channel::Sms => fitting(|need, _, _| {
            let need = shortened(&facts.summary(), need.clamp(16, 60));
            let values = [("need", &*need), ("ref", about.reference)];
            let first = fill(words.released, &values);
            [&first, why, words.released_closing].join("\n")
        }),
        Channel::Email => {
            let subject = titled(words.released_subject, &facts, about);
            let intro = titled(words.released, &facts, about);
            let rows = vec![
                Row::new(words.cause, why),
                Row::new(words.reference_label, about.reference),
            ];
            mailed(&subject, &intro, rows, words.released_closing, words)
        }
    }
}

/// The lead is theirs, with everything that is needed to go (R49).
pub(super) fn taken(
    lead: &LeadFacts,
    page: &str,
    channel: Channel,
    about: &About<'_>,
    words: &'static Words,
) -> Rendered {
    let facts = Facts::of(lead, words);
    let page = link(page);
    if channel == Channel::Email {
        let subject = titled(words.taken_subject, &facts, about);
        let mut rows = mail::to_go(&facts, words);
        rows.push(Row::new(words.reference_label, about.reference));
        rows.push(Row::linked(words.page_link, &page));
        return mailed(&subject, words.taken, rows, "", words);
    }
    let said = fitting(|need, place, name| {
        let label = |label: &str, value: &str| match value {
            "" => String::new(),
            value => format!("{label}{} {value}", words.colon),
        };
        kept(vec![
            words.taken.to_owned(),
            joined(&[&shortened(&facts.trade, need.clamp(16, 40)), facts.urgency]),
            shortened(&facts.need, need),
            facts.place(place),
            joined(&[&shortened(&facts.name, name), &facts.phone]),
            label(words.speaks, &segments::narrow(&facts.speaks)),
            signed(about, words),
        ])
    });
    let said = linked(said, words.recording, &facts.recording, words);
    linked(said, words.page_link, &page, words)
}

/// Asks for the result.
pub(super) fn result(
    lead: &LeadFacts,
    provider: &ProviderFacts,
    channel: Channel,
    about: &About<'_>,
    words: &'static Words,
) -> Rendered {
    let facts = Facts::of(lead, words);
    let page = link(&provider.answer_url);
    if channel == Channel::Email {
        let subject = titled(words.result_subject, &facts, about);
        let intro = titled(words.result, &facts, about);
        let rows = vec![
            Row::new(words.place, facts.place(200)),
            Row::new(words.customer, facts.name.as_str()),
            Row::new(words.received, facts.received.as_str()),
            Row::new(words.reference_label, about.reference),
            Row::linked(words.page_link, &page),
        ];
        return mailed(&subject, &intro, rows, "", words);
    }
    let said = fitting(|need, _, _| {
        let need = shortened(&facts.summary(), need.clamp(16, 60));
        fill(words.result, &[("need", &need), ("ref", about.reference)])
    });
    linked(said, words.page_link, &page, words)
}

/// Proves a channel: a code to send back, or a test whose receipt is enough (B4).
pub(super) fn proof(
    provider: &ProviderFacts,
    digits: &str,
    channel: Channel,
    about: &About<'_>,
    words: &'static Words,
) -> Rendered {
    let name = provider_name(provider);
    let digits = line(digits, 12);
    let what = match digits.as_str() {
        "" => words.proof_test.to_owned(),
        digits => fill(words.proof_code, &[("code", digits)]),
    };
    match channel {
        Channel::Whatsapp => whatsapp::proof(&name, &digits, words),
        Channel::Sms => fitting(|_, _, limit| {
            let name = shortened(&name, limit.max(16));
            let first = fill(words.proof, &[("provider", &name)]);
            [first, what.clone(), signed(about, words)].join("\n")
        }),
        Channel::Email => {
            let intro = fill(words.proof, &[("provider", &name)]);
            let rows = vec![Row::new(words.reference_label, about.reference)];
            mailed(words.proof_subject, &intro, rows, &what, words)
        }
    }
}

/// Lines that say something.
pub(super) fn kept(mut lines: Vec<String>) -> String {
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn mailed(
    subject: &str,
    intro: &str,
    rows: Vec<Row>,
    closing: &str,
    words: &'static Words,
) -> Rendered {
    let mail = Mail {
        banner: "",
        subject,
        intro,
        rows,
        blocks: Vec::new(),
        closing,
    };
    mail::compose(mail, words)
}
