//! TwiML: the documents that a call is answered with. Ours are written by an XML writer, which
//! escapes; the vendor's `<Connect>` is carried over byte for byte between two positions that an
//! XML reader found, so that nothing is ever glued from text.

use std::time::Duration;

use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};
use quick_xml::{Reader, Writer, XmlVersion};

use super::speech::Speech;

/// Twilio refuses documents above 64 kB (11750).
const MAX_BYTES: usize = 64_000;

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

/// The vendor's part of an answer: its `<Connect>` as it stands, and the conversation's id where
/// it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connect {
    element: String,
    pub conversation_id: Option<String>,
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

/// The answer to a call that an agent takes: the disclosure, the vendor's `<Connect>`, and where
/// the caller goes when the agent's leg ends (D9).
#[must_use]
pub fn agent(disclosure: &str, speech: &Speech, connect: &Connect, after_agent: &str) -> String {
    document(|writer| {
        say(writer, speech, disclosure);
        writer
            .get_mut()
            .extend_from_slice(connect.element.as_bytes());
        redirect(writer, after_agent);
    })
}

/// Asks for a message and records it (B12). Verbs after `<Record>` are not reached, so it is last;
/// without `action` Twilio would ask for this very document again.
#[must_use]
pub fn voicemail(speech: &Speech, voicemail_url: &str) -> String {
    document(|writer| {
        say(writer, speech, speech.voicemail);
        let seconds = LONGEST_VOICEMAIL.as_secs().to_string();
        let record = BytesStart::new("Record").with_attributes([
            ("action", voicemail_url),
            ("method", "POST"),
            ("maxLength", &seconds),
            ("timeout", "5"),
            ("playBeep", "true"),
            ("recordingStatusCallback", voicemail_url),
            ("recordingStatusCallbackMethod", "POST"),
            ("recordingStatusCallbackEvent", "completed absent"),
        ]);
        event(writer, Event::Empty(record));
    })
}

pub const LONGEST_VOICEMAIL: Duration = Duration::from_secs(120);

/// Thanks for a voicemail and ends the call.
#[must_use]
pub fn thanks(speech: &Speech) -> String {
    document(|writer| {
        say(writer, speech, speech.thanks);
        event(writer, Event::Empty(BytesStart::new("Hangup")));
    })
}

#[must_use]
pub fn hangup() -> String {
    document(|writer| event(writer, Event::Empty(BytesStart::new("Hangup"))))
}

/// Refuses a call without answering it; as the first verb it is not billed.
#[must_use]
pub fn reject() -> String {
    document(|writer| event(writer, Event::Empty(BytesStart::new("Reject"))))
}

fn document(body: impl FnOnce(&mut Writer<Vec<u8>>)) -> String {
    let mut writer = Writer::new(Vec::new());
    event(
        &mut writer,
        Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)),
    );
    event(&mut writer, Event::Start(BytesStart::new("Response")));
    body(&mut writer);
    event(&mut writer, Event::End(BytesEnd::new("Response")));
    String::from_utf8(writer.into_inner()).expect("the writer takes strings only")
}

fn say(writer: &mut Writer<Vec<u8>>, speech: &Speech, text: &str) {
    let tag = BytesStart::new("Say")
        .with_attributes([("language", speech.language), ("voice", speech.voice)]);
    element(writer, tag, text);
}

fn redirect(writer: &mut Writer<Vec<u8>>, url: &str) {
    element(
        writer,
        BytesStart::new("Redirect").with_attributes([("method", "POST")]),
        url,
    );
}

fn element(writer: &mut Writer<Vec<u8>>, tag: BytesStart<'_>, text: &str) {
    let end = tag.to_end().into_owned();
    let legal: String = text
        .chars()
        .filter(|character| is_xml(*character))
        .collect();
    event(writer, Event::Start(tag));
    event(writer, Event::Text(BytesText::new(&legal)));
    event(writer, Event::End(end));
}

