//! What is measured is written down, shown and asked for by its right name: the lists of the programs,
//! the sources that record, and the rules and dashboards that ask. And what a scrape shows after a call.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chassis::host::Slept;
use chassis::run::Life;
use serde_json::Value;
use test_support::{TestDb, eventually, on_both};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use vendor_twin::{PlaceCall, Scenario};

use crate::tool::GENEVA;
use crate::world::World;

const CALLER: &str = "+41791234567";
const SOON: Duration = Duration::from_secs(20);
/// Gauges are set every quarter of a minute, all leads counted once a minute.
const LATER: Duration = Duration::from_secs(40);
/// What others measure: Prometheus itself, kube-state-metrics, cAdvisor, cert-manager.
const FOREIGN: [&str; 3] = ["kube_", "container_", "certmanager_"];

fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("tests/ has a parent").to_owned()
}

/// Every source of the programs, by path.
fn sources() -> BTreeMap<PathBuf, String> {
    let mut found = BTreeMap::new();
    let mut folders = vec![root().join("services"), root().join("gateway")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() && !path.ends_with("tests") && !path.ends_with("benches") {
                folders.push(path);
            } else if path.extension().is_some_and(|end| end == "rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                found.insert(path, text);
            }
        }
    }
    assert!(found.len() > 100, "{}", found.len());
    found
}

fn is_list(path: &Path) -> bool {
    path.ends_with("measures.rs") || path.ends_with("metrics/list.rs")
}

/// What stands in quotes right after each `opening`.
fn quoted_after<'a>(text: &'a str, opening: &str) -> Vec<&'a str> {
    let rest = text.split(opening).skip(1);
    rest.filter_map(|rest| rest.trim_start().strip_prefix('"')?.split('"').next())
        .collect()
}

/// Name and kind of everything in the lists.
fn described() -> BTreeMap<String, &'static str> {
    let mut all = BTreeMap::new();
    for (path, text) in sources().iter().filter(|(path, _)| is_list(path)) {
        for kind in ["counter", "gauge", "histogram"] {
            for name in quoted_after(text, &format!("Metric::{kind}(")) {
                let known = all.insert(name.to_owned(), kind);
                assert!(
                    known.is_none_or(|known| known == kind),
                    "{name} twice, otherwise, in {}",
                    path.display()
                );
            }
        }
    }
    assert!(all.len() > 90, "{}", all.len());
    all
}

#[test]
fn what_is_recorded_is_described_and_what_is_described_is_recorded() {
    let described = described();
    let mut recorded = BTreeSet::new();
    for (path, text) in sources().iter().filter(|(path, _)| !is_list(path)) {
        for kind in ["counter", "gauge", "histogram"] {
            for name in quoted_after(text, &format!("{kind}!(")) {
                assert_eq!(
                    described.get(name),
                    Some(&kind),
                    "{name} in {}",
                    path.display()
                );
            }
        }
        for name in described.keys() {
            if text.contains(&format!("\"{name}\"")) {
                recorded.insert(name.clone());
            }
        }
    }
    let silent: Vec<_> = described
        .keys()
        .filter(|name| !recorded.contains(*name))
        .collect();
    assert!(silent.is_empty(), "described, never recorded: {silent:?}");
}

#[test]
fn names_are_of_their_kind() {
    for (name, kind) in described() {
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name}");
        assert!(kind != "histogram" || name.ends_with("_seconds"), "{name}");
        assert!(
            name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{name}"
        );
    }
}

/// An expression's own names: what is asked for, without functions, labels and numbers.
fn names(expression: &str) -> BTreeSet<String> {
    const WORDS: [&str; 12] = [
        "and",
        "or",
        "unless",
        "on",
        "ignoring",
        "by",
        "without",
        "offset",
        "bool",
        "group_left",
        "group_right",
        "Inf",
    ];
    let mut bare = String::new();
    let (mut depth, mut rest) = (0, expression);
    while let Some(next) = rest.chars().next() {
        rest = &rest[next.len_utf8()..];
        match next {
            '{' | '[' => depth += 1,
            '}' | ']' => depth -= 1,
            _ if depth == 0 => bare.push(next),
            _ => {}
        }
    }
    // The labels behind `by` and its like.
    for word in ["by", "without", "on", "ignoring"] {
        while let Some(at) = bare.find(&format!("{word} (")) {
            let end = bare[at..].find(')').expect("a closing bracket");
            bare.replace_range(at..=at + end, " ");
        }
    }
    let mut found = BTreeSet::new();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut rest = bare.as_str();
    while let Some(at) = rest.find(is_part) {
        let word = &rest[at..];
        let end = word.find(|c| !is_part(c)).unwrap_or(word.len());
        let (word, after) = word.split_at(end);
        rest = after;
        let is_function = after.trim_start().starts_with('(');
        let is_number = word.starts_with(|c: char| c.is_ascii_digit());
        if !is_function && !is_number && !WORDS.contains(&word) {
            found.insert(word.to_owned());
        }
    }
    found
}

