//! A breach is one mistake in the catalogue: where it stands, which rule it breaks and what to do.
//! Mistakes are collected, never thrown: whoever runs `bord catalog check` sees all of them at
//! once, sorted by file and line. A warning is shown but refuses nothing.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Arc;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

/// One mistake. `rule` is the id of a requirement ("R5", "D9") or the name of a plain rule of
/// the format ("format", "unique", "reference", …).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    pub severity: Severity,
    pub file: String,
    /// From 1.
    pub line: usize,
    pub rule: &'static str,
    /// Names the field, what is wrong, and the remedy.
    pub message: String,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    pub line: usize,
}

impl Place {
    pub fn new(file: &str, line: usize) -> Self {
        Self {
            file: file.into(),
            line,
        }
    }
}

/// Collects breaches. Readers nest and all write into the same report, hence the cell.
#[derive(Debug, Default)]
pub(super) struct Report {
    breaches: RefCell<Vec<Breach>>,
}

impl Report {
    /// Without a place the field itself was at fault and has been reported already; a second
    /// breach that follows from the first would only hide it.
    pub(super) fn error(
        &self,
        place: Option<Place>,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        self.add(Severity::Error, place, rule, message.into());
    }

    pub(super) fn warn(
        &self,
        place: Option<Place>,
        rule: &'static str,
        message: impl Into<String>,
    ) {
        self.add(Severity::Warning, place, rule, message.into());
    }

    fn add(&self, severity: Severity, place: Option<Place>, rule: &'static str, message: String) {
        let Some(place) = place else { return };
        let breach = Breach {
            severity,
            file: place.file.to_string(),
            line: place.line,
            rule,
            message,
        };
        let mut breaches = self.breaches.borrow_mut();
        if !breaches.contains(&breach) {
            breaches.push(breach);
        }
    }

    /// Everything collected, by file and line.
    pub(super) fn into_sorted(self) -> Vec<Breach> {
        let mut breaches = self.breaches.into_inner();
        sort(&mut breaches);
        breaches
    }
}

fn sort(breaches: &mut [Breach]) {
    breaches.sort_by(|a, b| {
        (&a.file, a.line, a.severity, a.rule).cmp(&(&b.file, b.line, b.severity, b.rule))
    });
}

/// What `bord catalog check` prints: a line for each breach, aligned, and a count.
pub fn render(breaches: &[Breach]) -> String {
    let mut sorted = breaches.to_vec();
    sort(&mut sorted);
    let places: Vec<String> = sorted
        .iter()
        .map(|b| format!("{}:{}", b.file, b.line))
        .collect();
    let width = places.iter().map(|p| p.chars().count()).max().unwrap_or(0);
    let rule_width = sorted.iter().map(|b| b.rule.len()).max().unwrap_or(0);
    let mut text = String::new();
    for (breach, place) in sorted.iter().zip(&places) {
        let severity = match breach.severity {
            Severity::Error => "error  ",
            Severity::Warning => "warning",
        };
        let _ = writeln!(
            text,
            "{place:<width$}  {severity}  {:<rule_width$}  {}",
            breach.rule, breach.message
        );
    }
    let errors = sorted
        .iter()
        .filter(|b| b.severity == Severity::Error)
        .count();
    let warnings = sorted.len() - errors;
    if !sorted.is_empty() {
        text.push('\n');
    }
    let _ = writeln!(
        text,
        "{}, {}",
        count(errors, "error"),
        count(warnings, "warning")
    );
    text
}

fn count(number: usize, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
