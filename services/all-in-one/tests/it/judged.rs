//! The operator's commands on what is judged and sealed, against the running stack on SQLite: nine
//! agents with their seals, a scan that closes every call, recovery, and what is refused with what to
//! do next.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::running::Up;

const AGENT: &str = "bord-geneva-plumbing";
const NOBODY: &str = "11111111-1111-4111-8111-111111111111";

#[test]
fn a_person_sees_the_seals_scans_and_recovers() {
    let up = Up::start();
    nine_agents_are_sealed(&up);
    nothing_is_released_that_stands_already(&up);
    a_changed_prompt_goes_live_and_back(&up);
    a_scan_closes_every_call(&up);
    recovery_finds_everything_in_its_place(&up);
    refusals_say_what_to_do(&up);
    up.terminate();
}

/// R18, R16, B5.
fn nine_agents_are_sealed(up: &Up) {
    let agents = up.json(&["agents", "--json"]);
    let agents = agents.as_array().unwrap();
    assert_eq!(agents.len(), 9, "{agents:#?}");
    for agent in agents {
        let name = agent["name"].as_str().unwrap();
        assert_eq!(agent["initial_wait_seconds"], 3, "{name}");
        assert_eq!(agent["candidate"], "live", "{name}");
        assert_eq!(agent["drift"], Value::Array(Vec::new()), "{agent:#}");
        let seal = &agent["seal"];
        assert_eq!(seal["configuration_hash"], agent["released_hash"], "{name}");
        let by = seal["approved_by"].as_str().unwrap();
        assert!(by.starts_with("operator:"), "{name}: {by}");
        assert!(
            agent["voice"]
                .as_str()
                .is_some_and(|voice| !voice.is_empty())
        );
    }
    let shown = up.told(&["agents"]);
    for part in ["Eric", "gpt-4o", "3 s", "none", AGENT] {
        assert!(shown.contains(part), "{part} is missing in:\n{shown}");
    }
}

fn nothing_is_released_that_stands_already(up: &Up) {
    let told = up.told(&["release", "--all"]);
    assert!(told.contains("is live"), "{told}");
    let told = up.refused(&["release", "bord-nobody"]);
    assert!(
        told.contains("UNKNOWN_AGENT") && told.contains("`bord agents`"),
        "{told}"
    );
    let told = up.refused(&["rollback", AGENT, "--reason", "fewer leads"]);
    assert!(told.contains("NOTHING_BEFORE"), "{told}");
}

fn plumber(up: &Up) -> Value {
    let agents = up.json(&["agents", "--json"]);
    let mut agents = agents.as_array().unwrap().iter();
    agents.find(|one| one["name"] == AGENT).unwrap().clone()
}

/// R63, B5: what the files change waits as a candidate, goes live by the gate, and is taken back in
/// one step, after which `--all` leaves it out.
fn a_changed_prompt_goes_live_and_back(up: &Up) {
    let sample = concat!(env!("CARGO_MANIFEST_DIR"), "/../../k8s/catalog");
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(sample).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    let faq = folder.path().join("faq-geneva-plumbing.md");
    let text = std::fs::read_to_string(&faq).unwrap();
    std::fs::write(&faq, format!("{text}\nNous venons aussi le samedi.\n")).unwrap();
    let before = plumber(up);
    up.told(&["catalog", "apply", folder.path().to_str().unwrap()]);
    let waiting = plumber(up);
    assert_eq!(
        waiting["released_hash"], before["released_hash"],
        "{waiting:#}"
    );
    assert_ne!(waiting["candidate"], "live", "{waiting:#}");
    let told = up.told(&["release", AGENT, "--as", "ana"]);
    assert!(told.contains("plumbing-french 5/5"), "{told}");
    let live = plumber(up);
    assert_eq!(live["released_hash"], waiting["configuration_hash"]);
    assert_eq!(live["seal"]["approved_by"], "operator:ana");
    let told = up.told(&["rollback", AGENT, "--reason", "fewer leads", "--as", "ana"]);
    assert!(told.contains("is back at"), "{told}");
    let back = plumber(up);
    assert_eq!(back["released_hash"], before["released_hash"], "{back:#}");
    let told = up.told(&["release", "--all"]);
    assert!(told.contains("is live"), "{told}");
    let told = up.refused(&["release", AGENT]);
    assert!(
        told.contains("taken back") && told.contains("fewer leads"),
        "{told}"
    );
    assert_eq!(plumber(up)["released_hash"], before["released_hash"]);
}

/// R54, R56: judged, closed, and shown as a share of the calls that ended.
fn a_scan_closes_every_call(up: &Up) {
    let outcome = up.json(&["call", "plombiersgeneve.ch", "--json"]);
    assert!(outcome["tool_calls"][0].is_object(), "{outcome:#}");
    let until = Instant::now() + Duration::from_secs(180);
    // The slot may have run before the call ended, and a call has its class a minute after its end:
    // what is asked for by hand looks again.
    let scan = loop {
        let scan = up.json(&["scan", "--since", "10m", "--as", "ana", "--json"]);
        if scan["coverage_percent"] == 100 && scan["ended_calls"].as_i64() >= Some(1) {
            break scan;
        }
        assert!(Instant::now() < until, "{scan:#}");
        std::thread::sleep(Duration::from_millis(500));
    };
    assert_eq!(scan["state"], "good", "{scan:#}");
    assert_eq!(scan["asked_by"], "operator:ana");
    let listed = up.json(&["scan", "--list", "--json"]);
    let listed = listed.as_array().unwrap();
    assert!(
        listed.iter().any(|one| one["scan_id"] == scan["scan_id"]),
        "{listed:#?}"
    );
    let flags = up.json(&["flags", "--all", "--json"]);
    for flag in flags.as_array().unwrap() {
        let id = flag["flag_id"].as_str().unwrap();
        let shown = up.told(&["flag", id]);
        assert!(shown.contains(flag["kind"].as_str().unwrap()), "{shown}");
        assert!(!flags.to_string().contains("\"words\""), "{flags:#}");
    }
    let status = up.json(&["status", "--json"]);
    assert!(
        status["books"]["last_good_scan_time"].is_string(),
        "{status:#}"
    );
}

/// B3: where nothing was lost, nothing changes.
fn recovery_finds_everything_in_its_place(up: &Up) {
    let leads = |up: &Up| up.json(&["leads", "--json"]).as_array().unwrap().len();
    let before = leads(up);
    let done = up.json(&["recover", "--since", "10m", "--as", "ana", "--json"]);
    assert_eq!(done["restored"], 0, "{done:#}");
    assert_eq!(done["scan"]["recovered"], 0, "{done:#}");
    assert_eq!(done["refused_lead_ids"], Value::Array(Vec::new()));
    assert_eq!(leads(up), before);
}

fn refusals_say_what_to_do(up: &Up) {
    let told = up.refused(&["flag", NOBODY]);
    assert!(told.contains("`bord flags --all`"), "{told}");
    let told = up.refused(&["flag", NOBODY, "resolve", "--reason", "called"]);
    assert!(
        told.contains("UNKNOWN_FLAG") && told.contains("`bord flags"),
        "{told}"
    );
    let told = up.refused(&["flag", "11", "resolve", "--reason", "called"]);
    assert!(told.contains("at least the first"), "{told}");
}
