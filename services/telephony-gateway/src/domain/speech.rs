//! What our own TwiML says, in the six languages in which we write, and the carrier's voice for
//! each. An invalid pair of language and voice makes `<Say>` fail, so the pairs stand here only.

/// A language with the carrier's voice for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speech {
    pub language: &'static str,
    pub voice: &'static str,
    /// Asks for name, number and need after the tone (B12).
    pub voicemail: &'static str,
    /// Closes the call after a voicemail.
    pub thanks: &'static str,
}

/// Languages that a site may speak.
pub const LANGUAGES: [&str; 6] = ["fr", "de", "it", "en", "id", "es"];

/// The speech of a BCP 47 language; English for any that we do not write in.
#[must_use]
pub fn of_language(language: &str) -> &'static Speech {
    match primary(language).as_str() {
        "fr" => &FRENCH,
        "de" => &GERMAN,
        "it" => &ITALIAN,
        "id" => &INDONESIAN,
        "es" => &SPANISH,
        _ => &ENGLISH,
    }
}

/// The primary subtag, lower case: "fr" of "fr-CH".
#[must_use]
pub fn primary(language: &str) -> String {
    language
        .split(['-', '_'])
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}

const FRENCH: Speech = Speech {
    language: "fr-FR",
    voice: "Polly.Lea",
    voicemail: "Notre assistant n'est pas joignable pour l'instant. Après le signal, dites-nous \
                votre nom, votre numéro, ce dont vous avez besoin et où. Le message est enregistré \
                et nous vous rappelons.",
    thanks: "Merci. Votre message est transmis, nous vous rappelons. Au revoir.",
};

const GERMAN: Speech = Speech {
    language: "de-DE",
    voice: "Polly.Vicki",
    voicemail: "Unser Assistent ist gerade nicht erreichbar. Nennen Sie uns nach dem Signalton bitte \
                Ihren Namen, Ihre Nummer, Ihr Anliegen und den Ort. Die Nachricht wird \
                aufgezeichnet, und wir rufen Sie zurück.",
    thanks: "Vielen Dank. Ihre Nachricht ist weitergeleitet, wir rufen Sie zurück. Auf Wiederhören.",
};

const ITALIAN: Speech = Speech {
    language: "it-IT",
    voice: "Polly.Bianca",
    voicemail: "Il nostro assistente al momento non è raggiungibile. Dopo il segnale ci dica il suo \
                nome, il suo numero, di che cosa ha bisogno e dove. Il messaggio viene registrato e \
                la richiamiamo.",
    thanks: "Grazie. Il suo messaggio è stato inoltrato, la richiamiamo. Arrivederci.",
};

const ENGLISH: Speech = Speech {
    language: "en-GB",
    voice: "Polly.Amy",
    voicemail: "Our assistant cannot be reached just now. After the tone, please tell us your name, \
                your number, what you need and where. The message is recorded, and we will call \
                you back.",
    thanks: "Thank you. Your message has been passed on and we will call you back. Goodbye.",
};

const INDONESIAN: Speech = Speech {
    language: "id-ID",
    // Polly speaks no Indonesian.
    voice: "Google.id-ID-Standard-A",
    voicemail: "Asisten kami sedang tidak dapat dihubungi. Setelah bunyi nada, mohon sebutkan nama, \
                nomor telepon, kebutuhan, dan lokasi Anda. Pesan ini direkam dan kami akan \
                menelepon Anda kembali.",
    thanks: "Terima kasih. Pesan Anda sudah kami teruskan, kami akan menelepon kembali. Sampai jumpa.",
};

const SPANISH: Speech = Speech {
    language: "es-ES",
    voice: "Polly.Lucia",
    voicemail: "En este momento nuestro asistente no está disponible. Después de la señal, díganos su \
                nombre, su número, qué necesita y dónde. El mensaje se graba y le devolveremos la \
                llamada.",
    thanks: "Gracias. Su mensaje ya está transmitido y le devolveremos la llamada. Hasta luego.",
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_of_the_catalogue_has_its_own_speech_and_others_get_english() {
        let voices: std::collections::BTreeSet<_> = LANGUAGES
            .iter()
            .map(|language| of_language(language).voice)
            .collect();
        assert_eq!(voices.len(), LANGUAGES.len());
        for language in LANGUAGES {
            assert_eq!(primary(of_language(language).language), language);
        }
        assert_eq!(of_language("fr-CH").language, "fr-FR");
        assert_eq!(of_language("pt").language, "en-GB");
    }
}
