//! The operator's commands against the running stack, on SQLite: what waits, the moves of a lead by
//! hand with actor and reason in its event log, what it brings in, providers and their channels, the
//! recount of owners, erasure, and what a person hears when something is refused.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::running::Up;

mod ledger;
mod nowhere;
mod records;
mod roster;

use ledger::{cost_and_income_stand_side_by_side, what_it_brings_in_is_stated_credited_and_paid};
use records::{
    a_caller_is_erased_with_a_receipt_for_each_store, every_event_is_seen, owners_are_recounted,
};
use roster::{channels_are_proven, plumbers};

/// Both are open at any hour.
const FIRST: &str = "plomberie-du-rhone";
const SECOND: &str = "depannage-saleve";

/// One story, since each part needs what the one before left: a caller whom nobody can serve, who
/// gets a provider by hand, then others.
#[test]
fn a_person_sees_what_waits_moves_it_by_hand_and_erases_it() {
    let up = Up::start();
    nothing_waits(&up);
    let plumbers = plumbers(&up);
    for plumber in &plumbers {
        let told = up.told(&["providers", "pause", plumber, "--reason", "holiday"]);
        assert!(told.contains("is paused"), "{told}");
    }
    let lead = call(&up);
    unmatched_leads_are_told_with_age_and_reason(&up, &lead);
    a_paused_provider_cannot_have_it_by_hand(&up, &lead);
    up.told(&["providers", "resume", SECOND, "--reason", "back"]);
    by_hand_from_offer_to_result(&up, &lead);
    what_it_brings_in_is_stated_credited_and_paid(&up, &lead);
    cost_and_income_stand_side_by_side(&up, &lead);
    cancelled_and_retried(&up);
    channels_are_proven(&up);
    owners_are_recounted(&up, &lead);
    every_event_is_seen(&up, &lead);
    a_caller_is_erased_with_a_receipt_for_each_store(&up, &lead);
    up.terminate();
}

fn nothing_waits(up: &Up) {
    let shown = up.told(&["status"]);
    for service in [
        "telephony-gateway",
        "lead-service",
        "roster-service",
        "notification-service",
        "quality-service",
        "gateway",
    ] {
        assert!(shown.contains(service), "{service} is missing in:\n{shown}");
    }
    assert!(!shown.contains("DOES NOT SERVE"), "{shown}");
    let waiting = up.json(&["unmatched", "--json"]);
    assert_eq!(waiting.as_array().map(Vec::len), Some(0), "{waiting}");
}

/// A call that made a lead; its id.
fn call(up: &Up) -> String {
    let outcome = up.json(&["call", "plombiersgeneve.ch", "--json"]);
    let reply = outcome["tool_calls"][0]["response"].as_str().unwrap();
    let reply: Value = serde_json::from_str(reply).unwrap();
    reply["lead_id"].as_str().unwrap().to_owned()
}

