//! Reads the sources: grpc → app → domain, app → store, and nothing back.

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(folder),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

fn nobody_names(folder: &str, words: &[&str]) {
    for (path, text) in sources(folder) {
        for word in words {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn the_domain_knows_no_wire_no_database_and_no_runtime() {
    let outer = [
        "tonic",
        "sqlx",
        "tokio",
        "contracts::",
        "crate::app",
        "crate::store",
        "crate::grpc",
    ];
    nobody_names("domain", &outer);
}

#[test]
fn the_store_is_called_and_calls_nobody() {
    nobody_names(
        "store",
        &[
            "tonic",
            "contracts::",
            "crate::app",
            "crate::grpc",
            "crate::outbound",
        ],
    );
}

#[test]
fn wire_types_stay_at_the_edges_and_sql_in_the_store() {
    nobody_names(
        "app",
        &["contracts::", "crate::grpc", "sqlx::query", "SELECT "],
    );
    nobody_names("grpc", &["sqlx", "SELECT "]);
    nobody_names("outbound", &["sqlx", "crate::app"]);
}

/// R12: vendors stand behind the adapters of telephony-gateway and notification-service.
#[test]
fn no_vendor_is_spoken_to_from_here() {
    nobody_names("", &["chassis::http", "reqwest"]);
}

#[test]
fn every_file_opens_by_saying_what_it_is_and_stays_short() {
    for (path, text) in sources("") {
        if path.extension().is_some_and(|extension| extension == "rs") {
            assert!(
                text.starts_with("//! "),
                "{} does not say what it is",
                path.display()
            );
            assert!(
                text.lines().count() <= 300,
                "{} is too long",
                path.display()
            );
        }
    }
}
