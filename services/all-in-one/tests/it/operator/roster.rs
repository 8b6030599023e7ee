//! Providers as the operator sees them, and a channel proven.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::FIRST;
use crate::running::Up;

/// Whoever may have a plumbing lead in Geneva.
pub(super) fn plumbers(up: &Up) -> Vec<String> {
    let providers = up.json(&["providers", "--country", "CH", "--json"]);
    let serves = |one: &Value, list: &str, id: &str| {
        one[list].as_array().unwrap().iter().any(|each| each == id)
    };
    let found: Vec<_> = providers
        .as_array()
        .unwrap()
        .iter()
        .filter(|one| serves(one, "categories", "plumbing") && serves(one, "cities", "geneve"))
        .map(|one| one["provider_id"].as_str().unwrap().to_owned())
        .collect();
    assert!(
        found.len() >= 2 && found.contains(&FIRST.to_owned()),
        "{found:?}"
    );
    // No address is shown whole (the operator's screen is a copy too).
    assert!(!providers.to_string().contains("+41795530141"));
    let table = up.told(&["providers"]);
    assert!(table.contains("WhatsApp unproven"), "{table}");
    found
}

/// B4: a code by SMS in Switzerland, a test by mail, which nobody can answer.
pub(super) fn channels_are_proven(up: &Up) {
    let sms = up.json(&["providers", "prove", FIRST, "sms", "--json"]);
    assert_eq!(sms["needs_code"], true, "{sms}");
    let mail = up.told(&["providers", "prove", FIRST, "email"]);
    assert!(mail.contains("its receipt before"), "{mail}");
    let until = Instant::now() + Duration::from_secs(30);
    let health = |kind: &str| {
        let providers = up.json(&["providers", "--country", "CH", "--json"]);
        let one = providers.as_array().unwrap().iter();
        let one = one.into_iter().find(|p| p["provider_id"] == FIRST).unwrap();
        let channels = one["channels"].as_array().unwrap();
        let channel = channels.iter().find(|c| c["kind"] == kind).unwrap();
        channel["health"].as_str().unwrap().to_owned()
    };
    while health("email") != "proven" {
        assert!(Instant::now() < until, "the receipt did not prove the mail");
        std::thread::sleep(Duration::from_millis(200));
    }
    let told = up.refused(&["providers", "prove", "nobody", "sms"]);
    assert!(told.contains("UNKNOWN_PROVIDER"), "{told}");
}
