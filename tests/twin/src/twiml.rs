//! A TwiML document as Twilio reads it: parsed as XML, element and attribute names case-sensitive,
//! the declaration (if any) at the first byte, verbs in document order.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use serde::Serialize;

/// A verb of the document with what the twin interprets of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub enum Verb {
    Say {
        text: String,
        language: Option<String>,
        voice: Option<String>,
    },
    Pause {
        seconds: u32,
    },
    Play {
        url: String,
    },
    Connect {
        action: Option<String>,
        stream: Stream,
    },
    Redirect {
        url: String,
    },
    Record {
        attributes: BTreeMap<String, String>,
    },
    Reject {
        reason: String,
    },
    Hangup,
    /// A verb that the twin does not play (`Dial`, `Gather`, …).
    Other {
        name: String,
    },
}

/// The stream inside a `Connect`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Stream {
    pub url: String,
    pub parameters: BTreeMap<String, String>,
    pub attributes: BTreeMap<String, String>,
}

/// Reads a document, refusing what Twilio refuses (12100: no XML, over 64 kB, wrong root).
pub fn parse(document: &str) -> anyhow::Result<Vec<Verb>> {
    ensure!(document.len() <= 64 * 1024, "11750: TwiML over 64 kB");
    ensure!(
        document.starts_with('<'),
        "12100: the document does not start with XML"
    );
    let root = element(document)?;
    ensure!(
        root.name == "Response",
        "12100: the root is {}, not Response",
        root.name
    );
    root.children.into_iter().map(verb).collect()
}

fn verb(element: Element) -> anyhow::Result<Verb> {
    let attribute = |name: &str| element.attributes.get(name).cloned();
    let text = element.text.trim().to_owned();
    Ok(match element.name.as_str() {
        "Say" => {
            ensure!(
                text.chars().count() <= 4096,
                "Say text over 4096 characters"
            );
            Verb::Say {
                text,
                language: attribute("language"),
                voice: attribute("voice"),
            }
        }
        "Pause" => Verb::Pause {
            seconds: attribute("length")
                .and_then(|text| text.parse().ok())
                .unwrap_or(1),
        },
        "Play" => Verb::Play { url: text },
        "Redirect" => Verb::Redirect { url: text },
        "Record" => Verb::Record {
            attributes: element.attributes,
        },
        "Reject" => Verb::Reject {
            reason: attribute("reason").unwrap_or("rejected".into()),
        },
        "Hangup" => Verb::Hangup,
        "Connect" => match element.children.iter().find(|child| child.name == "Stream") {
            Some(stream) => {
                let url = stream.attributes.get("url").cloned().unwrap_or_default();
                ensure!(url.starts_with("wss://"), "Stream url must be wss://");
                ensure!(!url.contains('?'), "Stream url must have no query");
                let parameters = stream
                    .children
                    .iter()
                    .filter(|child| child.name == "Parameter")
                    .map(|p| {
                        let get = |name: &str| p.attributes.get(name).cloned().unwrap_or_default();
                        (get("name"), get("value"))
                    })
                    .collect();
                let attributes = stream.attributes.clone();
                Verb::Connect {
                    action: attribute("action"),
                    stream: Stream {
                        url,
                        parameters,
                        attributes,
                    },
                }
            }
            None => Verb::Other {
                name: "Connect".to_owned(),
            },
        },
        name => Verb::Other {
            name: name.to_owned(),
        },
    })
}

#[derive(Default)]
struct Element {
    name: String,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Element>,
}

fn open(start: &BytesStart<'_>) -> anyhow::Result<Element> {
    let mut element = Element {
        name: start.name().as_ref().to_owned(),
        ..Element::default()
    };
    for attribute in start.attributes() {
        let attribute = attribute?;
        let name = attribute.key.as_ref().to_owned();
        let value = quick_xml::escape::unescape(&attribute.value)?.into_owned();
        element.attributes.insert(name, value);
    }
    Ok(element)
}

fn element(document: &str) -> anyhow::Result<Element> {
    let mut reader = Reader::from_str(document);
    let mut stack: Vec<Element> = Vec::new();
    let mut root = None;
    loop {
        let event = reader.read_event().context("12100: not well-formed XML")?;
        let closed = match event {
            Event::Start(start) => {
                stack.push(open(&start)?);
                None
            }
            Event::Empty(start) => Some(open(&start)?),
            Event::End(_) => Some(stack.pop().context("12100: a tag too many")?),
            Event::Text(text) => {
                if let Some(element) = stack.last_mut() {
                    element.text.push_str(&text);
                }
                None
            }
            Event::CData(text) => {
                if let Some(element) = stack.last_mut() {
                    element.text.push_str(&text);
                }
                None
            }
            Event::GeneralRef(name) => {
                if let Some(element) = stack.last_mut() {
                    let entity = format!("&{};", &*name);
                    element
                        .text
                        .push_str(&quick_xml::escape::unescape(&entity)?);
                }
                None
            }
            Event::Eof => break,
            _ => None,
        };
        if let Some(element) = closed {
            match stack.last_mut() {
                Some(parent) => parent.children.push(element),
                None if root.is_none() => root = Some(element),
                None => bail!("12100: more than one root"),
            }
        }
    }
    ensure!(stack.is_empty(), "12100: an unclosed tag");
    root.context("12100: no root element")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_stream_document_reads_as_connect_then_redirect() {
        let verbs = parse(include_str!("../fixtures/twiml_stream_then_fallback.xml")).unwrap();
        let Verb::Connect { stream, .. } = &verbs[0] else {
            panic!("{verbs:?}")
        };
        assert_eq!(stream.parameters["note"], "a<b & \"c\"");
        assert!(matches!(&verbs[1], Verb::Redirect { url } if url.ends_with("/after-agent")));
    }

    #[test]
    fn entities_in_a_spoken_text_are_resolved() {
        let verbs = parse(include_str!("../fixtures/twiml_voicemail_fallback.xml")).unwrap();
        let Verb::Say { text, .. } = &verbs[0] else {
            panic!("{verbs:?}")
        };
        assert!(text.contains("Nummer & Ihr Anliegen"), "{text}");
        assert!(
            matches!(&verbs[1], Verb::Record { attributes } if attributes["maxLength"] == "120")
        );
    }

    #[test]
    fn what_twilio_refuses_is_refused() {
        for bad in [
            "",
            "Not XML",
            " <Response/>",
            "<Response><Say>x</Response>",
            "<Answer/>",
        ] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
        assert!(parse("<Response><Connect><Stream url=\"ws://a\"/></Connect></Response>").is_err());
    }
}
