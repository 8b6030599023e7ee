//! A sheet: a table as CSV by RFC 4180, for people who open it in a spreadsheet.
//!
//! A spreadsheet takes a cell that starts with = + - @ for a formula, and so would do what a customer
//! or a provider put into a text. Texts therefore get an apostrophe before such a sign; numbers of our
//! own keep their minus.

use anyhow::Context as _;

/// What a spreadsheet would not take for text.
const SIGNS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

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
        let mut writer = builder.from_writer(Vec::new());
        writer.write_record(header)?;
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
            Self::Text(text) if text.starts_with(SIGNS) => format!("'{text}"),
            Self::Text(text) | Self::Number(text) => text,
            Self::Nothing => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_rfc_4180_with_quotes_where_they_are_needed() {
        let mut sheet = Sheet::new(&["name", "amount"]).unwrap();
        sheet
            .row([Cell::text("Müller, \"der\" Sanitär"), Cell::number(-5)])
            .unwrap();
        sheet
            .row([Cell::text("two\nlines"), Cell::Nothing])
            .unwrap();
        assert_eq!(
            sheet.text().unwrap(),
            "name,amount\r\n\"Müller, \"\"der\"\" Sanitär\",-5\r\n\"two\nlines\",\r\n"
        );
        let mut sheet = Sheet::new(&["a", "b"]).unwrap();
        assert!(sheet.row([Cell::Nothing]).is_err());
    }

    #[test]
    fn a_text_that_a_spreadsheet_would_reckon_with_is_text_and_our_numbers_are_numbers() {
        for text in ["=1+1", "+41", "-1", "@SUM(A1)", "\tx", "\rx"] {
            assert_eq!(Cell::text(text).written(), format!("'{text}"));
        }
        for text in ["a=b", "0b5f", " =1", ""] {
            assert_eq!(Cell::text(text).written(), text);
        }
        assert_eq!(Cell::Number("-12.50".into()).written(), "-12.50");
    }
}
