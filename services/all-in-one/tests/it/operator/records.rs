//! What is kept of a lead: owners recounted, events seen as they come, and all of it erased.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::running::Up;

const CALLER: &str = "+41791234567";

/// B1.
pub(super) fn owners_are_recounted(up: &Up, lead: &str) {
    let one = up.json(&["check", lead, "--json"]);
    assert_eq!(
        (&one["leads"], &one["findings"]),
        (&1.into(), &Value::Array(Vec::new())),
        "{one}"
    );
    let all = up.told(&["check"]);
    assert!(
        all.contains("2 leads") && all.contains("0 findings"),
        "{all}"
    );
}

pub(super) fn every_event_is_seen(up: &Up, lead: &str) {
    let life = up.json(&["lead", lead, "--json"]);
    let events = life["events"].as_array().unwrap().len();
    let limit = events.to_string();
    let seen = up.told(&["watch", lead, "--all", "--limit", &limit, "--json"]);
    let seen: Vec<Value> = seen
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(seen.len(), events);
    assert!(seen.iter().all(|one| one["lead_id"] == lead), "{seen:?}");
    let kinds = |list: &[Value]| -> Vec<_> {
        list.iter()
            .map(|one| one["kind"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(kinds(&seen), kinds(life["events"].as_array().unwrap()));
}

/// B10: first looked at, then asked back, then gone from each store; the key stays.
pub(super) fn a_caller_is_erased_with_a_receipt_for_each_store(up: &Up, lead: &str) {
    let would = up.json(&["erase", CALLER, "--dry-run", "--json"]);
    let stores = would["receipts"].as_array().unwrap();
    for context in ["lead.", "notification.", "telephony."] {
        assert!(
            stores
                .iter()
                .any(|one| one["store"].as_str().unwrap().starts_with(context)),
            "{context} is missing in {would:#}"
        );
    }
    // No terminal to ask back on.
    let told = up.refused(&["erase", CALLER]);
    assert!(told.contains("--yes"), "{told}");
    let before = up.json(&["lead", lead, "--full", "--json"]);
    assert_eq!(before["lead"]["phone_e164"], CALLER);
    let output = up.bord(&["erase", "+41 79 123 45 67", "--yes"]);
    let receipt = String::from_utf8(output.stdout).unwrap();
    assert!(
        receipt.contains("lead.") && receipt.contains("STORE"),
        "{receipt}"
    );
    // Mails went out, and Mailgun deletes none: told, and no reason to run it again.
    assert!(receipt.contains("for good: "), "{receipt}");
    if !output.status.success() {
        assert!(receipt.contains("for now: "), "{receipt}");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(told.contains("not complete"), "{told}");
    }
    let until = Instant::now() + Duration::from_secs(60);
    let again = loop {
        let output = up.bord(&["erase", CALLER, "--yes", "--json"]);
        if output.status.success() {
            break serde_json::from_slice::<Value>(&output.stdout).unwrap();
        }
        assert!(Instant::now() < until, "{output:?}");
    };
    assert_eq!(again["complete"], true, "{again:#}");
    let stores = again["receipts"].as_array().unwrap();
    assert!(stores.iter().all(|one| one["due"] == false), "{again:#}");
    let after = up.json(&["lead", lead, "--full", "--json"]);
    assert_eq!(after["lead"]["lead_id"], lead, "the key stays");
    assert_eq!(after["lead"]["phone_e164"], "");
    assert_eq!(after["lead"]["customer_name"], "");
}
