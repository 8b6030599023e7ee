//! The sentence for the agent, in the caller's language.
//!
//! A saved answer is a template and parameters without personal data; it is rendered anew on a
//! repeat. No provider is named, so none has to be saved (R82), and no digits are spoken.

use std::str::FromStr;

use super::need::Field;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Template {
    /// A provider has it and is told.
    Assigned,
    /// It is stored and goes on by itself.
    Noted,
    /// It is stored; who will have it is open, so no professional is promised.
    Kept,
    /// Nobody is free yet.
    Unmatched,
    /// A person looks at it.
    Unsorted,
    Needs(Field),
}

/// What the caller is told, once for each lead (I3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The lead's state when the answer was given, or "needs_field".
    pub status: String,
    pub template: Template,
    pub language: String,
    /// The category's name in that language, or empty.
    pub category_name: String,
}

/// No template has that name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no template has that name")]
pub struct InvalidTemplate;

impl Template {
    pub const STORED: [Self; 5] = [
        Self::Assigned,
        Self::Noted,
        Self::Kept,
        Self::Unmatched,
        Self::Unsorted,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Noted => "noted",
            Self::Kept => "kept",
            Self::Unmatched => "unmatched",
            Self::Unsorted => "unsorted",
            Self::Needs(_) => "needs_field",
        }
    }
}

impl FromStr for Template {
    type Err = InvalidTemplate;

    fn from_str(name: &str) -> Result<Self, InvalidTemplate> {
        Self::STORED
            .into_iter()
            .find(|t| t.name() == name)
            .ok_or(InvalidTemplate)
    }
}

impl Answer {
    /// The sentence.
    #[must_use]
    pub fn say(&self) -> String {
        let [assigned, noted, kept, unmatched, unsorted, fields] = texts(&self.language);
        let text = match self.template {
            Template::Assigned => assigned,
            Template::Noted => noted,
            Template::Kept => kept,
            Template::Unmatched => unmatched,
            Template::Unsorted => unsorted,
            Template::Needs(field) => {
                let index = Field::ALL
                    .iter()
                    .position(|f| *f == field)
                    .unwrap_or_default();
                fields.split('|').nth(index).unwrap_or_default()
            }
        };
        let topic = match self.category_name.as_str() {
            "" => String::new(),
            name => format!(" ({name})"),
        };
        text.replace("{topic}", &topic)
    }
}