#[test]
fn an_expression_is_read_for_its_names() {
    let expression =
        "histogram_quantile(0.99, sum by (job, le) (rate(a_seconds_bucket{x=~\"b|c\"}[5m]))) > 1e3
        or max(d) unless e offset 10m > 0";
    let read: Vec<_> = names(expression).into_iter().collect();
    assert_eq!(read, ["a_seconds_bucket", "d", "e"]);
}

/// Whether a series of this name can come from what is described as so.
fn exists(described: &BTreeMap<String, &'static str>, name: &str) -> bool {
    if name == "up" || FOREIGN.iter().any(|start| name.starts_with(start)) {
        return true;
    }
    let ends = ["_bucket", "_count", "_sum"];
    let of_histogram = ends.iter().find_map(|end| name.strip_suffix(end));
    match (described.get(name), of_histogram) {
        (Some(kind), _) => *kind != "histogram",
        (None, Some(histogram)) => described.get(histogram) == Some(&"histogram"),
        (None, None) => false,
    }
}

fn monitoring(file: &str) -> String {
    let path = root().join("k8s/components/monitoring").join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|_| panic!("{} is there", path.display()))
}

/// The expressions of the rules, by alert.
fn alerts() -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let text = monitoring("prometheus-rule.yaml");
    let mut within = false;
    for line in text.lines() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("- alert: ") {
            found.push((name.to_owned(), String::new()));
        } else if let Some(rest) = line.strip_prefix("expr: ") {
            within = rest.starts_with('|');
            assert!(within, "expressions are blocks: {line}");
        } else if line.starts_with("for:") || line.starts_with("labels:") {
            within = false;
        } else if within && let Some((_, expression)) = found.last_mut() {
            expression.push_str(line);
            expression.push('\n');
        }
    }
    assert!(found.len() > 30, "{}", found.len());
    found
}

#[test]
fn alerts_and_dashboards_ask_for_what_is_measured() {
    let described = described();
    let mut asked: Vec<(String, String)> = alerts();
    fn collect(value: &Value, asked: &mut Vec<(String, String)>) {
        match value {
            Value::Object(members) => {
                for (name, value) in members {
                    match (name.as_str(), value) {
                        ("expr", Value::String(text)) => {
                            asked.push(("dashboard".to_owned(), text.clone()));
                        }
                        _ => collect(value, asked),
                    }
                }
            }
            Value::Array(values) => values.iter().for_each(|value| collect(value, asked)),
            _ => {}
        }
    }
    let dashboard: Value = serde_json::from_str(&monitoring("bord.json")).expect("JSON");
    collect(&dashboard, &mut asked);
    let tried = monitoring("alerts.test.yml");
    for series in tried.split("series: '").skip(1) {
        let series = series.split('\'').next().expect("a series");
        asked.push(("alerts.test.yml".to_owned(), series.to_owned()));
    }
    assert!(asked.len() > 80, "{}", asked.len());
    for (place, expression) in asked {
        for name in names(&expression) {
            assert!(exists(&described, &name), "{place} asks for {name}");
        }
    }
}

#[test]
fn each_alert_has_a_page_that_says_what_to_do_and_none_is_left_over() {
    let path = root().join("k8s/docs/runbooks.md");
    let pages = std::fs::read_to_string(&path).expect("k8s/docs/runbooks.md is there");
    let mut rest: BTreeMap<&str, &str> = pages
        .split("\n### ")
        .skip(1)
        .map(|page| page.split_once('\n').expect("a page"))
        .collect();
    let rules = monitoring("prometheus-rule.yaml");
    for (alert, expression) in alerts() {
        assert!(!expression.is_empty(), "{alert}");
        let page = rest.remove(alert.as_str()).unwrap_or_default();
        for part in ["**Means**", "**Look**", "**Do**"] {
            assert!(page.contains(part), "{alert}: {part}");
        }
        let link = format!("k8s/docs/runbooks.md#{}", alert.to_lowercase());
        assert!(rules.contains(&link), "{link}");
    }
    assert!(rest.is_empty(), "pages without an alert: {:?}", rest.keys());
}

