//! The catalogue: everything that is declared in files (sites, numbers, agents with prompts and
//! FAQs, the roster, the rules of each country, prices), read as a whole and checked as a whole.
//! A catalogue with one error is not applied at all; every mistake is reported at once, with file
//! and line, so that one round of corrections is enough.

pub mod apply;
mod breach;
mod collection;
mod document;
mod folder;
mod lint;
mod model;
mod parse;
mod phone;
mod prices;
mod prompt;
mod reader;
mod rules;
mod values;
mod words;

#[cfg(test)]
mod tests;

use std::fmt::Write as _;
use std::path::Path;

pub use breach::{Breach, Place, Severity, render};
pub use collection::DataCollection;
pub use document::At;
pub use folder::Folder;
pub use model::*;
pub use prompt::{FAQ_MARKER, fallback_documents, render as render_prompt};
pub use rules::{LeadRules, Retention};

/// What `bord catalog check DIR` prints, and whether the catalogue may be applied: every breach,
/// and for a sound one the text to put at each site's `fallback_url`.
pub fn check(dir: &Path) -> (String, bool) {
    match Catalog::read(dir) {
        Err(breaches) => (render(&breaches), false),
        Ok(catalog) => {
            let mut text = render(&catalog.warnings);
            for document in fallback_documents(&catalog) {
                let (url, sites) = (document.url, document.sites.join(", "));
                let _ = write!(text, "\nTo stand at {url} ({sites}):\n\n{}", document.text);
            }
            (text, true)
        }
    }
}

impl Catalog {
    /// Reads and lints a folder. Errors come with the warnings beside them; a catalogue without
    /// errors carries its warnings.
    pub fn read(dir: &Path) -> Result<Self, Vec<Breach>> {
        Self::from_folder(&Folder::read(dir)?)
    }

    /// The sample catalogue that is built into the binary, for `bord demo`.
    pub fn sample() -> Result<Self, Vec<Breach>> {
        Self::from_folder(&Folder::sample())
    }

    pub fn from_folder(folder: &Folder) -> Result<Self, Vec<Breach>> {
        let report = breach::Report::default();
        let (mut catalog, damaged) = parse::read(folder, &report);
        lint::check(&catalog, &damaged, &report);
        let breaches = report.into_sorted();
        if breaches
            .iter()
            .any(|breach| breach.severity == Severity::Error)
        {
            return Err(breaches);
        }
        catalog.warnings = breaches;
        Ok(catalog)
    }
}
