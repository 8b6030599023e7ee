//! The final text of a prompt: what the prompt file says, with the site's whole FAQ in the place
//! of its marker (R24). Also the static document for the fallback URL, which must say something
//! sensible while everything of ours is down.

use std::fmt::Write as _;

use super::model::{Agent, Catalog};

/// A line of its own in every prompt. A Markdown comment, since `{{…}}` are the vendor's.
pub const FAQ_MARKER: &str = "<!-- faq -->";

/// The prompt as it goes to the vendor.
pub fn render(agent: &Agent) -> String {
    let mut text = String::with_capacity(agent.prompt.text.len() + agent.faq.text.len());
    for line in agent.prompt.text.lines() {
        let line = if line.trim() == FAQ_MARKER {
            agent.faq.text.trim_end()
        } else {
            line
        };
        text.push_str(line);
        text.push('\n');
    }
    text
}

/// What a caller hears, in the words of each language, when not even the gateway answers.
const SORRY: [(&str, &str, &str); 6] = [
    (
        "fr",
        "fr-FR",
        "Nous ne pouvons pas répondre pour l'instant. Merci de rappeler dans quelques minutes.",
    ),
    (
        "de",
        "de-DE",
        "Wir können den Anruf gerade nicht annehmen. Bitte rufen Sie in einigen Minuten noch einmal an.",
    ),
    (
        "it",
        "it-IT",
        "In questo momento non possiamo rispondere. La preghiamo di richiamare tra qualche minuto.",
    ),
    (
        "en",
        "en-GB",
        "We cannot take your call right now. Please call again in a few minutes.",
    ),
    (
        "id",
        "id-ID",
        "Saat ini kami belum bisa menjawab. Silakan menelepon lagi beberapa menit lagi.",
    ),
    (
        "es",
        "es-ES",
        "Ahora no podemos atender su llamada. Por favor, vuelva a llamar en unos minutos.",
    ),
];

/// The TwiML to put at `fallback_url` (design §3, Ring). It stands outside, knows no number and
/// asks nobody, so it says the sentence in each language of the catalogue, English first.
pub fn fallback_document(catalog: &Catalog) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>\n");
    let spoken = |language: &str| catalog.operator.languages.iter().any(|l| l == language);
    let english_first = |(language, ..): &&(&str, &str, &str)| *language != "en";
    let mut sorry: Vec<_> = SORRY.iter().filter(|(l, ..)| spoken(l)).collect();
    sorry.sort_by_key(english_first);
    for (_, locale, sentence) in sorry {
        let _ = writeln!(text, "  <Say language=\"{locale}\">{sentence}</Say>");
    }
    text.push_str("  <Hangup/>\n</Response>\n");
    text
}
