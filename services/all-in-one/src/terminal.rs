//! What the command line writes: lines, aligned tables, JSON. The only place that prints.
//!
//! A reader that closed the pipe (`bord leads | head`) ends the program quietly.

use std::ops::Range;
use std::process::ExitCode;

use chassis::config::Env;

/// Where nobody says how wide lines may be.
const WIDTH: usize = 120;

/// Writes one line to standard output.
pub fn line(text: impl AsRef<str>) {
    write(&mut std::io::stdout().lock(), text.as_ref());
}

/// Writes one line to standard error: progress and refusals, so that output stays clean.
pub fn note(text: impl AsRef<str>) {
    write(&mut std::io::stderr().lock(), text.as_ref());
}

fn write(to: &mut dyn std::io::Write, text: &str) {
    if writeln!(to, "{text}").and_then(|()| to.flush()).is_err() {
        std::process::exit(0);
    }
}

/// Writes a text as it is, line ends included.
pub fn raw(text: impl AsRef<str>) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    if out
        .write_all(text.as_ref().as_bytes())
        .and_then(|()| out.flush())
        .is_err()
    {
        std::process::exit(0);
    }
}

/// How wide a line may be: the terminal's, or `COLUMNS`, or what prints well.
#[must_use]
pub fn width() -> usize {
    let terminal = rustix::termios::tcgetwinsize(std::io::stdout());
    let terminal = terminal.map(|size| usize::from(size.ws_col)).ok();
    let told = || Env::from_process().optional("COLUMNS")?.parse().ok();
    terminal
        .filter(|width| *width > 0)
        .or_else(told)
        .unwrap_or(WIDTH)
}

/// Writes a value as JSON, for scripts.
pub fn json(value: &serde_json::Value) {
    line(format!("{value:#}"));
}

/// Prints an error with all its causes and what to do next, and gives the exit code.
pub fn refuse(error: &anyhow::Error) -> ExitCode {
    note(format!("bord: {error}"));
    for cause in error.chain().skip(1) {
        note(format!("  because: {cause}"));
    }
    ExitCode::FAILURE
}

/// Rows under headings, each column as wide as its widest cell.
pub struct Table {
    headings: Vec<String>,
    /// Columns that are set to the right: figures.
    right: Range<usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    #[must_use]
    pub fn new(headings: &[&str]) -> Self {
        Self {
            headings: headings.iter().map(|&h| h.to_owned()).collect(),
            right: 0..0,
            rows: Vec::new(),
        }
    }

    /// These columns, counted from 0, stand to the right.
    #[must_use]
    pub fn right(self, columns: Range<usize>) -> Self {
        Self {
            right: columns,
            ..self
        }
    }

    pub fn row<C: Into<String>>(&mut self, cells: impl IntoIterator<Item = C>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Lines without trailing blanks, the headings first.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut widths: Vec<usize> = self.headings.iter().map(|h| h.chars().count()).collect();
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        std::iter::once(&self.headings)
            .chain(&self.rows)
            .map(|row| aligned(row, &widths, &self.right))
            .collect()
    }

    pub fn print(&self) {
        self.lines().iter().for_each(line);
    }
}

fn aligned(row: &[String], widths: &[usize], right: &Range<usize>) -> String {
    let mut text = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let blanks = " ".repeat(width - cell.chars().count().min(*width));
        match right.contains(&column) {
            true => text.extend([&blanks, cell.as_str(), "  "]),
            false => text.extend([cell.as_str(), &blanks, "  "]),
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell_and_accents_count_once() {
        let mut table = Table::new(&["CITY", "LEADS"]);
        table.row(["Genève", "2"]);
        table.row(["Zürich-Oerlikon", "11"]);
        assert_eq!(
            table.lines(),
            [
                "CITY             LEADS",
                "Genève           2",
                "Zürich-Oerlikon  11"
            ]
        );
    }

    #[test]
    fn figures_stand_to_the_right_under_their_heading() {
        let mut table = Table::new(&["CITY", "LEADS", "WHO"]).right(1..2);
        table.row(["Genève", "2", "a"]);
        table.row(["Zug", "1100000", "b"]);
        let lines = [
            "CITY      LEADS  WHO",
            "Genève        2  a",
            "Zug     1100000  b",
        ];
        assert_eq!(table.lines(), lines);
    }
}
