//! What the command line writes: lines, aligned tables, JSON. The only place that prints.
//!
//! A reader that closed the pipe (`bord leads | head`) ends the program quietly.

use std::process::ExitCode;

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
    headings: Vec<&'static str>,
    rows: Vec<Vec<String>>,
}

impl Table {
    #[must_use]
    pub fn new(headings: &[&'static str]) -> Self {
        Self {
            headings: headings.to_vec(),
            rows: Vec::new(),
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
        let headings = self.headings.iter().map(|h| (*h).to_owned()).collect();
        std::iter::once(&headings)
            .chain(&self.rows)
            .map(|row| aligned(row, &widths))
            .collect()
    }

    pub fn print(&self) {
        self.lines().iter().for_each(line);
    }
}

fn aligned(row: &[String], widths: &[usize]) -> String {
    let mut text = String::new();
    for (cell, width) in row.iter().zip(widths) {
        text.push_str(cell);
        text.extend(std::iter::repeat_n(
            ' ',
            width + 2 - cell.chars().count().min(*width),
        ));
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
}