/// Waits until the lead is in one of the states, and answers its whole life.
fn reaches(up: &Up, lead: &str, states: &[&str]) -> Value {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let life = up.json(&["lead", lead, "--json"]);
        if states.iter().any(|state| life["lead"]["state"] == *state) {
            return life;
        }
        assert!(Instant::now() < until, "not {states:?}:\n{life:#}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// D7: told with age and why; the rules that removed everybody stand beside it (B6).
fn unmatched_leads_are_told_with_age_and_reason(up: &Up, lead: &str) {
    reaches(up, lead, &["unmatched"]);
    let waiting = up.json(&["unmatched", "--json"]);
    assert_eq!(waiting[0]["lead_id"], lead);
    assert!(
        waiting[0]["removed_by"]["PAUSED"].as_u64() >= Some(2),
        "{waiting}"
    );
    assert!(waiting[0]["age_seconds"].is_u64(), "{waiting}");
    let shown = up.told(&["unmatched"]);
    assert!(shown.contains("PAUSED") && shown.contains(lead), "{shown}");
    let status = up.json(&["status", "--json"]);
    assert_eq!(status["leads"]["by_state"]["unmatched"], 1, "{status}");
    assert_eq!(status["paused"][FIRST], "operator:tester");
    assert!(status["leads"]["oldest_unmatched_time"].as_str().is_some());
}

/// The same rules hold for an offer by hand; the refusal says what to do.
fn a_paused_provider_cannot_have_it_by_hand(up: &Up, lead: &str) {
    let told = up.refused(&["assign", lead, FIRST, "--reason", "he knows her"]);
    assert!(
        told.contains("PROVIDER_UNAVAILABLE") && told.contains("PAUSED"),
        "{told}"
    );
    assert!(told.contains("`bord providers`"), "{told}");
    let told = up.refused(&["assign", lead, "nobody", "--reason", "x"]);
    assert!(told.contains("UNKNOWN_PROVIDER"), "{told}");
    let told = up.refused(&["confirm", lead, "--reason", "x"]);
    assert!(
        told.contains("ILLEGAL_MOVE") && told.contains("`bord lead"),
        "{told}"
    );
    // Without a reason it is a mistake of usage, not a refusal.
    let output = up.bord(&["assign", lead, FIRST]);
    assert_eq!(output.status.code(), Some(2));
}

fn by_hand_from_offer_to_result(up: &Up, lead: &str) {
    // The roster's change brings it to the one who is back; by hand it is the same.
    let life = reaches(up, lead, &["notified"]);
    assert_eq!(life["lead"]["provider_id"], SECOND, "{life:#}");
    up.told(&["providers", "resume", FIRST, "--reason", "back"]);
    up.told(&[
        "assign",
        &lead[..8],
        FIRST,
        "--reason",
        "she asked for him",
        "--as",
        "ana",
    ]);
    let life = notified_to(up, lead, FIRST);
    let reference = life["lead"]["reference"].as_str().unwrap();
    assert_eq!(reference.len(), 8, "{life:#}");
    up.told(&[
        "confirm",
        reference,
        "--reason",
        "he called back",
        "--as",
        "ana",
    ]);
    let told = up.told(&["confirm", lead, "--reason", "again"]);
    assert!(told.contains("nothing changed"), "{told}");
    up.told(&["close", lead, "--won", "450.00", "CHF"]);
    let told = up.refused(&["close", lead, "--lost", "no"]);
    assert!(told.contains("ILLEGAL_MOVE"), "{told}");
    let life = reaches(up, lead, &["won"]);
    assert_eq!(life["lead"]["result"]["won"]["amount_minor"], 45_000);
    let events = life["events"].as_array().unwrap();
    let by_ana = |cause: &str| {
        events.iter().any(|event| {
            event["actor"] == "operator:ana" && event["cause"].as_str().unwrap().contains(cause)
        })
    };
    assert!(
        by_ana("she asked for him") && by_ana("he called back"),
        "{life:#}"
    );
    let shown = up.told(&["lead", lead]);
    for part in [
        "won, 450.00 CHF",
        "Attempt 1",
        "Attempt 2",
        "operator:ana",
        "its page: won",
    ] {
        assert!(shown.contains(part), "« {part} » is missing in:\n{shown}");
    }
}

fn notified_to(up: &Up, lead: &str, provider: &str) -> Value {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let life = up.json(&["lead", lead, "--json"]);
        if life["lead"]["state"] == "notified" && life["lead"]["provider_id"] == provider {
            return life;
        }
        assert!(Instant::now() < until, "not with {provider}:\n{life:#}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn cancelled_and_retried(up: &Up) {
    let lead = call(up);
    let life = reaches(up, &lead, &["notified"]);
    let delivery = life["deliveries"].as_array().unwrap();
    let delivered = delivery.iter().find(|one| one["state"] == "delivered");
    if let Some(delivered) = delivered {
        let id = delivered["delivery_id"].as_str().unwrap();
        let told = up.refused(&["retry", id, "--reason", "again"]);
        assert!(told.contains("NOT_RETRYABLE"), "{told}");
    }
    up.told(&["cancel", &lead, "--reason", "she found somebody"]);
    let told = up.told(&["cancel", &lead, "--reason", "again"]);
    assert!(told.contains("nothing changed"), "{told}");
    let told = up.refused(&["retry", &lead, "--reason", "x"]);
    assert!(told.contains("ILLEGAL_MOVE"), "{told}");
    let unknown = "11111111-1111-4111-8111-111111111111";
    let told = up.refused(&["retry", unknown, "--reason", "x"]);
    assert!(told.contains("neither a lead nor a delivery"), "{told}");
}
