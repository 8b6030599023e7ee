//! A sheet: a table as CSV by RFC 4180, for people who open it in a spreadsheet.
//!
//! A spreadsheet takes a cell that starts with = + - @ for a formula, and so would do what a customer
//! or a provider put into a text. Texts therefore get an apostrophe before such a sign; numbers of our
//! own keep their minus. Texts are quoted; and since a German or Swiss Excel splits lines at semicolons,
//! where a quote inside of what it takes for a cell counts for nothing, a sign gets its apostrophe also
//! where a cell would begin for it: after a semicolon, a tab or the end of a line.

use anyhow::Context as _;

/// What a spreadsheet would not take for text.
const SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// After these a spreadsheet may begin a new cell, whatever is quoted.
const ENDS: [char; 4] = [';', '\t', '\r', '\n'];

pub enum Cell {
    /// Of anybody's making.
    Text(String),
    /// A number of our own, as decimal text.
    Number(String),
    Nothing,
}

pub struct Sheet {
    columns: usize,
    writer: csv::Writer<Vec<u8>>,
}

impl Sheet {
    /// # Errors
    /// It cannot be written.
    pub fn new(header: &[&str]) -> anyhow::Result<Self> {
        let mut builder = csv::WriterBuilder::new();
        let builder = builder.terminator(csv::Terminator::CRLF);
        // Headings are ours.
        let mut headings = builder.from_writer(Vec::new());
        headings.write_record(header)?;
        let headings = headings
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?;
        let builder = builder.quote_style(csv::QuoteStyle::NonNumeric);
        let writer = builder.from_writer(headings);
        Ok(Self {
            columns: header.len(),
            writer,
        })
    }

    /// # Errors
    /// It has another number of cells than the header.
    pub fn row(&mut self, cells: impl IntoIterator<Item = Cell>) -> anyhow::Result<()> {
        let cells: Vec<String> = cells.into_iter().map(Cell::written).collect();
        anyhow::ensure!(
            cells.len() == self.columns,
            "a row has {} cells under {} headings",
            cells.len(),
            self.columns
        );
        Ok(self.writer.write_record(cells)?)
    }

    /// The whole, with CRLF after each line.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn text(self) -> anyhow::Result<String> {
        let bytes = self.writer.into_inner();
        let bytes = bytes.map_err(csv::IntoInnerError::into_error);
        String::from_utf8(bytes?).context("CSV is UTF-8")
    }
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub fn number(whole: impl Into<i64>) -> Self {
        Self::Number(whole.into().to_string())
    }

    fn written(self) -> String {
        match self {
            Self::Text(text) => harmless(&text),
            Self::Number(text) => text,
            Self::Nothing => String::new(),
        }
    }
}

/// With an apostrophe before each sign by which a cell would begin; quotes before it may vanish.
fn harmless(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 1);
    let mut begins = true;
    for char in text.chars() {
        if begins && SIGNS.contains(&char) {
            out.push('\'');
        }
        out.push(char);
        begins = ENDS.contains(&char) || (begins && char == '"');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_rfc_4180_with_every_text_in_quotes() {
        let mut sheet = Sheet::new(&["name", "amount"]).unwrap();
        sheet
            .row([Cell::text("Müller, \"der\" Sanitär"), Cell::number(-5)])
            .unwrap();
        sheet
            .row([Cell::text("two\nlines"), Cell::Nothing])
            .unwrap();
        assert_eq!(
            sheet.text().unwrap(),
            "name,amount\r\n\"Müller, \"\"der\"\" Sanitär\",-5\r\n\"two\nlines\",\"\"\r\n"
        );
        let mut sheet = Sheet::new(&["a", "b"]).unwrap();
        assert!(sheet.row([Cell::Nothing]).is_err());
    }

    #[test]
    fn a_text_that_a_spreadsheet_would_reckon_with_is_text_and_our_numbers_are_numbers() {
        for text in ["=1+1", "+41", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(Cell::text(text).written(), format!("'{text}"));
        }
        for (text, written) in [
            ("x;=cmd", "x;'=cmd"),
            ("x;\"=cmd;\"", "x;\"'=cmd;\""),
            ("\"=cmd", "\"'=cmd"),
            ("x\n=cmd", "x\n'=cmd"),
            ("x\t@cmd;;-1", "x\t'@cmd;;'-1"),
        ] {
            assert_eq!(Cell::text(text).written(), written);
        }
        for text in ["a=b", "0b5f", " =1", "a; b", "a\"=b", ""] {
            assert_eq!(Cell::text(text).written(), text);
        }
        assert_eq!(Cell::Number("-12.50".into()).written(), "-12.50");
    }

    /// As a spreadsheet splits that does so at semicolons: quotes count at the beginning of a cell.
    #[test]
    fn a_text_makes_no_formula_where_lines_are_split_at_semicolons() {
        let mut sheet = Sheet::new(&["name", "text", "amount"]).unwrap();
        for text in [
            "x;=cmd",
            "x\n=cmd",
            "x;\"=cmd\"",
            "x\"\n;\"\"=cmd",
            "\"\n=cmd",
        ] {
            let cells = [Cell::text("a"), Cell::text(text), Cell::number(-5)];
            sheet.row(cells).unwrap();
        }
        let text = sheet.text().unwrap();
        assert!(text.contains("\"a\",\"x;'=cmd\",-5\r\n"), "{text}");
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.delimiter(b';').flexible(true).has_headers(false);
        for record in reader.from_reader(text.as_bytes()).records() {
            for cell in &record.unwrap() {
                let cell = cell.trim_start_matches('"');
                assert!(!cell.starts_with(SIGNS), "« {cell} » in {text}");
            }
        }
    }
}
