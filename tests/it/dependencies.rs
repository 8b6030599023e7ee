//! Who may depend on whom: services meet in `contracts` and `chassis` only, nothing of the
//! product depends on a test double's code path, and the dependency tree keeps one TLS.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("tests/ has a parent")
        .to_owned()
}

/// Dependencies of a crate's manifest, those of tests apart.
fn dependencies(manifest: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let text = std::fs::read_to_string(root().join(manifest)).expect("the manifest is there");
    let value: toml::Table = text.parse().expect("the manifest is TOML");
    let names = |key: &str| {
        value
            .get(key)
            .and_then(toml::Value::as_table)
            .map(|t| t.keys().cloned().collect())
            .unwrap_or_default()
    };
    (names("dependencies"), names("dev-dependencies"))
}

const SERVICES: [&str; 5] = [
    "telephony-gateway",
    "lead-service",
    "roster-service",
    "notification-service",
    "quality-service",
];

#[test]
fn no_service_depends_on_another_services_crate() {
    for service in SERVICES {
        let (normal, dev) = dependencies(&format!("services/{service}/Cargo.toml"));
        for other in SERVICES
            .iter()
            .chain(["gateway", "bord"].iter())
            .filter(|o| **o != service)
        {
            assert!(
                !normal.contains(*other) && !dev.contains(*other),
                "{service} depends on {other}"
            );
        }
    }
    let (gateway, gateway_dev) = dependencies("gateway/Cargo.toml");
    for service in SERVICES {
        assert!(
            !gateway.contains(service) && !gateway_dev.contains(service),
            "gateway depends on {service}"
        );
    }
}

#[test]
fn chassis_knows_no_domain_word_and_no_contract() {
    let (normal, _) = dependencies("services/chassis/Cargo.toml");
    assert!(!normal.contains("contracts"));
    for service in SERVICES {
        assert!(!normal.contains(service));
    }
}

#[test]
fn only_the_all_in_one_binary_and_tests_know_the_vendor_twin() {
    for manifest in SERVICES
        .iter()
        .map(|s| format!("services/{s}/Cargo.toml"))
        .chain([
            "services/chassis/Cargo.toml".to_owned(),
            "gateway/Cargo.toml".to_owned(),
        ])
    {
        let (normal, _) = dependencies(&manifest);
        assert!(
            !normal.contains("vendor-twin"),
            "{manifest} depends on the twin"
        );
    }
}

#[test]
fn the_lock_file_holds_one_version_of_the_stack_and_no_banned_crate() {
    let text = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock is committed");
    let lock: toml::Table = text.parse().expect("Cargo.lock is TOML");
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in lock["package"].as_array().expect("packages") {
        let (name, version) = (package["name"].as_str(), package["version"].as_str());
        versions
            .entry(name.unwrap_or_default())
            .or_default()
            .insert(version.unwrap_or_default());
    }
    for banned in ["openssl-sys", "aws-lc-sys", "native-tls", "cmake"] {
        assert!(
            !versions.contains_key(banned),
            "{banned} is in the tree: see deny.toml"
        );
    }
    for single in [
        "tonic",
        "prost",
        "axum",
        "opentelemetry",
        "opentelemetry_sdk",
        "sqlx",
        "rustls",
        "hyper",
        "tokio",
    ] {
        assert_eq!(
            versions.get(single).map(BTreeSet::len),
            Some(1),
            "more than one {single}"
        );
    }
}
