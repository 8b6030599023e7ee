//! `[agent.data_collection]`: what the vendor's analysis draws from each conversation beside the
//! fields of a lead, by id, each in words to the analysing model (R53).

use std::collections::BTreeMap;

use super::document::At;
use super::reader::Reader;

/// What telephony draws anyway: the five fields of a lead and whether the need was real (B3).
pub(super) const DRAWN_ANYWAY: [&str; 6] = [
    "customer_name",
    "phone",
    "language",
    "service",
    "location",
    "real_need",
];

/// What the summary mail shows.
pub(super) const SHOWN: [&str; 2] = ["sentiment", "next_step"];

/// The declared fields.
#[derive(Debug, Clone, Default)]
pub struct DataCollection {
    pub fields: BTreeMap<String, String>,
    pub at: At,
    /// The table, or the file's syntax, is broken, and that is reported: nothing is missing for sure.
    pub unknown: bool,
}

impl DataCollection {
    pub(super) fn read(mut reader: Reader<'_>) -> Self {
        let unknown = reader.is_damaged();
        let mut fields = BTreeMap::new();
        for id in reader.keys() {
            let words = reader.text(id);
            // One that is no text has been reported.
            fields.insert(id.to_owned(), words);
        }
        Self {
            fields,
            at: reader.finish(),
            unknown,
        }
    }

    /// The table of an agent in which none was read; nothing where it is absent for sure.
    pub(super) fn lost_in(agent: &Reader<'_>) -> Option<Self> {
        let unknown = agent.is_damaged() || agent.keys().contains(&"data_collection");
        unknown.then(|| Self {
            unknown,
            ..Self::default()
        })
    }
}
