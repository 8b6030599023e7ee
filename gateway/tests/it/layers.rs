//! Where things stand: a gRPC status becomes HTTP in one place, and every file is short.

use std::path::{Path, PathBuf};

fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut folders) = (Vec::new(), vec![root.join("src"), root.join("tests")]);
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).unwrap() {
            let path = item.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path.strip_prefix(root).unwrap().to_owned(), text));
            }
        }
    }
    assert!(found.len() > 20);
    found
}

#[test]
fn a_grpc_status_becomes_http_in_one_file_alone() {
    for (path, text) in sources() {
        let told = ["problem.rs", "clients.rs", "recording.rs"];
        let may = path.starts_with("tests") || told.iter().any(|name| path.ends_with(name));
        assert!(may || !text.contains("tonic::"), "{}", path.display());
        let codes = path.starts_with("tests") || path.ends_with("problem.rs");
        assert!(
            codes || !text.contains("Code::Unavailable"),
            "{}",
            path.display()
        );
    }
}

#[test]
fn every_file_opens_by_defining_its_noun_and_stays_short() {
    for (path, text) in sources() {
        assert!(text.starts_with("//! "), "{}", path.display());
        let lines = text.lines().count();
        // Tests may be a little longer than what they test.
        let most = if path.starts_with("src") { 300 } else { 380 };
        assert!(lines <= most, "{} has {lines} lines", path.display());
    }
}
