//! One direction inside the service: grpc -> app -> domain, app -> store and outbound.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

/// Source files with their path below `src/` and their text.
fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    sources(&root, &mut found);
    assert!(found.len() > 20, "the sources were not found");
    let read = |path: PathBuf| {
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        (name, std::fs::read_to_string(path).unwrap())
    };
    found.into_iter().map(read).collect()
}

fn offenders(words: &[&str], allowed: impl Fn(&str) -> bool) -> Vec<String> {
    let files = files().into_iter().filter(|(name, _)| !allowed(name));
    files
        .filter(|(_, text)| words.iter().any(|word| text.contains(word)))
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn the_domain_names_no_wire_no_store_and_no_runtime() {
    let words = [
        "tonic",
        "sqlx",
        "tokio",
        "async ",
        "crate::app",
        "crate::store",
        "crate::grpc",
        "crate::outbound",
    ];
    assert!(offenders(&words, |name| !name.starts_with("domain/")).is_empty());
}

#[test]
fn sql_stands_only_in_the_store() {
    let words = ["sqlx::", "SELECT ", "INSERT INTO", "DELETE FROM"];
    assert!(offenders(&words, |name| name.starts_with("store/")).is_empty());
}

#[test]
fn wire_types_stand_only_at_the_two_edges() {
    let edge = |name: &str| name.starts_with("grpc/") || name.starts_with("outbound/");
    assert!(offenders(&["contracts::"], edge).is_empty());
}

#[test]
fn nothing_points_back() {
    assert!(offenders(&["crate::grpc"], |name| name.starts_with("grpc/")).is_empty());
    for inner in ["store/", "outbound/"] {
        let words = ["crate::app"];
        let found = offenders(&words, |name| !name.starts_with(inner));
        assert!(found.is_empty(), "{found:?}");
    }
    let calls = offenders(&["crate::outbound"], |name| {
        name.starts_with("app/") || name == "lib.rs"
    });
    assert!(calls.is_empty(), "{calls:?}");
}

#[test]
fn every_file_opens_with_its_noun_and_is_short() {
    for (name, text) in files() {
        let head = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .count();
        assert!(
            (1..=8).contains(&head),
            "{name} opens with {head} lines of comment"
        );
        assert!(text.lines().count() <= 300, "{name} is too long");
    }
}
