//! One TOML file as a document with lines, and the lines of each table that was read from it. A
//! byte offset of the parser means nothing to a person; file and line do.

use std::collections::BTreeMap;
use std::sync::Arc;

use toml::de::DeTable;

use super::breach::{Place, Report};

/// One TOML file: where its lines begin, and whether its syntax was broken (what is missing then
/// is not worth a breach of its own).
pub(super) struct Document {
    pub(super) name: Arc<str>,
    starts: Vec<usize>,
    pub(super) damaged: bool,
}

impl Document {
    /// Parses as much as can be parsed; every fault of syntax is reported, a repeated key too.
    pub(super) fn parse<'t>(name: &str, text: &'t str, report: &Report) -> (Self, DeTable<'t>) {
        let starts = std::iter::once(0)
            .chain(
                text.bytes()
                    .enumerate()
                    .filter(|(_, b)| *b == b'\n')
                    .map(|(at, _)| at + 1),
            )
            .collect();
        let (table, faults) = DeTable::parse_recoverable(text);
        let document = Self {
            name: name.into(),
            starts,
            damaged: !faults.is_empty(),
        };
        for fault in faults {
            let place = document.place(fault.span().map_or(0, |span| span.start));
            report.error(
                Some(place),
                "format",
                format!("not TOML here: {}", fault.message().trim()),
            );
        }
        (document, table.into_inner())
    }

    pub(super) fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        Place {
            file: self.name.clone(),
            line,
        }
    }
}

/// The lines of a table that was read: of its head, and of each field that was well-formed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct At {
    pub(super) file: Arc<str>,
    pub(super) head: usize,
    pub(super) fields: BTreeMap<String, usize>,
}

impl At {
    pub fn head(&self) -> Option<Place> {
        Some(Place {
            file: self.file.clone(),
            line: self.head,
        })
    }

    /// Nothing for a field that was absent or malformed.
    pub fn field(&self, key: &str) -> Option<Place> {
        let line = *self.fields.get(key)?;
        Some(Place {
            file: self.file.clone(),
            line,
        })
    }

    /// The place of one element of an array.
    pub fn item(&self, key: &str, index: usize) -> Option<Place> {
        self.field(&format!("{key}.{index}"))
    }

    /// The field, or the head where the field is absent (an optional one).
    pub fn near(&self, key: &str) -> Option<Place> {
        self.field(key).or_else(|| self.head())
    }
}
