//! The vendor's `<Connect>`: found in its reply by an XML reader, between two positions, so that it
//! is carried over byte for byte. A reply whose root is not Response/Connect is a failure.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Why a vendor's reply cannot be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotTwiml {
    #[error("the reply is not well-formed XML")]
    Malformed,
    #[error("the reply's root is not Response/Connect")]
    NotConnect,
    #[error("the reply is larger than a document may be")]
    TooLarge,
}

/// Twilio refuses documents above 64 kB (11750).
const MAX_BYTES: usize = 64_000;

/// The vendor's part of an answer: its `<Connect>` as it stands, and the conversation's id where
/// it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    element: String,
    pub conversation_id: Option<String>,
}

impl Connect {
    /// The element, byte for byte.
    #[must_use]
    pub fn element(&self) -> &str {
        &self.element
    }
}

/// Reads the vendor's reply, which may come wrapped in a JSON string.
pub fn read_connect(reply: &str) -> Result<Connect, NotTwiml> {
    if reply.len() > MAX_BYTES {
        return Err(NotTwiml::TooLarge);
    }
    let unwrapped: String;
    let mut text = reply.trim();
    if text.starts_with('"') {
        unwrapped = serde_json::from_str(text).map_err(|_| NotTwiml::Malformed)?;
        text = unwrapped.trim();
    }
    let text = text.trim_start_matches('\u{feff}');
    if !text.chars().all(is_xml) {
        return Err(NotTwiml::Malformed);
    }
    Scan::default().run(text)
}

/// Where the reader stands in the vendor's document.
#[derive(Default)]
struct Scan {
    path: Vec<String>,
    roots: usize,
    start: Option<usize>,
    element: Option<(usize, usize)>,
    connects: usize,
    conversation_id: Option<String>,
}

impl Scan {
    fn run(mut self, text: &str) -> Result<Connect, NotTwiml> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().enable_all_checks(true);
        loop {
            let before = position(&reader);
            let event = reader.read_event().map_err(|_| NotTwiml::Malformed)?;
            let after = position(&reader);
            match event {
                Event::Start(tag) => {
                    self.open(&tag, before)?;
                    self.path.push(tag.name().as_ref().to_owned());
                }
                Event::Empty(tag) => {
                    self.open(&tag, before)?;
                    self.close(self.path.len() + 1, after);
                }
                Event::End(_) => {
                    self.close(self.path.len(), after);
                    self.path.pop();
                }
                // A document type could define entities; nothing here needs one.
                Event::DocType(_) => return Err(NotTwiml::Malformed),
                Event::GeneralRef(entity) => known(&entity)?,
                Event::Text(text) if self.path.is_empty() && !text.trim().is_empty() => {
                    return Err(NotTwiml::Malformed);
                }
                Event::Eof => break,
                _ => {}
            }
        }
        let (from, to) = self.element.ok_or(NotTwiml::NotConnect)?;
        if self.connects != 1 || self.roots != 1 || !self.path.is_empty() {
            return Err(NotTwiml::NotConnect);
        }
        let element = text.get(from..to).ok_or(NotTwiml::Malformed)?.to_owned();
        Ok(Connect {
            element,
            conversation_id: self.conversation_id,
        })
    }

    fn open(&mut self, tag: &BytesStart<'_>, before: usize) -> Result<(), NotTwiml> {
        let name = tag.name();
        let name: &str = name.as_ref();
        // A prefix would need its declaration, which stays behind with the vendor's root.
        if name.contains(':') {
            return Err(NotTwiml::Malformed);
        }
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| NotTwiml::Malformed)?;
            attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|_| NotTwiml::Malformed)?;
        }
        match self.path.len() {
            0 => {
                self.roots += 1;
                if name != "Response" {
                    return Err(NotTwiml::NotConnect);
                }
            }
            1 if name == "Connect" => {
                self.connects += 1;
                self.start = Some(before);
            }
            _ if name == "Parameter" && self.start.is_some() => self.parameter(tag)?,
            _ => {}
        }
        Ok(())
    }

    fn parameter(&mut self, tag: &BytesStart<'_>) -> Result<(), NotTwiml> {
        let value = |name: &str| -> Result<Option<String>, NotTwiml> {
            let attribute = tag
                .try_get_attribute(name)
                .map_err(|_| NotTwiml::Malformed)?;
            let Some(attribute) = attribute else {
                return Ok(None);
            };
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            Ok(Some(value.map_err(|_| NotTwiml::Malformed)?.into_owned()))
        };
        if value("name")?.as_deref() == Some("conversation_id") {
            self.conversation_id = value("value")?.filter(|id| !id.is_empty());
        }
        Ok(())
    }

    /// Closes the element at `depth`, where the root is 1.
    fn close(&mut self, depth: usize, after: usize) {
        if depth == 2
            && let Some(from) = self.start.take()
        {
            self.element = Some((from, after));
        }
    }
}

