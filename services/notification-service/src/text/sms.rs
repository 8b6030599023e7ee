//! Text messages: short enough for a carrier to take in a few segments, with what matters most
//! first. Where the facts are too long, the customer's words are shortened, never the number.

use crate::domain::clean::{line, shortened};
use crate::domain::notice::ProviderFacts;

use super::render::{Facts, Rendered, emphasised, provider_name};
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
fn fitting(text: impl Fn(usize, usize, usize) -> String) -> Rendered {
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
pub fn offer(facts: &Facts, reference: &str, two_way: bool, words: &'static Words) -> Rendered {
    let code = reference.split('-').next().unwrap_or_default();
    let mut said = fitting(|need, place, name| {
        let mut lines = vec![
            format!(
                "{}: {}",
                facts.urgency,
                shortened(&facts.need(), need.clamp(24, 60))
            ),
            shortened(&facts.service, need),
            shortened(&facts.place, place),
            joined(&shortened(&facts.name, name), &facts.phone),
            facts.received.clone(),
        ];
        if !facts.recording.is_empty() && !facts.link_needed {
            lines.push(words.sms_recording.to_owned());
        }
        lines.push(if two_way {
            fill(words.sms_answer, &[("code", code)])
        } else {
            words.sms_answer_elsewhere.to_owned()
        });
        lines.push(format!("{} {reference}", words.reference));
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    });
    if facts.link_needed {
        // Beyond the usual length, since a link cannot be shortened.
        said.body = format!("{}\n{}: {}", said.body, words.recording, facts.recording);
    }
    said
}

fn joined(name: &str, phone: &str) -> String {
    if name.is_empty() {
        phone.to_owned()
    } else {
        format!("{name}, {phone}")
    }
}

fn hello(facts: &Facts, limit: usize, words: &'static Words) -> String {
    if facts.name.is_empty() {
        return words.hello.to_owned();
    }
    fill(
        words.hello_name,
        &[("name", &shortened(&facts.name, limit))],
    )
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
        let address = shortened(&provider_address, place + place / 3);
        let address = if address.is_empty() {
            String::new()
        } else {
            fill(words.confirmed_address, &[("address", &address)])
        };
        let values = [
            ("site", facts.site.as_str()),
            ("hello", &hello(facts, name, words)),
            ("need", &shortened(&facts.need(), need.clamp(16, 60))),
            (
                "provider",
                &shortened(&provider_name(provider), name.max(16)),
            ),
            ("phone", &facts.phone),
            ("address", &address),
            ("ref", reference),
        ];
        urgent(facts, fill(words.confirmed, &values), words)
    })
}

/// To the customer whose need nobody has yet: noted, we call back. Names no provider.
#[must_use]
pub fn unmatched(facts: &Facts, reference: &str, words: &'static Words) -> Rendered {
    fitting(|need, _, name| {
        let values = [
            ("site", facts.site.as_str()),
            ("hello", &hello(facts, name, words)),
            ("need", &shortened(&facts.need(), need.clamp(16, 60))),
            ("phone", &facts.phone),
            ("ref", reference),
        ];
        urgent(facts, fill(words.unmatched, &values), words)
    })
}

fn urgent(facts: &Facts, text: String, words: &'static Words) -> String {
    if facts.urgent {
        emphasised(words.emergency, &text)
    } else {
        text
    }
}
