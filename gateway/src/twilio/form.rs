//! A form as Twilio posts it: an ordered list of names and values, decoded to bytes.
//!
//! The signature covers every pair that was sent, empty and unknown ones too, so nothing is
//! dropped or trimmed here. Whether a value is text is asked only when a field is read.

use crate::problem::{FieldError, Problem};

/// More pairs than Twilio ever sends; beyond it nothing is sorted or hashed.
const MOST_PAIRS: usize = 1_000;

/// A decoded form body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    pairs: Vec<(Vec<u8>, Vec<u8>)>,
}

/// The body has more pairs than any webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooManyPairs;

impl Form {
    /// Decodes `application/x-www-form-urlencoded` as the URL standard does, which never fails.
    pub fn decode(body: &[u8]) -> Result<Self, TooManyPairs> {
        let mut pairs = Vec::new();
        for part in body
            .split(|byte| *byte == b'&')
            .filter(|part| !part.is_empty())
        {
            if pairs.len() == MOST_PAIRS {
                return Err(TooManyPairs);
            }
            let (name, value) = match part.iter().position(|byte| *byte == b'=') {
                Some(at) => (&part[..at], &part[at + 1..]),
                None => (part, &[][..]),
            };
            pairs.push((unescape(name), unescape(value)));
        }
        Ok(Self { pairs })
    }

    /// The pairs in the order and number in which they count for a signature: sorted by name and
    /// value in byte order, equal pairs once.
    #[must_use]
    pub fn signed_pairs(&self) -> Vec<(&[u8], &[u8])> {
        let mut pairs: Vec<(&[u8], &[u8])> = self
            .pairs
            .iter()
            .map(|(name, value)| (name.as_slice(), value.as_slice()))
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        pairs
    }

    fn bytes(&self, name: &str) -> Option<&[u8]> {
        let mut pairs = self.pairs.iter();
        pairs
            .find(|(found, _)| found == name.as_bytes())
            .map(|(_, value)| value.as_slice())
    }

    /// Whether the field was sent, empty or not.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.bytes(name).is_some()
    }

    /// Reads fields, collecting what is wrong with them.
    #[must_use]
    pub fn fields(&self) -> Fields<'_> {
        Fields {
            form: self,
            errors: Vec::new(),
        }
    }
}

/// A reader of fields that remembers every fault, so that one answer names them all.
#[derive(Debug)]
pub struct Fields<'a> {
    form: &'a Form,
    errors: Vec<FieldError>,
}

impl Fields<'_> {
    /// The first value of the field; empty when it is absent.
    pub fn text(&mut self, name: &'static str) -> String {
        match self.form.bytes(name).map(std::str::from_utf8) {
            None => String::new(),
            Some(Ok(text)) => text.to_owned(),
            Some(Err(_)) => {
                self.errors.push(FieldError::new(
                    name,
                    "must be UTF-8",
                    "percent-encode the value's UTF-8 bytes",
                ));
                String::new()
            }
        }
    }

    /// The first value of a field that Twilio always sends.
    pub fn required(&mut self, name: &'static str) -> String {
        let wrong_already = self.errors.len();
        let text = self.text(name);
        if text.is_empty() && self.errors.len() == wrong_already {
            self.errors.push(FieldError::new(
                name,
                "is required",
                "send the webhook's parameters unchanged",
            ));
        }
        text
    }

    /// A whole number; absent and unreadable are the same, since Twilio documents neither.
    pub fn number<T: std::str::FromStr>(&mut self, name: &'static str) -> Option<T> {
        self.text(name).trim().parse().ok()
    }

    /// Refuses the request when any field that was read is at fault.
    pub fn finish(self) -> Result<(), Problem> {
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::invalid_fields(self.errors))
        }
    }
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let escaped = match text[at] {
            b'%' => hex_pair(text.get(at + 1), text.get(at + 2)),
            _ => None,
        };
        match (escaped, text[at]) {
            (Some(byte), _) => {
                plain.push(byte);
                at += 3;
            }
            (None, b'+') => {
                plain.push(b' ');
                at += 1;
            }
            (None, byte) => {
                plain.push(byte);
                at += 1;
            }
        }
    }
    plain
}

fn hex_pair(high: Option<&u8>, low: Option<&u8>) -> Option<u8> {
    let digit = |byte: &u8| {
        char::from(*byte)
            .to_digit(16)
            .and_then(|d| u8::try_from(d).ok())
    };
    Some(digit(high?)? * 16 + digit(low?)?)
}

/// The value of `name` in a raw query string, decoded; for parameters of our own callback URLs.
#[must_use]
pub fn query_value(query: Option<&str>, name: &str) -> String {
    let form = Form::decode(query.unwrap_or_default().as_bytes()).unwrap_or_default();
    let value = form
        .bytes(name)
        .and_then(|value| std::str::from_utf8(value).ok());
    value.unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(body: &str, name: &'static str) -> String {
        Form::decode(body.as_bytes()).unwrap().fields().text(name)
    }

    #[test]
    fn values_are_decoded_and_neither_trimmed_nor_dropped() {
        assert_eq!(text("Body=1+%2B+1+&From=%2B41", "Body"), "1 + 1 ");
        assert_eq!(text("a=%C3%BC%f0%9f%98%80", "a"), "ü😀");
        assert_eq!(text("a=100%&b=%zz%4", "a"), "100%");
        assert_eq!(text("a=100%&b=%zz%4", "b"), "%zz%4");
        assert_eq!(text("a=b=c", "a"), "b=c");
        let form = Form::decode(b"Zip=&City&=x&&").unwrap();
        assert_eq!(
            form.signed_pairs(),
            [(&b""[..], &b"x"[..]), (b"City", b""), (b"Zip", b"")]
        );
    }

    #[test]
    fn every_field_at_fault_is_named() {
        let form = Form::decode(b"CallSid=%ff&To=").unwrap();
        let mut fields = form.fields();
        fields.required("CallSid");
        fields.required("To");
        fields.required("From");
        let problem = fields.finish().unwrap_err();
        let named: Vec<_> = problem
            .errors
            .iter()
            .map(|error| error.field.as_str())
            .collect();
        assert_eq!(named, ["CallSid", "To", "From"]);
    }

    #[test]
    fn a_form_of_a_million_pairs_is_refused_before_it_is_sorted() {
        assert_eq!(
            Form::decode("a&".repeat(1_001).as_bytes()),
            Err(TooManyPairs)
        );
        assert!(Form::decode("a&".repeat(1_000).as_bytes()).is_ok());
    }
}
