//! TwiML: the documents that a call is answered with. Ours are written by an XML writer, which
//! escapes; the vendor's `<Connect>` is carried over byte for byte (`connect.rs`), so that nothing is
//! ever glued from text.

use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::connect::{Connect, is_xml};
use super::speech::Speech;

/// The answer to a call that an agent takes: the disclosure, the vendor's `<Connect>`, and where
/// the caller goes when the agent's leg ends (D9).
#[must_use]
pub fn agent(disclosure: &str, speech: &Speech, connect: &Connect, after_agent: &str) -> String {
    document(|writer| {
        say(writer, speech, disclosure);
        writer
            .get_mut()
            .extend_from_slice(connect.element().as_bytes());
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use quick_xml::Reader;

    use super::*;
    use crate::domain::connect::read_connect;
    use crate::domain::connect::tests::{STREAM, vendor};
    use crate::domain::speech;

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
    }
}