fn position(reader: &Reader<&[u8]>) -> usize {
    usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX)
}

fn known(entity: &quick_xml::events::BytesRef<'_>) -> Result<(), NotTwiml> {
    let name: &str = entity;
    let known = matches!(name, "amp" | "lt" | "gt" | "quot" | "apos")
        || matches!(entity.resolve_char_ref(), Ok(Some(character)) if is_xml(character));
    if known {
        Ok(())
    } else {
        Err(NotTwiml::Malformed)
    }
}

/// Characters that XML 1.0 allows at all; the others make Twilio refuse the whole document.
#[must_use]
pub fn is_xml(character: char) -> bool {
    matches!(character,
        '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
        | '\u{10000}'..='\u{10FFFF}')
}

#[cfg(test)]
pub(crate) mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(crate) const STREAM: &str = r#"<Connect><Stream url="wss://api.elevenlabs.io/v1/convai/conversation">
  <Parameter name="conversation_id" value="conv_1&amp;2" /><!-- kept --></Stream></Connect>"#;

    pub(crate) fn vendor(body: &str) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>{body}</Response>")
    }

    #[test]
    fn a_reply_wrapped_in_a_json_string_is_unwrapped() {
        let wrapped = serde_json::to_string(&vendor(STREAM)).unwrap();
        assert_eq!(read_connect(&wrapped), read_connect(&vendor(STREAM)));
    }

    #[test]
    fn the_sample_of_the_vendors_reply_is_understood() {
        let sample = include_str!("../../tests/it/fixtures/register_call.response.json");
        let sample: serde_json::Value = serde_json::from_str(sample).unwrap();
        let connect = read_connect(sample["body"].as_str().unwrap()).unwrap();
        let id = connect.conversation_id.as_deref();
        assert_eq!(id, Some("conv_8701k9r2d4f6h8j0m1n3p5q7s9tv"));
        assert!(
            connect
                .element()
                .starts_with("<Connect><Stream url=\"wss://")
        );
    }

    #[test]
    fn a_missing_conversation_id_is_normal() {
        let reply = vendor("<Connect><Stream url=\"wss://x\"/></Connect>");
        assert_eq!(read_connect(&reply).unwrap().conversation_id, None);
    }

    #[test]
    fn anything_but_one_connect_in_a_response_is_a_failure() {
        for (reply, expected) in [
            (
                "<html><body>Bad Gateway</body></html>".to_owned(),
                NotTwiml::NotConnect,
            ),
            (
                vendor("<Say>agent not found</Say><Hangup/>"),
                NotTwiml::NotConnect,
            ),
            (vendor(&format!("{STREAM}{STREAM}")), NotTwiml::NotConnect),
            (
                "<Connect><Stream/></Connect>".to_owned(),
                NotTwiml::NotConnect,
            ),
            (vendor("<Dial><Connect/></Dial>"), NotTwiml::NotConnect),
            (vendor("<Connect><Stream></Connect>"), NotTwiml::Malformed),
            (
                format!("<!DOCTYPE a [<!ENTITY b \"c\">]>{}", vendor(STREAM)),
                NotTwiml::Malformed,
            ),
            (vendor("<Connect>&b;</Connect>"), NotTwiml::Malformed),
            (vendor("<Connect x=\"&b;\"/>"), NotTwiml::Malformed),
            (vendor("<Connect><a:b/></Connect>"), NotTwiml::Malformed),
            (
                format!("{}<Response/>", vendor(STREAM)),
                NotTwiml::NotConnect,
            ),
            ("{\"detail\":[]}".to_owned(), NotTwiml::Malformed),
            ("\"not json".to_owned(), NotTwiml::Malformed),
            (String::new(), NotTwiml::NotConnect),
            (vendor("<Connect>\u{1}</Connect>"), NotTwiml::Malformed),
            (" ".repeat(70_000), NotTwiml::TooLarge),
        ] {
            assert_eq!(read_connect(&reply), Err(expected), "{reply:.80}");
        }
        assert!(read_connect(&vendor("<Connect>")).is_err());
    }

    proptest! {
        #[test]
        fn reading_any_reply_never_panics(reply in ".*") {
            let _ = read_connect(&reply);
            let _ = read_connect(&vendor(&reply));
        }
    }
}
