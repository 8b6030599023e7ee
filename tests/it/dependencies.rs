//! Who may depend on whom: services meet in `contracts` and `chassis` only, nothing of the
//! product depends on a test double's code path, and the dependency tree keeps one TLS.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub(crate) fn root() -> PathBuf {
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

/// Every locked package: name, version, and the names that it depends on.
fn locked() -> Vec<(String, String, Vec<String>)> {
    let text = std::fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock is committed");
    let lock: toml::Table = text.parse().expect("Cargo.lock is TOML");
    let text = |value: &toml::Value| value.as_str().expect("text").to_owned();
    let packages = lock["package"].as_array().expect("packages").iter();
    packages
        .map(|package| {
            let needs = package.get("dependencies").and_then(toml::Value::as_array);
            let needs = needs.into_iter().flatten().map(|need| {
                // "syn 2.0.1" where there are several versions.
                let need = text(need);
                need.split(' ').next().unwrap_or_default().to_owned()
            });
            (
                text(&package["name"]),
                text(&package["version"]),
                needs.collect(),
            )
        })
        .collect()
}

/// The entries of one list of `[bans]` in deny.toml.
fn bans(list: &str) -> Vec<toml::Value> {
    let text = std::fs::read_to_string(root().join("deny.toml")).expect("deny.toml is there");
    let rules: toml::Table = text.parse().expect("deny.toml is TOML");
    rules["bans"][list].as_array().expect("a list").clone()
}

#[test]
fn no_banned_crate_is_locked_but_below_those_that_may_wrap_it() {
    let locked = locked();
    for ban in bans("deny") {
        let banned = ban["crate"].as_str().expect("a crate");
        let wrappers = ban.get("wrappers").and_then(toml::Value::as_array);
        let wrappers: Vec<_> = wrappers
            .into_iter()
            .flatten()
            .filter_map(toml::Value::as_str)
            .collect();
        for (name, _, needs) in &locked {
            assert!(
                !needs.iter().any(|need| need == banned) || wrappers.contains(&name.as_str()),
                "{name} depends on {banned}: {}",
                ban["reason"]
            );
        }
    }
}

#[test]
fn a_second_version_of_a_crate_is_explained_and_every_explanation_is_needed() {
    let mut versions: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (name, version, _) in locked() {
        versions.entry(name).or_default().insert(version);
    }
    let skips: BTreeSet<String> = bans("skip")
        .iter()
        .map(|skip| skip["crate"].as_str().expect("NAME@VERSION").to_owned())
        .collect();
    for (name, known) in &versions {
        let kept = known
            .iter()
            .filter(|version| !skips.contains(&format!("{name}@{version}")));
        assert!(
            kept.count() <= 1,
            "{name} is locked in {known:?}: deny.toml explains one too few"
        );
    }
    for skip in &skips {
        let (name, version) = skip.split_once('@').expect("NAME@VERSION");
        let known = versions.get(name).cloned().unwrap_or_default();
        assert!(
            known.len() > 1 && known.contains(version),
            "deny.toml explains {skip}, which is not a second version any more"
        );
    }
}
