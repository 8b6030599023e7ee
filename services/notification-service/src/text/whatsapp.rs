//! WhatsApp's approved templates (R46): the offer, its release, the proof of a channel. Of them we
//! send only the variables; the same bodies stand here, so that we can show what the receiver sees
//! and hand the templates in.

use serde_json::{Value, json};

use crate::domain::clean::shortened;
use crate::domain::delivery::Template;

use super::facts::Facts;
use super::render::Rendered;
use super::words::{self, Words};

/// Variables 1 to 8 are shown in this order; 9 is the payload that the buttons bring back.
#[must_use]
pub fn offer(facts: &Facts, payload: &str, reference: &str, words: &'static Words) -> Rendered {
    let shown = |text: &str, limit: usize| {
        // The vendor refuses an empty variable.
        if text.is_empty() {
            words.not_told.to_owned()
        } else {
            shortened(text, limit)
        }
    };
    let need = match facts.link_needed {
        true => format!("{} {}", shortened(&facts.need, 300), facts.recording),
        false => shortened(&facts.need, 300),
    };
    let variables = vec![
        shown(facts.urgency, 80),
        shown(&facts.trade, 80),
        shown(need.trim(), 700),
        shown(&facts.place(120), 200),
        shown(&facts.name, 80),
        shown(&facts.phone, 30),
        facts.received.clone(),
        reference.to_owned(),
        payload.to_owned(),
    ];
    let buttons = format!("\n[{}] [{}]", words.whatsapp_accept, words.whatsapp_decline);
    Rendered {
        body: filled(words.whatsapp_offer, &variables) + &buttons,
        variables,
        ..Rendered::default()
    }
}

/// An offer that is over: reference, need, reason.
pub(super) fn released(need: &str, why: &str, reference: &str, words: &'static Words) -> Rendered {
    let need = match need {
        "" => words.not_told.to_owned(),
        need => shortened(need, 80),
    };
    let variables = vec![reference.to_owned(), need, why.to_owned()];
    Rendered {
        body: filled(words.whatsapp_released, &variables),
        variables,
        ..Rendered::default()
    }
}

/// The proof of a number: who, and the code to send back, if there is one.
pub(super) fn proof(provider: &str, code: &str, words: &'static Words) -> Rendered {
    let code = match code {
        "" => words.proof_none,
        code => code,
    };
    let variables = vec![shortened(provider, 80), code.to_owned()];
    Rendered {
        body: filled(words.whatsapp_proof, &variables),
        variables,
        ..Rendered::default()
    }
}

/// The text as the receiver sees it.
fn filled(template: &str, variables: &[String]) -> String {
    let mut text = String::new();
    let mut rest = template;
    // One pass: a variable that looks like a place stays as it is.
    while let Some((before, after)) = rest.split_once("{{") {
        text.push_str(before);
        let (number, after) = after.split_once("}}").unwrap_or((after, ""));
        let index = number.parse::<usize>().unwrap_or(0);
        let value = index.checked_sub(1).and_then(|index| variables.get(index));
        text.push_str(value.map_or("", String::as_str));
        rest = after;
    }
    text.push_str(rest);
    text
}

/// A template as Twilio's Content API takes it, to be handed in for approval; nothing where a
/// message goes by no template.
#[must_use]
pub fn content(template: Template, language: &str) -> Option<Value> {
    let words = words::of(language);
    let (samples, types) = match template {
        Template::ProviderOffer => (offer_samples(words), offer_types(words)),
        Template::ProviderReleased => (
            vec!["K7-3F9AQ", "Plomberie, Genève", words.released_silent],
            json!({"twilio/text": {"body": words.whatsapp_released}}),
        ),
        Template::ChannelProof => (
            vec!["Plomberie du Rhône", "4711"],
            json!({"twilio/text": {"body": words.whatsapp_proof}}),
        ),
        _ => return None,
    };
    let variables: serde_json::Map<String, Value> = (1..)
        .zip(samples)
        .map(|(number, sample): (u32, &str)| (number.to_string(), json!(sample)))
        .collect();
    Some(json!({
        "friendly_name": format!("bord_{}_{language}", template.name()),
        "language": language,
        "variables": variables,
        "types": types,
    }))
}

fn offer_samples(words: &'static Words) -> Vec<&'static str> {
    vec![
        words.urgent,
        "Plomberie",
        "Fuite sous l'évier",
        "Carouge, Genève",
        "Marie Dupont",
        "+41 79 000 00 00",
        "21.11.2026 09:33 CET",
        "K7-3F9AQ",
        "00000000-0000-0000-0000-000000000000:1",
    ]
}

fn offer_types(words: &'static Words) -> Value {
    let button = |title: &str, verb: &str| json!({"type": "QUICK_REPLY", "title": title, "id": format!("{verb}:{{{{9}}}}")});
    json!({"twilio/quick-reply": {
        "body": words.whatsapp_offer,
        "actions": [
            button(words.whatsapp_accept, "accept"),
            button(words.whatsapp_decline, "decline"),
        ],
    }})
}