fn event(writer: &mut Writer<Vec<u8>>, event: Event<'_>) {
    writer
        .write_event(event)
        .expect("writing into memory does not fail");
}

/// Characters that XML 1.0 allows at all; the others make Twilio refuse the whole document.
fn is_xml(character: char) -> bool {
    matches!(character,
        '\u{9}' | '\u{A}' | '\u{D}' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}'
        | '\u{10000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::speech;

    const STREAM: &str = r#"<Connect><Stream url="wss://api.elevenlabs.io/v1/convai/conversation">
  <Parameter name="conversation_id" value="conv_1&amp;2" /><!-- kept --></Stream></Connect>"#;

    fn vendor(body: &str) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>{body}</Response>")
    }

    fn elements(document: &str) -> Vec<String> {
        let mut reader = Reader::from_str(document);
        reader.config_mut().enable_all_checks(true);
        let mut names = Vec::new();
        loop {
            match reader.read_event().expect("our documents are well-formed") {
                Event::Start(tag) | Event::Empty(tag) => {
                    names.push(tag.name().as_ref().to_owned());
                }
                Event::Eof => return names,
                _ => {}
            }
        }
    }

    #[test]
    fn the_vendors_connect_stays_byte_for_byte_between_our_own_verbs() {
        let connect = read_connect(&vendor(STREAM)).unwrap();
        assert_eq!(connect.conversation_id.as_deref(), Some("conv_1&2"));
        let url = "https://bord.example/twilio/voice/after-agent?t=a.b&x=1";
        let document = agent("Une IA & vous ?", speech::of_language("fr"), &connect, url);
        assert!(document.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say "));
        assert!(document.contains(STREAM));
        assert!(document.ends_with(
            "</Connect><Redirect method=\"POST\">https://bord.example/twilio/voice/after-agent?t=a.b&amp;x=1</Redirect></Response>"
        ));
        assert!(document.contains("Une IA &amp; vous ?"));
    }

    #[test]
    fn a_reply_wrapped_in_a_json_string_is_unwrapped() {
        let wrapped = serde_json::to_string(&vendor(STREAM)).unwrap();
        assert_eq!(read_connect(&wrapped), read_connect(&vendor(STREAM)));
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

    #[test]
    fn a_voicemail_asks_in_the_sites_language_and_always_names_its_action_b12() {
        let document = voicemail(
            speech::of_language("de"),
            "https://bord.example/twilio/voice/voicemail",
        );
        assert_eq!(elements(&document), ["Response", "Say", "Record"]);
        assert!(document.contains("language=\"de-DE\""));
        assert!(document.contains("action=\"https://bord.example/twilio/voice/voicemail\""));
        assert!(document.contains("maxLength=\"120\" timeout=\"5\" playBeep=\"true\""));
        assert_eq!(
            elements(&thanks(speech::of_language("de"))),
            ["Response", "Say", "Hangup"]
        );
        assert_eq!(elements(&reject()), ["Response", "Reject"]);
        assert_eq!(elements(&hangup()), ["Response", "Hangup"]);
    }

    proptest! {
        #[test]
        fn no_text_ever_breaks_out_of_its_element(text in ".*", url in ".*") {
            let connect = read_connect(&vendor(STREAM)).unwrap();
            let hostile = format!("</Say><Dial>{text}]]>&<!--");
            let document = agent(&hostile, speech::of_language("id"), &connect, &url);
            prop_assert_eq!(
                elements(&document),
                ["Response", "Say", "Connect", "Stream", "Parameter", "Redirect"]
            );
            prop_assert_eq!(elements(&voicemail(speech::of_language("es"), &hostile)),
                ["Response", "Say", "Record"]);
        }

        #[test]
        fn reading_any_reply_never_panics(reply in ".*") {
            let _ = read_connect(&reply);
            let _ = read_connect(&vendor(&reply));
        }
    }
}
