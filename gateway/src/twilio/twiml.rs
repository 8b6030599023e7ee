//! TwiML that the gateway speaks of its own, when telephony does not answer a caller (B12).
//!
//! Voicemail in the language of the called number; never silence, never an error tone.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use quick_xml::events::{BytesDecl, BytesText, Event};
use quick_xml::writer::Writer;

use crate::language::Language;

/// A document that Twilio takes; the XML declaration is its first byte.
#[must_use]
pub fn answer(twiml: String) -> Response {
    ([(CONTENT_TYPE, "text/xml; charset=utf-8")], twiml).into_response()
}

/// Says that nobody is free and takes a message; `base` is our public URL.
#[must_use]
pub fn voicemail(base: &str, language: Language) -> String {
    let (_, _, invitation, _) = texts(language);
    let target = format!("{base}/twilio/voice/voicemail");
    document(|writer| {
        say(writer, language, invitation)?;
        // `action` is always set: without it Twilio asks for this document again, for ever.
        writer
            .create_element("Record")
            .with_attribute(("action", target.as_str()))
            .with_attribute(("method", "POST"))
            .with_attribute(("maxLength", "120"))
            .with_attribute(("timeout", "5"))
            .with_attribute(("playBeep", "true"))
            .with_attribute(("recordingStatusCallback", target.as_str()))
            .with_attribute(("recordingStatusCallbackMethod", "POST"))
            .with_attribute(("recordingStatusCallbackEvent", "completed absent"))
            .write_empty()?;
        Ok(())
    })
}

/// Thanks for the message and hangs up.
#[must_use]
pub fn thanks(language: Language) -> String {
    let (_, _, _, thanks) = texts(language);
    document(|writer| {
        say(writer, language, thanks)?;
        writer.create_element("Hangup").write_empty()?;
        Ok(())
    })
}

/// Ends the call.
#[must_use]
pub fn hang_up() -> String {
    document(|writer| {
        writer.create_element("Hangup").write_empty()?;
        Ok(())
    })
}

/// Nothing to say: the answer to an inbound message.
#[must_use]
pub fn empty() -> String {
    document(|_| Ok(()))
}

type Xml = Writer<Vec<u8>>;

fn document(content: impl FnOnce(&mut Xml) -> std::io::Result<()>) -> String {
    let mut writer = Writer::new(Vec::new());
    write(&mut writer, content).expect("writing to memory cannot fail");
    String::from_utf8(writer.into_inner()).expect("only text was written")
}

fn write(
    writer: &mut Xml,
    content: impl FnOnce(&mut Xml) -> std::io::Result<()>,
) -> std::io::Result<()> {
    writer.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    writer
        .create_element("Response")
        .write_inner_content(content)?;
    Ok(())
}

fn say(writer: &mut Xml, language: Language, text: &str) -> std::io::Result<()> {
    let (tag, voice, _, _) = texts(language);
    writer
        .create_element("Say")
        .with_attribute(("language", tag))
        .with_attribute(("voice", voice))
        .write_text_content(BytesText::new(text))?;
    Ok(())
}

/// Tag, voice (a pair that does not fit fails the verb), invitation, thanks.
fn texts(language: Language) -> (&'static str, &'static str, &'static str, &'static str) {
    match language {
        Language::French => (
            "fr-FR",
            "Polly.Lea",
            "Bonjour. Nous ne pouvons pas vous répondre de vive voix en ce moment. Après le \
             signal, dites-nous votre nom, votre numéro et ce dont vous avez besoin ; votre \
             message est enregistré et nous nous en occupons tout de suite.",
            "Merci, votre message est bien arrivé. Au revoir.",
        ),
        Language::German => (
            "de-DE",
            "Polly.Vicki",
            "Guten Tag. Wir können Ihren Anruf gerade nicht persönlich entgegennehmen. Bitte \
             sagen Sie nach dem Ton Ihren Namen, Ihre Nummer und Ihr Anliegen; Ihre Nachricht \
             wird aufgezeichnet und wir kümmern uns sofort darum.",
            "Vielen Dank, Ihre Nachricht ist angekommen. Auf Wiederhören.",
        ),
        Language::Italian => (
            "it-IT",
            "Polly.Carla",
            "Buongiorno. In questo momento non possiamo rispondere di persona. Dopo il segnale \
             dica il suo nome, il suo numero e di che cosa ha bisogno; il messaggio viene \
             registrato e ce ne occupiamo subito.",
            "Grazie, il suo messaggio è arrivato. Arrivederci.",
        ),
        Language::English => (
            "en-GB",
            "Polly.Amy",
            "Hello. We cannot take your call in person right now. After the tone, please tell us \
             your name, your number and what you need; your message is recorded and we will \
             look after it straight away.",
            "Thank you, we have your message. Goodbye.",
        ),
        Language::Indonesian => (
            "id-ID",
            "Google.id-ID-Standard-A",
            "Halo. Saat ini kami belum dapat menjawab telepon Anda secara langsung. Setelah \
             nada, silakan sebutkan nama, nomor telepon, dan kebutuhan Anda; pesan Anda direkam \
             dan segera kami tangani.",
            "Terima kasih, pesan Anda sudah kami terima. Sampai jumpa.",
        ),
        Language::Spanish => (
            "es-ES",
            "Polly.Lucia",
            "Hola. En este momento no podemos atenderle en persona. Después de la señal, díganos \
             su nombre, su número y lo que necesita; su mensaje queda grabado y nos ocupamos de \
             ello enseguida.",
            "Gracias, hemos recibido su mensaje. Hasta pronto.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Language; 6] = [
        Language::French,
        Language::German,
        Language::Italian,
        Language::English,
        Language::Indonesian,
        Language::Spanish,
    ];

    #[test]
    fn every_language_has_a_voicemail_that_twilio_takes() {
        for language in ALL {
            let twiml = voicemail("https://gw.example.com/a?b=1&c=2", language);
            assert!(twiml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response><Say "));
            assert!(twiml.contains("action=\"https://gw.example.com/a?b=1&amp;c=2/twilio/voice/"));
            assert!(twiml.ends_with("/></Response>"));
            let said = texts(language).2;
            assert!(said.len() < 400 && twiml.len() < 64 * 1024);
            assert!(thanks(language).ends_with("<Hangup/></Response>"));
        }
    }
}
