//! One direction inside the service: grpc → app → domain, app → store and outbound.

use std::path::{Path, PathBuf};

fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("src")
            .join(folder),
    ];
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push((path.clone(), std::fs::read_to_string(path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty());
    found
}

fn names_none_of(folder: &str, words: &[&str]) {
    for (path, text) in sources(folder) {
        for word in words {
            assert!(!text.contains(word), "{} names {word}", path.display());
        }
    }
}

#[test]
fn the_domain_knows_neither_wire_nor_sql_nor_runtime() {
    names_none_of(
        "domain",
        &["tonic", "sqlx", "tokio", "contracts::", "crate::app"],
    );
}

#[test]
fn sql_stands_in_the_store_alone() {
    for folder in ["app", "domain", "grpc", "outbound"] {
        names_none_of(folder, &["sqlx::", "SELECT ", "INSERT ", "UPDATE "]);
    }
}

#[test]
fn wire_types_stand_at_the_edges_alone() {
    for folder in ["app", "domain", "store"] {
        names_none_of(folder, &["contracts::", "tonic::"]);
    }
}

#[test]
fn every_file_opens_by_defining_its_noun_and_stays_short() {
    for (path, text) in sources("") {
        assert!(text.starts_with("//! "), "{}", path.display());
        assert!(text.lines().count() <= 300, "{}", path.display());
    }
}
