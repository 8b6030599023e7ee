//! The words by which a clause is found in a prompt, in each language that agents speak. All forms
//! are folded: lower case, no accents, one space between words.

/// One language's words.
pub(super) struct Words {
    pub(super) language: &'static str,
    /// "never".
    pub(super) never: &'static [&'static str],
    pub(super) before: &'static [&'static str],
    /// Closing phrases, and words for them.
    pub(super) closing: &'static [&'static str],
    pub(super) birth: &'static [&'static str],
    pub(super) address: &'static [&'static str],
    /// That the tool is called at once, or in every call.
    pub(super) always: &'static [&'static str],
    pub(super) off_topic: &'static [&'static str],
    /// How the section of the questions and answers is headed.
    pub(super) questions: &'static [&'static str],
}

const WORDS: [Words; 6] = [
    Words {
        language: "fr",
        never: &["jamais"],
        before: &["avant"],
        closing: &[
            "au revoir",
            "formule de cloture",
            "bonne journee",
            "conge",
            "raccrocher",
        ],
        birth: &["date de naissance"],
        address: &["adresse", "adresses"],
        always: &["toujours", "des que", "chaque appel", "tout appel"],
        off_topic: &["hors sujet"],
        questions: &["questions frequentes"],
    },
    Words {
        language: "de",
        never: &["nie", "niemals", "keinesfalls"],
        before: &["bevor", "vor", "ehe"],
        closing: &[
            "auf wiederhoren",
            "abschied",
            "abschiedsformel",
            "verabschieden",
            "tschuss",
        ],
        birth: &["geburtsdatum", "geburtstag"],
        address: &["adresse", "anschrift"],
        always: &["immer", "sobald", "jedem anruf", "jeden anruf"],
        off_topic: &[
            "themenfremd",
            "themenfremde",
            "themenfremden",
            "themenfremder",
        ],
        questions: &["haufige fragen"],
    },
    Words {
        language: "it",
        never: &["mai"],
        before: &["prima"],
        closing: &[
            "arrivederci",
            "formule di chiusura",
            "formula di chiusura",
            "buona giornata",
            "congedi",
        ],
        birth: &["data di nascita"],
        address: &["indirizzo", "indirizzi"],
        always: &["sempre", "appena", "ogni chiamata"],
        off_topic: &["fuori tema"],
        questions: &["domande frequenti"],
    },
    Words {
        language: "en",
        never: &["never"],
        before: &["before"],
        closing: &["goodbye", "closing phrase", "have a nice day", "farewell"],
        birth: &["date of birth", "birth date", "birthday"],
        address: &["address", "addresses"],
        always: &["always", "as soon as", "every call"],
        off_topic: &["off topic"],
        questions: &["questions and answers", "frequently asked questions", "faq"],
    },
    Words {
        language: "id",
        never: &["jangan pernah", "tidak pernah", "jangan"],
        before: &["sebelum"],
        closing: &["sampai jumpa", "kalimat penutup", "penutup", "berpamitan"],
        birth: &["tanggal lahir"],
        address: &["alamat"],
        always: &["selalu", "begitu", "setiap panggilan"],
        off_topic: &["di luar topik"],
        questions: &["pertanyaan umum"],
    },
    Words {
        language: "es",
        never: &["nunca", "jamas"],
        before: &["antes"],
        closing: &["adios", "hasta luego", "formula de despedida", "despedida"],
        birth: &["fecha de nacimiento"],
        address: &["direccion", "direcciones"],
        always: &["siempre", "en cuanto", "cada llamada", "toda llamada"],
        off_topic: &["fuera de tema"],
        questions: &["preguntas frecuentes"],
    },
];

/// The words of a BCP 47 language; English where the language is none of ours.
pub(super) fn of(language: &str) -> &'static Words {
    &WORDS[index(language)]
}

/// The place of a language in the tables of words and texts.
pub(super) fn index(language: &str) -> usize {
    const ENGLISH: usize = 3;
    let primary = language.split(['-', '_']).next().unwrap_or_default();
    WORDS
        .iter()
        .position(|words| words.language.eq_ignore_ascii_case(primary))
        .unwrap_or(ENGLISH)
}

/// Lower case, without accents and punctuation, a space at both ends: a whole word is " word ".
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::from(" ");
    for character in text.chars().flat_map(char::to_lowercase) {
        let plain: &str = match character {
            'a'..='z' | '0'..='9' | '_' => {
                folded.push(character);
                continue;
            }
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => "a",
            'ç' => "c",
            'è' | 'é' | 'ê' | 'ë' => "e",
            'ì' | 'í' | 'î' | 'ï' => "i",
            'ñ' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => "o",
            'ù' | 'ú' | 'û' | 'ü' => "u",
            'ý' | 'ÿ' => "y",
            'ß' => "ss",
            'œ' => "oe",
            'æ' => "ae",
            // Combining accents belong to the letter before.
            '\u{300}'..='\u{36f}' => "",
            _ if folded.ends_with(' ') => "",
            _ => " ",
        };
        folded.push_str(plain);
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

/// Whether a folded text holds one of the phrases as whole words.
pub(super) fn has(folded: &str, phrases: &[&str]) -> bool {
    phrases.iter().any(|phrase| {
        folded.match_indices(phrase).any(|(at, _)| {
            let before = folded[..at].ends_with(' ');
            before && folded[at + phrase.len()..].starts_with(' ')
        })
    })
}

#[cfg(test)]
mod tests {
    use super::{WORDS, fold, has};

    #[test]
    fn every_word_of_the_table_is_folded_itself() {
        for words in &WORDS {
            let lists = [
                words.never,
                words.before,
                words.closing,
                words.birth,
                words.address,
                words.always,
                words.off_topic,
                words.questions,
            ];
            for phrase in lists.into_iter().flatten() {
                assert_eq!(fold(phrase), format!(" {phrase} "), "{}", words.language);
            }
        }
    }

    #[test]
    fn folding_leaves_whole_words_only() {
        let folded = fold("NE DITES JAMAIS « Au revoir », l'adresse ; `dispatch_lead`.");
        assert_eq!(
            folded,
            " ne dites jamais au revoir l adresse dispatch_lead "
        );
        assert!(has(&folded, &["adresse"]) && !has(&folded, &["revoi"]));
        assert_eq!(fold("Straße Zürich"), " strasse zurich ");
    }
}
