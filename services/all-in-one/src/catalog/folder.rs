//! The folder of the catalogue as texts by name: read from a disk (also as a ConfigMap is
//! mounted, where each file is a symbolic link) or taken from this binary. It is flat, since the
//! keys of a ConfigMap are. What a file means is not known here.

use std::collections::BTreeMap;
use std::path::Path;

use include_dir::{Dir, include_dir};

use super::breach::{Breach, Severity};

/// The sample catalogue, for `bord demo`.
static SAMPLE: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../k8s/catalog");

/// A Markdown file: its name and its text.
#[derive(Debug, Clone, Default)]
pub struct Text {
    pub file: String,
    /// Whether the folder has it.
    pub present: bool,
    pub text: String,
}

#[derive(Debug, Clone, Default)]
pub struct Folder {
    files: BTreeMap<String, String>,
}

impl Folder {
    pub fn sample() -> Self {
        let files = SAMPLE
            .files()
            .filter_map(|file| {
                Some((
                    file.path().to_str()?.to_owned(),
                    file.contents_utf8()?.to_owned(),
                ))
            })
            .collect();
        Self { files }
    }

    /// Reads every plain file; hidden names (`..data` of a mounted ConfigMap) are left out.
    pub fn read(dir: &Path) -> Result<Self, Vec<Breach>> {
        let shown = dir.display().to_string();
        let fault = |file: String, problem: String| Breach {
            severity: Severity::Error,
            file,
            line: 1,
            rule: "format",
            message: problem,
        };
        let entries = std::fs::read_dir(dir).map_err(|error| {
            vec![fault(
                shown.clone(),
                format!(
                    "the folder cannot be read: {error}; name a folder that holds catalog.toml"
                ),
            )]
        })?;
        let mut files = BTreeMap::new();
        let mut faults = Vec::new();
        for entry in entries {
            let path = match entry {
                Ok(entry) => entry.path(),
                Err(error) => {
                    faults.push(fault(
                        shown.clone(),
                        format!("the folder cannot be read: {error}"),
                    ));
                    continue;
                }
            };
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.starts_with('.') || !path.is_file() {
                continue;
            }
            match std::fs::read_to_string(&path) {
                Ok(text) => drop(files.insert(name, text)),
                Err(error) => faults.push(fault(
                    name,
                    format!("the file cannot be read: {error}; it must be UTF-8 text"),
                )),
            }
        }
        if faults.is_empty() {
            Ok(Self { files })
        } else {
            Err(faults)
        }
    }

    pub fn get(&self, name: &str) -> Option<&str> {
        self.files.get(name).map(String::as_str)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// A copy of the folder with another text in one file.
    pub fn with(mut self, name: &str, text: &str) -> Self {
        self.files.insert(name.to_owned(), text.to_owned());
        self
    }

    /// A copy of the folder without one file.
    pub fn without(mut self, name: &str) -> Self {
        self.files.remove(name);
        self
    }
}
