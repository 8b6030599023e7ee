//! Mails: the same facts twice, as plain text and as HTML, in which everything that people said
//! is escaped by the template engine.

use askama::Template;

use crate::domain::clean;
use crate::domain::notice::ProviderFacts;

use super::facts::Facts;
use super::fill;
use super::render::{About, Rendered, provider_name};
use super::words::Words;

/// A line of the table: what it is, what it says, and perhaps where it leads.
pub struct Row {
    label: String,
    value: String,
    link: String,
}

impl Row {
    pub fn new(label: &str, value: impl Into<String>) -> Self {
        Self {
            label: label.to_owned(),
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

    pub(super) fn calling(label: &str, phone: &str) -> Self {
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

/// A mail before it is put together. `banner` stands above everything when it is not empty.
pub struct Mail<'a> {
    pub banner: &'a str,
    pub subject: &'a str,
    pub intro: &'a str,
    pub rows: Vec<Row>,
    pub blocks: Vec<Block>,
    pub closing: &'a str,
}

#[derive(Template)]
#[template(path = "mail.txt")]
struct Plain<'a> {
    banner: &'a str,
    intro: &'a str,
    rows: &'a [Row],
    colon: &'a str,
    blocks: &'a [Block],
    closing: &'a str,
    footer: &'a str,
}

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    language: &'a str,
    subject: &'a str,
    banner: &'a str,
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
    page: &str,
    about: &About<'_>,
    words: &'static Words,
) -> Rendered {
    let values = [
        ("opening", facts.opening),
        ("need", &facts.summary()),
        ("ref", about.reference),
    ];
    let subject = fill(words.offer_subject, &values);
    let intro = fill(words.offer_intro, &[("provider", &provider_name(provider))]);
    let mut rows = to_go(facts, words);
    rows.push(Row::new(words.reference_label, about.reference));
    rows.push(Row::linked(words.answer_link, page));
    let mail = Mail {
        banner: if facts.urgent { words.offer_urgent } else { "" },
        subject: &subject,
        intro: &intro,
        rows,
        blocks: Vec::new(),
        closing: &closing(about, words),
    };
    compose(mail, words)
}

/// All that is needed to go to the customer (R49).
pub(super) fn to_go(facts: &Facts, words: &'static Words) -> Vec<Row> {
    let told = |text: &str| {
        if text.is_empty() {
            words.not_told.to_owned()
        } else {
            text.to_owned()
        }
    };
    vec![
        Row::new(words.urgency, facts.urgency),
        Row::new(words.trade, facts.trade.as_str()),
        Row::new(words.need, told(&facts.need)),
        Row::new(words.place, told(&facts.place(200))),
        Row::new(words.customer, told(&facts.name)),
        Row::calling(words.phone, &facts.phone),
        Row::new(words.speaks, facts.speaks.as_str()),
        Row::new(words.received, facts.received.as_str()),
        Row::linked(words.recording, &facts.recording),
    ]
}

/// How to answer, by what reaches us, and what to do then.
pub(super) fn closing(about: &About<'_>, words: &'static Words) -> String {
    let by = match (about.answering.whatsapp, about.answering.sms) {
        (true, true) => format!("WhatsApp {} SMS", words.or),
        (true, false) => "WhatsApp".to_owned(),
        (false, true) => "SMS".to_owned(),
        (false, false) => return words.offer_call.to_owned(),
    };
    let answer = fill(words.offer_answer, &[("by", &by)]);
    format!("{answer} {}", words.offer_call)
}

/// Puts a mail together.
#[must_use]
pub fn compose(mail: Mail<'_>, words: &'static Words) -> Rendered {
    let Mail {
        banner,
        subject,
        intro,
        mut rows,
        blocks,
        closing,
    } = mail;
    rows.retain(|row| !row.value.is_empty());
    let subject = clean::line(subject, 200);
    let footer = words.footer;
    let plain = Plain {
        banner,
        intro,
        rows: &rows,
        colon: words.colon,
        blocks: &blocks,
        closing,
        footer,
    };
    let html = Html {
        language: words.language,
        subject: &subject,
        banner,
        intro,
        rows: &rows,
        blocks: &blocks,
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
