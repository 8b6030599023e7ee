//! The direction inside the service: grpc → app → domain, app → store; no way back.

use std::fs;
use std::path::{Path, PathBuf};

fn sources() -> Vec<(String, String)> {
    let found = files("src");
    assert!(found.len() > 40);
    found
}

fn files(under: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(under);
    let mut folders: Vec<PathBuf> = vec![root.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path
                    .strip_prefix(&root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

/// R12: Twilio and ElevenLabs stand behind `provider`, the records behind `store`.
#[test]
fn no_layer_reaches_back() {
    for (name, text) in sources() {
        let layer = name.split('/').next().unwrap();
        let forbidden: &[&str] = match layer {
            "domain" => &[
                "tonic",
                "sqlx",
                "tokio::",
                "contracts::",
                "crate::app",
                "crate::store",
                "crate::grpc",
                "crate::provider",
                ".await",
            ],
            "store" => &[
                "tonic",
                "contracts::",
                "crate::app",
                "crate::grpc",
                "crate::provider",
                "reqwest",
            ],
            "app" => &["tonic", "sqlx", "contracts::", "crate::grpc"],
            "provider" => &[
                "tonic",
                "sqlx",
                "contracts::",
                "crate::app",
                "crate::grpc",
                "crate::store",
            ],
            "grpc" => &["sqlx", "crate::provider", "crate::domain::configuration"],
            _ => &["contracts::"],
        };
        for word in forbidden {
            assert!(!text.contains(word), "{name} names {word}");
        }
    }
}

#[test]
fn every_sample_has_a_test() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures");
    let texts: Vec<String> = sources()
        .into_iter()
        .chain(files("tests"))
        .map(|(_, text)| text)
        .collect();
    for entry in fs::read_dir(root).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let stem = name.split('.').next().unwrap();
        let named = |text: &String| {
            text.contains(&format!("\"{stem}\"")) || text.contains(&format!("/{stem}."))
        };
        assert!(texts.iter().any(named), "{name}");
    }
}

#[test]
fn every_file_defines_its_noun_and_stays_readable() {
    for (name, text) in sources().into_iter().chain(files("tests")) {
        assert!(text.starts_with("//! "), "{name} does not say what it is");
        assert!(
            text.lines().count() <= 300,
            "{name} is too long to be read whole"
        );
    }
}
