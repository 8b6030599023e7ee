//! Mails: the same facts twice, as plain text and as HTML, in which everything that people said
//! is escaped by the template engine.

use askama::Template;

use crate::domain::clean;
use crate::domain::notice::ProviderFacts;

use super::fill;
use super::render::{Facts, Rendered, provider_name};
use super::words::Words;

/// A line of the table: what it is, what it says, and perhaps where it leads.
pub struct Row {
    label: String,
    value: String,
    link: String,
}

impl Row {
    pub fn new(label: &str, value: impl Into<String>) -> Self {
        // "Réf." and "Ref." stand before a colon here.
        let label = label.trim_end_matches('.').to_owned();
        Self {
            label,
            value: value.into(),
            link: String::new(),
        }
    }

    pub fn linked(label: &str, url: &str) -> Self {
        Self {
            link: url.to_owned(),
            ..Self::new(label, url)
        }
    }

    fn calling(label: &str, phone: &str) -> Self {
        let number: String = phone
            .chars()
            .filter(|c| *c == '+' || c.is_ascii_digit())
            .collect();
        Self {
            link: format!("tel:{number}"),
            ..Self::new(label, phone)
        }
    }
}

/// A longer text with a title.
pub struct Block {
    title: String,
    text: String,
}

impl Block {
    pub fn new(title: &str, text: String) -> Self {
        Self {
            title: title.to_owned(),
            text,
        }
    }
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Plain<'a> {
    urgent: &'a str,
    intro: &'a str,
    rows: &'a [Row],
    blocks: &'a [Block],
    closing: &'a str,
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    language: &'a str,
    subject: &'a str,
    urgent: &'a str,
    intro: &'a str,
    rows: &'a [Row],
    blocks: &'a [Block],
    closing: &'a str,
    footer: &'a str,
}

/// The offer to a provider, with all that is needed to go to the customer (R49).
#[must_use]
pub fn offer(
    facts: &Facts,
    provider: &ProviderFacts,
    reference: &str,
    words: &'static Words,
) -> Rendered {
    let need = facts.need();
    let values = [
        ("urgency", facts.urgency),
        ("need", need.as_str()),
        ("ref", reference),
    ];
    let subject = fill(words.offer_subject, &values);
    let intro = fill(words.offer_intro, &[("provider", &provider_name(provider))]);
    let told = |text: &str| {
        if text.is_empty() {
            words.not_told.to_owned()
        } else {
            text.to_owned()
        }
    };
    let mut rows = vec![
        Row::new(words.urgency, facts.urgency),
        Row::new(words.trade, &need),
        Row::new(words.need, told(&facts.service)),
        Row::new(words.place, told(&facts.place)),
        Row::new(words.customer, told(&facts.name)),
        Row::calling(words.phone, &facts.phone),
        Row::new(words.speaks, &facts.speaks),
        Row::new(words.received, &facts.received),
    ];
    if !facts.recording.is_empty() {
        rows.push(Row::linked(words.recording, &facts.recording));
    }
    rows.push(Row::new(words.reference, reference));
    let urgent = if facts.urgent { words.emergency } else { "" };
    compose(
        words,
        urgent,
        &subject,
        &intro,
        rows,
        &[],
        words.offer_closing,
    )
}

/// Puts a mail together. `urgent` stands above everything when it is not empty.
#[must_use]
pub fn compose(
    words: &'static Words,
    urgent: &str,
    subject: &str,
    intro: &str,
    mut rows: Vec<Row>,
    blocks: &[Block],
    closing: &str,
) -> Rendered {
    rows.retain(|row| !row.value.is_empty());
    let subject = clean::line(subject, 200);
    let footer = words.footer;
    let plain = Plain {
        urgent,
        intro,
        rows: &rows,
        blocks,
        closing,
        footer,
    };
    let html = Html {
        language: words.language,
        subject: &subject,
        urgent,
        intro,
        rows: &rows,
        blocks,
        closing,
        footer,
    };
    // Writing into a string cannot fail, and the templates have no fallible parts.
    let body = plain.render().unwrap_or_default();
    let html = html.render().unwrap_or_default();
    Rendered {
        subject,
        body,
        html,
        variables: Vec::new(),
    }
}
