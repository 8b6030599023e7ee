//! Closing phrases in the six languages in which agents speak. One that stands before the tool's
//! call is a lost lead (R27, R28).

/// Phrases that close a call wherever they stand, folded to plain lower-case letters.
const CLOSING: [&str; 62] = [
    // French
    "au revoir",
    "bonne journee",
    "bonne soiree",
    "bonne fin de journee",
    "bon week end",
    "excellente journee",
    "belle journee",
    "a bientot",
    "bonne continuation",
    "bonne nuit",
    // German
    "auf wiedersehen",
    "auf wiederhoren",
    "auf wiederhoeren",
    "schonen tag",
    "schoenen tag",
    "schonen abend",
    "schoenen abend",
    "tschuss",
    "tschuess",
    "bis bald",
    "uf wiederluege",
    "schones wochenende",
    "schoenes wochenende",
    // Italian
    "arrivederci",
    "arrivederla",
    "buona giornata",
    "buona serata",
    "a presto",
    "buon proseguimento",
    // English
    "goodbye",
    "good bye",
    "bye",
    "bye bye",
    "have a nice day",
    "have a great day",
    "have a good day",
    "have a lovely day",
    "have a wonderful day",
    "have a nice evening",
    "have a good evening",
    "have a good one",
    "take care",
    "see you soon",
    "talk to you soon",
    // Indonesian
    "sampai jumpa",
    "selamat tinggal",
    "sampai nanti",
    "semoga hari anda menyenangkan",
    "selamat beraktivitas",
    "dadah",
    // Spanish
    "adios",
    "hasta luego",
    "hasta pronto",
    "hasta la vista",
    "que tenga un buen dia",
    "que tenga buen dia",
    "que tenga una buena tarde",
    "que tenga buena tarde",
    "que pase un buen dia",
    "que le vaya bien",
    "feliz dia",
    "nos vemos",
];

/// Thanks for the call close it too, unless the same turn goes on to ask something: then they open.
const THANKS: [&str; 18] = [
    "merci de votre appel",
    "merci pour votre appel",
    "merci d avoir appele",
    "danke fur ihren anruf",
    "danke fuer ihren anruf",
    "dank fur ihren anruf",
    "dank fuer ihren anruf",
    "grazie per aver chiamato",
    "grazie della chiamata",
    "grazie per la chiamata",
    "thanks for calling",
    "thank you for calling",
    "thank you for your call",
    "terima kasih telah menelepon",
    "terima kasih sudah menelepon",
    "terima kasih telah menghubungi",
    "gracias por llamar",
    "gracias por su llamada",
];

/// The closing phrase that `text` holds, if any.
#[must_use]
pub fn phrase(text: &str) -> Option<&'static str> {
    let words = fold(text);
    let holds = |phrase: &&&'static str| words.contains(&format!(" {phrase} "));
    let closing = CLOSING.iter().find(holds).copied();
    closing.or_else(|| {
        if text.contains(['?', '？']) {
            None
        } else {
            THANKS.iter().find(holds).copied()
        }
    })
}

/// Letters and digits in lower case without accents, words parted by single blanks, a blank at
/// each end.
#[must_use]
pub fn fold(text: &str) -> String {
    let plain = deunicode::deunicode(text).to_lowercase();
    let mut folded = String::from(" ");
    for character in plain.chars() {
        if character.is_ascii_alphanumeric() {
            folded.push(character);
        } else if !folded.ends_with(' ') {
            folded.push(' ');
        }
    }
    if !folded.ends_with(' ') {
        folded.push(' ');
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_phrases_are_found_in_six_languages_r27() {
        for text in [
            "Très bien, au revoir !",
            "Je vous souhaite une BONNE JOURNÉE.",
            "Merci de votre appel.",
            "Auf Wiederhören, schönen Tag noch.",
            "Tschüss!",
            "Vielen Dank für Ihren Anruf.",
            "Arrivederci e buona giornata.",
            "Grazie per aver chiamato.",
            "Okay, bye-bye.",
            "Have a nice day!",
            "Thanks for calling.",
            "Terima kasih telah menelepon.",
            "Sampai jumpa.",
            "¡Adiós!",
            "Gracias por llamar, que tenga un buen día.",
        ] {
            assert!(phrase(text).is_some(), "{text}");
        }
    }

    #[test]
    fn ordinary_sentences_close_nothing() {
        for text in [
            "Un instant, je transmets.",
            "Bonjour, que puis-je faire pour vous ?",
            "Thanks for calling. What can we help you with today?",
            "Buonasera, mi dica.",
            "Buenos días, ¿en qué puedo ayudarle?",
            "Guten Tag, wie kann ich helfen?",
            "Nearby plumbers are on their way.",
            "Selamat pagi.",
            "",
        ] {
            assert_eq!(phrase(text), None, "{text}");
        }
    }
}
