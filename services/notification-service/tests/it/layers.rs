//! One direction inside the service: grpc → app → domain, app → store and provider. Read from the
//! sources, since no compiler checks it.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, into: &mut Vec<(PathBuf, String)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            into.push((path.clone(), std::fs::read_to_string(&path).unwrap()));
        }
    }
}

fn all() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let name = |path: &Path| path.strip_prefix(&root).unwrap().display().to_string();
    files
        .iter()
        .map(|(path, text)| (name(path), text.clone()))
        .collect()
}

/// Code without comments, so that prose may name what code may not.
fn code(text: &str) -> String {
    text.lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

#[test]
fn the_domain_knows_neither_wire_nor_store_nor_runtime() {
    for (name, text) in all() {
        if !name.starts_with("domain/") {
            continue;
        }
        let code = code(&text);
        for word in [
            "tonic",
            "sqlx",
            "tokio",
            "reqwest",
            "contracts::",
            "crate::app",
            "crate::store",
            "crate::grpc",
            "crate::provider",
            "crate::text",
            "async fn",
        ] {
            assert!(!code.contains(word), "{name} names {word}");
        }
    }
}

/// R12: the records stand behind `store`.
#[test]
fn sql_stands_in_the_store_only() {
    for (name, text) in all() {
        let code = code(&text);
        if name.starts_with("store/") {
            continue;
        }
        for word in ["sqlx::query", " on!(", "chassis::on", "QueryBuilder"] {
            assert!(!code.contains(word), "{name} has SQL: {word}");
        }
    }
}

#[test]
fn contracts_stand_at_the_wire_only() {
    for (name, text) in all() {
        if !name.starts_with("grpc/") {
            // lib.rs hands the descriptor to reflection and the table of callers to the server.
            let code = code(&text)
                .replace("contracts::DESCRIPTOR", "")
                .replace("contracts::CALLERS", "");
            assert!(!code.contains("contracts::"), "{name} names a wire type");
            assert!(!code.contains("tonic::"), "{name} names tonic");
        }
    }
}

#[test]
fn nothing_points_back() {
    for (name, text) in all() {
        let code = code(&text);
        let forbidden: &[&str] = match name.split('/').next().unwrap_or_default() {
            "store" | "provider" | "text" => &["crate::app", "crate::grpc"],
            "app" => &["crate::grpc"],
            _ => &[],
        };
        for word in forbidden {
            assert!(!code.contains(word), "{name} points back to {word}");
        }
    }
}

#[test]
fn every_file_says_what_it_is_and_stays_readable() {
    for (name, text) in all() {
        let head = text
            .lines()
            .take_while(|line| line.starts_with("//!"))
            .count();
        assert!(
            (1..=7).contains(&head),
            "{name} opens with {head} lines about itself"
        );
        let own = text
            .split("#[cfg(test)]")
            .next()
            .unwrap_or_default()
            .lines()
            .count();
        assert!(own <= 300, "{name} has {own} lines");
    }
}
