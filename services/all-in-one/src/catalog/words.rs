//! The words by which the lint finds a clause in a prompt, in each language that we write. A
//! language without words here cannot be linted, so a site in it is refused: a rule that nobody
//! can check is not kept.

/// All forms are folded: lower case, no accents, one space between words.
pub(super) struct Words {
    pub(super) language: &'static str,
    /// "never".
    pub(super) never: &'static [&'static str],
    /// "not": what an instruction against something contains at least.
    pub(super) not: &'static [&'static str],
    pub(super) before: &'static [&'static str],
    /// Closing phrases, and words for them.
    pub(super) closing: &'static [&'static str],
    pub(super) birth_date: &'static [&'static str],
    pub(super) address: &'static [&'static str],
    pub(super) off_topic: &'static [&'static str],
    /// How a disclosure says AI, and that the call is recorded (D9).
    pub(super) artificial: &'static [&'static str],
    pub(super) recorded: &'static [&'static str],
}

const WORDS: [Words; 6] = [
    Words {
        language: "fr",
        never: &["jamais"],
        not: &["pas", "jamais", "ni", "rien"],
        before: &["avant"],
        closing: &[
            "au revoir",
            "formule de cloture",
            "bonne journee",
            "conge",
            "raccrocher",
        ],
        birth_date: &["date de naissance"],
        address: &["adresse", "adresses"],
        off_topic: &["hors sujet"],
        artificial: &["ia", "intelligence artificielle"],
        recorded: &["enregistre", "enregistree"],
    },
    Words {
        language: "de",
        never: &["nie", "niemals", "keinesfalls"],
        not: &["nicht", "nie", "niemals", "kein", "keine", "nichts"],
        before: &["bevor", "vor", "ehe"],
        closing: &[
            "auf wiederhoren",
            "abschied",
            "abschiedsformel",
            "verabschieden",
            "tschuss",
        ],
        birth_date: &["geburtsdatum", "geburtstag"],
        address: &["adresse", "anschrift"],
        off_topic: &[
            "themenfremd",
            "themenfremde",
            "themenfremden",
            "themenfremder",
        ],
        artificial: &["ki", "ki assistenz", "kunstliche intelligenz"],
        recorded: &["aufgezeichnet", "aufzeichnung"],
    },
    Words {
        language: "it",
        never: &["mai"],
        not: &["non", "mai", "ne"],
        before: &["prima"],
        closing: &[
            "arrivederci",
            "formule di chiusura",
            "formula di chiusura",
            "buona giornata",
            "congedi",
        ],
        birth_date: &["data di nascita"],
        address: &["indirizzo", "indirizzi"],
        off_topic: &["fuori tema"],
        artificial: &["ia", "intelligenza artificiale"],
        recorded: &["registrata", "registrato"],
    },
    Words {
        language: "en",
        never: &["never"],
        not: &["not", "never", "no"],
        before: &["before"],
        closing: &["goodbye", "closing phrase", "have a nice day", "farewell"],
        birth_date: &["date of birth", "birth date", "birthday"],
        address: &["address", "addresses"],
        off_topic: &["off topic"],
        artificial: &["ai", "artificial intelligence"],
        recorded: &["recorded"],
    },
    Words {
        language: "id",
        never: &["jangan pernah", "tidak pernah", "jangan"],
        not: &["jangan", "tidak"],
        before: &["sebelum"],
        closing: &["sampai jumpa", "kalimat penutup", "penutup", "berpamitan"],
        birth_date: &["tanggal lahir"],
        address: &["alamat"],
        off_topic: &["di luar topik"],
        artificial: &["ai", "kecerdasan buatan"],
        recorded: &["direkam"],
    },
    Words {
        language: "es",
        never: &["nunca", "jamas"],
        not: &["no", "nunca", "jamas"],
        before: &["antes"],
        closing: &["adios", "hasta luego", "formula de despedida", "despedida"],
        birth_date: &["fecha de nacimiento"],
        address: &["direccion", "direcciones"],
        off_topic: &["fuera de tema"],
        artificial: &["ia", "inteligencia artificial"],
        recorded: &["graba", "grabada"],
    },
];

pub(super) fn of(language: &str) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.language == language)
}

/// Text as it is compared: lower case, without accents, without punctuation, with a space at
/// both ends, so that a whole word is found as " word ".
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::from(" ");
    for character in deunicode::deunicode(text).to_lowercase().chars() {
        match character {
            'a'..='z' | '0'..='9' | '_' => folded.push(character),
            _ if !folded.ends_with(' ') => folded.push(' '),
            _ => {}
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

/// Whether a folded text holds one of the phrases as whole words.
pub(super) fn has(folded: &str, phrases: &[&str]) -> bool {
    phrases
        .iter()
        .any(|phrase| folded.contains(&format!(" {phrase} ")))
}

#[cfg(test)]
mod tests {
    use super::{WORDS, fold, has};

    #[test]
    fn folding_leaves_whole_words_only() {
        let folded = fold("NE DITES JAMAIS « Au revoir », l'adresse ; `dispatch_lead`.");
        assert_eq!(
            folded,
            " ne dites jamais au revoir l adresse dispatch_lead "
        );
        assert!(has(&folded, &["adresse"]));
        assert!(!has(&folded, &["revoi"]));
        assert_eq!(fold("Straße Zürich"), " strasse zurich ");
    }

    #[test]
    fn every_word_of_the_table_is_folded_itself() {
        for words in &WORDS {
            let lists = [
                words.never,
                words.not,
                words.before,
                words.closing,
                words.birth_date,
                words.address,
                words.off_topic,
                words.artificial,
                words.recorded,
            ];
            for phrase in lists.into_iter().flatten() {
                assert_eq!(fold(phrase), format!(" {phrase} "), "{}", words.language);
            }
        }
    }
}
