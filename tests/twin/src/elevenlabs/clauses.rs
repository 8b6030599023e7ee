//! The clauses that the scripted agent finds in a prompt. It behaves as a model would: what the
//! prompt does not say firmly, it does not do. Each detector reads fr, de, it, en, id and es.
//!
//! | clause | found when |
//! |---|---|
//! | `tool` | the text names `dispatch_lead` |
//! | `dispatch_first` | within 200 characters of `dispatch_lead` stand a word for *before* (or *only after*), a word for *goodbye*, and emphasis: a word of three letters or more in capitals, or `**` |
//! | `no_birth_date` | a negation within 90 characters of *date of birth* |
//! | `no_address` | a negation and *before/until/dispatch* within 140 characters of *address* |
//! | `off_topic` | a phrase for requests outside the site's trade |

use crate::caller::text::{plain, windows};

/// What a prompt says, as far as the scripted agent heeds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Clauses {
    pub empty: bool,
    /// The prompt names the tool.
    pub tool: bool,
    /// Firmly: call the tool before any goodbye.
    pub dispatch_first: bool,
    /// Do not ask for a date of birth.
    pub no_birth_date: bool,
    /// Give no clinic's address before the dispatch.
    pub no_address: bool,
    /// What to do with callers who want something else.
    pub off_topic: bool,
}

const BEFORE: &[&str] = &[
    "before",
    "until",
    "only after",
    "first",
    "avant",
    "seulement apres",
    "qu'apres",
    "d'abord",
    "tant que",
    "bevor",
    "vor ",
    "erst nach",
    "erst wenn",
    "erst ",
    "zuerst",
    "prima",
    "solo dopo",
    "soltanto dopo",
    "finche",
    "antes",
    "solo despues",
    "hasta que",
    "primero",
    "sebelum",
    "hanya setelah",
    "baru setelah",
    "terlebih dahulu",
];

const GOODBYE: &[&str] = &[
    "goodbye",
    "good-bye",
    "good bye",
    "farewell",
    "closing",
    "hang up",
    "end the call",
    "ending the call",
    "au revoir",
    "adieu",
    "prendre conge",
    "prends conge",
    "formule de politesse",
    "conclu",
    "raccroch",
    "cloture",
    "fin d'appel",
    "terminer l'appel",
    "verabschied",
    "wiederhoren",
    "wiedersehen",
    "abschied",
    "auflegen",
    "legst",
    "gesprach beende",
    "beendest",
    "arrivederci",
    "congedo",
    "congedar",
    "commiato",
    "saluta",
    "saluti",
    "chiudere",
    "riagganc",
    "chiudi",
    "selamat tinggal",
    "sampai jumpa",
    "perpisahan",
    "penutup",
    "menutup",
    "mengakhiri",
    "berpamitan",
    "pamit",
    "adios",
    "despedi",
    "despide",
    "colgar",
    "cuelgu",
    "hasta luego",
];

const BIRTH: &[&str] = &[
    "date of birth",
    "birth date",
    "birthdate",
    "birthday",
    "date de naissance",
    "geburtsdatum",
    "geburtstag",
    "data di nascita",
    "tanggal lahir",
    "fecha de nacimiento",
];

const ADDRESS: &[&str] = &[
    "address",
    "adresse",
    "anschrift",
    "indirizz",
    "alamat",
    "direccion",
];

const NEGATION: &[&str] = &[
    "not", "never", "don't", "no", "without", "ne", "n'", "pas", "jamais", "aucun", "aucune",
    "sans", "nicht", "nie", "niemals", "kein", "keine", "keinen", "ohne", "non", "mai", "nessun",
    "nessuna", "senza", "jangan", "tidak", "tanpa", "nunca", "jamas", "ni", "sin", "ningun",
    "ninguna",
];