/// Assigned, noted, kept, unmatched, unsorted, and the five questions in the order of `Field::ALL`.
fn texts(language: &str) -> [&'static str; 6] {
    match language {
        "fr" => [
            "C'est transmis{topic} : un professionnel de votre région a reçu votre demande et vous rappelle rapidement.",
            "C'est noté{topic}. Nous transmettons votre demande tout de suite, un professionnel vous rappellera.",
            "Votre demande est notée. Nous revenons vers vous.",
            "C'est noté{topic}. Personne n'est libre à l'instant ; nous cherchons et vous tenons au courant.",
            "C'est noté. Un collègue examine votre demande et vous rappelle.",
            "De quel service avez-vous besoin ?|Dans quelle ville ou quel quartier êtes-vous ?|À quel nom puis-je noter la demande ?|À quel numéro peut-on vous rappeler ?|Dans quelle langue souhaitez-vous être rappelé ?",
        ],
        "de" => [
            "Ihre Anfrage{topic} ist weitergegeben: Ein Fachbetrieb aus Ihrer Region hat sie erhalten und ruft Sie rasch zurück.",
            "Ihre Anfrage{topic} ist notiert. Wir geben sie sofort weiter, ein Fachbetrieb ruft Sie zurück.",
            "Ihre Anfrage ist notiert. Wir melden uns bei Ihnen.",
            "Ihre Anfrage{topic} ist notiert. Im Moment ist niemand frei; wir suchen weiter und melden uns bei Ihnen.",
            "Ihre Anfrage ist notiert. Eine Kollegin oder ein Kollege sieht sie sich an und ruft Sie zurück.",
            "Welche Leistung brauchen Sie?|In welchem Ort oder Stadtteil sind Sie?|Auf welchen Namen darf ich die Anfrage notieren?|Unter welcher Nummer erreichen wir Sie?|In welcher Sprache dürfen wir Sie zurückrufen?",
        ],
        "it" => [
            "Fatto{topic}: un professionista della sua zona ha ricevuto la richiesta e la richiama presto.",
            "Ho preso nota{topic}. Inoltriamo subito la richiesta e un professionista la richiamerà.",
            "Ho preso nota della sua richiesta. Ci faremo sentire noi.",
            "Ho preso nota{topic}. Al momento nessuno è libero; continuiamo a cercare e la teniamo al corrente.",
            "Ho preso nota. Un collega esamina la richiesta e la richiama.",
            "Di quale servizio ha bisogno?|In quale città o quartiere si trova?|A quale nome posso annotare la richiesta?|A quale numero possiamo richiamarla?|In quale lingua desidera essere richiamato?",
        ],
        "id" => [
            "Sudah diteruskan{topic}: penyedia jasa di daerah Anda sudah menerima permintaan ini dan segera menelepon Anda.",
            "Sudah dicatat{topic}. Permintaan Anda segera kami teruskan dan penyedia jasa akan menelepon Anda.",
            "Permintaan Anda sudah dicatat. Kami akan menghubungi Anda lagi.",
            "Sudah dicatat{topic}. Saat ini belum ada yang tersedia; kami terus mencari dan akan mengabari Anda.",
            "Sudah dicatat. Rekan kami akan memeriksa permintaan Anda dan menelepon kembali.",
            "Layanan apa yang Anda butuhkan?|Anda berada di kota atau daerah mana?|Atas nama siapa permintaan ini dicatat?|Nomor mana yang bisa kami hubungi?|Dalam bahasa apa Anda ingin dihubungi?",
        ],
        "es" => [
            "Ya está transmitido{topic}: un profesional de su zona ha recibido su solicitud y le llamará enseguida.",
            "Queda anotado{topic}. Transmitimos su solicitud ahora mismo y un profesional le llamará.",
            "Su solicitud queda anotada. Nos pondremos en contacto con usted.",
            "Queda anotado{topic}. En este momento no hay nadie libre; seguimos buscando y le mantendremos al corriente.",
            "Queda anotado. Un compañero revisará su solicitud y le llamará.",
            "¿Qué servicio necesita?|¿En qué ciudad o barrio se encuentra?|¿A nombre de quién anoto la solicitud?|¿A qué número podemos llamarle?|¿En qué idioma prefiere que le llamemos?",
        ],
        _ => [
            "That is passed on{topic}: a professional in your area has your request and will call you back shortly.",
            "I have noted your request{topic}. We are passing it on right now and a professional will call you back.",
            "I have noted your request. We will get back to you.",
            "I have noted your request{topic}. Nobody is free at this moment; we keep looking and will let you know.",
            "I have noted your request. A colleague will look into it and call you back.",
            "Which service do you need?|Which town or district are you in?|Under which name may I note the request?|On which number can we call you back?|In which language would you like to be called back?",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::language::LANGUAGES;

    #[test]
    fn who_is_not_proven_is_promised_no_professional() {
        let professionals = [
            "profession",
            "fachbetrieb",
            "penyedia",
            "plumb",
            "rappel",
            "rufen",
            "ruft",
            "richiam",
            "menelepon",
            "llama",
            "call",
        ];
        for language in LANGUAGES {
            let answer = Answer {
                status: String::new(),
                template: Template::Kept,
                language: language.to_owned(),
                category_name: "Plumbing".to_owned(),
            };
            let said = answer.say().to_lowercase();
            for promise in professionals {
                assert!(!said.contains(promise), "{language}: {said}");
            }
        }
    }

    #[test]
    fn every_sentence_exists_in_every_language_and_no_two_are_the_same() {
        let templates = Template::STORED
            .into_iter()
            .chain(Field::ALL.map(Template::Needs));
        let mut seen = std::collections::BTreeSet::new();
        for template in templates {
            for language in LANGUAGES {
                let answer = Answer {
                    status: String::new(),
                    template,
                    language: language.to_owned(),
                    category_name: "Plomberie".to_owned(),
                };
                let said = answer.say();
                assert!(said.len() > 15 && !said.contains(['{', '|']), "{said}");
                assert!(!said.contains(|c: char| c.is_ascii_digit()), "{said}");
                assert!(seen.insert(said), "{language} {template:?}");
            }
        }
    }
}
