//! The WhatsApp offer: an approved template (R46), of which we send only the variables. The same
//! body stands here, so that we can show what the receiver sees and hand the template in.

use serde_json::{Value, json};

use crate::domain::clean::shortened;

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
    Rendered {
        body: shown_text(words, &variables),
        variables,
        ..Rendered::default()
    }
}

/// The text with its buttons, as the receiver sees it.
fn shown_text(words: &'static Words, variables: &[String]) -> String {
    let mut text = String::new();
    let mut rest = words.whatsapp_offer;
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
    format!(
        "{text}\n[{}] [{}]",
        words.whatsapp_accept, words.whatsapp_decline
    )
}

/// The template as Twilio's Content API takes it, to be handed in for approval.
#[must_use]
pub fn content(language: &str) -> Value {
    let words = words::of(language);
    let samples = [
        words.urgent,
        "Plomberie",
        "Fuite sous l'évier",
        "Carouge, Genève",
        "Marie Dupont",
        "+41 79 000 00 00",
        "21.11.2026 09:33 CET",
        "K7-3F9AQ",
        "00000000-0000-0000-0000-000000000000:1",
    ];
    let variables: serde_json::Map<String, Value> = samples
        .iter()
        .enumerate()
        .map(|(index, sample)| ((index + 1).to_string(), json!(sample)))
        .collect();
    let button = |title: &str, verb: &str| json!({"type": "QUICK_REPLY", "title": title, "id": format!("{verb}:{{{{9}}}}")});
    json!({
        "friendly_name": format!("bord_provider_offer_{language}"),
        "language": language,
        "variables": variables,
        "types": {"twilio/quick-reply": {
            "body": words.whatsapp_offer,
            "actions": [
                button(words.whatsapp_accept, "accept"),
                button(words.whatsapp_decline, "decline"),
            ],
        }},
    })
}