/// One line of a scrape: name, labels, value.
fn series(line: &str) -> (&str, Vec<(&str, &str)>) {
    let (key, _) = line.rsplit_once(' ').expect("a value");
    let Some((name, labels)) = key.split_once('{') else {
        return (key, Vec::new());
    };
    let labels = labels.trim_end_matches('}').split("\",");
    let pairs = labels.map(|pair| pair.split_once("=\"").expect("a label"));
    (
        name,
        pairs
            .map(|(label, value)| (label, value.trim_end_matches('"')))
            .collect(),
    )
}

async fn scrape(path: &str, life: &Life) -> String {
    let addr = ([127, 0, 0, 1], 0).into();
    let addr = chassis::metrics::serve(addr, life).await.expect("served");
    let mut stream = TcpStream::connect(addr).await.expect("connects");
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("read");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    answer
}

/// The value of a series, by its name and labels as they are shown.
fn value(shown: &str, key: &str) -> Option<f64> {
    let line = shown
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(' '));
    line?.parse().ok()
}

/// There from the start, whatever happened: else `rate()` would not see the first count.
const FROM_THE_START: [&str; 8] = [
    "lead_unmatched_total",
    "bord_host_slept_total",
    "telephony_journal_dropped_total",
    r#"bord_flags_total{kind="DISPATCH_MISSED"}"#,
    r#"telephony_calls_total{handling="voicemail"}"#,
    r#"notification_deliveries_total{channel="sms",state="dead"}"#,
    r#"alarms_failed_total{kind="HOST_SLEPT"}"#,
    r#"feed_parked_total{follower="calls"}"#,
];

/// What one call adds to.
const BY_A_CALL: [&str; 9] = [
    r#"telephony_calls_total{handling="agent"}"#,
    r#"telephony_calls_ended_total{state="completed"}"#,
    r#"telephony_answer_seconds_bucket{le="3"}"#,
    "lead_dispatch_answer_seconds_count",
    r#"notification_deliveries_total{channel="sms",state="delivered"}"#,
    r#"rpc_server_requests_total{service="bord.lead.v1.LeadService",method="DispatchLead",code="Ok"}"#,
    r#"rpc_client_requests_total{service="bord.lead.v1.LeadService",method="DispatchLead",code="Ok"}"#,
    r#"http_requests_total{route="/twilio/voice",method="POST",status="200"}"#,
    r#"http_request_duration_seconds_bucket{route="/twilio/voice",method="POST",le="3"}"#,
];

const SHOWN: [&str; 11] = [
    r#"queue_due{queue="leads"}"#,
    r#"queue_oldest_seconds{queue="send-sms"}"#,
    r#"queue_due{queue="proofs"}"#,
    r#"queue_due{queue="summaries"}"#,
    r#"feed_published_number{database="telephony"}"#,
    r#"feed_followed_number{follower="calls"}"#,
    r#"feed_behind_seconds{follower="outcomes"}"#,
    r#"feed_behind_seconds{follower="ledger"}"#,
    r#"bord_coverage_cells{state="ready"}"#,
    r#"bord_flags_open{kind="DRIFT"}"#,
    "bord_oldest_unmatched_seconds",
];

on_both! {
    async fn after_a_call_a_scrape_shows_what_was_done_and_nobodys_data(db: TestDb) {
        scrape_after_a_call(&db).await;
    }
}

