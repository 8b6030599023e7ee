//! The final text of a prompt: what the prompt file says, with the site's whole FAQ in the place
//! of its marker (R24). Also the static documents for the fallback URLs, which must say something
//! sensible while everything of ours is down.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use telephony_gateway::domain::speech::{self, Speech};

use super::model::{Agent, Catalog, Site};

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
const SORRY: [(&str, &str); 6] = [
    (
        "fr",
        "Nous ne pouvons pas répondre pour l'instant. Merci de rappeler dans quelques minutes.",
    ),
    (
        "de",
        "Wir können den Anruf gerade nicht annehmen. Bitte rufen Sie in einigen Minuten noch einmal an.",
    ),
    (
        "it",
        "In questo momento non possiamo rispondere. La preghiamo di richiamare tra qualche minuto.",
    ),
    (
        "en",
        "We cannot take your call right now. Please call again in a few minutes.",
    ),
    (
        "id",
        "Saat ini kami belum bisa menjawab. Silakan menelepon lagi beberapa menit lagi.",
    ),
    (
        "es",
        "Ahora no podemos atender su llamada. Por favor, vuelva a llamar en unos minutos.",
    ),
];

/// A static document: the TwiML to put at a fallback URL, and the sites whose callers hear it.
#[derive(Debug, PartialEq, Eq)]
pub struct FallbackDocument<'c> {
    pub url: &'c str,
    pub sites: Vec<&'c str>,
    pub text: String,
}

/// The document for each `fallback_url` (design §3, Ring): one sentence in the language of its site,
/// then a hang-up. A static document knows no number, so where sites share a URL it says the
/// sentence in each of their languages.
pub fn fallback_documents<'c>(catalog: &'c Catalog) -> Vec<FallbackDocument<'c>> {
    let mut sharing: Vec<(&str, Vec<&Site>)> = Vec::new();
    for site in &catalog.sites {
        let Some(url) = site.fallback_url.as_deref() else {
            continue;
        };
        match sharing.iter_mut().find(|(known, _)| *known == url) {
            Some((_, sites)) => sites.push(site),
            None => sharing.push((url, vec![site])),
        }
    }
    let document = |(url, sites): (&'c str, Vec<&'c Site>)| FallbackDocument {
        url,
        text: sorry(&sites),
        sites: sites.iter().map(|site| site.id.as_str()).collect(),
    };
    sharing.into_iter().map(document).collect()
}

/// The voices are those of telephony's own documents: with another one the sentence would fail.
fn sorry(sites: &[&Site]) -> String {
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>\n");
    let mut spoken = BTreeSet::new();
    for site in sites {
        let language = speech::primary(&site.language);
        let Some((_, sentence)) = SORRY.iter().find(|(known, _)| *known == language) else {
            continue;
        };
        if spoken.insert(language) {
            let Speech {
                language, voice, ..
            } = speech::of_language(&site.language);
            let _ = writeln!(
                text,
                "  <Say language=\"{language}\" voice=\"{voice}\">{sentence}</Say>"
            );
        }
    }
    text.push_str("  <Hangup/>\n</Response>\n");
    text
}
