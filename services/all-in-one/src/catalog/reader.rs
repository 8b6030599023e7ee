//! Reads one table of a TOML file field by field and goes on after each mistake. serde stops at
//! the first; a catalogue is written by people who want to hear everything at once, so each
//! field that is missing, of another type or unknown becomes a breach at its own line, and what
//! was read keeps the lines of its fields for the lint.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::breach::Report;
use super::document::{At, Document};
use super::values::{day, filled, whole};

pub(super) struct Reader<'a> {
    document: &'a Document,
    table: &'a DeTable<'a>,
    report: &'a Report,
    /// How messages name the table: "provider", "agent".
    noun: &'a str,
    known: Vec<&'a str>,
    at: At,
    missing_rule: &'static str,
}

impl<'a> Reader<'a> {
    pub(super) fn root(
        document: &'a Document,
        table: &'a DeTable<'a>,
        noun: &'a str,
        report: &'a Report,
    ) -> Self {
        Self::new(document, table, 0, noun, report)
    }

    fn new(
        document: &'a Document,
        table: &'a DeTable<'a>,
        offset: usize,
        noun: &'a str,
        report: &'a Report,
    ) -> Self {
        let head = document.place(offset).line;
        let at = At {
            file: document.name.clone(),
            head,
            fields: BTreeMap::new(),
        };
        Self {
            document,
            table,
            report,
            noun,
            known: Vec::new(),
            at,
            missing_rule: "format",
        }
    }

    /// The rule that a missing field of this table breaks.
    pub(super) fn missing_breaks(mut self, rule: &'static str) -> Self {
        self.missing_rule = rule;
        self
    }