/// Other tests of this process count in the same series, so that only growth is told.
async fn scrape_after_a_call(db: &TestDb) {
    let world = World::start(db).await;
    let life = Life::for_test();
    let before = scrape("/metrics", &life).await;
    for key in FROM_THE_START {
        assert!(
            value(&before, key).is_some(),
            "from the start: {key}\n{before}"
        );
    }
    let call = PlaceCall::new(CALLER, GENEVA, Scenario::PlumbingFrench);
    let outcome = world.twin.place_call(call).await;
    assert!(outcome.agent_spoke(), "{:?}", outcome.steps);
    let missing = |shown: &str| {
        let grew = |key: &&str| value(shown, key) > Some(value(&before, key).unwrap_or(0.0));
        let mut missing: Vec<_> = BY_A_CALL.into_iter().filter(|key| !grew(key)).collect();
        missing.extend(SHOWN.into_iter().filter(|key| value(shown, key).is_none()));
        missing
    };
    let until = tokio::time::Instant::now() + LATER;
    let shown = loop {
        let shown = scrape("/metrics", &life).await;
        let missing = missing(&shown);
        if missing.is_empty() {
            break shown;
        }
        assert!(tokio::time::Instant::now() < until, "{missing:#?}\n{shown}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    };
    pools(&shown, db);
    bounded_and_explained(&shown);
    for personal in [CALLER, "791234567", GENEVA, "CA0", "Dubois", "@"] {
        assert!(!shown.contains(personal), "{personal}");
    }
    assert!(scrape("/healthz", &life).await.contains("\r\n\r\nok"));
    life.stop();
}

fn pools(shown: &str, db: &TestDb) {
    let postgres = db.url("lead").starts_with("postgres");
    let pool = if postgres { "all" } else { "writer" };
    for service in ["telephony", "lead", "roster", "notification", "quality"] {
        let labels = format!(r#"database="{service}",pool="{pool}""#);
        let most = value(shown, &format!("db_connections_max{{{labels}}}")).expect("a pool");
        let used = value(
            shown,
            &format!(r#"db_connections{{{labels},state="used"}}"#),
        );
        let idle = value(
            shown,
            &format!(r#"db_connections{{{labels},state="idle"}}"#),
        );
        let all = used.expect("used") + idle.expect("idle");
        assert!(most >= 1.0 && all <= most, "{service}: {all} of {most}");
        let waits = value(shown, &format!("db_acquire_seconds_count{{{labels}}}"));
        assert!(waits > Some(0.0), "{service}");
        let timeouts = value(shown, &format!("db_acquire_timeouts_total{{{labels}}}"));
        assert!(timeouts.is_some(), "{service}");
    }
}

/// Every series has a HELP line, and no label grows with calls, people or vendors' ids.
fn bounded_and_explained(shown: &str) {
    let described = described();
    let (_, body) = shown.split_once("\r\n\r\n").expect("a body");
    let mut values: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for line in body
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains(' '))
    {
        let (name, labels) = series(line);
        assert!(exists(&described, name), "{line}");
        let base = ["_bucket", "_count", "_sum"]
            .iter()
            .find_map(|end| name.strip_suffix(end));
        let base = base
            .filter(|base| described.contains_key(*base))
            .unwrap_or(name);
        assert!(
            shown.contains(&format!("# HELP {base} ")),
            "no HELP for {base}"
        );
        for (label, value) in labels {
            values
                .entry((base.to_owned(), label.to_owned()))
                .or_default()
                .insert(value.to_owned());
        }
    }
    // Methods are as many as the contracts have.
    let named = |line: &&str| line.contains('/') && !line.starts_with('#');
    let methods = contracts::CALLERS.lines().filter(named).count();
    for ((name, label), values) in values {
        let most = if label == "method" { methods } else { 80 };
        assert!(values.len() <= most, "{name} by {label}: {values:?}");
        for value in values {
            assert!(value.len() <= 60, "{name} by {label}: {value}");
            let digits = value.bytes().filter(u8::is_ascii_digit).count();
            assert!(
                digits < 6,
                "{name} by {label} holds an id or a number: {value}"
            );
        }
    }
}

/// R71: whoever notices, lead-service mails it, once for each sleep.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_slept_is_mailed_to_the_operator_once_whoever_noticed_it() {
    let db = TestDb::sqlite().await;
    let world = World::bare(&db).await;
    let slept = |process, seconds| Slept {
        process,
        lasted: Duration::from_secs(seconds),
        notice_time: chassis::clock::now(),
    };
    let mails = || {
        let mails = world.twin.mails();
        mails
            .into_iter()
            .filter(|mail| mail.text.contains("slept for"))
            .map(|mail| mail.text)
            .collect::<Vec<_>>()
    };
    // In one process all of them hear the same.
    let shared = slept("bord", 7_195);
    for service in ["lead-service", "gateway", "quality-service"] {
        world.life(service).tell_slept(shared.clone());
    }
    eventually(SOON, async || (!mails().is_empty()).then_some(())).await;
    // Each in a process of its own.
    for service in ["gateway", "quality-service"] {
        world.life(service).tell_slept(slept(service, 60));
    }
    let all = eventually(SOON, async || (mails().len() >= 3).then(mails)).await;
    assert_eq!(
        all.len(),
        3,
        "one for the shared sleep, one for each other: {all:#?}"
    );
    let of = |process: &str| {
        let text = format!("The host of {process} slept");
        all.iter().filter(|mail| mail.contains(&text)).count()
    };
    assert_eq!(
        [of("bord"), of("gateway"), of("quality-service")],
        [1, 1, 1]
    );
}
