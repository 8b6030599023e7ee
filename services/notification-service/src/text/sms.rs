//! Text messages: short enough for a carrier to take in a few segments, with what matters most
//! first. Where the facts are too long, the customer's words are shortened, never the number.

use crate::domain::clean::{line, shortened};
use crate::domain::notice::ProviderFacts;

use super::facts::{Facts, joined};
use super::render::{About, Rendered, provider_name};
use super::words::Words;
use super::{fill, segments};

/// How many characters need, place and names may take, from generous to tight.
const LIMITS: [(usize, usize, usize); 6] = [
    (140, 60, 40),
    (100, 50, 40),
    (60, 40, 30),
    (40, 30, 24),
    (25, 20, 18),
    (12, 12, 10),
];

/// The longest of the texts that fits; the tightest one otherwise.
pub(super) fn fitting(text: impl Fn(usize, usize, usize) -> String) -> Rendered {
    let mut body = String::new();
    for (need, place, name) in LIMITS {
        body = text(need, place, name);
        if segments::fits(&body) {
            break;
        }
    }
    Rendered {
        body,
        ..Rendered::default()
    }
}

/// The offer to a provider. The code is shown from the first, so that an answer finds its offer.
#[must_use]
pub fn offer(facts: &Facts, page: &str, about: &About<'_>, words: &'static Words) -> Rendered {
    let reference = about.reference;
    let code = code(reference);
    let mut said = fitting(|need, place, name| {
        let trade = shortened(&facts.trade, need.clamp(16, 40));
        let need = shortened(&facts.need, need);
        let (first, second) = match trade.as_str() {
            "" => (need, String::new()),
            // A need that says no more than the trade is not said again.
            trade if trade.to_lowercase() == need.to_lowercase() => (need, String::new()),
            trade => (trade.to_owned(), need),
        };
        let mut lines = vec![
            match first.as_str() {
                "" => facts.opening.to_owned(),
                first => format!("{}{} {first}", facts.opening, words.colon),
            },
            second,
            facts.place(place),
            joined(&[&shortened(&facts.name, name), &facts.phone]),
            facts.received.clone(),
        ];
        if !facts.recording.is_empty() && !facts.link_needed {
            lines.push(words.sms_recording.to_owned());
        }
        if about.answering.sms {
            lines.push(fill(words.sms_answer, &[("code", code)]));
        } else if about.answering.whatsapp {
            lines.push(words.sms_answer_whatsapp.to_owned());
        }
        lines.push(format!("{} {reference}", words.reference));
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    });
    if facts.link_needed {
        // Beyond the usual length, since a link cannot be shortened.
        let link = &facts.recording;
        said.body = format!("{}\n{}{} {link}", said.body, words.recording, words.colon);
    }
    // Where no answer by SMS reaches us the page takes it (D11).
    if about.answering.sms {
        return said;
    }
    linked(said, words.answer_link, page, words)
}

/// The first two characters, by which an answer finds its offer.
pub(super) fn code(reference: &str) -> &str {
    reference.split('-').next().unwrap_or_default()
}

/// A text with a link below it, beyond the usual length, since a link cannot be shortened.
pub(super) fn linked(mut said: Rendered, label: &str, link: &str, words: &Words) -> Rendered {
    if !link.is_empty() {
        said.body = format!("{}\n{label}{} {link}", said.body, words.colon);
    }
    said
}

pub(super) fn hello(facts: &Facts, limit: usize, words: &'static Words) -> String {
    if facts.name.is_empty() {
        return words.hello.to_owned();
    }
    fill(
        words.hello_name,
        &[("name", &shortened(&facts.name, limit))],
    )
}

/// Who writes, and the reference by which the request is found again.
pub(super) fn signed(facts: &Facts, reference: &str, words: &'static Words) -> String {
    let reference = format!("{} {reference}", words.reference);
    if facts.site.is_empty() {
        return reference;
    }
    format!("{} - {reference}", facts.site)
}

/// To the customer: who has the request. The provider's address is told only here (R82).
#[must_use]
pub fn confirmed(
    facts: &Facts,
    provider: &ProviderFacts,
    reference: &str,
    words: &'static Words,
) -> Rendered {
    let provider_address = line(&provider.address, 120);
    fitting(|need, place, name| {
        let values = [
            ("need", shortened(&facts.summary(), need.clamp(16, 60))),
            (
                "provider",
                shortened(&provider_name(provider), name.max(16)),
            ),
            ("phone", facts.phone.clone()),
        ];
        let values = values.each_ref().map(|(at, value)| (*at, value.as_str()));
        let address = shortened(&provider_address, place + place / 3);
        let mut lines = vec![
            hello(facts, name, words),
            fill(words.confirmed, &values),
            signed(facts, reference, words),
        ];
        if !address.is_empty() {
            lines.insert(2, fill(words.confirmed_address, &[("address", &address)]));
        }
        lines.join("\n")
    })
}

/// To the customer whose need nobody has yet: noted, we call back. Names no provider.
#[must_use]
pub fn unmatched(facts: &Facts, reference: &str, words: &'static Words) -> Rendered {
    fitting(|need, _, name| {
        let values = [
            ("need", &*shortened(&facts.summary(), need.clamp(16, 60))),
            ("phone", &facts.phone),
        ];
        [
            hello(facts, name, words),
            fill(words.unmatched, &values),
            signed(facts, reference, words),
        ]
        .join("\n")
    })
}