    /// Reports what nobody asked for and gives the lines of what was read.
    pub(super) fn finish(self) -> At {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !self.known.contains(&name) {
                let place = self.document.place(key.span().start);
                let fields = self.known.join(", ");
                self.report.error(
                    Some(place),
                    "format",
                    format!(
                        "`{name}` is no field of this {}: remove it, or use one of {fields}",
                        self.noun
                    ),
                );
            }
        }
        self.at
    }

    fn find(&mut self, key: &'a str) -> Option<&'a Spanned<DeValue<'a>>> {
        self.known.push(key);
        self.table.get(key)
    }

    fn require(&mut self, key: &'a str) -> Option<&'a Spanned<DeValue<'a>>> {
        let found = self.find(key);
        if found.is_none() && !self.document.damaged {
            let message = format!("`{key}` is missing from this {}: add it", self.noun);
            self.report
                .error(self.at.head(), self.missing_rule, message);
        }
        found
    }

    fn wrong(&self, key: &str, value: &Spanned<DeValue<'_>>, wanted: &str) {
        let place = self.document.place(value.span().start);
        let found = value.get_ref().type_str();
        self.report.error(
            Some(place),
            "format",
            format!("`{key}` must be {wanted}, not {found}"),
        );
    }

    fn note(&mut self, key: impl Into<String>, value: &Spanned<DeValue<'_>>) {
        let line = self.document.place(value.span().start).line;
        self.at.fields.insert(key.into(), line);
    }

    fn take<T>(
        &mut self,
        key: &str,
        value: Option<&'a Spanned<DeValue<'a>>>,
        wanted: &str,
        read: impl FnOnce(&'a DeValue<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = value?;
        let read = read(value.get_ref());
        match read {
            Some(_) => self.note(key, value),
            None => self.wrong(key, value, wanted),
        }
        read
    }

    /// Reports a field that was read but means nothing, and forgets where it stood.
    pub(super) fn refuse(&mut self, key: &str, message: &str) {
        self.report.error(self.at.field(key), "format", message);
        self.at.fields.remove(key);
    }

    pub(super) fn text(&mut self, key: &'a str) -> String {
        let value = self.require(key);
        self.take(key, value, "a text that is not empty", filled)
            .unwrap_or_default()
    }

    pub(super) fn maybe_text(&mut self, key: &'a str) -> Option<String> {
        let value = self.find(key);
        self.take(key, value, "a text that is not empty", filled)
    }

    /// A text that must stand there but may be "".
    pub(super) fn any_text(&mut self, key: &'a str) -> String {
        let value = self.require(key);
        self.take(key, value, "a text", |v| Some(v.as_str()?.to_owned()))
            .unwrap_or_default()
    }

    pub(super) fn integer(&mut self, key: &'a str) -> i64 {
        let value = self.require(key);
        self.take(key, value, "a whole number", whole)
            .unwrap_or_default()
    }

    pub(super) fn maybe_integer(&mut self, key: &'a str) -> Option<i64> {
        let value = self.find(key);
        self.take(key, value, "a whole number", whole)
    }

    pub(super) fn boolean(&mut self, key: &'a str) -> bool {
        let value = self.require(key);
        self.take(key, value, "true or false", DeValue::as_bool)
            .unwrap_or_default()
    }

    pub(super) fn date(&mut self, key: &'a str) -> NaiveDate {
        let value = self.require(key);
        self.take(key, value, "a date such as 2026-01-31, without quotes", day)
            .unwrap_or_default()
    }

    /// A list of texts with at least one element.
    pub(super) fn texts(&mut self, key: &'a str) -> Vec<String> {
        let Some(value) = self.require(key) else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, "a list of texts");
            return Vec::new();
        };
        if array.is_empty() {
            let place = self.document.place(value.span().start);
            self.report.error(
                Some(place),
                self.missing_rule,
                format!("`{key}` is empty: name at least one"),
            );
            return Vec::new();
        }
        self.note(key, value);
        let mut texts: Vec<String> = Vec::new();
        for element in array.iter() {
            let Some(text) = filled(element.get_ref()) else {
                self.wrong(key, element, "a list of texts");
                continue;
            };
            if texts.contains(&text) {
                let place = self.document.place(element.span().start);
                self.report.error(
                    Some(place),
                    "unique",
                    format!("`{key}` names \"{text}\" twice: keep one"),
                );
                continue;
            }
            self.note(format!("{key}.{}", texts.len()), element);
            texts.push(text);
        }
        texts
    }

    pub(super) fn table(&mut self, key: &'a str, noun: &'a str) -> Option<Reader<'a>> {
        let value = self.require(key);
        self.open(key, noun, value)
    }

    pub(super) fn maybe_table(&mut self, key: &'a str, noun: &'a str) -> Option<Reader<'a>> {
        let value = self.find(key);
        self.open(key, noun, value)
    }

    fn open(
        &mut self,
        key: &'a str,
        noun: &'a str,
        value: Option<&'a Spanned<DeValue<'a>>>,
    ) -> Option<Reader<'a>> {
        let table = self.take(key, value, "a table", DeValue::as_table)?;
        let offset = value?.span().start;
        Some(Reader::new(self.document, table, offset, noun, self.report))
    }

    /// A list of tables: `[[key]]` several times.
    pub(super) fn tables(&mut self, key: &'a str, noun: &'a str) -> Vec<Reader<'a>> {
        let value = self.require(key);
        self.each(key, noun, value)
    }

    /// The same, where none need stand.
    pub(super) fn maybe_tables(&mut self, key: &'a str, noun: &'a str) -> Vec<Reader<'a>> {
        let value = self.find(key);
        self.each(key, noun, value)
    }

    fn each(
        &mut self,
        key: &str,
        noun: &'a str,
        value: Option<&'a Spanned<DeValue<'a>>>,
    ) -> Vec<Reader<'a>> {
        let wanted = "a list of tables: write [[…]]";
        let Some(value) = value else {
            return Vec::new();
        };
        let Some(array) = value.get_ref().as_array() else {
            self.wrong(key, value, wanted);
            return Vec::new();
        };
        let mut readers = Vec::new();
        for element in array.iter() {
            match element.get_ref().as_table() {
                Some(table) => {
                    let offset = element.span().start;
                    readers.push(Reader::new(self.document, table, offset, noun, self.report));
                }
                None => self.wrong(key, element, wanted),
            }
        }
        readers
    }

    /// Whether the file's syntax is broken, so that what is missing may only be lost.
    pub(super) fn is_damaged(&self) -> bool {
        self.document.damaged
    }

    /// The keys of a table whose keys are names, such as languages.
    pub(super) fn keys(&self) -> Vec<&'a str> {
        self.table
            .keys()
            .map(|key| -> &'a str { key.get_ref() })
            .collect()
    }
}