const OFF_TOPIC: &[&str] = &[
    "off-topic",
    "off topic",
    "unrelated",
    "not related",
    "outside our",
    "outside this",
    "outside what",
    "out of scope",
    "anything else",
    "something else",
    "other request",
    "different service",
    "hors sujet",
    "hors-sujet",
    "sans rapport",
    "autre demande",
    "autre sujet",
    "autre chose",
    "ne concerne pas",
    "hors de notre",
    "en dehors",
    "themenfremd",
    "anderes anliegen",
    "andere anliegen",
    "anderes thema",
    "andere themen",
    "nichts mit",
    "nicht zum thema",
    "ausserhalb",
    "etwas anderes",
    "fuori tema",
    "fuori argomento",
    "non riguarda",
    "non pertinent",
    "altra richiesta",
    "altre richieste",
    "altro argomento",
    "qualcos'altro",
    "fuera de tema",
    "no relacionad",
    "otro tema",
    "otra cosa",
    "ajen",
    "otras solicitudes",
    "otros servicios",
    "fuera de nuestro",
    "di luar topik",
    "di luar layanan",
    "tidak terkait",
    "tidak berhubungan",
    "hal lain",
    "permintaan lain",
    "topik lain",
];

impl Clauses {
    /// Reads a prompt.
    pub fn of(prompt: &str) -> Self {
        let text = plain(prompt);
        Self {
            empty: text.is_empty(),
            tool: text.contains("dispatch_lead"),
            dispatch_first: windows(prompt, "dispatch_lead", 200).iter().any(|near| {
                let text = plain(near);
                has(&text, BEFORE) && has(&text, GOODBYE) && emphatic(near)
            }),
            no_birth_date: near(&text, BIRTH, 90).iter().any(|near| negated(near)),
            no_address: near(&text, ADDRESS, 140)
                .iter()
                .any(|near| negated(near) && (has(near, BEFORE) || near.contains("dispatch"))),
            off_topic: has(&text, OFF_TOPIC),
        }
    }
}

fn has(text: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| text.contains(phrase))
}

fn near(text: &str, phrases: &[&str], reach: usize) -> Vec<String> {
    phrases
        .iter()
        .flat_map(|phrase| windows(text, phrase, reach))
        .collect()
}

fn negated(text: &str) -> bool {
    let spaced = text.replace('\'', "' ");
    spaced
        .split(|c: char| !(c.is_alphanumeric() || c == '\''))
        .any(|word| NEGATION.contains(&word))
        || text.contains("don't")
}

/// Emphasis: `**`, or a word in capitals that is no abbreviation of two letters. The name of the
/// tool itself is in lower case, so it does not count.
fn emphatic(text: &str) -> bool {
    text.contains("**")
        || text
            .split(|c: char| !c.is_alphabetic())
            .any(|word| word.chars().count() >= 3 && word.chars().all(char::is_uppercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_emphatic_dispatch_rule_is_found_in_all_six_languages() {
        for prompt in [
            "Appelle TOUJOURS dispatch_lead AVANT de dire au revoir.",
            "Rufe dispatch_lead IMMER auf, bevor du dich verabschiedest.",
            "Chiama SEMPRE dispatch_lead prima di salutare o di dire arrivederci.",
            "ALWAYS call dispatch_lead before any goodbye.",
            "SELALU panggil dispatch_lead sebelum mengucapkan selamat tinggal.",
            "Llama SIEMPRE a dispatch_lead antes de despedirte.",
        ] {
            assert!(Clauses::of(prompt).dispatch_first, "{prompt}");
        }
    }

    #[test]
    fn a_softened_rule_is_not_the_rule() {
        for prompt in [
            "Call dispatch_lead before you say goodbye if it seems useful.",
            "Call dispatch_lead when you have everything. ALWAYS be friendly.",
            "ALWAYS be friendly before saying goodbye.",
        ] {
            assert!(!Clauses::of(prompt).dispatch_first, "{prompt}");
        }
    }

    #[test]
    fn the_birth_date_and_off_topic_clauses_are_found_in_all_six_languages() {
        for prompt in [
            "Ne demande jamais la date de naissance. Demandes hors sujet : dis ce que fait le site.",
            "Frage nie nach dem Geburtsdatum. Bei themenfremden Anrufen: sag, was wir tun.",
            "Non chiedere mai la data di nascita. Fuori tema: di' che cosa facciamo.",
            "Never ask for the date of birth. Off-topic callers: say what the site does.",
            "Jangan tanya tanggal lahir. Permintaan di luar topik: jelaskan layanan kami.",
            "No pidas nunca la fecha de nacimiento. Fuera de tema: di qué hacemos.",
        ] {
            let clauses = Clauses::of(prompt);
            assert!(clauses.no_birth_date && clauses.off_topic, "{prompt}");
        }
        assert!(!Clauses::of("Ask for the date of birth.").no_birth_date);
    }
}
